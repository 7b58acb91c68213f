"""Whether a heart beats so irregularly that variability says nothing about how the person is.

Decision: one robust number. How far does each interval lie from the mean of its two neighbours? Breathing, however deep, is
smooth in that sense. The 35th of a hundred such distances over the last 64 intervals, relative to the median interval, stays
below 0.061 in every scene of tests/bench/physiology with one artefact in ten beats, and below 0.044 in the real recordings;
intervals drawn at random with a spread of 20 % give 0.11. It says "irregular", which is what it sees; it names no cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MEMORY_BEATS = 64
LOOK_EVERY_BEATS = 16
BEGINS_ABOVE = 0.068
ENDS_BELOW = 0.055
_SHARE = 0.35
REASON = "the beat is irregular: variability would say nothing about relaxation"


def is_irregular(rr_ms: Sequence[float], *, was: bool) -> bool:
    """Whether the last intervals, oldest first, have no regular beat. was: what was said of them before."""
    if len(rr_ms) < MEMORY_BEATS:
        return was
    return irregularity(rr_ms) > (ENDS_BELOW if was else BEGINS_ABOVE)


def irregularity(rr_ms: Sequence[float]) -> float:
    """How far intervals lie from the mean of their neighbours, relative to the median interval; at least three intervals."""
    values = list(rr_ms)
    apart = sorted(
        [abs(2.0 * here - before - after) for before, here, after in zip(values, values[1:], values[2:], strict=False)]
    )
    return apart[int(len(apart) * _SHARE)] / (2.0 * sorted(values)[len(values) // 2])
