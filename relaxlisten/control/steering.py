"""Tempo rules other than the law: for arms that a study compares it with.

Decision: whatever keeps the law from moving the tempo (a bad signal, a person's hand, a silence, a baseline, no pulse) keeps
these from it too, and their moves pass the same limits; they differ only in what they wish. So an arm differs from another in
nothing but its rule.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from relaxlisten.control.arms import TempoRule
from relaxlisten.control.limits import reachable_tempo
from relaxlisten.control.tempo_policy import PolicyState, Situation, Stance, decide, obstacle
from relaxlisten.messages import TempoTarget

if TYPE_CHECKING:
    from relaxlisten.control.limits import Limits

_STEP_BPM = 0.5


def steer(rule: TempoRule, state: PolicyState, now: Situation, limits: Limits) -> tuple[PolicyState, TempoTarget | None]:
    """The new state and, where the target has changed, the message that says so."""
    if rule is TempoRule.LAW or obstacle(now) is not None or now.own_bpm is None or now.heart.heart_rate_bpm is None:
        return decide(state, now, limits)
    if rule is TempoRule.OWN:
        return _go(state, now, now.own_bpm, state.goal_bpm, "the pieces of this session keep their own tempo")
    if rule is TempoRule.FIXED:
        goal_bpm = now.heart.heart_rate_bpm if state.goal_bpm is None else state.goal_bpm
        words = f"the tempo stays at the {goal_bpm:.0f} at which the heart was met"
        return _go(state, now, reachable_tempo(goal_bpm, now.own_bpm, limits), goal_bpm, words)
    goal_bpm = now.heart.heart_rate_bpm - 1.0
    target_bpm = reachable_tempo(goal_bpm, now.own_bpm, limits)
    near = state.target_bpm is not None and now.own_bpm == state.own_bpm and abs(target_bpm - state.target_bpm) < _STEP_BPM
    words = f"heart {now.heart.heart_rate_bpm:.0f}, the music goes one beat a minute below it"
    return _go(state, now, state.target_bpm if near and state.target_bpm else target_bpm, goal_bpm, words)


def _go(
    state: PolicyState, now: Situation, target_bpm: float, goal_bpm: float | None, words: str
) -> tuple[PolicyState, TempoTarget | None]:
    stance = Stance.BY_RULE
    changed = stance is not state.stance or target_bpm != state.target_bpm
    new = dataclasses.replace(
        state, at_s=now.time_s, stance=stance, goal_bpm=goal_bpm, target_bpm=target_bpm, own_bpm=now.own_bpm
    )
    if not changed:
        return new, None
    sentence = f"Going to {target_bpm:.1f} BPM: {words}."
    return new, TempoTarget(time_s=now.time_s, tempo_bpm=target_bpm, phase=now.phase.kind, reason=sentence)
