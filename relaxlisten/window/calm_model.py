"""The calm trend: how the heart went, as a shape without numbers, scale or judgement. Pure.

Decision: the last SPAN_S of heart rate, smoothed over SMOOTH_S, drawn as a line of land: its height is the heart rate within the
range of this session, which is never less than LEAST_SPAN_BPM, so that a quiet heart draws a quiet line and ordinary noise stays
small. No colour says good or bad. Where the heart is not known there is no line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray

SPAN_S = 600.0
SMOOTH_S = 30.0
LEAST_SPAN_BPM = 16.0
POINTS = 120


def calm_trend(times_s: FloatArray, heart_bpm: FloatArray, now_s: float) -> tuple[FloatArray, FloatArray]:
    """Places across (0 where it begins, 1 now) and heights (0 to 1), shapes (n,); NaN where the heart is not known.

    times_s, heart_bpm: shape (m,), rising times; NaN where not known.
    """
    known = np.isfinite(heart_bpm) & (times_s >= now_s - SPAN_S - SMOOTH_S)
    if not known.any() or now_s - float(times_s[known][0]) < SMOOTH_S:
        return np.zeros(0), np.zeros(0)
    begin_s = max(now_s - SPAN_S, float(times_s[known][0]))
    at_s = np.linspace(begin_s, max(now_s, begin_s), POINTS)
    heart = _smoothed(at_s, times_s[known], heart_bpm[known])
    seen = heart[np.isfinite(heart)]
    if not seen.size:
        return np.zeros(0), np.zeros(0)
    middle = (seen.min() + seen.max()) / 2.0
    span = max(float(np.ptp(seen)), LEAST_SPAN_BPM)
    return np.linspace(0.0, 1.0, POINTS), 0.5 + (heart - middle) / span


def _smoothed(at_s: FloatArray, times_s: FloatArray, values: FloatArray) -> FloatArray:
    """Means over the SMOOTH_S before each moment; NaN where nothing was known in them."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    first, last = np.searchsorted(times_s, at_s - SMOOTH_S), np.searchsorted(times_s, at_s, side="right")
    count = last - first
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, (sums[last] - sums[first]) / count, np.nan)
