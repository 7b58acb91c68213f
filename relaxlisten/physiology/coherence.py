"""Heart coherence: how much of the heart's rhythm is one slow wave, as published by McCraty (2022, doi:10.3390/s22239311).

The largest peak between 0.04 and 0.26 Hz, the power P within 0.015 Hz of it, and ratio = P / (total - P) over 64 s. It says how
regular the wave is, not how well a person is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from relaxlisten.physiology.frequency_domain import peak_hz, power, spectrum

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray

WINDOW_S = 64.0
PEAK_HZ = (0.04, 0.26)
HALF_WIDTH_HZ = 0.015
TOTAL_HZ = (0.0033, 0.40)
# One line every 4 mHz: the peak's band holds eight.
LINES_PER_WAVE = 4


def coherence_ratio(nn_ms: FloatArray, ends_s: FloatArray) -> float:
    """Power near the peak over all other power. nn_ms, ends_s: shape (n,), about 64 s of intervals. NaN without any power."""
    waves = spectrum(nn_ms, ends_s, TOTAL_HZ[1], lines_per_wave=LINES_PER_WAVE)
    peak = peak_hz(waves, PEAK_HZ)
    if math.isnan(peak):
        return math.nan
    inside = power(waves, (peak - HALF_WIDTH_HZ, peak + HALF_WIDTH_HZ))
    total = power(waves, TOTAL_HZ)
    return inside / (total - inside) if total > inside else math.nan
