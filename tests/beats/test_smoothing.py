from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import pytest

from relaxlisten.beats.smoothing import DELAY_S, heart_rate, packet_heart_rate
from tests.beats.making import breathing_rr_ms, clean_all, intervals, measurement

if TYPE_CHECKING:
    from relaxlisten.messages import Beat


def beats_until(beats: list[Beat], now_s: float) -> list[Beat]:
    return [beat for beat in beats if beat.time_s <= now_s]


def test_the_rate_is_beats_over_time_not_a_mean_of_rates() -> None:
    # 5 beats in 5.5 s: 54.545 bpm; the mean of the single rates would be 56.
    rate = heart_rate(clean_all(intervals([1000.0, 1500.0, 1000.0, 1000.0, 1000.0])), 5.5)
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
    rate = heart_rate(clean_all(intervals([1000.0] * 11 + [1600.0] + [1000.0] * 9)), 21.9)
    assert rate.heart_rate_bpm == pytest.approx(60.0 * 9.625 / 10.0)


def test_a_step_is_answered_in_ten_seconds_and_half_of_it_after_the_delay() -> None:
    beats = clean_all(intervals([1000.0] * 60 + [800.0] * 60))
    half = heart_rate(beats_until(beats, 60.0 + DELAY_S), 60.0 + DELAY_S).heart_rate_bpm
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
