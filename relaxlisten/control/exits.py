"""What ends a phase before its time.

Decision: an exit is only ever early: `minutes` is the cap, so that a heart that does nothing of the kind cannot hold a session
up. A heart that is not known keeps the phase going and starts the count anew.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.terms import Until
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from relaxlisten.control.protocol import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitWatch:
    """since_s: since when the condition holds; None while it does not. low_bpm, high_bpm: the band since then (steady)."""

    phase_index: int = -1
    since_s: float | None = None
    low_bpm: float = 0.0
    high_bpm: float = 0.0


def watch(
    state: ExitWatch, phase: Phase, phase_index: int, elapsed_s: float, heart_rate_bpm: float | None, goal_bpm: float | None,
    time_s: float,
) -> tuple[ExitWatch, str | None]:  # fmt: skip
    """The watch a moment later, and the sentence to go on with, if the phase is over. heart_rate_bpm: None where in doubt."""
    if phase.until is None or heart_rate_bpm is None:
        return ExitWatch(phase_index=phase_index), None
    if state.phase_index != phase_index:
        state = ExitWatch(phase_index=phase_index)
    goal_bpm = phase.tempo_bpm or goal_bpm
    if phase.until is Until.HEART_NEAR_GOAL:
        state = _near(state, phase, heart_rate_bpm, goal_bpm, time_s)
        held = f"within {phase.until_within_bpm:g} bpm of the {goal_bpm or 0.0:.0f} it was led to"
    else:
        state = _steady(state, phase, heart_rate_bpm, time_s)
        held = f"between {state.low_bpm:.0f} and {state.high_bpm:.0f} bpm"
    long_enough = state.since_s is not None and time_s - state.since_s >= phase.until_for_s
    if not long_enough or elapsed_s < phase.least_minutes * S_PER_MIN:
        return state, None
    return state, f"{phase.name} is over: your heart has stayed {held} for {phase.until_for_s:.0f} s."


def _near(state: ExitWatch, phase: Phase, heart_bpm: float, goal_bpm: float | None, time_s: float) -> ExitWatch:
    if goal_bpm is None or abs(heart_bpm - goal_bpm) > phase.until_within_bpm:
        return dataclasses.replace(state, since_s=None)
    return dataclasses.replace(state, since_s=time_s if state.since_s is None else state.since_s)


def _steady(state: ExitWatch, phase: Phase, heart_bpm: float, time_s: float) -> ExitWatch:
    low_bpm, high_bpm = min(state.low_bpm, heart_bpm), max(state.high_bpm, heart_bpm)
    if state.since_s is None or high_bpm - low_bpm > phase.until_within_bpm:
        return dataclasses.replace(state, since_s=time_s, low_bpm=heart_bpm, high_bpm=heart_bpm)
    return dataclasses.replace(state, low_bpm=low_bpm, high_bpm=high_bpm)
