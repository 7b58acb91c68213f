"""Where the breath is meant to be, from moment to moment: pure, and fed with the session's events.

Decision: the protocol's own cues (`BreathCue`, which lie on beats at the ear where the protocol counts in beats) always win.
Where a protocol asks for none, and the listener wishes it, the breath is counted in beats of the music that is heard: a whole
breath is the number of beats nearest to TEN_S, two fifths of it in, as `control/pacer.py` divides it. Beats are placed from the
sound's reports four times a second: a beat lies between the report before it and the one that tells it, at the place that the
tempo foretells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, pi
from typing import TYPE_CHECKING

from relaxlisten.messages import BreathCue, SoundState
from relaxlisten.terms import BreathPart
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from relaxlisten.messages import Event

TEN_S = 10.0  # six breaths a minute: the pace of most slow-breathing studies (Lehrer 2020, doi:10.1007/s10484-020-09466-z)
IN_SHARE = 0.4
STALE_S = 2.0  # the sound has not been heard of for so long: nobody counts on


@dataclass(frozen=True, slots=True, kw_only=True)
class Breath:
    """share: of this part that is over, 0 to 1. fullness: of the lungs, 0 to 1."""

    part: BreathPart
    share: float

    @property
    def fullness(self) -> float:
        """Smooth at both turns, as a breath is."""
        rising = (1.0 - cos(pi * self.share)) / 2.0
        return rising if self.part is BreathPart.IN else 1.0 - rising


class BreathModel:
    """Feed it every event; ask it where the breath is."""

    def __init__(self) -> None:
        self._cues: list[BreathCue] = []
        self._beat: _Beat | None = None
        self._count: _Count | None = None

    def feed(self, event: Event) -> None:
        """Take in one event."""
        if isinstance(event, BreathCue):
            self._cues = [*self._cues[-2:], event]  # a cue is given before its turn: the one before it still holds
        elif isinstance(event, SoundState):
            self._beat = _placed(self._beat, event)

    def breath(self, now_s: float, *, with_music: bool) -> Breath | None:
        """Where the breath is at now_s; None where nobody asks for one."""
        for cue in reversed(self._cues):
            if cue.at_s <= now_s <= cue.at_s + cue.length_s:
                return Breath(part=cue.part, share=(now_s - cue.at_s) / cue.length_s)
        if any(cue.at_s > now_s for cue in self._cues) or not with_music:
            return None
        self._count = _counted(self._count, self._beat, now_s)
        return None if self._count is None else self._count.breath


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beat:
    """Beat `index` of piece `turn` lay at `at_s`. told_s: of the newest report."""

    turn: int
    index: int
    at_s: float
    tempo_bpm: float
    told_s: float


def _placed(before: _Beat | None, state: SoundState) -> _Beat | None:
    """Where the newest beat lies, after one more report."""
    if state.beat_index is None or state.tempo_bpm is None or not state.audible:
        return None
    told_s, beat_s = state.dac_time_s, S_PER_MIN / state.tempo_bpm
    if before is None or before.turn != state.turn or told_s - before.told_s > STALE_S:
        return _Beat(turn=state.turn, index=state.beat_index, at_s=told_s, tempo_bpm=state.tempo_bpm, told_s=told_s)
    steps = state.beat_index - before.index
    foretold_s = before.at_s + steps * S_PER_MIN / before.tempo_bpm
    # It has sounded by now, and where it is new it had not by the report before; and the next one has not sounded yet.
    earliest_s = max(told_s - beat_s, before.told_s if steps else told_s - beat_s)
    return _Beat(
        turn=state.turn,
        index=state.beat_index,
        at_s=min(max(foretold_s, earliest_s), told_s),
        tempo_bpm=state.tempo_bpm,
        told_s=told_s,
    )


def beats_per_breath(tempo_bpm: float) -> tuple[int, int]:
    """Beats in and beats out, so that a whole breath takes about TEN_S."""
    whole = max(round(TEN_S * tempo_bpm / S_PER_MIN), 2)
    beats_in = max(round(IN_SHARE * whole), 1)
    return beats_in, whole - beats_in


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """A breath that began at beat `start` of piece `turn`; at_beat: where it is now. Its length stays until it is over."""

    turn: int
    start: float
    beats_in: int
    beats_out: int
    at_beat: float

    @property
    def place(self) -> float:
        return self.at_beat - self.start

    @property
    def breath(self) -> Breath:
        if self.place < self.beats_in:
            return Breath(part=BreathPart.IN, share=max(self.place, 0.0) / self.beats_in)
        return Breath(part=BreathPart.OUT, share=min((self.place - self.beats_in) / self.beats_out, 1.0))


def _counted(before: _Count | None, beat: _Beat | None, now_s: float) -> _Count | None:
    """The count a moment later; it begins on a beat, and goes on near where it was when another piece has come."""
    if beat is None or now_s - beat.told_s > STALE_S:
        return None
    at_beat = beat.index + (now_s - beat.at_s) * beat.tempo_bpm / S_PER_MIN
    if before is None:
        return _new_count(beat, float(beat.index), at_beat)
    if before.turn != beat.turn:
        share = before.place / (before.beats_in + before.beats_out)
        return _new_count(beat, float(round(at_beat - share * sum(beats_per_breath(beat.tempo_bpm)))), at_beat)
    if at_beat >= before.start + before.beats_in + before.beats_out:
        return _new_count(beat, before.start + before.beats_in + before.beats_out, at_beat)
    return replace(before, at_beat=at_beat)


def _new_count(beat: _Beat, start: float, at_beat: float) -> _Count:
    beats_in, beats_out = beats_per_breath(beat.tempo_bpm)
    return _Count(turn=beat.turn, start=start, beats_in=beats_in, beats_out=beats_out, at_beat=at_beat)
