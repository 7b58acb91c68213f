"""Tempo without pitch: a streaming phase vocoder with identity phase locking that leaves attacks as they are.

Decision: synthesis frames stand at a fixed hop, and each takes the input around the position that the exact integral of the ratio
gives it (`time_map.py`). What a frame needs is not a new phase but a *rotation* against the input's: it grows by the
instantaneous frequency times (synthesis hop - analysis hop), so that at ratio 1 it does not grow at all, and a piece that was
never stretched comes out as it went in. Each spectral peak carries its neighbours along (Laroche & Dolson 1999,
doi:10.1109/89.759041), and all channels turn alike, so that the stereo image stands still.

An attack (`onsets.py`) would be smeared over the frame and announced before it sounds. So it is copied: a second voice brings the
input unstretched, with the attack exactly where the integral puts it, and takes over within 12 ms before; the first voice goes on
without ever seeing the attack (it sees the sound before it mirrored instead). Tones that go on through the attack keep their
phase: the second voice turns them as the first had. What the copy cost or gained of time is paid back over the next frames.
"""

from __future__ import annotations

import collections
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.sound.onsets import Onsets
from relaxlisten.sound.time_map import TimeMap

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from relaxlisten.units import AudioArray

    Spectrum: TypeAlias = NDArray[np.complex64]
    Phases: TypeAlias = NDArray[np.float64]

FRAME = 4096
HOP = FRAME // 4
_HALF = FRAME // 2
_BINS = _HALF + 1
# Hann applied twice at three quarters of overlap adds up to 1.5.
_OVERLAP_GAIN = 1.5
# The second voice fades in over FADE frames and is there alone LEAD frames before the attack.
_FADE, _LEAD = 512, 48
# A peak goes on through an attack where the sound before holds so much of it; its main lobe is so many bins wide on each side.
_GOES_ON, _LOBE = 0.5, 3
# Of the time that a copy cost, so much is paid back with each frame, at most so much of a hop.
_PAY, _MOST_PAID = 0.25, 0.12
# So much input is kept ready beyond the frame: a copy looks at its attack from both sides before it begins.
_AHEAD = FRAME
_SILENT_HISTORY = 2 * FRAME
_KEPT_OUTPUT = 32 * HOP

_WINDOW = np.hanning(FRAME + 1)[:FRAME].astype(np.float32)
_SYNTHESIS_WINDOW = _WINDOW / np.float32(_OVERLAP_GAIN)
_SQUARED = (_WINDOW * _SYNTHESIS_WINDOW)[:, None]
_BIN_RADIANS = 2.0 * np.pi * np.arange(_BINS) / FRAME


@dataclass(slots=True)
class _Voice:
    """One overlap-add. rotation: of each bin. start: input frame of its last frame. previous: that frame's spectrum, if known."""

    overlap: AudioArray
    rotation: Phases
    start: int | None = None
    previous: Spectrum | None = None
    turned: bool = False
    peaks: NDArray[np.intp] | None = None
    radians: Phases | None = None

    def give(self) -> AudioArray:
        """The HOP output frames that no later frame touches."""
        done = self.overlap[:HOP].copy()
        self.overlap = np.concatenate((self.overlap[HOP:], np.zeros((HOP, done.shape[1]), np.float32)))
        return done


@dataclass(slots=True)
class _Attack:
    """An attack that is being copied: the input frame at which it begins, the output frame at which it is due, and its voice."""

    input_frame: int
    output_frame: int
    voice: _Voice


class PhaseVocoder:
    """ports.TimeStretcher. Ratios from 0.5 to 2; meant for those near 1. Output frame 0 is input frame 0."""

    latency_frames = FRAME + _AHEAD

    def __init__(self, channels: int = 2) -> None:
        self._channels = channels
        self.reset()

    def reset(self) -> None:
        """Forget all that was fed."""
        self._input = np.zeros((_SILENT_HISTORY, self._channels), np.float32)
        self._input_start = -_SILENT_HISTORY  # input frame of self._input[0]; what lies before the piece is silence
        self._number = -1  # of the next synthesis frame, centred on output frame number * HOP
        self._owed = 0.0  # input frames by which the reading is behind the map
        self._map = TimeMap()
        self._onsets = Onsets(self._channels, FRAME)
        self._found: collections.deque[int] = collections.deque()
        self._voice = self._new_voice()
        self._attack: _Attack | None = None

    def feed(self, block: AudioArray, time_ratio: float) -> AudioArray:
        """Take input, shape (n, channels), to be played at this ratio; give all output that is certain."""
        self._map.turn(self._input_start + len(self._input), time_ratio)
        self._input = np.concatenate((self._input, np.asarray(block, np.float32)))
        self._found.extend(self._onsets.feed(block))
        ready: list[AudioArray] = []
        while (start := self._start()) + FRAME + _AHEAD <= self._input_start + len(self._input):
            ready.append(self._synthesise(start)[max(_HALF - self._number * HOP, 0) :])
            self._number += 1
        self._forget()
        return np.concatenate(ready) if ready else np.zeros((0, self._channels), np.float32)

    def source_at(self, output_frame: float) -> float:
        """The input frame (a fraction, exact) that is heard at output_frame, one of the last 30,000 or so that were given."""
        return self._map.input_of(output_frame)

    def _start(self) -> int:
        """The input frame at which the next synthesis frame begins."""
        return round(self._map.input_of(self._number * HOP) - self._owed) - _HALF

    def _synthesise(self, start: int) -> AudioArray:
        """Add one frame to each voice; the HOP output frames that are done."""
        attack = self._attack or self._next_attack(start)
        piece = self._cut(start) if attack is None else self._without(attack, start)
        self._add(self._voice, piece, start)
        if attack is None:
            self._pay()
            return self._voice.give()
        if self._attack is None:
            self._begin(attack)
        return self._through(attack)

    # ---- attacks ----

    def _next_attack(self, start: int) -> _Attack | None:
        """The attack that comes into the next frame, if it needs a copy: nothing is turned and nothing owed where all is one."""
        first_output = self._number * HOP - _HALF
        while self._found:
            output_frame = round(self._map.output_of(self._found[0]))
            if output_frame - _FADE - _LEAD >= first_output + FRAME or self._found[0] + _HALF > start + FRAME + _AHEAD:
                return None
            input_frame = self._found.popleft()
            aligned = start - (first_output + input_frame - output_frame)
            is_copy = not self._voice.turned and aligned == 0
            in_time = output_frame - _FADE - _LEAD >= first_output + HOP and -aligned <= HOP
            if in_time and not is_copy and input_frame > FRAME:
                return _Attack(input_frame, output_frame, self._new_voice())
        return None

    def _begin(self, attack: _Attack) -> None:
        """Make the second voice as if it had been there all the time, with the tones that go on turned as in the first."""
        self._attack = attack
        start = self._copy_start(attack)
        attack.voice.rotation = self._carried_on(self._spectrum(self._cut(attack.input_frame - _HALF)), start)
        attack.voice.turned = bool(attack.voice.rotation.any())
        for frames_ago in (3, 2, 1):
            earlier = self._turned_by(self._cut(start - frames_ago * HOP), attack.voice.rotation)
            attack.voice.overlap[: FRAME - frames_ago * HOP] += earlier[frames_ago * HOP :]

    def _carried_on(self, spectrum: Spectrum, start: int) -> Phases:
        """The rotation of each bin in a copy that begins at this input frame: that of the tones that go on, else none.

        spectrum: of the frame in whose middle the attack is.
        """
        first = self._voice
        if first.peaks is None or first.radians is None or first.previous is None or first.start is None:
            return np.zeros(_BINS)
        before, now = (np.abs(one).sum(axis=0)[first.peaks] for one in (first.previous, spectrum))
        turned = first.rotation[first.peaks] + first.radians * (first.start - start)
        carried = regions(first.peaks, _BINS)
        tonal = (before > _GOES_ON * now)[carried] & (np.abs(np.arange(_BINS) - first.peaks[carried]) <= _LOBE)
        return np.where(tonal, np.remainder(turned, 2.0 * np.pi)[carried], 0.0)

    def _through(self, attack: _Attack) -> AudioArray:
        """The next output on the way from the first voice to the second; the last of it makes the second the first."""
        start = self._copy_start(attack)
        attack.voice.overlap += self._turned_by(self._cut(start), attack.voice.rotation)
        first_output = self._number * HOP - _HALF
        place = (np.arange(first_output, first_output + HOP) - (attack.output_frame - _FADE - _LEAD)) / _FADE
        share = (0.5 - 0.5 * np.cos(np.pi * np.clip(place, 0.0, 1.0))).astype(np.float32)[:, None]
        mixed: AudioArray = self._voice.give() * (1.0 - share) + attack.voice.give() * share
        if first_output + HOP >= attack.output_frame:
            attack.voice.start = start
            self._voice, self._attack = attack.voice, None
            self._owed = self._map.input_of(self._number * HOP) - (start + _HALF)
            self._pay()
        return mixed

    def _copy_start(self, attack: _Attack) -> int:
        return self._number * HOP - _HALF + attack.input_frame - attack.output_frame

    def _without(self, attack: _Attack, start: int) -> AudioArray:
        """The input from start on, mirrored where the attack begins."""
        end = attack.input_frame - _LEAD // 2
        seen = min(max(end - start, 0), FRAME)
        before = self._input[: end - self._input_start]
        piece: AudioArray = np.concatenate((self._cut(start)[:seen], before[len(before) - (FRAME - seen) :][::-1]))
        return piece

    def _pay(self) -> None:
        most = _MOST_PAID * HOP
        self._owed -= min(max(_PAY * self._owed, -most), most) if abs(self._owed) > 1.0 else self._owed

    # ---- frames ----

    def _new_voice(self) -> _Voice:
        return _Voice(overlap=np.zeros((FRAME, self._channels), np.float32), rotation=np.zeros(_BINS))

    def _cut(self, start: int) -> AudioArray:
        offset = start - self._input_start
        piece: AudioArray = self._input[offset : offset + FRAME]
        return piece

    def _add(self, voice: _Voice, piece: AudioArray, start: int) -> None:
        hop = HOP if voice.start is None else start - voice.start
        voice.turned = voice.turned or hop != HOP
        if voice.turned:
            self._turn(voice, piece, hop)
        else:
            voice.overlap += piece * _SQUARED
        voice.start = start

    def _turn(self, voice: _Voice, piece: AudioArray, hop: int) -> None:
        spectrum = self._spectrum(piece)
        before = voice.previous if voice.previous is not None or voice.start is None else self._spectrum(self._cut(voice.start))
        voice.peaks, voice.radians = _frequencies(spectrum if before is None else before, spectrum, hop)
        carried = regions(voice.peaks, _BINS)
        rotation = np.remainder(voice.rotation[voice.peaks] + voice.radians * (HOP - hop), 2.0 * np.pi)
        voice.rotation, voice.previous = rotation[carried], spectrum
        voice.overlap += _sound(spectrum * np.exp(1j * rotation).astype(np.complex64)[carried])

    def _turned_by(self, piece: AudioArray, rotation: Phases) -> AudioArray:
        if not rotation.any():
            return piece * _SQUARED
        return _sound(self._spectrum(piece) * np.exp(1j * rotation).astype(np.complex64))

    def _spectrum(self, piece: AudioArray) -> Spectrum:
        return np.fft.rfft(piece.T * _WINDOW, axis=1).astype(np.complex64, copy=False)

    def _forget(self) -> None:
        """Keep what the next frames, and a copy that begins with them, may need."""
        spare = self._start() - FRAME - 6 * HOP - self._input_start
        if spare > FRAME:
            self._input = self._input[spare:]
            self._input_start += spare
        self._map.forget(self._number * HOP - _KEPT_OUTPUT)


def _sound(turned: Spectrum) -> AudioArray:
    frame: AudioArray = np.fft.irfft(turned, FRAME, axis=1).astype(np.float32, copy=False)
    return (frame * _SYNTHESIS_WINDOW).T


def _frequencies(previous: Spectrum, spectrum: Spectrum, hop: int) -> tuple[NDArray[np.intp], Phases]:
    """The peaks, and the instantaneous frequency of each in radians per input frame, taken from its louder channel."""
    magnitude = np.abs(spectrum)
    peaks = find_peaks(magnitude.sum(axis=0))
    louder = magnitude[:, peaks].argmax(axis=0)
    step = np.angle(spectrum[louder, peaks] * np.conj(previous[louder, peaks])).astype(np.float64)
    deviation = step - _BIN_RADIANS[peaks] * hop
    deviation -= 2.0 * np.pi * np.round(deviation / (2.0 * np.pi))
    return peaks, _BIN_RADIANS[peaks] + deviation / max(hop, 1)


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
