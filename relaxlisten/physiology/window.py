"""Live metrics of the trailing windows, each withheld with a reason where the data do not support it.

Decision: statistics take uncorrected NN only and never pair across a gap or a correction; spectra and breathing need an even flow
and take corrected NN too, as long as few are. RMSSD over 60 s is shown from 30 s of clean beats on: against its 5-minute value
its median error is 12 % at 60 s and 16 % at 30 s, but 24 % at 10 s (Munoz 2015 finds the same order). HF needs a minute, LF two
(Task Force 1996). Nothing is said of a heart that was last heard more than 10 s ago, and no variability of one that beats
irregularly. The time domain costs the same at every beat; spectra and breathing are looked at every few seconds and hold in
between.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.messages import Physiology
from relaxlisten.physiology.coherence import WINDOW_S as COHERENCE_WINDOW_S
from relaxlisten.physiology.coherence import coherence_ratio
from relaxlisten.physiology.frequency_domain import HF_HZ, LF_HZ, power, spectrum
from relaxlisten.physiology.respiration import WINDOW_S as BREATHING_WINDOW_S
from relaxlisten.physiology.respiration import breathing
from relaxlisten.physiology.rolling import RollingTimeDomain
from relaxlisten.terms import Quality
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from relaxlisten.messages import Beat
    from relaxlisten.units import FloatArray

WINDOW_S = 60.0
SPECTRUM_WINDOW_S = 120.0
LEAST_CLEAN_S = 30.0
LEAST_VALID_FRACTION = 0.8
STALE_AFTER_S = 10.0
SLOW_EVERY_S = 5.0
# Three beats of look-ahead, and a second until the strap tells.
DECIDING_S = 5.0
NO_BEAT = "no heartbeat yet"

TIME_DOMAIN = ("mean_nn_ms", "sdnn_ms", "rmssd_ms", "ln_rmssd", "pnn50_percent", "sd1_ms", "sd2_ms")
BREATHING = ("breathing_per_min", "breathing_sd_per_min", "rsa_swing_bpm")
SPECTRAL = ("lf_ms2", "hf_ms2", "lf_nu", "hf_nu")
# The window of each metric that is not told over WINDOW_S.
WINDOWS_S = {"coherence": COHERENCE_WINDOW_S} | dict.fromkeys(SPECTRAL, SPECTRUM_WINDOW_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHeartRate:
    """The heart rate as it was measured elsewhere, with the reason where it is None.

    now_bpm, now_sd_bpm: of this moment, for show. newest_s, valid_fraction: of the sensor's own rates, where it sends no
    intervals.
    """

    heart_rate_bpm: float | None
    sd_bpm: float | None
    window_s: float
    delay_s: float
    withheld: str | None
    now_bpm: float | None = None
    now_sd_bpm: float | None = None
    newest_s: float | None = None
    valid_fraction: float | None = None


Values = dict[str, float]
Reasons = dict[str, str]


class MetricsWindow:
    """The beats of the last two minutes, and what can be said of them."""

    def __init__(self) -> None:
        self._beats: deque[Beat] = deque()
        self._rolling = RollingTimeDomain(WINDOW_S)
        self._newest_s: float | None = None
        self._slow: tuple[Values, Reasons] = {}, {}
        self._slow_s = -math.inf

    @property
    def breath_s(self) -> float | None:
        """Length of a breath; None where the breathing rate is not known."""
        rate_per_min = self._slow[0].get("breathing_per_min")
        return None if rate_per_min is None else 60.0 / rate_per_min

    @property
    def beats(self) -> Sequence[Beat]:
        """The beats of the last two minutes, oldest first."""
        return self._beats

    def add(self, beats: Sequence[Beat]) -> None:
        """Take newer beats, and let go of those that the newest has left behind."""
        for beat in beats:
            self._beats.append(beat)
            self._rolling.add(beat)
            self._newest_s = max(beat.time_s, self._newest_s or beat.time_s)
        while self._newest_s is not None and self._newest_s - self._beats[0].time_s > SPECTRUM_WINDOW_S + STALE_AFTER_S:
            self._beats.popleft()

    def measure(self, now_s: float, heart: KnownHeartRate, *, no_intervals: str | None, irregular: str | None) -> Physiology:
        """The metrics at now_s, None or absent with a reason where they cannot be had.

        no_intervals: why there are no beats at all, where the sensor sends none; age and quality are then those of its heart
        rate.
        irregular: why variability says nothing, where the beat is irregular.
        """
        self._rolling.forget(now_s)
        newest_s = self._newest_s if no_intervals is None else heart.newest_s
        age_s = None if newest_s is None else max(now_s - newest_s, 0.0)
        clean_s = self._rolling.values().clean_s
        fraction = self._valid_fraction(clean_s, now_s) if no_intervals is None else heart.valid_fraction or 0.0
        reason = no_intervals or _why_not(age_s, clean_s, fraction) or irregular
        values, withheld = self._metrics(now_s, reason)
        withheld |= _why_no_heart_rate(heart, no_intervals)
        if age_s is None:
            withheld["last_beat_age_s"] = no_intervals or NO_BEAT
        return Physiology(
            time_s=now_s,
            window_s=WINDOW_S,
            heart_rate_bpm=heart.heart_rate_bpm,
            heart_rate_sd_bpm=heart.sd_bpm,
            heart_rate_window_s=heart.window_s,
            heart_rate_delay_s=heart.delay_s,
            heart_rate_now_bpm=heart.now_bpm,
            heart_rate_now_sd_bpm=heart.now_sd_bpm,
            rmssd_ms=values.pop("rmssd_ms", None),
            sdnn_ms=values.pop("sdnn_ms", None),
            valid_fraction=fraction,
            last_beat_age_s=age_s,
            metrics=values,
            withheld=withheld,
        )

    def _metrics(self, now_s: float, reason: str | None) -> tuple[Values, Reasons]:
        if reason is not None:
            self._slow, self._slow_s = ({}, {}), -math.inf
            return {}, dict.fromkeys((*TIME_DOMAIN, *BREATHING, "coherence", *SPECTRAL), reason)
        if now_s - self._slow_s >= SLOW_EVERY_S:
            self._slow, self._slow_s = self._look(now_s), now_s
        values, withheld = self._time_domain()
        return values | self._slow[0], withheld | self._slow[1]

    def _time_domain(self) -> tuple[Values, Reasons]:
        known = self._rolling.values()._asdict()
        known["ln_rmssd"] = math.log(known["rmssd_ms"]) if known["rmssd_ms"] > 0.0 else math.nan
        return _sorted_out({name: known[name] for name in TIME_DOMAIN}, "too few neighbouring beats")

    def _look(self, now_s: float) -> tuple[Values, Reasons]:
        looks: tuple[tuple[float, tuple[str, ...], Callable[[FloatArray, FloatArray], tuple[Values, Reasons]]], ...] = (
            (BREATHING_WINDOW_S, BREATHING, lambda nn_ms, ends_s: _breathing(nn_ms, ends_s, float(ends_s[-1]))),
            (COHERENCE_WINDOW_S, ("coherence",), _coherence),
            (SPECTRUM_WINDOW_S, SPECTRAL, _bands),
        )
        values: Values = {}
        withheld: Reasons = {}
        for window_s, names, look in looks:
            nn_ms, ends_s, why_not = self._even_flow(now_s, window_s)
            some, others = look(nn_ms, ends_s) if why_not is None else ({}, dict.fromkeys(names, why_not))
            values |= some
            withheld |= others
        return values, withheld

    def _even_flow(self, now_s: float, window_s: float) -> tuple[FloatArray, FloatArray, str | None]:
        """NN and their ends over the window, corrected ones too; why not, where too much is missing or corrected."""
        inside = [beat for beat in self._beats if now_s - window_s < beat.time_s <= now_s and beat.nn_ms is not None]
        nn_ms = np.array([beat.nn_ms for beat in inside], dtype=np.float64)
        ends_s = np.array([beat.time_s for beat in inside], dtype=np.float64)
        covered_s = float(nn_ms.sum()) / MS_PER_S
        clean_s = sum(beat.nn_ms or 0.0 for beat in inside if beat.quality is Quality.NORMAL) / MS_PER_S
        if covered_s < window_s - STALE_AFTER_S:
            return nn_ms, ends_s, f"{covered_s:.0f} s of {window_s - STALE_AFTER_S:.0f} s of beats without a gap"
        if clean_s < LEAST_VALID_FRACTION * window_s:
            return nn_ms, ends_s, f"only {clean_s / window_s:.0%} of the last {window_s:.0f} s are clean beats"
        return nn_ms, ends_s, None

    def _valid_fraction(self, clean_s: float, now_s: float) -> float:
        """Share of the time since the window's first beat (at most WINDOW_S) that clean intervals cover.

        The last DECIDING_S do not count against it: beats that wait for their successors are neither clean nor not.
        """
        first = next((beat for beat in self._beats if beat.time_s > now_s - WINDOW_S), None)
        if first is None:
            return 0.0
        newest_s = self._beats[-1].time_s
        until_s = newest_s if now_s - newest_s < DECIDING_S else now_s
        span_s = until_s - first.time_s + (first.nn_ms or 0.0) / MS_PER_S
        return min(clean_s / max(span_s, 1e-9), 1.0)


def _sorted_out(values: Values, reason: str) -> tuple[Values, Reasons]:
    known = {name: value for name, value in values.items() if not math.isnan(value)}
    return known, {name: reason for name in values if name not in known}


def _breathing(nn_ms: FloatArray, ends_s: FloatArray, now_s: float) -> tuple[Values, Reasons]:
    found = breathing(nn_ms, ends_s, now_s)
    if found.rate_per_min is None or found.sd_per_min is None or found.swing_bpm is None:
        return {}, dict.fromkeys(BREATHING, found.withheld or "not known")
    return dict(zip(BREATHING, (found.rate_per_min, found.sd_per_min, found.swing_bpm), strict=True)), {}


def _coherence(nn_ms: FloatArray, ends_s: FloatArray) -> tuple[Values, Reasons]:
    return _sorted_out({"coherence": coherence_ratio(nn_ms, ends_s)}, "the heart rate does not vary")


def _bands(nn_ms: FloatArray, ends_s: FloatArray) -> tuple[Values, Reasons]:
    waves = spectrum(nn_ms, ends_s)
    lf_ms2, hf_ms2 = power(waves, LF_HZ), power(waves, HF_HZ)
    both_ms2 = lf_ms2 + hf_ms2
    shares = (100.0 * lf_ms2 / both_ms2, 100.0 * hf_ms2 / both_ms2) if both_ms2 > 0.0 else (math.nan, math.nan)
    return _sorted_out(dict(zip(SPECTRAL, (lf_ms2, hf_ms2, *shares), strict=True)), "the heart rate does not vary")


def _why_no_heart_rate(heart: KnownHeartRate, no_intervals: str | None) -> Reasons:
    values = {"heart_rate_bpm": heart.heart_rate_bpm, "heart_rate_sd_bpm": heart.sd_bpm}
    return {name: heart.withheld or no_intervals or "too few beats" for name, value in values.items() if value is None}


def _why_not(age_s: float | None, clean_s: float, fraction: float) -> str | None:
    if age_s is None:
        return NO_BEAT
    if age_s > STALE_AFTER_S:
        return f"no heartbeat for {age_s:.0f} s"
    if clean_s < LEAST_CLEAN_S:
        return f"{clean_s:.0f} s of {LEAST_CLEAN_S:.0f} s of clean beats"
    if fraction < LEAST_VALID_FRACTION:
        return f"only {fraction:.0%} of the last {WINDOW_S:.0f} s are clean beats"
    return None
