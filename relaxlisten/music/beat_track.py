"""Beats that follow a player: the best path through all onsets, tempo and place decided together.

Decision: dynamic programming over time and beat period (as Ellis 2007 over time alone, doi:10.1080/09298210701653344). A beat is
worth the onset strength there; a change of the period from one beat to the next costs the square of its logarithm, and so does
its distance from the piece's own tempo. Rubato and drift are thus followed, and nothing is decided before all is heard.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.onsets import FRAMES_PER_S, LEAD_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from relaxlisten.units import FloatArray

_STEPS_PER_S = 50
_REACH = 0.30  # periods from 1 / 1.35 to 1.35 times the piece's own
_CHANGE_COST = 120.0  # a change of 5 % costs 0.3, a third of a middling onset
_AWAY_COST = 4.0


def track_beats(even: FloatArray, tempo_bpm: float) -> FloatArray:
    """Times of the beats (s), ascending, shape (n,), near a tempo.

    even: evened onset strength at FRAMES_PER_S, shape (m,): mean 0, RMS about 1 in every passage.
    """
    steps = _at_steps(even)
    period = 60.0 / tempo_bpm * _STEPS_PER_S
    periods = np.arange(round(period * math.exp(-_REACH)), round(period * math.exp(_REACH)) + 1)
    if steps.size <= periods[0]:
        return np.zeros(0)
    places = _best_path(steps, periods, period)
    return _sharpened(even, places)


def _at_steps(even: FloatArray) -> FloatArray:
    """Onset strength smoothed to 50 steps a second."""
    smooth = np.convolve(even, [0.25, 0.5, 0.25], mode="same")
    steps: FloatArray = smooth[:: FRAMES_PER_S // _STEPS_PER_S]
    return steps


def _best_path(steps: FloatArray, periods: NDArray[np.int64], period: float) -> NDArray[np.int64]:
    """Steps of the beats. onward[t, p]: the best sum of a path with a beat at t that goes on with period p."""
    change = _CHANGE_COST * np.log(periods[:, None] / periods[None, :]) ** 2
    away = _AWAY_COST * np.log(periods / period) ** 2
    longest, count = int(periods[-1]), periods.size
    onward = np.zeros((steps.size + longest, count))  # a path may begin anywhere in the first period, for nothing
    came = np.zeros((steps.size, count), np.int16)
    ends = np.zeros(steps.size)
    columns = np.arange(count)
    offsets = longest - periods
    for at in range(steps.size):
        sums = onward[at + offsets, columns] + (steps[at] - away)
        options = sums - change
        best = options.argmax(axis=1)
        came[at] = best
        onward[at + longest] = options[columns, best]
        ends[at] = sums.max()
    return _walked_back(came, periods, ends, onward, longest)


def _walked_back(
    came: NDArray[np.int16], periods: NDArray[np.int64], ends: FloatArray, onward: FloatArray, longest: int
) -> NDArray[np.int64]:
    last = max(len(came) - longest, 0)
    at = last + int(np.argmax(ends[last:]))
    column = int(np.argmax(onward[at + longest]))
    places = []
    while at >= 0:
        places.append(at)
        column = int(came[at, column])
        at -= int(periods[column])
    return np.array(places[::-1])


def _sharpened(even: FloatArray, places: NDArray[np.int64]) -> FloatArray:
    """Each beat at the strongest onset within 30 ms, between frames by a parabola."""
    reach = 3
    padded = np.pad(np.convolve(even, [0.25, 0.5, 0.25], mode="same"), reach + 1)
    centres = places * (FRAMES_PER_S // _STEPS_PER_S)
    near = padded[centres[:, None] + np.arange(2 * reach + 3)]
    peak = near[:, 1:-1].argmax(axis=1) + 1
    rows = np.arange(centres.size)
    before, here, after = near[rows, peak - 1], near[rows, peak], near[rows, peak + 1]
    bend = before - 2.0 * here + after
    shift = np.where(bend < 0.0, 0.5 * (before - after) / np.where(bend < 0.0, bend, 1.0), 0.0)
    times_s: FloatArray = (centres + peak - reach - 1 + np.clip(shift, -0.5, 0.5)) / FRAMES_PER_S + LEAD_S
    return times_s
