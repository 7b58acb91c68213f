"""Metrics of a whole record, each with its window, how much of it was clean, and a reason where it is withheld.

Decision: the time domain takes all uncorrected NN of the record and never pairs across a gap or a correction. Spectra are taken
in stretches of five minutes (Task Force 1996) and averaged, breathing and coherence in windows spread over the record, of which
the median is told. What needs an even flow of beats takes corrected ones too, where four fifths of a stretch are clean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.errors import UsageError
from relaxlisten.physiology import coherence, nonlinear, respiration, time_domain
from relaxlisten.physiology.frequency_domain import HF_HZ, LF_HZ, VLF_HZ, power, spectrum
from relaxlisten.units import MS_PER_MIN, MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from relaxlisten.units import BoolArray, FloatArray

LEAST_VALID_FRACTION = 0.8
STRETCH_S = 300.0
MOST_WINDOWS = 60
NO_CHANGE = "the intervals do not vary"
# Shortest clean record for each metric: Task Force 1996 for HF (one minute) and LF (two); RMSSD as in `window.py`; the others
# need so many beats to settle within a tenth.
LEAST_S = {
    "heart_rate_bpm": 5.0,
    "mean_nn_ms": 5.0,
    "lf_ms2": 120.0,
    "hf_ms2": 60.0,
    "total_ms2": 240.0,
    "lf_nu": 120.0,
    "hf_nu": 120.0,
}
LEAST_TIME_DOMAIN_S = 30.0
LEAST_NONLINEAR_S = 180.0
UNITS = {
    "heart_rate_bpm": "bpm", "mean_nn_ms": "ms", "sdnn_ms": "ms", "rmssd_ms": "ms", "ln_rmssd": "ln ms", "pnn50_percent": "%",
    "sd1_ms": "ms", "sd2_ms": "ms", "stress_index": "1/s²", "lf_ms2": "ms²", "hf_ms2": "ms²", "total_ms2": "ms²", "lf_nu": "%",
    "hf_nu": "%", "coherence": "ratio", "breathing_per_min": "1/min", "rsa_swing_bpm": "bpm", "sampen": "nats", "dfa_alpha1":
    "slope",
}  # fmt: skip
_ALWAYS = ("heart_rate_bpm", "mean_nn_ms")
_SPECTRAL = ("lf_ms2", "hf_ms2", "total_ms2", "lf_nu", "hf_nu")
_BREATHING = ("breathing_per_min", "rsa_swing_bpm")
_NONLINEAR = ("sampen", "dfa_alpha1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric.

    value: None where `reason` says why. window_s: over how long it was taken. valid_fraction: how much of the record was clean.
    """

    value: float | None
    unit: str
    window_s: float
    valid_fraction: float
    reason: str | None = None

    def __float__(self) -> float:
        """The value, NaN where it is withheld."""
        return math.nan if self.value is None else self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A record's NN intervals, oldest first, shape (n,) each; corrected ones among them.

    ends_s: when each ended. clean: True where it is uncorrected. follows: True where it follows the one before it without a gap.
    """

    nn_ms: FloatArray
    ends_s: FloatArray
    clean: BoolArray
    follows: BoolArray


def metrics(series: Series, *, irregular: str | None, only: Collection[str] | None = None) -> dict[str, Metric]:
    """Metrics of the record, by name. irregular: why variability says nothing, where the beat is irregular.

    only: names of the metrics that are wanted, None for all. Raises UsageError for a name that there is not.
    """
    wanted = _wanted(only)
    span_s = float(series.ends_s[-1] - series.ends_s[0] + series.nn_ms[0] / MS_PER_S) if series.nn_ms.size else 0.0
    clean_s = float(series.nn_ms[series.clean].sum()) / MS_PER_S
    fraction = min(clean_s / span_s, 1.0) if span_s > 0.0 else 0.0
    values, windows_s, whys = _values(series, wanted)
    told: dict[str, Metric] = {}
    for name in wanted:
        reason = _why_not(name, clean_s, fraction, irregular)
        value = values.get(name, math.nan) if reason is None else math.nan
        if reason is None and math.isnan(value):
            reason = whys.get(name, NO_CHANGE if values.get("sdnn_ms") == 0.0 else "too few neighbouring beats")
        told[name] = Metric(
            value=None if reason else float(value),
            unit=UNITS[name],
            window_s=windows_s.get(name, span_s),
            valid_fraction=fraction,
            reason=reason,
        )
    return told


def _why_not(name: str, clean_s: float, fraction: float, irregular: str | None) -> str | None:
    least_s = LEAST_S.get(name, LEAST_NONLINEAR_S if name in _NONLINEAR else LEAST_TIME_DOMAIN_S)
    if clean_s < least_s:
        return f"{clean_s:.0f} s of {least_s:.0f} s of clean beats"
    if name in _ALWAYS:
        return None
    if fraction < LEAST_VALID_FRACTION:
        return f"only {fraction:.0%} of the record are clean beats"
    return irregular


def _wanted(only: Collection[str] | None) -> tuple[str, ...]:
    unknown = [] if only is None else [name for name in only if name not in UNITS]
    if unknown:
        message = f'"{unknown[0]}" is not a metric; there are {", ".join(UNITS)}.'
        raise UsageError(message)
    return tuple(name for name in UNITS if only is None or name in only)


def _values(series: Series, wanted: Collection[str]) -> tuple[dict[str, float], dict[str, float], dict[str, str]]:
    """Values, windows that are not the whole record, and reasons of their own."""
    nn_ms = series.nn_ms[series.clean]
    if nn_ms.size < 2:
        return {}, {}, {}
    values = _time_domain(nn_ms, _pairs(series))
    whys: dict[str, str] = {}
    if "sampen" in wanted:
        values["sampen"] = nonlinear.sample_entropy(nn_ms)
    if "dfa_alpha1" in wanted:
        values["dfa_alpha1"] = nonlinear.dfa_alpha1(nn_ms)
    if not set(_SPECTRAL).isdisjoint(wanted):
        values |= _spectral(series)
    if not set(_BREATHING).isdisjoint(wanted):
        breathing, why = _breathing(series)
        values |= breathing
        whys = dict.fromkeys(_BREATHING, why)
    if "coherence" in wanted:
        values["coherence"] = _median(_windows(series, coherence.WINDOW_S), coherence.coherence_ratio)
    windows_s = dict.fromkeys(_SPECTRAL, min(STRETCH_S, float(series.ends_s[-1] - series.ends_s[0])))
    windows_s |= dict.fromkeys(_BREATHING, respiration.WINDOW_S) | {"coherence": coherence.WINDOW_S}
    return values, windows_s, whys


def _time_domain(nn_ms: FloatArray, follows: BoolArray) -> dict[str, float]:
    sd1_ms, sd2_ms = time_domain.poincare(nn_ms, follows)
    rmssd_ms = time_domain.rmssd(nn_ms, follows)
    return {
        "heart_rate_bpm": MS_PER_MIN / float(nn_ms.mean()),
        "mean_nn_ms": float(nn_ms.mean()),
        "sdnn_ms": time_domain.sdnn(nn_ms),
        "rmssd_ms": rmssd_ms,
        "ln_rmssd": math.log(rmssd_ms) if rmssd_ms > 0.0 else math.nan,
        "pnn50_percent": time_domain.pnn50(nn_ms, follows),
        "sd1_ms": sd1_ms,
        "sd2_ms": sd2_ms,
        "stress_index": time_domain.stress_index(nn_ms),
    }


def _pairs(series: Series) -> BoolArray:
    """For the clean intervals: True where the one before it in the record is clean too and without a gap between."""
    before_clean = np.concatenate([[False], series.clean[:-1]])
    pairs: BoolArray = (series.follows & before_clean)[series.clean]
    return pairs


_Window = tuple["FloatArray", "FloatArray"]


def _windows(series: Series, window_s: float, most: int = MOST_WINDOWS) -> Iterator[_Window]:
    """Windows of the record without a gap and four fifths of them clean, at most so many, spread evenly."""
    if series.nn_ms.size == 0:
        return
    start_s = float(series.ends_s[0] - series.nn_ms[0] / MS_PER_S)
    end_s = float(series.ends_s[-1])
    count = max(int((end_s - start_s) / window_s), 1)
    for start in np.linspace(start_s, max(end_s - window_s, start_s), min(count, most)):
        first, last = np.searchsorted(series.ends_s, (start, start + window_s), side="right")
        nn_ms, ends_s = series.nn_ms[first:last], series.ends_s[first:last]
        if nn_ms.size < 2:
            continue
        covered_s, clean_s = nn_ms.sum() / MS_PER_S, nn_ms[series.clean[first:last]].sum() / MS_PER_S
        length_s = min(window_s, end_s - start_s)
        if covered_s > 0.95 * length_s - 2.0 and clean_s >= LEAST_VALID_FRACTION * length_s - 2.0:
            yield nn_ms, ends_s


def _spectral(series: Series) -> dict[str, float]:
    found = []
    for nn_ms, ends_s in _windows(series, STRETCH_S, most=10_000):
        waves = spectrum(nn_ms, ends_s)
        found.append((power(waves, LF_HZ), power(waves, HF_HZ), power(waves, (VLF_HZ[0], HF_HZ[1]))))
    if not found:
        return {}
    lf_ms2, hf_ms2, total_ms2 = np.mean(found, axis=0)
    both_ms2 = lf_ms2 + hf_ms2
    shares = (100.0 * lf_ms2 / both_ms2, 100.0 * hf_ms2 / both_ms2) if both_ms2 > 0.0 else (math.nan, math.nan)
    return dict(zip(_SPECTRAL, (lf_ms2, hf_ms2, total_ms2, *shares), strict=True))


def _breathing(series: Series) -> tuple[dict[str, float], str]:
    found = [respiration.breathing(nn_ms, ends_s, float(ends_s[-1])) for nn_ms, ends_s in _windows(series, respiration.WINDOW_S)]
    known = [(one.rate_per_min, one.swing_bpm) for one in found if one.rate_per_min is not None]
    if not known or len(known) < 0.5 * len(found):
        return {}, next((one.withheld for one in found if one.withheld), None) or "no minute of beats without a gap"
    return dict(zip(_BREATHING, np.median(np.array(known, dtype=np.float64), axis=0), strict=True)), ""


def _median(windows: Iterator[_Window], value: Callable[[FloatArray, FloatArray], float]) -> float:
    values = [value(nn_ms, ends_s) for nn_ms, ends_s in windows]
    return float(np.median(values)) if values else math.nan
