"""Match, then lead: which tempo the music should have, and why.

Decision: the law works on the heart's scale (beats per minute of the heart) and is folded to the piece's metrical level last.
Matching follows the heart outside a dead band. Leading lowers the goal step by step, but only while the heart is within
`lead_bpm` above it: a heart that does not follow is waited for, never pulled. How this heart answers is measured as the session
goes (`following.py`): one that follows is led in quicker steps, one that lags is given its time, and one that does not care is
left alone; the tempo then stays, and the choice of pieces and the breath go on. A heart that rises is met again where it is.
Without fresh, mostly uncorrected beats, or when a person says so, the tempo stays exactly where it is. All motion passes
`limits.py` (how far, how fast) and `turning.py` (how often it may turn round), so that no law can make the tempo leave its
range or swing; docs/control.md has the argument, and the command that tries to break it. Iso principle: Altshuler 1948;
Saperston 1993 (tempo form); Starcke 2021.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from relaxlisten.control.following import Verdict, judge, observe
from relaxlisten.control.limits import fold_octave, reachable_tempo
from relaxlisten.control.reasons import reason
from relaxlisten.control.stances import Heart, PolicyState, Situation, Stance
from relaxlisten.control.turning import direct
from relaxlisten.messages import TempoTarget
from relaxlisten.terms import PhaseKind
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from relaxlisten.control.following import Followed
    from relaxlisten.control.limits import Limits

__all__ = ["Heart", "PolicyState", "Situation", "Stance", "decide", "met_again", "obstacle"]

STALE_AFTER_S = 10.0  # data older than this is never acted upon
LEAST_VALID_FRACTION = 0.6  # below this share of uncorrected beats the heart rate itself is in doubt
LEAD_STEP_BPM = 0.5  # a target moves in steps of at least this size: each is one line in the record
DWELL_S = 30.0  # between two steps of the lead, where nothing is known of the heart yet
QUICK_DWELL_S, LONGEST_DWELL_S = 20.0, 180.0
# The level is the heart rate over half a minute: slower than a breath and a pressure wave (10 s), quicker than a listener's lag.
LEVEL_S = 30.0
RISE_BPM = 4.0  # about twice the slow waves of a heart at rest
RISE_FOR_S = 30.0
MOST_RETURNS = 2
# A heart that was waited for so long, and that probably does not follow, is not waited for any longer.
PATIENCE_S, EVEN = 240.0, 0.5
MATCH_TURN_S = 120.0  # matching spends its turns sparingly: the lead will need one


def decide(state: PolicyState, now: Situation, limits: Limits) -> tuple[PolicyState, TempoTarget | None]:
    """The new state, and a TempoTarget where the target or the stance has changed."""
    in_the_way = obstacle(now)
    old = state
    state = state if in_the_way is not None else _listen(state, now)
    followed = judge(state.following)
    stance, state = (in_the_way, state) if in_the_way is not None else _stance(state, now, limits, followed)
    new = _aimed(state, stance, now, limits)
    since_s = now.time_s if stance is not old.stance else old.since_s
    new = dataclasses.replace(new, at_s=now.time_s, stance=stance, since_s=since_s, own_bpm=now.own_bpm)
    told = stance is not Stance.BY_HAND or new.refused_turn == old.refused_turn  # who asked is told that it must wait
    if stance is old.stance and new.target_bpm == old.target_bpm and told:
        return new, None
    target = TempoTarget(time_s=now.time_s, tempo_bpm=new.target_bpm, phase=now.phase.kind, reason=reason(new, now, followed))
    return new, target


def obstacle(now: Situation) -> Stance | None:
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
    if heart.last_beat_age_s is None or heart.heart_rate_bpm is None:
        return Stance.STALE if (heart.last_beat_age_s or 0.0) > STALE_AFTER_S else Stance.NO_HEART
    if heart.last_beat_age_s > STALE_AFTER_S:
        return Stance.STALE
    if heart.valid_fraction < LEAST_VALID_FRACTION:
        return Stance.POOR_SIGNAL
    return None


# ---- the heart, over a longer time ----


def _listen(state: PolicyState, now: Situation) -> PolicyState:
    """The state with what this second has shown of the heart."""
    heart_bpm = now.heart.heart_rate_bpm
    if heart_bpm is None:
        return state
    keep = math.exp(-max(now.time_s - state.at_s, 0.0) / LEVEL_S)
    level_bpm = heart_bpm if state.level_bpm is None else heart_bpm + (state.level_bpm - heart_bpm) * keep
    following = observe(state.following, heart_bpm, now.current_bpm, now.time_s)
    if now.phase.kind is not PhaseKind.LEAD:
        return dataclasses.replace(state, level_bpm=level_bpm, low_bpm=None, risen_s=None, following=following)
    low_bpm = level_bpm if state.low_bpm is None else min(state.low_bpm, level_bpm)
    rises = level_bpm - low_bpm >= RISE_BPM
    risen_s = None if not rises else now.time_s if state.risen_s is None else state.risen_s
    return dataclasses.replace(state, level_bpm=level_bpm, low_bpm=low_bpm, risen_s=risen_s, following=following)


# ---- what to do, and the goal on the heart's scale ----


def _stance(state: PolicyState, now: Situation, limits: Limits, followed: Followed) -> tuple[Stance, PolicyState]:
    heart_bpm = now.heart.heart_rate_bpm
    if heart_bpm is None:
        return Stance.NO_HEART, state
    match now.phase.kind:
        case PhaseKind.MATCH:
            near = state.goal_bpm is not None and abs(heart_bpm - state.goal_bpm) < limits.deadband_bpm
            goal_bpm = state.goal_bpm if near and state.stance is Stance.MATCHING else heart_bpm
            return Stance.MATCHING, dataclasses.replace(state, goal_bpm=goal_bpm)
        case PhaseKind.LEAD:
            return _lead(state, now, heart_bpm, limits, followed)
        case PhaseKind.SETTLE if now.phase.tempo_bpm:
            return Stance.TO_TEMPO, dataclasses.replace(state, goal_bpm=now.phase.tempo_bpm)
        case _:
            goal_bpm = state.goal_bpm if state.goal_bpm is not None else heart_bpm
            return Stance.SETTLED, dataclasses.replace(state, goal_bpm=goal_bpm)


def _lead(state: PolicyState, now: Situation, heart_bpm: float, limits: Limits, followed: Followed) -> tuple[Stance, PolicyState]:
    if state.let_go or _is_in_vain(state, now, followed):
        return Stance.LET_GO, dataclasses.replace(state, let_go=True)
    if state.risen_s is not None and now.time_s - state.risen_s >= RISE_FOR_S:
        return Stance.RETURNING, _returned(state, now, heart_bpm, followed)
    goal_bpm = heart_bpm if state.goal_bpm is None else state.goal_bpm
    if state.stance is Stance.RETURNING and now.time_s < state.next_step_s:
        return Stance.RETURNING, state
    goal_bpm = min(goal_bpm, heart_bpm)
    state = dataclasses.replace(state, goal_bpm=goal_bpm)
    # Once waiting, go on only when the heart has clearly come nearer: no flicker at the edge.
    patience_bpm = now.phase.lead_bpm - (limits.deadband_bpm if state.stance is Stance.WAITING else 0.0)
    if heart_bpm - goal_bpm > max(patience_bpm, 0.0):
        return Stance.WAITING, state
    if goal_bpm <= now.phase.floor_bpm:
        return Stance.AT_FLOOR, state
    return Stance.LEADING, _stepped(state, now, followed)


def _is_in_vain(state: PolicyState, now: Situation, followed: Followed) -> bool:
    """Whether to lead this heart any further is of no use."""
    waited_s = now.time_s - state.since_s if state.stance is Stance.WAITING else 0.0
    unlikely = waited_s >= PATIENCE_S and followed.likely < EVEN
    return unlikely or followed.verdict is Verdict.INDIFFERENT or state.returns > MOST_RETURNS


def _returned(state: PolicyState, now: Situation, heart_bpm: float, followed: Followed) -> PolicyState:
    """The lead begins anew from where the heart is, after it has had time to calm down."""
    return dataclasses.replace(
        state,
        goal_bpm=heart_bpm,
        low_bpm=state.level_bpm,
        risen_from_bpm=state.low_bpm,
        risen_s=None,
        returns=state.returns + 1,
        next_step_s=now.time_s + max(dwell_s(followed), RISE_FOR_S),
    )


def dwell_s(followed: Followed) -> float:
    """How long a step of the lead is given: quick for a heart that follows, its own lag for one that is late."""
    match followed.verdict:
        case Verdict.FOLLOWS:
            return QUICK_DWELL_S
        case Verdict.LAGS:
            return min(max(followed.lag_s, DWELL_S), LONGEST_DWELL_S)
        case _:
            return DWELL_S


def _stepped(state: PolicyState, now: Situation, followed: Followed) -> PolicyState:
    """The goal a step lower, if the last one has had its time. A step is what the protocol's pace makes of DWELL_S."""
    if state.goal_bpm is None or now.time_s < state.next_step_s:
        return state
    step_bpm = now.phase.pace_bpm_per_min * DWELL_S / S_PER_MIN
    goal_bpm = max(state.goal_bpm - step_bpm, now.phase.floor_bpm)
    return dataclasses.replace(state, goal_bpm=goal_bpm, next_step_s=now.time_s + dwell_s(followed))


# ---- the target of the piece that plays ----

_MOVING = {Stance.TO_TEMPO, Stance.MATCHING, Stance.LEADING, Stance.WAITING, Stance.RETURNING, Stance.AT_FLOOR, Stance.SETTLED}
_SPARING = {Stance.MATCHING}
_AT_ONCE = {Stance.AS_IT_IS, Stance.BY_HAND, Stance.MATCHING}  # the smallest wish counts


def _aimed(state: PolicyState, stance: Stance, now: Situation, limits: Limits) -> PolicyState:
    """The state with its target on the piece's metrical level, within its limits and turns."""
    if now.own_bpm is None:
        return dataclasses.replace(state, target_bpm=None, refused_turn=False)
    new_piece = now.own_bpm != state.own_bpm
    goal_bpm = _goal_bpm(state, stance, now)
    if goal_bpm is None:
        held = stance is state.stance and state.target_bpm is not None and not new_piece
        return dataclasses.replace(state, target_bpm=state.target_bpm if held else now.current_bpm, refused_turn=False)
    wish_bpm = reachable_tempo(goal_bpm, now.own_bpm, limits)
    if not (stance in _AT_ONCE or state.target_bpm is None or new_piece or state.refused_turn):
        wish_bpm = wish_bpm if abs(wish_bpm - state.target_bpm) >= LEAD_STEP_BPM else state.target_bpm
    current_bpm = wish_bpm if now.current_bpm is None else now.current_bpm
    sparing = stance in _SPARING
    turning, target_bpm, refused = direct(
        state.turning,
        current_bpm,
        wish_bpm,
        now.time_s,
        least_bpm=2.0 * limits.deadband_bpm if sparing else LEAD_STEP_BPM,
        least_s=MATCH_TURN_S if sparing else 0.0,
    )
    if stance is Stance.BY_HAND and state.level_bpm is not None:  # the law goes on from there once the hand lets go
        state = dataclasses.replace(state, goal_bpm=fold_octave(goal_bpm, state.level_bpm))
    return dataclasses.replace(state, target_bpm=target_bpm, turning=turning, refused_turn=refused)


def _goal_bpm(state: PolicyState, stance: Stance, now: Situation) -> float | None:
    """Where the piece that plays is to go, at any metrical level; None where it stays."""
    if stance is Stance.AS_IT_IS:
        return now.own_bpm
    if stance is Stance.BY_HAND:
        return now.hand_bpm
    return state.goal_bpm if stance in _MOVING else None


def met_again(state: PolicyState, time_s: float) -> PolicyState:
    """The state of a law that begins anew, and learns anew how this heart answers; only its turns are not forgotten."""
    return PolicyState(
        at_s=state.at_s,
        target_bpm=state.target_bpm,
        own_bpm=state.own_bpm,
        next_step_s=time_s + DWELL_S,
        level_bpm=state.level_bpm,
        turning=state.turning,
    )
