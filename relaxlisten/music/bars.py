"""Where bars begin, if that can be heard.

Decision: what marks a bar is its bass, its change of harmony and its louder first beat. A number of beats is a bar's if the
beats differ by their place in it more than by any other such number's; where no number stands out there are no bars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray

_CHOICES = (2, 3, 4, 6)
_BARS_LEAST = 4
_LEAST = 0.35  # how many standard deviations the first beats stand out by, corrected for chance


def find_bars(marks: FloatArray) -> tuple[int, int] | None:
    """Beats to the bar and the number of the first beat that begins one; None where that cannot be heard.

    marks: how strongly each beat is marked, shape (beats, kinds), each kind in its own unit.
    """
    spread = marks.std(axis=0)
    if len(marks) < _BARS_LEAST * min(_CHOICES) or not (spread > 0.0).any():
        return None
    even = ((marks - marks.mean(axis=0)) / np.maximum(spread, 1e-9))[:, spread > 0.0].mean(axis=1)
    found = [(_stands_out(even, count, first), count, first) for count in _CHOICES for first in range(count)]
    best, count, first = max(found)
    return (count, first) if best > _LEAST else None


def _stands_out(even: FloatArray, count: int, first: int) -> float:
    """How far first beats stand above the others, less what chance would give so few of them."""
    bars = len(even[first::count])
    if bars < _BARS_LEAST:
        return -1.0
    firsts = even[first::count]
    others = (even.sum() - firsts.sum()) / (len(even) - bars)
    # With more beats to the bar the best of more places is chosen, from fewer bars: chance alone gives about this much.
    by_chance = even.std() * np.sqrt(2.0 * np.log(count) * count / len(even))
    return float((firsts.mean() - others) * np.sqrt((count - 1) / count) - by_chance)
