"""A causal heart rate for control: calm enough not to chase every breath, quick enough to follow.

Decision: the mean over one slow breath cycle. In a simulated RSA of ±8 bpm at 6 breaths a minute a 10 s mean leaves 0.03 bpm of
standard deviation, where an exponential average leaves 1.7 and a median of five beats 5.1; it answers a step to 90 % in 10 s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.units import MS_PER_MIN, MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import Beat, HeartRateMeasurement

WINDOW_S = 10.0
DELAY_S = WINDOW_S / 2.0
LEAST_BEATS = 4


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


def heart_rate(beats: Sequence[Beat], now_s: float) -> HeartRate:
    """The mean heart rate over the last WINDOW_S, from beats in order of time; those without an NN interval are passed over.

    The rate is beats per summed NN time (not a mean of rates), so every second of the window weighs the same. The window ends at
    the newest beat, and the interval that its beginning cuts counts by the part inside: whole beats alone would leave 0.7 bpm of
    a breath of ±8 bpm at 6 a minute in the mean, where the cut one leaves less than 0.1.
    """
    recent = [(beat.time_s, beat.nn_ms) for beat in beats if beat.nn_ms is not None and now_s - WINDOW_S < beat.time_s]
    if len(recent) < LEAST_BEATS:
        return _withheld(f"{len(recent)} of {LEAST_BEATS} beats needed in the last {WINDOW_S:.0f} s")
    newest_s = max(time_s for time_s, _ in recent)
    known = [(beat.time_s, beat.nn_ms) for beat in beats if beat.nn_ms is not None and newest_s - WINDOW_S < beat.time_s]
    shares = [min((time_s - newest_s + WINDOW_S) * MS_PER_S / nn_ms, 1.0) for time_s, nn_ms in known]
    rate_bpm = MS_PER_MIN * sum(shares) / sum(share * nn_ms for share, (_, nn_ms) in zip(shares, known, strict=True))
    rates = [MS_PER_MIN / nn_ms for _, nn_ms in known]
    variance = sum((rate - rate_bpm) ** 2 for rate in rates) / (len(rates) - 1)
    return HeartRate(
        heart_rate_bpm=rate_bpm,
        sd_bpm=math.sqrt(variance / len(rates)),
        window_s=WINDOW_S,
        delay_s=DELAY_S,
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
        delay_s=DELAY_S,
        withheld=None,
        newest_s=found[-1].time_s,
        valid_fraction=len(found) / len(recent),
    )


def _withheld(reason: str) -> HeartRate:
    return HeartRate(heart_rate_bpm=None, sd_bpm=None, window_s=WINDOW_S, delay_s=DELAY_S, withheld=reason)
