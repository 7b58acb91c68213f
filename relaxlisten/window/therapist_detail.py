"""The spectrum and the Poincaré plot of the beats before a moment, as plain values, or why there is none.

Decision: the same window and the same conditions as the metrics beside them (`physiology/window.py`), so that a picture never
shows what a number is withheld for. Pairs of the Poincaré plot directly follow each other: none crosses a gap or a correction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.physiology.frequency_domain import peak_hz, spectrum
from relaxlisten.physiology.time_domain import poincare
from relaxlisten.physiology.window import LEAST_VALID_FRACTION, SPECTRUM_WINDOW_S, STALE_AFTER_S
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray
    from relaxlisten.window.therapist_course import Course

POINCARE_WINDOW_S = 300.0
LEAST_PAIRS = 20
HIGHEST_HZ = 0.5
LINES_PER_WAVE = 4
_SEARCHED_HZ = (0.04, 0.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectrumShown:
    """frequency_hz, density: shape (f,), in ms² per Hz; empty where why_not says why. peak_hz: of LF and HF together."""

    frequency_hz: FloatArray
    density: FloatArray
    peak_hz: float = math.nan
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoincareShown:
    """first_ms, second_ms: shape (n,), each interval and the one that followed it. sd1_ms, sd2_ms: across and along the line."""

    first_ms: FloatArray
    second_ms: FloatArray
    sd1_ms: float = math.nan
    sd2_ms: float = math.nan
    why_not: str = ""


def spectrum_at(course: Course, end_s: float) -> SpectrumShown:
    """The spectrum of the two minutes before end_s."""
    start_s = end_s - SPECTRUM_WINDOW_S
    times_s, nn_ms, clean = _beats(course, start_s, end_s, course.clean.between(start_s, end_s)[1])
    covered_s = float(nn_ms.sum()) / MS_PER_S
    clean_s = float(nn_ms[clean > 0.0].sum()) / MS_PER_S
    least_s = SPECTRUM_WINDOW_S - STALE_AFTER_S
    nothing = np.zeros(0)
    if covered_s < least_s:
        why_not = f"{covered_s:.0f} s of {least_s:.0f} s of beats without a gap"
        return SpectrumShown(frequency_hz=nothing, density=nothing, why_not=why_not)
    if clean_s < LEAST_VALID_FRACTION * SPECTRUM_WINDOW_S:
        why_not = f"only {clean_s / SPECTRUM_WINDOW_S:.0%} of the last {SPECTRUM_WINDOW_S:.0f} s are clean beats"
        return SpectrumShown(frequency_hz=nothing, density=nothing, why_not=why_not)
    found = spectrum(nn_ms, times_s, HIGHEST_HZ, lines_per_wave=LINES_PER_WAVE)
    return SpectrumShown(frequency_hz=found.frequency_hz, density=found.density, peak_hz=peak_hz(found, _SEARCHED_HZ))


def poincare_at(course: Course, end_s: float) -> PoincareShown:
    """The pairs of the five minutes before end_s."""
    start_s = end_s - POINCARE_WINDOW_S
    _, nn_ms, follows = _beats(course, start_s, end_s, course.follows.between(start_s, end_s)[1])
    pairs = np.flatnonzero(follows[1:] > 0.0)
    first_ms, second_ms = nn_ms[pairs], nn_ms[pairs + 1]
    if pairs.size < LEAST_PAIRS:
        return PoincareShown(
            first_ms=first_ms, second_ms=second_ms, why_not=f"{pairs.size} of {LEAST_PAIRS} pairs of neighbouring beats"
        )
    sd1_ms, sd2_ms = poincare(nn_ms, follows > 0.0)
    return PoincareShown(first_ms=first_ms, second_ms=second_ms, sd1_ms=sd1_ms, sd2_ms=sd2_ms)


def _beats(course: Course, start_s: float, end_s: float, beside: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Ends, intervals and what stands beside them of the beats inside, without the marks of gaps."""
    times_s, nn_ms = course.rr.between(start_s, end_s)
    keep = np.isfinite(nn_ms) & (times_s > start_s) & (times_s <= end_s)
    return times_s[keep], nn_ms[keep], beside[keep]
