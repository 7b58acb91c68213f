from __future__ import annotations

import dataclasses
import statistics

import pytest

from relaxlisten.beats.smoothing import PresentRate, breath_window_s, heart_rate, packet_heart_rate, present_rate
from relaxlisten.messages import Beat
from relaxlisten.terms import Quality
from tests.beats.making import breathing_rr_ms, clean_all, intervals, measurement


def beats_until(beats: list[Beat], now_s: float) -> list[Beat]:
    return [beat for beat in beats if beat.time_s <= now_s]


def as_they_are(rr_ms: list[float]) -> list[Beat]:
    """Beats that were all taken for normal."""
    return [
        Beat(time_s=i.time_s, rr_ms=i.rr_ms, nn_ms=i.rr_ms, quality=Quality.NORMAL, confidence=1.0, follows=True)
        for i in intervals(rr_ms)
    ]


def test_the_rate_is_beats_over_time_not_a_mean_of_rates() -> None:
    # 5 beats in 5.5 s: 54.545 bpm; the mean of the single rates would be 56.
    rate = heart_rate(as_they_are([1000.0, 1500.0, 1000.0, 1000.0, 1000.0]), 5.5)
    assert rate.heart_rate_bpm == pytest.approx(60.0 * 5 / 5.5)
    # Rates 60, 40, 60, 60, 60 about 54.545: sqrt((4 * 5.4545² + 14.5455²) / 4 / 5)
    assert rate.sd_bpm == pytest.approx(4.065578, abs=1e-5)


def test_a_breath_at_six_a_minute_hardly_moves_it() -> None:
    beats = clean_all(intervals(breathing_rr_ms(300, mean_ms=857.0, swing=0.23, per_min=6.0)))
    rates = [heart_rate(beats_until(beats, second), float(second)).heart_rate_bpm for second in range(30, 200)]
    known = [rate for rate in rates if rate is not None]
    assert len(known) == len(rates)
    # The window is one breath: but for the beats that stand for its seconds, nothing of the 16 bpm is left.
    assert statistics.pstdev(known) < 0.15


def test_a_beat_on_the_windows_edge_counts_by_its_part_inside() -> None:
    # The window ends at 21.6 s: nine beats of 1 s, and the last second of one of 1.6 s: 9.625 beats in 10 s.
    rate = heart_rate(as_they_are([1000.0] * 11 + [1600.0] + [1000.0] * 9), 21.9)
    assert rate.heart_rate_bpm == pytest.approx(60.0 * 9.625 / 10.0)


def test_a_step_is_answered_in_ten_seconds_and_half_of_it_after_the_delay() -> None:
    beats = clean_all(intervals([1000.0] * 60 + [800.0] * 60))
    half = heart_rate(beats_until(beats, 65.0), 65.0).heart_rate_bpm  # told delay: half the window of 10 s
    whole = heart_rate(beats_until(beats, 70.5), 70.5).heart_rate_bpm
    assert half == pytest.approx(67.5, abs=1.0)
    assert whole == pytest.approx(75.0, abs=0.2)


def test_too_few_beats_are_withheld_with_a_reason() -> None:
    beats = clean_all(intervals([1000.0] * 20))
    rate = heart_rate(beats, 28.5)  # only the beats at 19 and 20 s are younger than 10 s
    assert (rate.heart_rate_bpm, rate.sd_bpm) == (None, None)
    assert rate.withheld == "2 of 4 beats needed in the last 10 s"


def test_a_sensor_without_intervals_is_averaged_over_its_packets() -> None:
    packets = [measurement(float(second), (), rate) for second, rate in enumerate([50, 60, 0, 62, 64], start=10)]
    rate = packet_heart_rate(packets, 20.0)
    assert rate.heart_rate_bpm == 62.0  # 10 s is too old, and 0 means that no beat was found
    assert (rate.newest_s, rate.valid_fraction, rate.withheld) == (14.0, 0.75, None)


def test_a_sensor_that_finds_no_beat_says_so() -> None:
    assert packet_heart_rate([measurement(1.0, (), 0)], 2.0).withheld == "no heart rate in the last 10 s"


@pytest.mark.parametrize(
    ("breath_s", "window_s"), [(None, 10.0), (10.0, 10.0), (4.0, 8.0), (3.0, 9.0), (13.3, 13.3), (18.0, 14.0)]
)
def test_the_window_holds_whole_breaths(breath_s: float | None, window_s: float) -> None:
    assert breath_window_s(breath_s) == pytest.approx(window_s)


def test_at_any_pace_of_breathing_its_own_window_leaves_the_mean_alone() -> None:
    for per_min in (4.5, 5.0, 6.0, 8.0, 15.0):
        beats = clean_all(intervals(breathing_rr_ms(400, mean_ms=857.0, swing=0.23, per_min=per_min)))
        window_s = breath_window_s(60.0 / per_min)
        rates = [heart_rate(beats_until(beats, second), float(second), window_s).heart_rate_bpm for second in range(30, 200)]
        assert statistics.pstdev(rate for rate in rates if rate is not None) < 0.3


def of_the_moment(beats: list[Beat]) -> list[PresentRate]:
    rates: list[PresentRate] = []
    for beat in beats:
        rate = present_rate(rates[-1] if rates else None, beat)
        if rate is not None:
            rates.append(rate)
    return rates


def test_the_rate_for_show_follows_a_breath_within_a_beat_and_knows_how_sure_it_is() -> None:
    beats = clean_all(intervals(breathing_rr_ms(300, mean_ms=857.0, swing=0.23, per_min=6.0)))
    rates = of_the_moment(beats)[50:]
    true_bpm = [60_000.0 / beat.nn_ms for beat in beats[50:] if beat.nn_ms is not None]
    assert max(rate.level_bpm for rate in rates) - min(rate.level_bpm for rate in rates) > 0.85 * (max(true_bpm) - min(true_bpm))
    off = [abs(rate.level_bpm - true) for rate, true in zip(rates, true_bpm, strict=True)]
    assert statistics.fmean(off) < 2.0
    assert rates[-1].sd_bpm(rates[-1].time_s) == pytest.approx(1.6, abs=0.2)
    assert rates[-1].sd_bpm(rates[-1].time_s + 9.0) > 6.0  # 2 bpm in a second, so 6 in nine


def test_a_corrected_beat_hardly_moves_the_rate_for_show() -> None:
    beats = clean_all(intervals([800.0] * 20))
    moved = present_rate(of_the_moment(beats)[-1], dataclasses.replace(beats[-1], nn_ms=600.0, quality=Quality.NOISE))
    assert moved is not None
    assert moved.level_bpm < 76.6  # a true beat of 100 bpm would have brought it above 85
