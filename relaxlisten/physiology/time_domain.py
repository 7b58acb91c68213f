"""Heart rate variability in the time domain. Task Force 1996, doi:10.1161/01.CIR.93.5.1043."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.units import BoolArray, FloatArray


def rmssd(nn_ms: FloatArray, follows: BoolArray) -> float:
    """Root mean square of successive NN differences, in ms.

    nn_ms: shape (n,). follows: shape (n,), True where interval i directly follows interval i-1 (no gap, no artefact between).
    NaN where no such pair exists.
    """
    differences_ms = np.diff(nn_ms)[follows[1:]]
    return float(np.sqrt(np.mean(differences_ms**2))) if differences_ms.size else math.nan


def sdnn(nn_ms: FloatArray) -> float:
    """Standard deviation of NN intervals (n - 1 in the denominator), in ms. nn_ms: shape (n,); NaN for fewer than two."""
    return float(np.std(nn_ms, ddof=1)) if nn_ms.size > 1 else math.nan
