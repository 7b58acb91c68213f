"""Where a session stands in its protocol.

Decision: protocol time only advances on ticks and only while the session runs, so that a pause costs nothing and a replay needs
no clock.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.messages import SessionPhase
from relaxlisten.terms import CommandKind, PhaseKind, SessionStage

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.control.protocol import Phase, Protocol

# A tick that comes later than this (the machine slept) counts as this much protocol time.
LONGEST_TICK_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """phase_elapsed_s: protocol time spent in the present phase. at_s: session time of the last step."""

    stage: SessionStage = SessionStage.READY
    phase_index: int = 0
    phase_elapsed_s: float = 0.0
    at_s: float = 0.0


_STAGE_AFTER: dict[tuple[SessionStage, CommandKind], SessionStage] = {
    (SessionStage.READY, CommandKind.START): SessionStage.RUNNING,
    (SessionStage.READY, CommandKind.STOP): SessionStage.ENDED,
    (SessionStage.RUNNING, CommandKind.PAUSE): SessionStage.PAUSED,
    (SessionStage.RUNNING, CommandKind.STOP): SessionStage.ENDED,
    (SessionStage.PAUSED, CommandKind.RESUME): SessionStage.RUNNING,
    (SessionStage.PAUSED, CommandKind.START): SessionStage.RUNNING,
    (SessionStage.PAUSED, CommandKind.STOP): SessionStage.ENDED,
    # Where nothing sounds, nothing has to fade.
    (SessionStage.READY, CommandKind.END_GENTLY): SessionStage.ENDED,
    (SessionStage.PAUSED, CommandKind.END_GENTLY): SessionStage.ENDED,
}


def after_command(timeline: Timeline, protocol: Protocol, what: CommandKind, time_s: float) -> Timeline:
    """The timeline after a person's command; a command that means nothing in this stage changes nothing."""
    move = _MOVES.get(what)
    if move is not None and timeline.stage is SessionStage.RUNNING:
        return move(timeline, protocol)
    stage = _STAGE_AFTER.get((timeline.stage, what), timeline.stage)
    return timeline if stage is timeline.stage else dataclasses.replace(timeline, stage=stage, at_s=time_s)


def after_tick(timeline: Timeline, protocol: Protocol, time_s: float) -> Timeline:
    """The timeline after time has passed: phases end, and with the last one the session."""
    passed_s = min(max(time_s - timeline.at_s, 0.0), LONGEST_TICK_S)
    timeline = dataclasses.replace(timeline, at_s=max(time_s, timeline.at_s))
    if timeline.stage is not SessionStage.RUNNING:
        return timeline
    timeline = dataclasses.replace(timeline, phase_elapsed_s=timeline.phase_elapsed_s + passed_s)
    while timeline.stage is SessionStage.RUNNING:
        excess_s = timeline.phase_elapsed_s - present_phase(timeline, protocol).duration_s
        if excess_s < 0.0:
            break
        timeline = _next_phase(timeline, protocol, excess_s)
    return timeline


def _next_phase(timeline: Timeline, protocol: Protocol, elapsed_s: float) -> Timeline:
    if timeline.phase_index + 1 < len(protocol.phases):
        return dataclasses.replace(timeline, phase_index=timeline.phase_index + 1, phase_elapsed_s=elapsed_s)
    length_s = protocol.phases[-1].duration_s
    return dataclasses.replace(timeline, stage=SessionStage.ENDED, phase_elapsed_s=length_s)


def _meet_again(timeline: Timeline, protocol: Protocol) -> Timeline:
    """Back to the last phase of matching; where none has been yet, on to the first; where there is none at all, nowhere."""
    meeting = [index for index, phase in enumerate(protocol.phases) if phase.kind is PhaseKind.MATCH]
    if not meeting:
        return timeline
    been = [index for index in meeting if index <= timeline.phase_index]
    return dataclasses.replace(timeline, phase_index=been[-1] if been else meeting[0], phase_elapsed_s=0.0)


def _end_gently(timeline: Timeline, protocol: Protocol) -> Timeline:
    """To the last seconds of the last phase: as many as its fade takes."""
    last = len(protocol.phases) - 1
    been_s = timeline.phase_elapsed_s if timeline.phase_index == last else 0.0
    begin_s = max(protocol.phases[last].duration_s - protocol.phases[last].fade_s, been_s)
    return dataclasses.replace(timeline, phase_index=last, phase_elapsed_s=begin_s)


_MOVES: dict[CommandKind, Callable[[Timeline, Protocol], Timeline]] = {
    CommandKind.NEXT_PHASE: lambda timeline, protocol: _next_phase(timeline, protocol, 0.0),
    CommandKind.MATCH_AGAIN: _meet_again,
    CommandKind.END_GENTLY: _end_gently,
}


def present_phase(timeline: Timeline, protocol: Protocol) -> Phase:
    """The phase that the session is in, or was in last."""
    return protocol.phases[timeline.phase_index]


def phase_remaining_s(timeline: Timeline, protocol: Protocol) -> float:
    """Protocol time left in the present phase."""
    return max(present_phase(timeline, protocol).duration_s - timeline.phase_elapsed_s, 0.0)


def must_close(timeline: Timeline, protocol: Protocol, stop_fade_s: float) -> bool:
    """Whether the last fade is to begin now. stop_fade_s: its length where the last phase has none of its own."""
    phase = present_phase(timeline, protocol)
    fade_s = phase.fade_s if phase.kind is PhaseKind.CLOSE else stop_fade_s
    return timeline.phase_index == len(protocol.phases) - 1 and phase_remaining_s(timeline, protocol) <= fade_s


def describe(timeline: Timeline, protocol: Protocol, time_s: float) -> SessionPhase:
    """The timeline as a message."""
    phase = present_phase(timeline, protocol)
    remaining_s = phase_remaining_s(timeline, protocol)
    later_s = sum(later.duration_s for later in protocol.phases[timeline.phase_index + 1 :])
    ended = timeline.stage is SessionStage.ENDED
    return SessionPhase(
        time_s=time_s,
        stage=timeline.stage,
        name=phase.name,
        kind=phase.kind,
        elapsed_s=timeline.phase_elapsed_s,
        remaining_s=0.0 if ended else remaining_s,
        session_remaining_s=0.0 if ended else remaining_s + later_s,
    )
