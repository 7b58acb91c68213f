"""When to breathe in and when to breathe out.

Decision: where the phase counts the breath in beats, the turns of the breath lie on beats as they are at the ear (what the
sound says is heard now), so that pacer and music cannot drift apart, whatever the tempo does. A new piece has beats of its own:
the turn that was due goes to its nearest beat. Music without a pulse, or none, is bridged by the clock at the pace that the
beats had. Paced by the clock, two fifths of a breath go in and three out: longer out than in, as in most slow-breathing
studies.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.messages import BreathCue
from relaxlisten.terms import BreathPart
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from relaxlisten.control.protocol import Phase

AHEAD_S = 1.2  # a cue is given so long before its turn: more than the second between two ticks
IN_SHARE = 0.4
BRIDGE_BPM = 60.0  # where no beat was heard yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """Where the music is at the ear: `beat`, with its fraction, at `at_s`.

    turn: which piece of the session this is. tempo_bpm: None without a pulse.
    """

    at_s: float
    turn: int
    beat: float = 0.0
    tempo_bpm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacer:
    """The next turn of the breath. due_beat: in beats of the piece `turn`; None where the clock paces."""

    phase: str = ""
    part: BreathPart = BreathPart.IN
    due_s: float = 0.0
    due_beat: float | None = None
    turn: int = -1
    last_bpm: float = BRIDGE_BPM


def step(pacer: Pacer, phase: Phase, ear: Ear | None, time_s: float) -> tuple[Pacer, BreathCue | None]:
    """The pacer a moment later, and the cue that is due, if one is."""
    if not (phase.breaths_per_min or phase.breath_in_beats):
        return Pacer(), None
    if pacer.phase != phase.name:
        pacer = Pacer(phase=phase.name, due_s=time_s + AHEAD_S, last_bpm=pacer.last_bpm)
    pacer = _placed(pacer, phase, ear, time_s)
    if pacer.due_s > time_s + AHEAD_S:
        return pacer, None
    length_s = _length_s(pacer, phase)
    cue = BreathCue(time_s=time_s, at_s=pacer.due_s, part=pacer.part, length_s=length_s, by_music=pacer.due_beat is not None)
    return _after(pacer, phase, length_s), cue


def breaths_per_min(phase: Phase, tempo_bpm: float | None) -> float | None:
    """The pace of a phase; None where the breath is free, or would be counted in beats that are not there."""
    if phase.breaths_per_min:
        return phase.breaths_per_min
    beats = phase.breath_in_beats + phase.breath_out_beats
    return tempo_bpm / beats if beats and tempo_bpm is not None else None


def _placed(pacer: Pacer, phase: Phase, ear: Ear | None, time_s: float) -> Pacer:
    """The pacer with the next turn where the music has it now."""
    if not phase.breath_in_beats or ear is None or ear.tempo_bpm is None:
        late = time_s - pacer.due_s > AHEAD_S  # nobody asked for a while: begin anew, never catch up
        return dataclasses.replace(pacer, due_beat=None, turn=-1, due_s=time_s + AHEAD_S if late else pacer.due_s)
    due_beat = pacer.due_beat
    if due_beat is None or pacer.turn != ear.turn or _time_s(ear, due_beat) < time_s - AHEAD_S:
        earliest_s = max(pacer.due_s, time_s)
        due_beat = max(float(round(_beat(ear, earliest_s))), float(int(_beat(ear, time_s)) + 1), 0.0)
    return dataclasses.replace(pacer, due_beat=due_beat, due_s=_time_s(ear, due_beat), turn=ear.turn, last_bpm=ear.tempo_bpm)


def _time_s(ear: Ear, beat: float) -> float:
    return ear.at_s + (beat - ear.beat) * S_PER_MIN / (ear.tempo_bpm or BRIDGE_BPM)


def _beat(ear: Ear, time_s: float) -> float:
    return ear.beat + (time_s - ear.at_s) * (ear.tempo_bpm or BRIDGE_BPM) / S_PER_MIN


def _beats(pacer: Pacer, phase: Phase) -> float:
    return phase.breath_in_beats if pacer.part is BreathPart.IN else phase.breath_out_beats


def _length_s(pacer: Pacer, phase: Phase) -> float:
    if phase.breath_in_beats:
        return _beats(pacer, phase) * S_PER_MIN / pacer.last_bpm
    share = IN_SHARE if pacer.part is BreathPart.IN else 1.0 - IN_SHARE
    return share * S_PER_MIN / phase.breaths_per_min


def _after(pacer: Pacer, phase: Phase, length_s: float) -> Pacer:
    part = BreathPart.OUT if pacer.part is BreathPart.IN else BreathPart.IN
    due_beat = None if pacer.due_beat is None else pacer.due_beat + _beats(pacer, phase)
    return dataclasses.replace(pacer, part=part, due_s=pacer.due_s + length_s, due_beat=due_beat)
