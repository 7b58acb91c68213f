"""What a person asked for in mid-session, and what came of it: a line of the log for every override.

Decision: an override is answered even where it can change nothing (the session pauses, a piece has no pulse, an arm keeps its
own tempo), with the reason. The answer is made of how things stood before and stand after, so that it tells what happened and
not what was meant to happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.control.arms import TempoRule
from relaxlisten.messages import Decision
from relaxlisten.terms import CommandKind, DecisionKind, SessionStage

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.control.hand import Hand
    from relaxlisten.control.playback import Playback
    from relaxlisten.control.protocol import Phase
    from relaxlisten.messages import Command

# Once the last fade has begun there is no way back into the music.
ENDING_IGNORES = frozenset({CommandKind.MATCH_AGAIN, CommandKind.NEXT_PHASE, CommandKind.END_GENTLY})
_STEERED = (TempoRule.LAW, TempoRule.FIXED, TempoRule.ONE_BEAT)
_LEAST_BPM = 0.05
_OWN_TEMPO = "the pieces of this session keep their own tempo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a session stands at one moment, as far as a person can change it."""

    stage: SessionStage
    closing: bool
    phase: Phase
    phase_left_s: float
    rule: TempoRule
    hand: Hand
    playback: Playback


def answered(command: Command, before: Standing, after: Standing) -> Decision | None:
    """The answer to an override; None for a command that is none."""
    answer = _ANSWERS.get(command.what)
    if answer is None:
        return None
    asked, came_of_it = answer(command, before, after)
    return Decision(
        time_s=command.time_s,
        kind=DecisionKind.PERSON,
        chosen=command.what.value,
        reason=f"You asked {asked}: {came_of_it}.",
        inputs={
            "value": command.value,
            "phase": before.phase.name,
            "music_bpm": None if before.playback.tempo_bpm is None else round(before.playback.tempo_bpm, 3),
        },
    )


_Answer = tuple[str, str]


def _hold(_command: Command, _before: Standing, after: Standing) -> _Answer:
    if after.rule not in _STEERED:
        return "to hold the tempo", _OWN_TEMPO
    return "to hold the tempo", f"it stays at {_bpm(after)} until you let it go"


def _release(_command: Command, before: Standing, after: Standing) -> _Answer:
    if not before.hand.holds:
        return "to let the tempo go", "it was not held"
    return "to let the tempo go", f"it is led again from {_bpm(after)} on"


def _match_again(_command: Command, before: Standing, after: Standing) -> _Answer:
    asked = "to meet the heart again"
    if _is_over(before):
        return asked, _is_over(before)
    if after.phase.kind is not before.phase.kind or after.phase_left_s != before.phase_left_s:
        return asked, f'the session goes to "{after.phase.name}", {_minutes(after.phase_left_s)}'
    return asked, "the music goes to where the heart is, and is led from there"


def _tempo(command: Command, before: Standing, after: Standing) -> _Answer:
    by_bpm = command.value if isinstance(command.value, int | float) else 0.0
    asked = f"for {'more' if by_bpm > 0.0 else 'less'} tempo ({by_bpm:+g} BPM)"
    if blocked := unmoved(before):
        return asked, blocked
    if after.hand.tempo_bpm is None:
        return asked, "that is no number of BPM, so nothing changes"
    if before.hand.tempo_bpm is not None and abs(after.hand.tempo_bpm - before.hand.tempo_bpm) < _LEAST_BPM:
        return asked, f"{after.hand.tempo_bpm:.1f} BPM is as far as this piece may be stretched, so it stays there"
    return asked, f"the music goes to {after.hand.tempo_bpm:.1f} BPM, gently, and is held there until you let it go"


def _skip(_command: Command, before: Standing, after: Standing) -> _Answer:
    asked = "for the next piece"
    if _is_over(before):
        return asked, _is_over(before)
    title = after.playback.track.title if after.playback.track else None
    changed = len(after.playback.history) != len(before.playback.history)
    return asked, f"{title} comes in" if changed else "there is none to go to now"


def _next_phase(_command: Command, before: Standing, after: Standing) -> _Answer:
    asked = "for the next phase"
    if _is_over(before):
        return asked, _is_over(before)
    if after.stage is SessionStage.ENDED:
        return asked, f'"{before.phase.name}" was the last, so the session ends'
    return asked, f'"{before.phase.name}" ends and "{after.phase.name}" begins, {_minutes(after.phase_left_s)}'


def _volume(_command: Command, _before: Standing, after: Standing) -> _Answer:
    playback = after.playback
    heard = min(playback.volume, playback.volume_cap)
    capped = f" ({playback.volume_cap:.0%} is the most in this session)" if playback.volume > playback.volume_cap else ""
    return "for another volume", f"it is {heard:.0%} now{capped}"


def _end_gently(_command: Command, before: Standing, after: Standing) -> _Answer:
    asked = "for a gentle end"
    if _is_over(before) and before.stage is not SessionStage.PAUSED:
        return asked, _is_over(before)
    if after.stage is SessionStage.ENDED:
        return asked, "nothing sounds, so the session is over"
    return asked, f"the music fades for {after.phase_left_s:.0f} s and the session ends"


_ANSWERS: dict[CommandKind, Callable[[Command, Standing, Standing], _Answer]] = {
    CommandKind.HOLD: _hold,
    CommandKind.RELEASE: _release,
    CommandKind.MATCH_AGAIN: _match_again,
    CommandKind.TEMPO: _tempo,
    CommandKind.SKIP: _skip,
    CommandKind.NEXT_PHASE: _next_phase,
    CommandKind.VOLUME: _volume,
    CommandKind.END_GENTLY: _end_gently,
}


def _is_over(now: Standing) -> str:
    """Why the session cannot be moved at all; empty where it can."""
    if now.closing or now.stage is SessionStage.ENDED:
        return "the session is ending already, so nothing changes"
    return "" if now.stage is SessionStage.RUNNING else f"the session is {now.stage.value}, so nothing changes"


def unmoved(now: Standing) -> str:
    """Why the tempo cannot be moved by hand; empty where it can."""
    if over := _is_over(now):
        return over
    if now.rule not in _STEERED:
        return _OWN_TEMPO
    if now.playback.tempo_bpm is None:
        return "no pulse is heard now, so there is no tempo to change"
    return ""


def _bpm(now: Standing) -> str:
    return "its own" if now.playback.tempo_bpm is None else f"{now.playback.tempo_bpm:.1f} BPM"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60.0:.1f} min"
