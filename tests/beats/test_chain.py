"""The whole way from packets to metrics, as the pipeline goes it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.beats import beat_times, smoothing
from relaxlisten.beats.corrected import Corrector
from relaxlisten.physiology import window
from relaxlisten.physiology.time_domain import rmssd
from relaxlisten.terms import Quality
from tests.beats.making import Radio, breathing_rr_ms, measurement, packets, real_rr_ms, resting_rr_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import Beat, HeartRateMeasurement, Physiology


def run(sent: Sequence[HeartRateMeasurement], until_s: float) -> tuple[list[Beat], list[Physiology]]:
    placer, corrector, beats_kept = beat_times.PlacerState(), Corrector(), window.MetricsWindow()
    beats: list[Beat] = []
    measured: list[Physiology] = []
    waiting = list(sent)
    for second in range(1, int(until_s) + 1):
        placed: list[beat_times.PlacedInterval] = []
        while waiting and waiting[0].time_s < second:
            placer, some = beat_times.place(placer, waiting.pop(0))
            placed += some
        placer, some = beat_times.tick(placer, float(second))
        certain: list[Beat] = []
        for interval in (*placed, *some):
            certain += corrector.take(interval)
        beats += certain
        beats_kept.add(certain)
        heart = window.KnownHeartRate(**dataclasses.asdict(smoothing.heart_rate(beats_kept.beats, float(second))))
        measured.append(beats_kept.measure(float(second), heart, no_intervals=None, irregular=None))
    return beats, measured


def test_a_minute_of_rest_gives_the_metrics_of_its_own_intervals() -> None:
    rr_ms = resting_rr_ms(200, seed=4)
    sent, beat_s = packets(rr_ms, Radio())
    _, measured = run(sent, 150.0)
    said = measured[-1]
    exact = np.array([round(rr * 1.024) / 1.024 for rr, true_s in zip(rr_ms, beat_s, strict=True) if 91.0 < true_s < 149.0])
    assert said.rmssd_ms == pytest.approx(rmssd(exact, np.ones(exact.size, dtype=np.bool_)), rel=0.03)
    assert said.heart_rate_bpm == pytest.approx(60_000.0 / exact[-11:].mean(), rel=0.02)
    assert said.withheld == {}
    assert said.valid_fraction > 0.97


def test_a_minute_without_packets_is_a_gap_that_no_metric_spans() -> None:
    sent, _ = packets(resting_rr_ms(300, seed=4), Radio(lost=frozenset(range(100, 160))))
    beats, measured = run(sent, 250.0)
    assert [beat.quality for beat in beats].count(Quality.AFTER_GAP) == 2  # the first beat of all, and the one after the gap
    assert all(m.heart_rate_bpm is None and m.rmssd_ms is None for m in measured if 112.0 <= m.time_s <= 160.0)
    assert all(m.rmssd_ms is None for m in measured if 160.0 < m.time_s < 190.0)
    assert measured[-1].rmssd_ms is not None


@pytest.mark.parametrize("name", ["rest_rr_ms.txt", "exercise_rr_ms.txt"])
def test_a_real_heart_is_followed_all_the_way(name: str) -> None:
    sent, beat_s = packets(real_rr_ms(name), Radio(stall_share=0.01))
    _, measured = run(sent, beat_s[-1])
    later = [m for m in measured if m.time_s > 60.0]
    assert sum(m.heart_rate_bpm is not None for m in later) >= 0.99 * len(later)
    assert sum(m.rmssd_ms is not None for m in later) >= 0.95 * len(later)
    for m in later[::50]:
        seen = [second for second in beat_s if m.time_s - 11.0 < second <= m.time_s - 1.0]
        if m.heart_rate_bpm is not None:
            mean_bpm = 60.0 * (len(seen) - 1) / (seen[-1] - seen[0])
            assert m.heart_rate_bpm == pytest.approx(mean_bpm, rel=0.06)


def test_deep_slow_breathing_keeps_its_whole_variability() -> None:
    rr_ms = breathing_rr_ms(200, mean_ms=950.0, swing=0.4, per_min=6.0)
    _, measured = run(packets(rr_ms, Radio())[0], 150.0)
    # A sine of ±190 ms has a standard deviation of 190 / sqrt 2 = 134 over time; over beats short ones weigh a little more.
    assert measured[-1].sdnn_ms == pytest.approx(134.0, rel=0.06)
    assert measured[-1].valid_fraction > 0.97


def test_the_same_packets_give_the_same_messages_bit_for_bit() -> None:
    sent, _ = packets(resting_rr_ms(150, seed=9), Radio(stall_share=0.05, lost=frozenset({50, 51})))
    assert run(sent, 120.0) == run(sent, 120.0)


@given(cuts=st.lists(st.integers(0, 9), min_size=40, max_size=40), seed=st.integers(0, 5))
def test_how_intervals_are_split_into_packets_changes_nothing_of_what_they_say(cuts: list[int], seed: int) -> None:
    rr_ms = resting_rr_ms(90, seed=seed)
    rr_ms[40] += rr_ms.pop(41)
    rr_1024 = tuple(round(rr * 1.024) for rr in rr_ms)
    whole = told_of([rr_1024[at : at + 1] for at in range(len(rr_1024))])
    split, at = [], 0
    for cut in cuts:
        split.append(rr_1024[at : at + cut])
        at += cut
    assert told_of([*split, rr_1024[at:]]) == whole


def told_of(packets_rr: list[tuple[int, ...]]) -> list[tuple[float | None, float | None, Quality]]:
    """What is said of the intervals when each packet arrives as its last beat happens."""
    placer, corrector, time_s = beat_times.PlacerState(), Corrector(), 0.0
    beats: list[Beat] = []
    for rr_1024 in packets_rr:
        time_s += sum(rr_1024) / 1024.0
        placer, placed = beat_times.place(placer, measurement(time_s, rr_1024))
        beats += [beat for interval in placed for beat in corrector.take(interval)]
    _, placed = beat_times.tick(placer, time_s + 10.0)
    beats += [beat for interval in placed for beat in corrector.take(interval)]
    return [(beat.rr_ms, beat.nn_ms, beat.quality) for beat in (*beats, *corrector.flush())]
