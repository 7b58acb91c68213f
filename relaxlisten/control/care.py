"""What is looked after on every tick beside tempo and pieces: prompts, exits of phases, the comfort range, and the breath.

Decision: one pure step that says what should happen (go on to the next phase, pause); the pipeline does it. A heart whose
signal is in doubt neither ends a phase nor pauses a session.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from relaxlisten.control import comfort as comforting
from relaxlisten.control import exits
from relaxlisten.control.comfort import ComfortWatch
from relaxlisten.control.exits import ExitWatch
from relaxlisten.control.tempo_policy import LEAST_VALID_FRACTION, STALE_AFTER_S
from relaxlisten.messages import Decision, Notice
from relaxlisten.terms import DecisionKind, Severity

if TYPE_CHECKING:
    from relaxlisten.control.protocol import Protocol
    from relaxlisten.control.tempo_policy import Heart
    from relaxlisten.control.timeline import Timeline


class Verdict(Enum):
    """What should happen now."""

    GO_ON = "go on"
    NEXT_PHASE = "next phase"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """prompted: index of the phase whose prompt was given last."""

    prompted: int = -1
    exit: ExitWatch = field(default_factory=ExitWatch)
    comfort: ComfortWatch = field(default_factory=ComfortWatch)


def clear_heart_bpm(heart: Heart) -> float | None:
    """The heart rate, where it may be acted upon."""
    fresh = heart.last_beat_age_s is not None and heart.last_beat_age_s <= STALE_AFTER_S
    return heart.heart_rate_bpm if fresh and heart.valid_fraction >= LEAST_VALID_FRACTION else None


def attend(
    care: Care, protocol: Protocol, timeline: Timeline, heart: Heart, goal_bpm: float | None, time_s: float
) -> tuple[Care, Verdict, list[Notice | Decision]]:
    """The state a second later, what should happen, and what to say. Only while the session runs."""
    phase = protocol.phases[timeline.phase_index]
    heart_bpm = clear_heart_bpm(heart)
    said: list[Notice | Decision] = []
    if care.prompted != timeline.phase_index and phase.prompt:
        said.append(Notice(time_s=time_s, severity=Severity.INFO, code="prompt", text=phase.prompt))
    comfort, uncomfortable = comforting.watch(care.comfort, protocol.comfort, heart_bpm, time_s)
    exit_watch, over = exits.watch(care.exit, phase, timeline.phase_index, timeline.phase_elapsed_s, heart_bpm, goal_bpm, time_s)
    new = Care(prompted=timeline.phase_index, exit=exit_watch, comfort=comfort)
    if uncomfortable:
        return new, Verdict.PAUSE, [*said, *_say(DecisionKind.PAUSE, "pause", uncomfortable, heart_bpm, goal_bpm, time_s)]
    if over and timeline.phase_index + 1 < len(protocol.phases):
        following = protocol.phases[timeline.phase_index + 1].name
        return new, Verdict.NEXT_PHASE, [*said, *_say(DecisionKind.PHASE, following, over, heart_bpm, goal_bpm, time_s)]
    return new, Verdict.GO_ON, said


def _say(
    kind: DecisionKind, chosen: str, sentence: str, heart_bpm: float | None, goal_bpm: float | None, time_s: float
) -> list[Notice | Decision]:
    inputs: dict[str, float | str | None] = {"heart_rate_bpm": heart_bpm, "goal_bpm": goal_bpm}
    return [
        Notice(time_s=time_s, severity=Severity.INFO, code=f"session_{kind.value}", text=sentence),
        Decision(time_s=time_s, kind=kind, chosen=chosen, reason=sentence, inputs=inputs),
    ]
