"""Spectral frames: their shape at a sampling rate, their peaks, what a peak's frequency is, and how bins agree on a turn.

Decision: a frame lasts about 93 ms at every rate (4096 at 44.1 and 48 kHz): long enough to tell the partials of low, close notes
apart, and no longer, because music that moves suffers first. Its hop is a quarter, under a Hann window on the way in and out,
which adds up to 1.5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import fft

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from relaxlisten.units import AudioArray, FloatArray

    Spectrum: TypeAlias = NDArray[np.complex64]
    Indices: TypeAlias = NDArray[np.intp]

FRAME_S = 0.0929
OFFSET_BINS = 2  # that a constant fills under a Hann window
_OVERLAP_GAIN = 1.5
# Bins agree with those up to six to each side. Fewer leave music phasier, more pull tones apart that are near each other.
_NEAR = np.hanning(15)[1:-1].astype(np.float32)
# A peak whose frequency moves by less than this (in bins, from frame to frame) is a steady tone, and then heeds its neighbours
# this many times less. Set on chords of pure tones (C4 to A5: -46 dB instead of -15) and on 22 pieces of music.
_STEADY_BINS, _STEADFAST = 0.006, 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameShape:
    """size, hop: in audio frames. bins: of the spectrum. bin_radians: shape (bins,), per audio frame."""

    size: int
    hop: int
    bins: int
    window: AudioArray
    synthesis_window: AudioArray
    bin_radians: FloatArray

    def spectrum(self, piece: AudioArray) -> Spectrum:
        """Of a piece of shape (size, channels): shape (channels, bins)."""
        found: Spectrum = fft.rfft(piece.T * self.window, axis=1)
        return found

    def sound(self, spectrum: Spectrum) -> AudioArray:
        """Back again, windowed for overlap-add."""
        frame: AudioArray = fft.irfft(spectrum, self.size, axis=1)
        return (frame * self.synthesis_window).T

    def untouched(self, piece: AudioArray) -> AudioArray:
        """What `sound(spectrum(piece))` gives, without the way there and back."""
        return piece * (self.window * self.synthesis_window)[:, None]

    def frequencies(self, previous: Spectrum, spectrum: Spectrum, hop: int) -> tuple[Indices, FloatArray]:
        """The peaks, and the instantaneous frequency of each in radians per audio frame, taken from its louder channel."""
        magnitude = np.abs(spectrum)
        peaks = find_peaks(magnitude.sum(axis=0))
        louder = magnitude[:, peaks].argmax(axis=0)
        step = np.angle(spectrum[louder, peaks] * np.conj(previous[louder, peaks])).astype(np.float64)
        deviation = step - self.bin_radians[peaks] * hop
        deviation -= 2.0 * np.pi * np.round(deviation / (2.0 * np.pi))
        return peaks, self.bin_radians[peaks] + deviation / max(hop, 1)


@lru_cache(maxsize=8)
def frame_shape(rate_hz: int) -> FrameShape:
    """The shape at a sampling rate."""
    size = 2 ** round(math.log2(FRAME_S * rate_hz))
    window = np.hanning(size + 1)[:size].astype(np.float32)
    return FrameShape(
        size=size,
        hop=size // 4,
        bins=size // 2 + 1,
        window=window,
        synthesis_window=window / np.float32(_OVERLAP_GAIN),
        bin_radians=2.0 * np.pi * np.arange(size // 2 + 1) / size,
    )


def find_peaks(magnitude: NDArray[np.float32]) -> Indices:
    """Bins that are larger than their two neighbours on each side; at least one."""
    middle = magnitude[2:-2]
    larger = (middle > magnitude[1:-3]) & (middle >= magnitude[3:-1]) & (middle > magnitude[:-4]) & (middle >= magnitude[4:])
    peaks = np.flatnonzero(larger) + 2
    return peaks if peaks.size else np.array([int(magnitude.argmax())])


def agreed_turn(wishes: Spectrum, steadfastness: FloatArray | None = None) -> Spectrum:
    """How each bin turns, as a complex number of size 1: as those near it wish, each by its strength; shapes (bins,).

    steadfastness: how many times its own wish counts beside its neighbours'.
    """
    common = np.convolve(wishes, _NEAR, "same")
    if steadfastness is not None:
        common += wishes * steadfastness.astype(np.float32)
    size = np.abs(common)
    turn: Spectrum = np.divide(common, size, out=np.ones_like(common), where=size > 0.0)
    return turn


def steadfastness(radians: FloatArray, before: FloatArray, size: int) -> FloatArray:
    """Of peaks with these frequencies now and one frame before, in radians per audio frame, in frames of this size."""
    moved_bins = (radians - before) * (size / (2.0 * np.pi))
    return _STEADFAST / (1.0 + (moved_bins / _STEADY_BINS) ** 2) ** 2


def has_offset(spectrum: Spectrum) -> bool:
    """Whether the lowest bins hold a constant, as some published music has one, and not the foot of a low tone."""
    magnitude = np.abs(spectrum[:, : OFFSET_BINS + 1]).sum(axis=0)
    return bool(magnitude[0] > magnitude[OFFSET_BINS])


def regions(peaks: Indices, bins: int) -> Indices:
    """For each bin the index of the peak nearest to it."""
    edges = np.concatenate(([0], (peaks[1:] + peaks[:-1] + 1) // 2, [bins]))
    return np.repeat(np.arange(peaks.size), np.diff(edges))
