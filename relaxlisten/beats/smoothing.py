"""Two causal heart rates: one for control, calm enough not to chase every breath, and one for show, with every breath in it.

Decision: for control, the mean over whole breath cycles of about 10 s in all, 10 s where the breathing is not known. In a
simulated RSA of ±8 bpm at 6 breaths a minute that leaves 0.03 bpm of standard deviation, where an exponential average leaves 1.7
and a median of five beats 5.1; it answers a step to 90 % in 10 s. For show, a state-space estimate (a level that wanders, seen
through the jitter of single beats): it lags by less than a beat, and its uncertainty grows while no beat comes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.terms import Quality
from relaxlisten.units import MS_PER_MIN, MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import Beat, HeartRateMeasurement

WINDOW_S = 10.0
LONGEST_WINDOW_S = 14.0
LEAST_BEATS = 4
# The level wanders by 2 bpm in a second; a single beat is off by 2 bpm, a corrected one by 10.
_WANDER_BPM2_PER_S = 4.0
_BEAT_BPM2 = 4.0
_CORRECTED_BPM2 = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartRate:
    """heart_rate_bpm: None where `withheld` says why. sd_bpm: standard error of the mean. delay_s: how far it lags the heart.

    newest_s: when the newest value that it rests on came. valid_fraction: share of packets with a rate, where packets are all
    there is; None where it rests on beats, whose quality is measured on their own.
    """

    heart_rate_bpm: float | None
    sd_bpm: float | None
    window_s: float
    delay_s: float
    withheld: str | None
    newest_s: float | None = None
    valid_fraction: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentRate:
    """The heart rate of a moment: its level and the variance of that, as they were at the last beat."""

    level_bpm: float
    variance_bpm2: float
    time_s: float

    def sd_bpm(self, now_s: float) -> float:
        """Standard deviation at now_s: the longer no beat has come, the larger."""
        return math.sqrt(self.variance_bpm2 + _WANDER_BPM2_PER_S * max(now_s - self.time_s, 0.0))


def present_rate(before: PresentRate | None, beat: Beat) -> PresentRate | None:
    """The rate after one more beat (a Kalman filter of a wandering level); as before where the beat has no NN interval."""
    if beat.nn_ms is None:
        return before
    seen_bpm = MS_PER_MIN / beat.nn_ms
    noise_bpm2 = _BEAT_BPM2 if beat.quality is Quality.NORMAL else _CORRECTED_BPM2
    if before is None:
        return PresentRate(level_bpm=seen_bpm, variance_bpm2=noise_bpm2, time_s=beat.time_s)
    expected_bpm2 = before.variance_bpm2 + _WANDER_BPM2_PER_S * max(beat.time_s - before.time_s, 0.0)
    gain = expected_bpm2 / (expected_bpm2 + noise_bpm2)
    return PresentRate(
        level_bpm=before.level_bpm + gain * (seen_bpm - before.level_bpm),
        variance_bpm2=(1.0 - gain) * expected_bpm2,
        time_s=max(beat.time_s, before.time_s),
    )


def breath_window_s(breath_s: float | None) -> float:
    """The length of whole breaths that is nearest to WINDOW_S; WINDOW_S where the length of a breath is not known."""
    if breath_s is None:
        return WINDOW_S
    return min(max(round(WINDOW_S / breath_s), 1) * breath_s, LONGEST_WINDOW_S)


def heart_rate(beats: Sequence[Beat], now_s: float, window_s: float = WINDOW_S) -> HeartRate:
    """The mean heart rate over the last window_s, from beats in order of time; those without an NN interval are passed over.

    The rate is beats per summed NN time (not a mean of rates), so every second of the window weighs the same. The window ends at
    the newest beat, and the interval that its beginning cuts counts by the part inside: whole beats alone would leave 0.7 bpm of
    a breath of ±8 bpm at 6 a minute in the mean, where the cut one leaves less than 0.1.
    """
    recent = [(beat.time_s, beat.nn_ms) for beat in beats if beat.nn_ms is not None and now_s - window_s < beat.time_s]
    if len(recent) < LEAST_BEATS:
        return _withheld(f"{len(recent)} of {LEAST_BEATS} beats needed in the last {window_s:.0f} s", window_s)
    newest_s = max(time_s for time_s, _ in recent)
    known = [(beat.time_s, beat.nn_ms) for beat in beats if beat.nn_ms is not None and newest_s - window_s < beat.time_s]
    shares = [min((time_s - newest_s + window_s) * MS_PER_S / nn_ms, 1.0) for time_s, nn_ms in known]
    rate_bpm = MS_PER_MIN * sum(shares) / sum(share * nn_ms for share, (_, nn_ms) in zip(shares, known, strict=True))
    rates = [MS_PER_MIN / nn_ms for _, nn_ms in known]
    variance = sum((rate - rate_bpm) ** 2 for rate in rates) / (len(rates) - 1)
    return HeartRate(
        heart_rate_bpm=rate_bpm,
        sd_bpm=math.sqrt(variance / len(rates)),
        window_s=window_s,
        delay_s=window_s / 2.0,
        withheld=None,
        newest_s=newest_s,
    )


def packet_heart_rate(measurements: Sequence[HeartRateMeasurement], now_s: float) -> HeartRate:
    """The same for a sensor that sends no intervals: the mean of the rates in its packets (0: it found no beat)."""
    recent = [m for m in measurements if now_s - WINDOW_S < m.time_s]
    found = [m for m in recent if m.heart_rate_bpm > 0]
    if not found:
        return _withheld(f"no heart rate in the last {WINDOW_S:.0f} s")
    return HeartRate(
        heart_rate_bpm=sum(m.heart_rate_bpm for m in found) / len(found),
        sd_bpm=None,
        window_s=WINDOW_S,
        delay_s=WINDOW_S / 2.0,
        withheld=None,
        newest_s=found[-1].time_s,
        valid_fraction=len(found) / len(recent),
    )


def _withheld(reason: str, window_s: float = WINDOW_S) -> HeartRate:
    return HeartRate(heart_rate_bpm=None, sd_bpm=None, window_s=window_s, delay_s=window_s / 2.0, withheld=reason)
