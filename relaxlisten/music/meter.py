"""Which of the distances at which a piece repeats is its beat: the one a listener taps.

Decision: every peak of the mean autocorrelation is a candidate. Each is weighed by a weighted sum of what is known of it: how
well its multiples and its parts repeat in all onsets, in the bass, and in the changes of harmony (a bar of a lullaby in 6/8 has
two beats, not three), and how far it is from a usual tempo. The weights are those of a logistic choice model (a soft maximum
over each piece's candidates), fitted with a ridge of 0.01 to pieces that were generated for it (tests/bench/music, seeds 101 to
103).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.periodicity import STEP, lag_axis_s

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray

SLOWEST_BPM, FASTEST_BPM = 36.0, 132.0
COMB = (1.0, 2.0, 3.0, 4.0)
_NEAR, _NEAR_HARMONY = 0.012, 0.03  # a repeat is looked for within this much (ln) of where it is due
_SAME = 0.05  # peaks nearer than this (ln) are one tempo
_MOST = 7  # candidates by their comb, and as many by their own repeat
_USUAL_S = 0.85

# What is heard, at how many periods (the best of them counts), and the weight of its repeat there.
_WEIGHTS = (
    ("onsets", (1.0,), 1.55),
    ("onsets", (0.5,), -0.22),
    ("onsets", (2.0 / 3.0,), -0.54),
    ("onsets", (1.5,), -0.59),
    ("onsets", (3.0, 4.0), 0.53),
    ("bass", (1.0,), 0.73),
    ("bass", (2.0,), 1.10),
    ("bass", (2.0, 3.0, 4.0), 1.06),
    ("harmony", (3.0, 4.0), 1.70),
    ("harmony", (1.5,), -1.01),
)
_COMB_WEIGHT = 1.18
_OCTAVES_SQUARED = -2.01  # of the square of the octaves from the usual period


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Mean autocorrelation by lag (`periodicity.lag_axis_s`) of all onsets, of those in the bass, of the changes of harmony."""

    onsets: FloatArray
    bass: FloatArray
    harmony: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """A candidate. likelihood: all of a piece's add up to 1. comb: mean repeat at one to four periods."""

    period_s: float
    likelihood: float
    comb: float


def find_beats(repeats: Repeats) -> tuple[Beat, ...]:
    """Candidates for the beat, most likely first; none where nothing repeats."""
    periods_s = _candidates(repeats.onsets)
    if not periods_s.size:
        return ()
    sums = _weighed(periods_s, repeats)
    shares = np.exp(sums - sums.max())
    shares /= shares.sum()
    combs = comb(repeats.onsets, periods_s)
    order = np.argsort(-shares, kind="stable").tolist()
    return tuple(Beat(period_s=float(periods_s[at]), likelihood=float(shares[at]), comb=float(combs[at])) for at in order)


def comb(onsets: FloatArray, periods_s: FloatArray) -> FloatArray:
    """Mean repeat at one to four times each period."""
    mean: FloatArray = np.mean([repeat_at(onsets, periods_s * count) for count in COMB], axis=0)
    return mean


def repeat_at(repeats: FloatArray, lags_s: FloatArray, near: float = _NEAR) -> FloatArray:
    """The best repeat near each lag: an onset is some frames wide, and no player is exact. Beyond the longest lag that one's."""
    places = (np.log(lags_s) - math.log(lag_axis_s()[0])) / STEP
    tries = [np.interp(places + shift / STEP, np.arange(repeats.size), repeats) for shift in (-near, 0.0, near)]
    best: FloatArray = np.max(tries, axis=0)
    return best


def _candidates(onsets: FloatArray) -> FloatArray:
    """Peaks of the comb, then those of the autocorrelation alone, as far as they are other tempi."""
    grid_s = np.exp(np.arange(math.log(60.0 / FASTEST_BPM), math.log(60.0 / SLOWEST_BPM), 0.5 * STEP))
    chosen: list[float] = []
    for curve in (comb(onsets, grid_s), repeat_at(onsets, grid_s)):
        peaks = np.flatnonzero((curve[1:-1] >= curve[:-2]) & (curve[1:-1] > curve[2:]) & (curve[1:-1] > 0.0)) + 1
        for at in peaks[np.argsort(-curve[peaks], kind="stable")][:_MOST].tolist():
            if all(abs(math.log(grid_s[at] / other)) > _SAME for other in chosen):
                chosen.append(float(grid_s[at]))
    return np.array(chosen)


def _weighed(periods_s: FloatArray, repeats: Repeats) -> FloatArray:
    curves = {"onsets": (repeats.onsets, _NEAR), "bass": (repeats.bass, _NEAR), "harmony": (repeats.harmony, _NEAR_HARMONY)}
    sums = _COMB_WEIGHT * comb(repeats.onsets, periods_s) + _OCTAVES_SQUARED * np.log2(periods_s / _USUAL_S) ** 2
    for name, counts, weight in _WEIGHTS:
        curve, near = curves[name]
        sums = sums + weight * np.max([repeat_at(curve, periods_s * count, near) for count in counts], axis=0)
    total: FloatArray = sums
    return total
