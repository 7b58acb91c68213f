"""Match, then lead: which tempo the music should have, and why.

Decision: the law works on the heart's scale (beats per minute of the heart) and is folded to the piece's metrical level last.
Matching follows the heart outside a dead band. Leading lowers the goal at a set pace, but only while the heart is within
`lead_bpm` above it: a heart that does not follow is waited for, never pulled. Without fresh, mostly uncorrected beats, or when a
person says so, the tempo stays exactly where it is. Iso principle: Altshuler 1948; Saperston 1993 (tempo form); Starcke 2021.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from relaxlisten.control.limits import fold_octave, reachable_tempo
from relaxlisten.messages import TempoTarget
from relaxlisten.terms import PhaseKind

if TYPE_CHECKING:
    from relaxlisten.control.limits import Limits
    from relaxlisten.control.protocol import Phase

STALE_AFTER_S = 10.0  # data older than this is never acted upon
LEAST_VALID_FRACTION = 0.6  # below this share of uncorrected beats the heart rate itself is in doubt
LEAD_STEP_BPM = 0.5  # the led goal moves the target in steps of this size: each is one line in the record


class Stance(Enum):
    """What the law is doing; a change of stance is worth a sentence even where the tempo stays."""

    AS_IT_IS = "as it is"
    NO_PULSE = "no pulse"
    BY_HAND = "by hand"
    SILENT = "silent"
    NO_HEART = "no heart"
    STALE = "stale"
    POOR_SIGNAL = "poor signal"
    MATCHING = "matching"
    LEADING = "leading"
    WAITING = "waiting"
    AT_FLOOR = "at the floor"
    TO_TEMPO = "to a tempo"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heart:
    """What is known of the heart now; None where nothing is."""

    heart_rate_bpm: float | None
    last_beat_age_s: float | None
    valid_fraction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that one decision rests on. current_bpm: tempo of the last plan. own_bpm: the piece's, None without a pulse."""

    time_s: float
    phase: Phase
    heart: Heart
    own_bpm: float | None
    current_bpm: float | None
    held_by_hand: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyState:
    """goal_bpm: where the music should be, on the heart's scale. target_bpm: the same for the piece that plays."""

    at_s: float = 0.0
    stance: Stance | None = None
    since_s: float = 0.0
    goal_bpm: float | None = None
    target_bpm: float | None = None
    own_bpm: float | None = None


def decide(state: PolicyState, now: Situation, limits: Limits) -> tuple[PolicyState, TempoTarget | None]:
    """The new state, and a TempoTarget where the target or the stance has changed."""
    stance, goal_bpm = _stance_and_goal(state, now, limits)
    target_bpm = _target(state, stance, goal_bpm, now, limits)
    changed = stance is not state.stance or target_bpm != state.target_bpm
    since_s = now.time_s if stance is not state.stance else state.since_s
    new = PolicyState(
        at_s=now.time_s, stance=stance, since_s=since_s, goal_bpm=goal_bpm, target_bpm=target_bpm, own_bpm=now.own_bpm
    )
    if not changed:
        return new, None
    reason = _reason(new, now)
    return new, TempoTarget(time_s=now.time_s, tempo_bpm=target_bpm, phase=now.phase.kind, reason=reason)


def _stance_and_goal(state: PolicyState, now: Situation, limits: Limits) -> tuple[Stance, float | None]:
    obstacle = _obstacle(now)
    if obstacle is not None:
        return obstacle, state.goal_bpm
    heart_bpm = now.heart.heart_rate_bpm
    if heart_bpm is None:
        return Stance.NO_HEART, state.goal_bpm
    match now.phase.kind:
        case PhaseKind.BASELINE:
            return Stance.AS_IT_IS, heart_bpm
        case PhaseKind.MATCH:
            near = state.goal_bpm is not None and abs(heart_bpm - state.goal_bpm) < limits.deadband_bpm
            return Stance.MATCHING, state.goal_bpm if near and state.stance is Stance.MATCHING else heart_bpm
        case PhaseKind.LEAD:
            return _lead(state, now, heart_bpm, limits)
        case PhaseKind.SETTLE if now.phase.tempo_bpm:
            return Stance.TO_TEMPO, now.phase.tempo_bpm
        case _:
            return Stance.SETTLED, state.goal_bpm if state.goal_bpm is not None else heart_bpm


def _obstacle(now: Situation) -> Stance | None:
    """Why the tempo must stay where it is; None where it may move."""
    heart = now.heart
    if now.phase.is_silent:
        return Stance.SILENT
    if now.held_by_hand:
        return Stance.BY_HAND
    if now.own_bpm is None:
        return Stance.NO_PULSE
    if now.phase.kind is PhaseKind.BASELINE:
        return Stance.AS_IT_IS
    if heart.last_beat_age_s is None:
        return Stance.NO_HEART
    if heart.last_beat_age_s > STALE_AFTER_S:
        return Stance.STALE
    if heart.valid_fraction < LEAST_VALID_FRACTION:
        return Stance.POOR_SIGNAL
    return None


def _lead(state: PolicyState, now: Situation, heart_bpm: float, limits: Limits) -> tuple[Stance, float]:
    goal_bpm = heart_bpm if state.goal_bpm is None else min(state.goal_bpm, heart_bpm)
    # Once waiting, go on only when the heart has clearly come nearer: no flicker at the edge.
    patience_bpm = now.phase.lead_bpm - (limits.deadband_bpm if state.stance is Stance.WAITING else 0.0)
    if heart_bpm - goal_bpm > max(patience_bpm, 0.0):
        return Stance.WAITING, goal_bpm
    if goal_bpm <= now.phase.floor_bpm:
        return Stance.AT_FLOOR, goal_bpm
    step_bpm = now.phase.pace_bpm_per_min * max(now.time_s - state.at_s, 0.0) / 60.0
    return Stance.LEADING, max(goal_bpm - step_bpm, now.phase.floor_bpm)


_MOVING = {Stance.TO_TEMPO, Stance.MATCHING, Stance.LEADING, Stance.WAITING, Stance.AT_FLOOR, Stance.SETTLED}


def _target(state: PolicyState, stance: Stance, goal_bpm: float | None, now: Situation, limits: Limits) -> float | None:
    if now.own_bpm is None:
        return None
    new_piece = now.own_bpm != state.own_bpm
    if stance is Stance.AS_IT_IS:
        return now.own_bpm
    if stance not in _MOVING or goal_bpm is None:
        held = stance is state.stance and state.target_bpm is not None and not new_piece
        return state.target_bpm if held else now.current_bpm
    wish_bpm = reachable_tempo(goal_bpm, now.own_bpm, limits)
    if state.target_bpm is None or new_piece or stance is Stance.MATCHING:
        return wish_bpm
    return wish_bpm if abs(wish_bpm - state.target_bpm) >= LEAD_STEP_BPM else state.target_bpm


def _reason(state: PolicyState, now: Situation) -> str:
    heart = f"Heart {now.heart.heart_rate_bpm:.0f}" if now.heart.heart_rate_bpm is not None else "Heart not known"
    music = f"{now.current_bpm:.0f}" if now.current_bpm is not None else "without a pulse"
    target = f"{state.target_bpm:.1f}" if state.target_bpm is not None else "as it is"
    age = f"{now.heart.last_beat_age_s:.0f} s" if now.heart.last_beat_age_s is not None else "a while"
    sentences = {
        Stance.AS_IT_IS: f"{now.phase.name}: the music stays as it is while the heart is listened to.",
        Stance.NO_PULSE: "This piece has no pulse: it is played as it is.",
        Stance.BY_HAND: f"Held by hand at {target} BPM.",
        Stance.SILENT: f"{now.phase.minutes:g} min of silence; the music goes on after it.",
        Stance.NO_HEART: f"No heartbeat yet: the music stays at {target} BPM.",
        Stance.STALE: f"No heartbeat for {age}: holding the tempo at {target} BPM.",
        Stance.POOR_SIGNAL: f"Only {now.heart.valid_fraction:.0%} of the beats are clear: holding the tempo at {target} BPM.",
        Stance.MATCHING: f"{heart}, music {music}: going to {target} BPM to meet the heart{_limit_note(state, now)}.",
        Stance.LEADING: f"{heart}, music {music}: going to {target} BPM, a little ahead of the heart{_limit_note(state, now)}.",
        Stance.WAITING: f"{heart}, music {music}: holding until the heart follows to {_goal_text(state, now)}.",
        Stance.AT_FLOOR: f"{heart}, music {music}: as slow as this session goes.",
        Stance.TO_TEMPO: f"Music {music}: going to {target} BPM, the tempo of this phase{_limit_note(state, now)}.",
        Stance.SETTLED: f"{heart}, music {music}: staying at {target} BPM.",
    }
    return sentences[state.stance] if state.stance is not None else ""


def _goal_text(state: PolicyState, now: Situation) -> str:
    return "" if state.goal_bpm is None else f"{state.goal_bpm + now.phase.lead_bpm:.0f}"


def _limit_note(state: PolicyState, now: Situation) -> str:
    if state.goal_bpm is None or now.own_bpm is None or state.target_bpm is None:
        return ""
    wish_bpm = fold_octave(state.goal_bpm, now.own_bpm)
    if abs(wish_bpm - state.target_bpm) < LEAD_STEP_BPM:
        return ""
    return f" ({wish_bpm:.0f} is further than this piece of {now.own_bpm:.0f} BPM may be stretched)"
