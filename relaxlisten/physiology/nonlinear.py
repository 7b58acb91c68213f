"""How complex a heart's rhythm is: sample entropy and short-term fractal scaling. For whole records; too slow to follow live.

Definitions: SampEn with m = 2, r = 0.2 SDNN, self-matches excluded (Richman & Moorman 2000), as in Kubios. DFA alpha 1 over boxes
of 4 to 16 beats, every size, without overlap and from both ends, straight-line trend (Peng 1995). NeuroKit2 overlaps its boxes
and
takes other sizes by default: on one record it gives 1.000 where 4-16 gives 0.861.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray

TEMPLATE = 2
TOLERANCE_SD = 0.2
BOXES = range(4, 17)
# Every template is compared with every other; more beats than this are cut into stretches of so many, and those averaged.
STRETCH_BEATS = 600


def sample_entropy(nn_ms: FloatArray) -> float:
    """-ln of the chance that stretches alike for two beats stay alike for a third. nn_ms: shape (n,). NaN where none do."""
    tolerance_ms = TOLERANCE_SD * float(np.std(nn_ms, ddof=1)) if nn_ms.size > TEMPLATE + 1 else 0.0
    if tolerance_ms == 0.0:
        return math.nan
    count = max(round(nn_ms.size / STRETCH_BEATS), 1)
    matches = np.sum([_matches(part, tolerance_ms) for part in np.array_split(nn_ms, count)], axis=0)
    return float(np.log(matches[0] / matches[1])) if matches.all() else math.nan


def _matches(nn_ms: FloatArray, tolerance_ms: float) -> tuple[int, int]:
    """Pairs of templates of TEMPLATE beats within the tolerance, and those that stay so for one beat more."""
    size = nn_ms.size - TEMPLATE
    close = np.abs(nn_ms[:, None] - nn_ms[None, :]) <= tolerance_ms
    alike = close[:size, :size].copy()
    for shift in range(1, TEMPLATE):
        alike &= close[shift : size + shift, shift : size + shift]
    longer = alike & close[TEMPLATE:, TEMPLATE:]
    return (int(alike.sum()) - size) // 2, (int(longer.sum()) - size) // 2


def dfa_alpha1(nn_ms: FloatArray) -> float:
    """Slope of the fluctuation about a straight line against box size, both logarithmic. nn_ms: shape (n,), n of 64 or more."""
    if nn_ms.size < 4 * BOXES[-1]:
        return math.nan
    profile = np.cumsum(nn_ms - nn_ms.mean())
    fluctuations = np.array([_fluctuation(profile, box) for box in BOXES])
    if not fluctuations.all():
        return math.nan
    return float(np.polyfit(np.log(np.array(BOXES)), np.log(fluctuations), 1)[0])


def _fluctuation(profile: FloatArray, box: int) -> float:
    """RMS distance of the profile from the line of best fit in each box, boxes laid from both ends."""
    count = profile.size // box
    boxes = np.concatenate([profile[: count * box].reshape(count, box), profile[-count * box :].reshape(count, box)])
    place = np.arange(box) - (box - 1) / 2.0
    level = boxes.mean(axis=1, keepdims=True)
    slope = (boxes @ place / (place @ place))[:, None]
    return float(np.sqrt(np.mean((boxes - level - slope * place) ** 2)))
