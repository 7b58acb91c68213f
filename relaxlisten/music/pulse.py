"""How clearly a piece has a beat.

Decision: what counts is how well the beat repeats over four periods. It counts less where the strongest onsets are weak (the
ripples of a drone repeat too, but nothing begins in them) and where the harmony hardly moves (a trembling chord repeats and
begins, but never goes anywhere). The weights are those of a logistic regression on generated pieces (tests/bench/music, seeds
101 to 103), where pulsed and beatless pieces counted alike. Between the two limits a beat may be felt: it is given, and called
weak.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.terms import Pulse

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray

_COMB, _STRONG, _MOVING, _CONSTANT = 10.0, 2.9, 1.5, 11.5
_STRONG_ENOUGH, _MOVING_ENOUGH = -3.0, -3.3  # more of either says nothing more
_PULSED, _WEAK = 0.5, 0.2


def pulse_clarity(comb: float, strength: FloatArray, change: FloatArray) -> float:
    """0 (none) to 1. comb: of the beat's period, see `meter.comb`. strength: onset strength. change: of harmony, 0 to 2."""
    strong = math.log(float(np.quantile(strength, 0.98)) + 1e-4)
    moving = math.log(float(np.mean(change)) + 1e-3) if change.size else math.log(1e-3)
    gates = _STRONG * min(strong, _STRONG_ENOUGH) + _MOVING * min(moving, _MOVING_ENOUGH)
    return 1.0 / (1.0 + math.exp(-(_COMB * comb + gates + _CONSTANT)))


def pulse_of(clarity: float) -> Pulse:
    """The word for a clarity."""
    if clarity >= _PULSED:
        return Pulse.PULSED
    return Pulse.WEAK if clarity >= _WEAK else Pulse.BEATLESS
