from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.messages import Beat, Physiology
from relaxlisten.physiology.window import BREATHING, SPECTRAL, TIME_DOMAIN, KnownHeartRate, MetricsWindow
from relaxlisten.terms import Quality

if TYPE_CHECKING:
    from collections.abc import Sequence

HEART = KnownHeartRate(heart_rate_bpm=75.0, sd_bpm=0.5, window_s=10.0, delay_s=5.0, withheld=None)
UNKNOWN_HEART = KnownHeartRate(heart_rate_bpm=None, sd_bpm=None, window_s=10.0, delay_s=5.0, withheld="too few beats")


def normal(nn_ms: Sequence[float], *, start_s: float = 0.0) -> list[Beat]:
    beats, at_s = [], start_s
    for index, nn in enumerate(nn_ms):
        at_s += nn / 1000.0
        beats.append(Beat(time_s=at_s, rr_ms=nn, nn_ms=nn, quality=Quality.NORMAL, confidence=1.0, follows=index > 0))
    return beats


def corrected(nn_ms: float, count: int, *, start_s: float) -> list[Beat]:
    return [
        Beat(
            time_s=start_s + (index + 1) * nn_ms / 1000.0,
            rr_ms=nn_ms,
            nn_ms=nn_ms,
            quality=Quality.ECTOPIC,
            confidence=1.0,
            follows=False,
        )
        for index in range(count)
    ]


def at(beats: Sequence[Beat], now_s: float, heart: KnownHeartRate = HEART) -> Physiology:
    window = MetricsWindow()
    window.add(beats)
    return window.measure(now_s, heart, no_intervals=None, irregular=None)


def test_alternating_intervals_give_the_rmssd_and_sdnn_of_the_definition() -> None:
    said = at(normal([800.0, 850.0] * 30), 49.5)
    assert said.rmssd_ms == pytest.approx(50.0)
    assert said.sdnn_ms == pytest.approx(25.0 * math.sqrt(60 / 59))
    assert said.valid_fraction == pytest.approx(1.0)
    assert said.last_beat_age_s == pytest.approx(0.0)
    assert (said.window_s, said.heart_rate_bpm, said.heart_rate_sd_bpm) == (60.0, 75.0, 0.5)
    assert not {*TIME_DOMAIN} & {*said.withheld}


def test_only_the_last_minute_counts() -> None:
    beats = normal([700.0, 900.0] * 50 + [800.0] * 100)  # 80 s of wide swings, then 80 s without any
    assert at(beats, 160.0).rmssd_ms == pytest.approx(0.0)


def test_a_short_record_says_how_much_is_missing() -> None:
    said = at(normal([800.0] * 15), 12.0)
    assert (said.rmssd_ms, said.sdnn_ms) == (None, None)
    assert said.withheld == dict.fromkeys((*TIME_DOMAIN, *BREATHING, "coherence", *SPECTRAL), "12 s of 30 s of clean beats")


def test_rmssd_is_shown_from_thirty_seconds_on() -> None:
    assert at(normal([1000.0] * 29), 29.0).rmssd_ms is None
    assert at(normal([1000.0] * 30), 30.0).rmssd_ms == 0.0


def test_no_beat_at_all_is_said() -> None:
    said = at([], 5.0, UNKNOWN_HEART)
    assert (said.heart_rate_bpm, said.rmssd_ms, said.last_beat_age_s, said.valid_fraction) == (None, None, None, 0.0)
    assert said.withheld["rmssd_ms"] == said.withheld["last_beat_age_s"] == "no heartbeat yet"
    assert said.withheld["heart_rate_bpm"] == said.withheld["heart_rate_sd_bpm"] == "too few beats"


def test_a_heart_that_is_no_longer_heard_has_no_metrics() -> None:
    beats = normal([800.0] * 75)
    assert at(beats, 69.0).rmssd_ms == 0.0
    said = at(beats, 72.0)
    assert (said.rmssd_ms, said.withheld["rmssd_ms"]) == (None, "no heartbeat for 12 s")


def test_too_many_corrections_withhold_what_rests_on_neighbours() -> None:
    beats = normal([1000.0] * 40)
    said = at([*beats, *corrected(1000.0, 20, start_s=40.0)], 60.0)
    assert said.valid_fraction == pytest.approx(40 / 60)
    assert said.withheld["rmssd_ms"] == "only 67% of the last 60 s are clean beats"


def test_a_corrected_beat_counts_for_nothing() -> None:
    # 700 and 900 about a corrected beat would be a difference of 200; the sides themselves are steady.
    before, after = normal([900.0] * 30), normal([700.0] * 30, start_s=27.8)
    assert at([*before, *corrected(800.0, 1, start_s=27.0), *after], 48.8).rmssd_ms == pytest.approx(0.0)


def test_nothing_is_paired_across_a_gap() -> None:
    before, after = normal([900.0] * 25), normal([700.0] * 35, start_s=26.0)
    gap = Beat(time_s=26.0, rr_ms=900.0, nn_ms=None, quality=Quality.AFTER_GAP, confidence=1.0, follows=False)
    assert at([*before, gap, *after], 50.5).rmssd_ms == pytest.approx(0.0)


def test_a_sensor_without_intervals_is_judged_by_its_own_rates() -> None:
    heart = KnownHeartRate(
        heart_rate_bpm=62.0, sd_bpm=None, window_s=10.0, delay_s=5.0, withheld=None, newest_s=19.0, valid_fraction=0.75
    )
    said = MetricsWindow().measure(20.0, heart, no_intervals="this sensor sends no beat intervals", irregular=None)
    assert (said.heart_rate_bpm, said.last_beat_age_s, said.valid_fraction) == (62.0, 1.0, 0.75)
    names = (*TIME_DOMAIN, *BREATHING, "coherence", *SPECTRAL, "heart_rate_sd_bpm")
    assert said.withheld == dict.fromkeys(names, "this sensor sends no beat intervals")
    assert said.metrics == {}


def test_the_window_forgets() -> None:
    window = MetricsWindow()
    for beat in normal([500.0] * 1000):
        window.add([beat])
    assert len(window.beats) == 2 * 130 + 1  # two minutes for the spectrum, and the age of a stale beat
    window.add([])
    assert len(window.beats) == 2 * 130 + 1


def test_an_irregular_heart_has_a_rate_and_no_variability() -> None:
    window = MetricsWindow()
    window.add(normal([700.0, 900.0] * 40))
    said = window.measure(64.0, HEART, no_intervals=None, irregular="the beat is irregular")
    assert (said.heart_rate_bpm, said.rmssd_ms, said.metrics) == (75.0, None, {})
    assert said.withheld["lf_ms2"] == "the beat is irregular"


def test_breath_spectrum_and_coherence_of_a_heart_that_breathes_six_times_a_minute() -> None:
    rr_ms = [1000.0 * (1.0 + 0.08 * math.sin(2.0 * math.pi * number / 10.0)) for number in range(150)]
    said = at(normal(rr_ms), 150.0)
    assert said.withheld == {}
    assert said.metrics["breathing_per_min"] == pytest.approx(6.0, abs=0.2)
    assert said.metrics["rsa_swing_bpm"] == pytest.approx(9.7, rel=0.1)  # 60 / 0.92 - 60 / 1.08 = 9.7
    assert said.metrics["coherence"] == pytest.approx(6.2, rel=0.1)  # all that 64 s can show: tests/physiology/test_coherence.py
    # A sine of ±80 ms has a power of 80² / 2 = 3200 ms²; a Hann window and a band that holds it all keep that.
    assert said.metrics["lf_ms2"] == pytest.approx(3200.0, rel=0.05)
    assert said.metrics["lf_nu"] > 97.0


@pytest.mark.parametrize(("seconds", "unknown"), [(40, {*BREATHING, "coherence", *SPECTRAL}), (80, {*SPECTRAL}), (130, set())])
def test_each_metric_waits_for_its_own_window(seconds: int, unknown: set[str]) -> None:
    rr_ms = [1000.0 * (1.0 + 0.08 * math.sin(2.0 * math.pi * number / 10.0)) for number in range(seconds)]
    assert set(at(normal(rr_ms), float(seconds)).withheld) == unknown


@given(
    steps=st.lists(
        st.tuples(st.floats(240.0, 3000.0), st.sampled_from(Quality), st.booleans()),
        max_size=60,
    ),
    wait_s=st.floats(0.0, 70.0),
)
def test_every_value_is_a_number_or_has_its_reason(steps: list[tuple[float, Quality, bool]], wait_s: float) -> None:
    at_s, beats = 0.0, []
    for nn_ms, quality, follows in steps:
        at_s += nn_ms / 1000.0
        nn = None if quality is Quality.AFTER_GAP else nn_ms
        beats.append(Beat(time_s=at_s, rr_ms=nn_ms, nn_ms=nn, quality=quality, confidence=1.0, follows=follows))
    said = at(beats, at_s + wait_s)
    for name in ("rmssd_ms", "sdnn_ms", "last_beat_age_s", "heart_rate_bpm", "heart_rate_sd_bpm"):
        value = getattr(said, name)
        assert (value is None) == (name in said.withheld)
        assert value is None or math.isfinite(value)
    for name in (*TIME_DOMAIN, *BREATHING, "coherence", *SPECTRAL):
        known = getattr(said, name) is not None if name in ("rmssd_ms", "sdnn_ms") else name in said.metrics
        assert known != (name in said.withheld)
    assert all(math.isfinite(value) for value in said.metrics.values())
    assert 0.0 <= said.valid_fraction <= 1.0
