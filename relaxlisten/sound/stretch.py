"""Tempo without pitch: a streaming phase vocoder with identity phase locking that leaves attacks as they are.

Decision: synthesis frames stand at a fixed hop, and each takes the input around the position that the exact integral of the ratio
gives it (`time_map.py`). What a frame needs is not a new phase but a *rotation* against the input's: it grows by the
instantaneous frequency times (synthesis hop - analysis hop), so that at ratio 1 it does not grow at all, and a piece that was
never stretched comes out as it went in. Each spectral peak carries its neighbours along (Laroche & Dolson 1999,
doi:10.1109/89.759041), and near bins agree on how they turn, each by its strength: without that, noise, rooms and dense sounds,
whose peaks are many and change with every frame, come out hollow (2 dB on the measure "spectrum" of tests/bench/stretch). Only
the peak of a steady tone keeps to itself. All channels turn alike, so that the stereo image stands still.

An attack (`onsets.py`) would be smeared over the frame and announced before it sounds. So it is copied: a second voice brings the
input unstretched, with the attack exactly where the integral puts it, and takes over within 12 ms before; the first voice goes on
without ever seeing the attack: in its place it is given what was there before, each spectral peak going on at its frequency.
Tones that go on through the attack keep their phase: the second voice turns them as the first had. What the copy cost or gained
of time is paid back over the next frames. A constant offset is never turned.
"""

from __future__ import annotations

import collections
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.sound.frames import OFFSET_BINS, agreed_turn, frame_shape, has_offset, regions, steadfastness
from relaxlisten.sound.onsets import Onsets
from relaxlisten.sound.time_map import TimeMap

if TYPE_CHECKING:
    from relaxlisten.sound.frames import Indices, Spectrum
    from relaxlisten.units import AudioArray, FloatArray

# In parts of a frame: the second voice fades in over 12 ms and is there alone 1 ms before the attack.
_FADE, _LEAD = 1 / 8, 3 / 256
# Of a frame that goes on by itself these parts are used: nearer to its ends the window leaves too little to tell the sound by.
_USED = slice(1 / 4, 4 / 5)
# Of the time that a copy cost, so much is paid back with each frame, at most so much of a hop.
_PAY, _MOST_PAID = 0.25, 0.12
_KEPT_HOPS = 32


@dataclass(slots=True)
class _Voice:
    """One overlap-add. turn: of each bin, a complex number of size 1. start: input frame of its last frame.

    previous: that frame's spectrum; peaks, radians: its peaks and their frequencies; each if known.
    """

    overlap: AudioArray
    turn: Spectrum
    start: int | None = None
    previous: Spectrum | None = None
    turned: bool = False
    peaks: Indices | None = None
    radians: FloatArray | None = None

    def give(self, frames: int) -> AudioArray:
        """The next output frames, which no later frame touches."""
        done = self.overlap[:frames].copy()
        self.overlap = np.concatenate((self.overlap[frames:], np.zeros_like(done)))
        return done


@dataclass(slots=True)
class _Attack:
    """An attack that is being copied: the input frame at which it begins, the output frame at which it is due, and its voice.

    ends: the input frame at which the first voice stops to listen. instead: what it is given from there on.
    """

    input_frame: int
    output_frame: int
    voice: _Voice
    ends: int
    instead: AudioArray


class PhaseVocoder:
    """ports.TimeStretcher. Ratios from 0.5 to 2; meant for those near 1. Output frame 0 is input frame 0."""

    def __init__(self, channels: int = 2, rate_hz: int = 44_100) -> None:
        self._channels, self._rate_hz = channels, rate_hz
        self._shape = frame_shape(rate_hz)
        self.hop = self._shape.hop
        self._half = self._shape.size // 2
        self._fade, self._lead = round(_FADE * self._shape.size), round(_LEAD * self._shape.size)
        # So much input is kept ready beyond the frame: a copy looks at its attack from both sides before it begins.
        self._ahead = self._shape.size
        self.latency_frames = self._shape.size + self._ahead
        self.reset()

    def reset(self) -> None:
        """Forget all that was fed."""
        self._input = np.zeros((2 * self._shape.size, self._channels), np.float32)
        self._input_start = -len(self._input)  # input frame of self._input[0]; what lies before the piece is silence
        self._number = -1  # of the next synthesis frame, centred on output frame number * self.hop
        self._owed = 0.0  # input frames by which the reading is behind the map
        self._map = TimeMap()
        self._onsets = Onsets(self._channels, self._rate_hz, self._shape.size)
        self._found: collections.deque[int] = collections.deque()
        self._voice = self._new_voice()
        self._attack: _Attack | None = None

    def feed(self, block: AudioArray, time_ratio: float) -> AudioArray:
        """Take input, shape (n, channels), to be played at this ratio; give all output that is certain."""
        self._map.turn(self._input_start + len(self._input), time_ratio)
        self._input = np.concatenate((self._input, np.asarray(block, np.float32)))
        self._found.extend(self._onsets.feed(block))
        ready: list[AudioArray] = []
        while (start := self._start()) + self._shape.size + self._ahead <= self._input_start + len(self._input):
            ready.append(self._synthesise(start)[max(self._half - self._number * self.hop, 0) :])
            self._number += 1
        self._forget()
        return np.concatenate(ready) if ready else np.zeros((0, self._channels), np.float32)

    def source_at(self, output_frame: float) -> float:
        """The input frame (a fraction, exact) that is heard at output_frame, one of the last 30,000 or so that were given."""
        return self._map.input_of(output_frame)

    def heard_at(self, input_frame: float) -> float:
        """The output frame (a fraction) at which an input frame is heard; one not yet fed, at the ratio that is fed now."""
        return self._map.output_of(input_frame)

    def _start(self) -> int:
        """The input frame at which the next synthesis frame begins."""
        return round(self._map.input_of(self._number * self.hop) - self._owed) - self._half

    def _synthesise(self, start: int) -> AudioArray:
        """Add one frame to each voice; the self.hop output frames that are done."""
        attack = self._attack or self._next_attack(start)
        piece = self._cut(start) if attack is None else self._without(attack, start)
        self._add(self._voice, piece, start)
        if attack is None:
            self._pay()
            return self._voice.give(self.hop)
        if self._attack is None:
            self._begin(attack)
        return self._through(attack)

    # ---- attacks ----

    def _next_attack(self, start: int) -> _Attack | None:
        """The attack that comes into the next frame, if it needs a copy: nothing is turned and nothing owed where all is one."""
        first_output = self._number * self.hop - self._half
        seen = start + self._shape.size + self._ahead
        while self._found:
            output_frame = round(self._map.output_of(self._found[0]))
            fades_from = output_frame - self._fade - self._lead
            if fades_from >= first_output + self._shape.size or self._found[0] + self._half > seen:
                return None
            input_frame = self._found.popleft()
            aligned = start - (first_output + input_frame - output_frame)
            is_copy = not self._voice.turned and aligned == 0
            in_time = fades_from >= first_output + self.hop and -aligned <= self.hop
            if in_time and not is_copy and input_frame > self._shape.size:
                ends = input_frame - self._lead // 2
                return _Attack(input_frame, output_frame, self._new_voice(), ends, self._continued(ends))
        return None

    def _begin(self, attack: _Attack) -> None:
        """Make the second voice as if it had been there all the time, with the tones that go on turned as in the first."""
        self._attack = attack
        start = self._copy_start(attack)
        attack.voice.turn = self._carried_on(self._shape.spectrum(self._cut(attack.input_frame - self._half)), start)
        attack.voice.turned = bool((attack.voice.turn != 1.0).any())
        for frames_ago in (3, 2, 1):
            earlier = self._turned_by(self._cut(start - frames_ago * self.hop), attack.voice)
            attack.voice.overlap[: self._shape.size - frames_ago * self.hop] += earlier[frames_ago * self.hop :]

    def _carried_on(self, spectrum: Spectrum, start: int) -> Spectrum:
        """How each bin turns in a copy that begins at this frame: as in the first voice for what goes on, not for what begins.

        spectrum: of the frame in whose middle the attack is.
        """
        first = self._voice
        if first.peaks is None or first.radians is None or first.previous is None or first.start is None:
            return np.ones(self._shape.bins, np.complex64)
        before, now = (np.abs(one).sum(axis=0) for one in (first.previous, spectrum))
        goes_on = np.minimum(before, now)
        turned = first.turn[first.peaks] * _turn_by(first.radians * (first.start - start))
        return self._but_offset(agreed_turn(goes_on * turned[regions(first.peaks, self._shape.bins)] + (now - goes_on)), spectrum)

    def _through(self, attack: _Attack) -> AudioArray:
        """The next output on the way from the first voice to the second; the last of it makes the second the first."""
        start = self._copy_start(attack)
        attack.voice.overlap += self._turned_by(self._cut(start), attack.voice)
        first_output = self._number * self.hop - self._half
        place = (np.arange(first_output, first_output + self.hop) - (attack.output_frame - self._fade - self._lead)) / self._fade
        share = (0.5 - 0.5 * np.cos(np.pi * np.clip(place, 0.0, 1.0))).astype(np.float32)[:, None]
        mixed: AudioArray = self._voice.give(self.hop) * (1.0 - share) + attack.voice.give(self.hop) * share
        if first_output + self.hop >= attack.output_frame:
            attack.voice.start = start
            self._voice, self._attack = attack.voice, None
            self._owed = self._map.input_of(self._number * self.hop) - (start + self._half)
            self._pay()
        return mixed

    def _copy_start(self, attack: _Attack) -> int:
        return self._number * self.hop - self._half + attack.input_frame - attack.output_frame

    def _without(self, attack: _Attack, start: int) -> AudioArray:
        """The input from start on, with the sound before the attack going on in the place of the attack."""
        seen = min(max(attack.ends - start, 0), self._shape.size)
        piece = np.zeros((self._shape.size, self._channels), np.float32)
        piece[:seen] = self._cut(start)[:seen]
        after = attack.instead[: self._shape.size - seen]
        piece[seen : seen + len(after)] = after
        return piece

    def _continued(self, end: int) -> AudioArray:
        """What would have followed from an input frame on, if each peak of the sound before it had gone on: half a frame."""
        size = self._shape.size
        used = slice(round(_USED.start * size), round(_USED.stop * size))
        earlier, last = (self._shape.spectrum(self._cut(end - size - ago)) for ago in (self.hop, 0))
        peaks, radians = self._shape.frequencies(earlier, last, self.hop)
        ahead = np.exp(1j * radians * (size - used.start)).astype(np.complex64)[regions(peaks, self._shape.bins)]
        frame: AudioArray = np.fft.irfft(last * ahead, size, axis=1).astype(np.float32).T
        return frame[used] / self._shape.window[used, None]

    def _pay(self) -> None:
        most = _MOST_PAID * self.hop
        self._owed -= min(max(_PAY * self._owed, -most), most) if abs(self._owed) > 1.0 else self._owed

    # ---- frames ----

    def _new_voice(self) -> _Voice:
        return _Voice(
            overlap=np.zeros((self._shape.size, self._channels), np.float32), turn=np.ones(self._shape.bins, np.complex64)
        )

    def _cut(self, start: int) -> AudioArray:
        offset = start - self._input_start
        piece: AudioArray = self._input[offset : offset + self._shape.size]
        return piece

    def _add(self, voice: _Voice, piece: AudioArray, start: int) -> None:
        hop = self.hop if voice.start is None else start - voice.start
        voice.turned = voice.turned or hop != self.hop
        if voice.turned:
            self._turn(voice, piece, hop)
        else:
            voice.overlap += self._shape.untouched(piece)
        voice.start = start

    def _turn(self, voice: _Voice, piece: AudioArray, hop: int) -> None:
        spectrum = self._shape.spectrum(piece)
        before = voice.previous
        if before is None:
            before = spectrum if voice.start is None else self._shape.spectrum(self._cut(voice.start))
        peaks, radians = self._shape.frequencies(before, spectrum, hop)
        carried = regions(peaks, self._shape.bins)
        wishes = np.abs(spectrum).sum(axis=0) * (voice.turn[peaks] * _turn_by(radians * (self.hop - hop)))[carried]
        steady = None
        if voice.peaks is not None and voice.radians is not None:
            radians_before = voice.radians[regions(voice.peaks, self._shape.bins)][peaks]
            steady = steadfastness(radians, radians_before, self._shape.size)[carried]
        voice.turn = self._but_offset(agreed_turn(wishes, steady), spectrum)
        voice.previous, voice.peaks, voice.radians = spectrum, peaks, radians
        voice.overlap += self._shape.sound(spectrum * voice.turn)

    def _but_offset(self, turn: Spectrum, spectrum: Spectrum) -> Spectrum:
        if has_offset(spectrum):
            turn[:OFFSET_BINS] = 1.0
        return turn

    def _turned_by(self, piece: AudioArray, voice: _Voice) -> AudioArray:
        """A piece as it sounds in a voice that turns it as it turned the last one."""
        return self._shape.sound(self._shape.spectrum(piece) * voice.turn) if voice.turned else self._shape.untouched(piece)

    def _forget(self) -> None:
        """Keep what the next frames, and a copy that begins with them, may need."""
        spare = self._start() - self._shape.size - 6 * self.hop - self._input_start
        if spare > self._shape.size:
            self._input = self._input[spare:]
            self._input_start += spare
        self._map.forget(self._number * self.hop - _KEPT_HOPS * self.hop)


def _turn_by(radians: FloatArray) -> Spectrum:
    turn: Spectrum = np.exp(1j * radians).astype(np.complex64)
    return turn
