"""At which metrical level a piece may be felt: as it is, at twice or half its tempo, at three times or a third of it.

Decision: twice and half are always felt; three times and a third only where the analysis heard that tempo too (in 6/8, and in 3/4
felt by the bar), because elsewhere nothing in the music beats there.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.units import BoolArray, FloatArray

TRIPLES = (3.0, 1.0 / 3.0)
_ALWAYS = (1.0, 2.0, 0.5)
_NEAR = 0.04  # what an estimate may be off


def are_heard(own_bpm: FloatArray, factor: float, candidates_bpm: FloatArray) -> BoolArray:
    """Which candidates lie at this multiple of their piece's own tempo; shapes (candidates,)."""
    near: BoolArray = np.abs(candidates_bpm / (own_bpm * factor) - 1.0) <= _NEAR
    return near


def nearest_level(own_bpm: float, wish_bpm: float, candidates_bpm: Sequence[float] = ()) -> float:
    """The factor that brings the piece's own tempo nearest to the wish (on a logarithmic scale); the plainest of equals."""
    factors = (*_ALWAYS, *(factor for factor in TRIPLES if _is_heard(own_bpm, factor, candidates_bpm)))
    return min(factors, key=lambda factor: abs(math.log(wish_bpm / (own_bpm * factor))))


def _is_heard(own_bpm: float, factor: float, candidates_bpm: Sequence[float]) -> bool:
    return bool(are_heard(np.array(own_bpm), factor, np.array(candidates_bpm)).any())
