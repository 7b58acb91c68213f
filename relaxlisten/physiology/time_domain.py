"""Heart rate variability in the time domain.

Definitions are those of the Task Force 1996 (doi:10.1161/01.CIR.93.5.1043), n - 1 in every denominator of a spread; NaN where
there is too little to say anything. Differences to others: NeuroKit2 divides pNN50 by the number of intervals, we by the number
of pairs; Kubios shows the square root of the stress index, we the index itself; SD1 and SD2 are NeuroKit2's to the last digit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.units import BoolArray, FloatArray

# A beat that was taken for normal with less confidence than this counts in no statistic: in real hearts with one artefact in ten
# beats that brings the 90th percentile of the error of RMSSD from 26 to 11 %, and clean records lose nothing by it.
CERTAIN = 0.64
PNN_MS = 50.0
HISTOGRAM_MS = 50.0


def differences(nn_ms: FloatArray, follows: BoolArray) -> FloatArray:
    """Successive differences in ms, shape (pairs,). follows: True where interval i directly follows interval i - 1."""
    return np.diff(nn_ms)[follows[1:]]


def rmssd(nn_ms: FloatArray, follows: BoolArray) -> float:
    """Root mean square of successive NN differences, in ms.

    nn_ms: shape (n,). follows: shape (n,), True where interval i directly follows interval i-1 (no gap, no artefact between).
    """
    differences_ms = differences(nn_ms, follows)
    return float(np.sqrt(np.mean(differences_ms**2))) if differences_ms.size else math.nan


def sdnn(nn_ms: FloatArray) -> float:
    """Standard deviation of NN intervals (n - 1 in the denominator), in ms. nn_ms: shape (n,); NaN for fewer than two."""
    return float(np.std(nn_ms, ddof=1)) if nn_ms.size > 1 else math.nan


def pnn50(nn_ms: FloatArray, follows: BoolArray) -> float:
    """Share of pairs of successive NN that differ by more than 50 ms, in percent of the pairs."""
    differences_ms = differences(nn_ms, follows)
    return float(100.0 * np.mean(np.abs(differences_ms) > PNN_MS)) if differences_ms.size else math.nan


def poincare(nn_ms: FloatArray, follows: BoolArray) -> tuple[float, float]:
    """SD1 and SD2 in ms: spread of successive pairs across and along the line of identity (Brennan 2001)."""
    before, after = nn_ms[:-1][follows[1:]], nn_ms[1:][follows[1:]]
    if before.size < 2:
        return math.nan, math.nan
    return float(np.std(after - before, ddof=1)) / math.sqrt(2.0), float(np.std(after + before, ddof=1)) / math.sqrt(2.0)


def stress_index(nn_ms: FloatArray) -> float:
    """Baevsky's index: AMo / (2 Mo range), with Mo the median in s and AMo the percentage of NN in the 50 ms around it."""
    if nn_ms.size < 2 or np.ptp(nn_ms) == 0.0:
        return math.nan
    mode_ms = float(np.median(nn_ms))
    share_percent = 100.0 * float(np.mean(np.abs(nn_ms - mode_ms) <= HISTOGRAM_MS / 2.0))
    return share_percent / (2.0 * mode_ms / 1000.0 * float(np.ptp(nn_ms)) / 1000.0)
