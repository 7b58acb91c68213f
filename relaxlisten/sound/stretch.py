"""Tempo without pitch: a streaming phase vocoder with identity phase locking.

Decision: synthesis frames stand at a fixed hop, and each takes the input around a read position that is the exact float64
integral of 1 / ratio. What a frame needs is not a new phase but a *rotation* against the input's: it grows by the instantaneous
frequency times (synthesis hop - analysis hop), so that at ratio 1 it does not grow at all, and a piece that was never stretched
comes out as it went in. Each spectral peak carries its neighbours along (Laroche & Dolson 1999, doi:10.1109/89.759041), and both
channels turn alike, so that the stereo image stands still.
"""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from relaxlisten.units import AudioArray

    Spectrum: TypeAlias = NDArray[np.complex64]
    Phases: TypeAlias = NDArray[np.float64]

FRAME = 4096
HOP = FRAME // 4
_HALF = FRAME // 2
# Positions of this many synthesis frames are kept: what was given last lies between the newest few.
_KEPT_POSITIONS = 16
# Hann applied twice at three quarters of overlap adds up to 1.5.
_OVERLAP_GAIN = 1.5


class PhaseVocoder:
    """ports.TimeStretcher. Ratios from 0.5 to 2; meant for those near 1. Output frame 0 is input frame 0."""

    latency_frames = FRAME

    def __init__(self, channels: int = 2) -> None:
        self._channels = channels
        self._window = np.hanning(FRAME + 1)[:FRAME].astype(np.float32)
        self._synthesis_window = self._window / np.float32(_OVERLAP_GAIN)
        self._squared = self._window * self._synthesis_window
        self._bin_radians = 2.0 * np.pi * np.arange(_HALF + 1) / FRAME
        self.reset()

    def reset(self) -> None:
        """Forget all that was fed."""
        self._input = np.zeros((FRAME, self._channels), np.float32)
        self._input_start = -FRAME  # input frame of self._input[0]; what lies before the piece is silence
        self._overlap = np.zeros((FRAME, self._channels), np.float32)
        self._number = -1  # of the next synthesis frame, centred on output frame number * HOP
        self._position: float | None = None
        self._previous_start: int | None = None
        self._previous: Spectrum | None = None
        self._rotation: Phases = np.zeros(_HALF + 1)
        self._turned = False
        self._positions: collections.deque[tuple[int, float]] = collections.deque(maxlen=_KEPT_POSITIONS)

    def feed(self, block: AudioArray, time_ratio: float) -> AudioArray:
        """Take input, shape (n, channels); give all output that is certain, at the present ratio."""
        self._input = np.concatenate((self._input, np.asarray(block, np.float32)))
        if self._position is None:
            self._position = -HOP / time_ratio
        ready: list[AudioArray] = []
        while (start := round(self._position) - _HALF) + FRAME <= self._input_start + len(self._input):
            ready.append(self._synthesise(start))
            self._positions.append((self._number * HOP, self._position))
            self._number += 1
            self._position += HOP / time_ratio
        self._forget_input()
        return np.concatenate(ready) if ready else np.zeros((0, self._channels), np.float32)

    def source_at(self, output_frame: float) -> float:
        """The input frame (a fraction, exact) that is heard at output_frame, one of the last 16,000 or so that were given."""
        if len(self._positions) < 2:
            return 0.0
        number = int((output_frame - self._positions[0][0]) // HOP)
        index = min(max(number, 0), len(self._positions) - 2)
        (frame, position), (_, following) = self._positions[index], self._positions[index + 1]
        return position + (output_frame - frame) / HOP * (following - position)

    def _synthesise(self, start: int) -> AudioArray:
        """Add one frame; give the HOP output frames that no later one touches (fewer before output frame 0)."""
        offset = start - self._input_start
        piece = self._input[offset : offset + FRAME]
        hop = HOP if self._previous_start is None else start - self._previous_start
        self._turned = self._turned or hop != HOP
        if self._turned:
            self._overlap += self._turn(piece, start, hop)
        else:
            self._overlap += piece * self._squared[:, None]
        self._previous_start = start
        done = self._overlap[:HOP].copy()
        self._overlap = np.concatenate((self._overlap[HOP:], np.zeros((HOP, self._channels), np.float32)))
        first_output = self._number * HOP - _HALF
        return done[max(-first_output, 0) :]

    def _turn(self, piece: AudioArray, start: int, hop: int) -> AudioArray:
        spectrum = self._spectrum(piece)
        peaks, rotation = self._advance(self._previous_spectrum(start - hop), spectrum, hop)
        carried = regions(peaks, _HALF + 1)
        self._rotation, self._previous = rotation[carried], spectrum
        turned = spectrum * np.exp(1j * rotation).astype(np.complex64)[carried]
        frame = np.fft.irfft(turned, FRAME, axis=1).astype(np.float32, copy=False)
        return (frame * self._synthesis_window).T

    def _spectrum(self, piece: AudioArray) -> Spectrum:
        return np.fft.rfft(piece.T * self._window, axis=1).astype(np.complex64, copy=False)

    def _previous_spectrum(self, start: int) -> Spectrum:
        """The frame before: kept, but for the first that is turned, when it is taken from the input again."""
        if self._previous is not None:
            return self._previous
        offset = start - self._input_start
        return self._spectrum(self._input[offset : offset + FRAME])

    def _advance(self, previous: Spectrum, spectrum: Spectrum, hop: int) -> tuple[NDArray[np.intp], Phases]:
        """The peaks, and the rotation of each: grown by the peak's own frequency times what the hops differ by."""
        magnitude = np.abs(spectrum)
        peaks = find_peaks(magnitude.sum(axis=0))
        louder = magnitude[:, peaks].argmax(axis=0)
        step = np.angle(spectrum[louder, peaks] * np.conj(previous[louder, peaks])).astype(np.float64)
        expected = self._bin_radians[peaks] * hop
        deviation = step - expected
        deviation -= 2.0 * np.pi * np.round(deviation / (2.0 * np.pi))
        radians_per_input_frame = self._bin_radians[peaks] + deviation / max(hop, 1)
        return peaks, np.remainder(self._rotation[peaks] + radians_per_input_frame * (HOP - hop), 2.0 * np.pi)

    def _forget_input(self) -> None:
        """Keep what the next frame and, should it be the first that is turned, the one before it need."""
        assert self._position is not None
        needed = round(self._position) - _HALF - 2 * HOP - 64
        spare = min(max(needed - self._input_start, 0), len(self._input))
        if spare > FRAME:
            self._input = self._input[spare:]
            self._input_start += spare


def find_peaks(magnitude: NDArray[np.float32]) -> NDArray[np.intp]:
    """Bins that are larger than their two neighbours on each side; at least one."""
    middle = magnitude[2:-2]
    larger = (middle > magnitude[1:-3]) & (middle >= magnitude[3:-1]) & (middle > magnitude[:-4]) & (middle >= magnitude[4:])
    peaks = np.flatnonzero(larger) + 2
    return peaks if peaks.size else np.array([int(magnitude.argmax())])


def regions(peaks: NDArray[np.intp], bins: int) -> NDArray[np.intp]:
    """For each bin the index of the peak nearest to it."""
    edges = np.concatenate(([0], (peaks[1:] + peaks[:-1] + 1) // 2, [bins]))
    return np.repeat(np.arange(peaks.size), np.diff(edges))
