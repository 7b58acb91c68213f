"""How often the tempo may turn round.

Decision: the tempo that is *delivered* may change its direction at most twice in any five minutes, whatever the heart, the law
above it, or a protocol does. The times of the last two turns are kept; a third within five minutes is not made: the tempo stays
where it is. This is a rule about motion, not about wishes, so that a wish that crosses the tempo on its way cannot make it
swing either. That is all that the proof in docs/control.md needs.
"""

from __future__ import annotations

from dataclasses import dataclass

WINDOW_S = 300.0
MOST_TURNS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """direction: -1, 0 or 1, of the last motion. turns_s: when the last turns were made, oldest first."""

    direction: int = 0
    turns_s: tuple[float, ...] = ()


def direct(
    state: Turning, current_bpm: float, wish_bpm: float, time_s: float, *, least_bpm: float, least_s: float = 0.0
) -> tuple[Turning, float, bool]:
    """The state, the target that may be gone for, and whether a turn was refused.

    least_bpm: a turn that is worth less is not made. least_s: nor one so soon after the last.
    """
    direction = (wish_bpm > current_bpm) - (wish_bpm < current_bpm)
    if direction == 0 or state.direction in (0, direction):
        return Turning(direction=direction or state.direction, turns_s=state.turns_s), wish_bpm, False
    if abs(wish_bpm - current_bpm) < least_bpm:
        return state, current_bpm, False
    if not _may_turn(state, time_s, least_s):
        return state, current_bpm, True
    return Turning(direction=direction, turns_s=(*state.turns_s, time_s)[-MOST_TURNS:]), wish_bpm, False


def _may_turn(state: Turning, time_s: float, least_s: float) -> bool:
    if state.turns_s and time_s - state.turns_s[-1] < least_s:
        return False
    return len(state.turns_s) < MOST_TURNS or time_s - state.turns_s[0] > WINDOW_S
