"""Beats of a piece that was brought to one tempo: the best path through all onsets, tempo and place decided together.

Decision: dynamic programming over time and beat period (Ellis 2007, doi:10.1080/09298210701653344, has it over time alone). A
beat is worth the onset strength there; a change of the period from one beat to the next costs the square of its logarithm, and
so does its distance from the piece's own. What a player varies from beat to beat is thus followed, and nothing is decided
before all is heard.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.onsets import FRAMES_PER_S, LEAD_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from relaxlisten.units import FloatArray

_REACH = 0.18  # ln of how far a beat's period may be from the piece's own
_CHANGE_COST = 100.0
_AWAY_COST = 100.0  # 10 % away cost as much as a beat on a middling onset is worth
_SHARPEN_FRAMES = 4


def track_beats(straight: FloatArray, steps_per_s: float, period_s: float) -> FloatArray:
    """Times of the beats (s), ascending, shape (n,). straight: evened onset strength at one tempo, RMS about 1."""
    period = period_s * steps_per_s
    periods = np.arange(math.ceil(period * math.exp(-_REACH)), math.floor(period * math.exp(_REACH)) + 1)
    if straight.size <= periods[-1]:
        return np.zeros(0)
    return _best_path(straight, periods, period) / steps_per_s


def sharpened(even: FloatArray, times_s: FloatArray) -> FloatArray:
    """Each beat at the onset within 40 ms that is strong and near, between frames by a parabola.

    even: evened onset strength at FRAMES_PER_S.
    """
    reach = _SHARPEN_FRAMES
    padded = np.pad(np.convolve(even, [0.25, 0.5, 0.25], mode="same"), reach + 1)
    centres = np.clip(np.round(times_s * FRAMES_PER_S).astype(np.int64), 0, even.size - 1)
    near = padded[centres[:, None] + np.arange(2 * reach + 3)]
    nearness = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (0.6 * reach)) ** 2)
    peak = (np.maximum(near[:, 1:-1], 0.0) * nearness + 1e-6 * nearness).argmax(axis=1) + 1
    rows = np.arange(centres.size)
    before, here, after = near[rows, peak - 1], near[rows, peak], near[rows, peak + 1]
    bend = before - 2.0 * here + after
    shift = np.where(bend < 0.0, 0.5 * (before - after) / np.where(bend < 0.0, bend, 1.0), 0.0)
    sharp_s: FloatArray = (centres + peak - reach - 1 + np.clip(shift, -0.5, 0.5)) / FRAMES_PER_S + LEAD_S
    return np.maximum(sharp_s, 0.0)


def _best_path(steps: FloatArray, periods: NDArray[np.int64], period: float) -> FloatArray:
    """Steps of the beats. onward: the best sum of a path with a beat at a step that goes on with a period.

    Only the last steps of it are kept, as many as the longest period has, each at its number modulo as many: a path may begin
    anywhere in the first period, for nothing.
    """
    change = _CHANGE_COST * np.log(periods[:, None] / periods[None, :]) ** 2
    away = _AWAY_COST * np.log(periods / period) ** 2
    longest, columns = int(periods[-1]), np.arange(periods.size)
    onward = np.zeros((longest, periods.size))
    came = np.zeros((steps.size, periods.size), np.int16)
    ends = np.zeros(steps.size)
    for at in range(steps.size):
        sums = onward[(at - periods) % longest, columns] + (steps[at] - away)
        options = sums - change
        came[at] = options.argmax(axis=1)
        onward[at % longest] = options[columns, came[at]]
        ends[at] = sums.max()
    last = steps.size - longest + int(np.argmax(ends[-longest:]))
    return _walked_back(came, periods, last, int(np.argmax(onward[last % longest])))


def _walked_back(came: NDArray[np.int16], periods: NDArray[np.int64], last: int, column: int) -> FloatArray:
    """Steps of the beats of the path whose last beat is at a step, and goes on with a column's period."""
    at, places = last, []
    while at >= 0:
        places.append(at)
        column = int(came[at, column])
        at -= int(periods[column])
    return np.array(places[::-1], np.float64)
