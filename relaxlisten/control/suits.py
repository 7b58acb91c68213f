"""How well a piece goes with the one before it, beside tempo: energy on its way down, and related keys.

Decision: small costs in the unit of tempo (natural logarithm), so that they decide between pieces that are alike otherwise and
never against tempo or person. Where a feature is not known it costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.key_circle import fifths_apart
from relaxlisten.terms import PhaseKind

if TYPE_CHECKING:
    from relaxlisten.messages import Track

MOST_KEY_COST, KEY_STEP = 0.015, 0.004
AROUSAL_UNIT = 0.02  # a piece livelier by one standard deviation of the library, where calm is what is wanted
_GOES_DOWN = {PhaseKind.LEAD, PhaseKind.SETTLE, PhaseKind.RECOVERY, PhaseKind.CLOSE}


def arousal_cost(track: Track, before: Track | None, kind: PhaseKind) -> float:
    """What a livelier piece costs where the way is down; a calmer one is never a fault."""
    if track.arousal is None or before is None or before.arousal is None or kind not in _GOES_DOWN:
        return 0.0
    return AROUSAL_UNIT * max(track.arousal - before.arousal, 0.0)


def key_cost(track: Track, before: Track | None) -> float:
    """What a distant key costs: per step on the circle of fifths."""
    steps = fifths_apart(track.key, before.key if before else None)
    return 0.0 if steps is None else min(KEY_STEP * steps, MOST_KEY_COST)
