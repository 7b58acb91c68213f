from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.beats.artifacts import UNWEIGHED
from relaxlisten.beats.corrected import Corrector
from relaxlisten.terms import Quality
from tests.beats.making import after_gap, breathing_rr_ms, clean_all, intervals, real_rr_ms, resting_rr_ms

if TYPE_CHECKING:
    from relaxlisten.messages import Beat

STEADY = [800.0] * 8


def told(beats: list[Beat]) -> list[tuple[float | None, float | None, Quality, bool]]:
    return [(beat.rr_ms, beat.nn_ms, beat.quality, beat.follows) for beat in beats]


def test_a_missed_beat_is_put_back_in_the_middle() -> None:
    beats = clean_all(intervals([*STEADY, 1600.0, 800.0, 800.0]))
    assert told(beats)[8:] == [
        (None, 800.0, Quality.MISSED, False),
        (1600.0, 800.0, Quality.MISSED, False),
        (800.0, 800.0, Quality.NORMAL, False),
        (800.0, 800.0, Quality.NORMAL, True),
    ]
    assert [beat.time_s for beat in beats[7:10]] == pytest.approx([6.4, 7.2, 8.0])


@pytest.mark.parametrize("missing", [1, 2, 3, 5, 7])
def test_a_run_of_missed_beats_is_split_into_as_many(missing: int) -> None:
    # The longest that a known peer turned into one beat too few: 3,468 ms.
    whole_ms = (missing + 1) * 810.0
    beats = clean_all(intervals([*STEADY, whole_ms, 800.0, 800.0]))
    assert [beat.rr_ms for beat in beats[8 : 9 + missing]] == [None] * missing + [whole_ms]
    assert [beat.nn_ms for beat in beats[8 : 9 + missing]] == pytest.approx([810.0] * (missing + 1), rel=0.02)
    assert beats[9 + missing].quality is Quality.NORMAL


def test_what_is_split_goes_smoothly_from_the_beat_before_to_the_beat_after() -> None:
    beats = clean_all(intervals([*STEADY, 1680.0, 880.0, 880.0]))
    put_back = [beat.nn_ms for beat in beats[8:10]]
    # Two parts of 1680 in the ratio of 800 + 80/3 to 800 + 160/3.
    assert put_back == pytest.approx([826.6667, 853.3333], abs=1e-3)


def test_an_extra_beat_gives_its_time_to_the_next() -> None:
    beats = clean_all(intervals([*STEADY, 300.0, 500.0, 800.0]))
    assert told(beats)[8:] == [
        (300.0, None, Quality.EXTRA, False),
        (500.0, 800.0, Quality.EXTRA, False),
        (800.0, 800.0, Quality.NORMAL, False),
    ]


def test_an_early_beat_with_its_pause_moves_to_the_middle_of_its_pair() -> None:
    beats = clean_all(intervals([*STEADY, 540.0, 1060.0, 800.0, 800.0]))
    assert told(beats)[8:10] == [(540.0, 800.0, Quality.ECTOPIC, False), (1060.0, 800.0, Quality.ECTOPIC, False)]
    assert [beat.time_s for beat in beats[8:10]] == pytest.approx([7.2, 8.0])


def test_a_beat_found_late_moves_back() -> None:
    beats = clean_all(intervals([*STEADY, 1000.0, 600.0, 800.0, 800.0]))
    assert told(beats)[8:10] == [(1000.0, 800.0, Quality.MISPLACED, False), (600.0, 800.0, Quality.MISPLACED, False)]


def test_an_early_beat_that_resets_the_rhythm_leaves_the_next_interval_alone() -> None:
    beats = clean_all(intervals([*STEADY, 560.0, 800.0, 800.0]))
    assert told(beats)[8:10] == [(560.0, 800.0, Quality.ECTOPIC, False), (800.0, 800.0, Quality.NORMAL, False)]
    assert beats[8].time_s == pytest.approx(6.96)  # the clock goes on from the beats as they came


def test_a_shaken_run_keeps_its_time_and_the_number_of_its_beats() -> None:
    beats = clean_all(intervals([*STEADY, 1010.0, 560.0, 1030.0, 600.0, 800.0, 800.0]))
    run = beats[8:12]
    assert sum(beat.nn_ms or 0.0 for beat in run) == pytest.approx(3200.0)
    assert [beat.nn_ms for beat in run] == pytest.approx([800.0] * 4, rel=0.04)
    assert all(beat.quality is not Quality.NORMAL for beat in run)


def test_an_interval_of_more_than_eight_seconds_is_a_gap() -> None:
    beats = clean_all(intervals([*STEADY, 8100.0, *STEADY]))
    assert (beats[8].quality, beats[8].nn_ms, beats[8].rr_ms, beats[9].follows) == (Quality.AFTER_GAP, None, 8100.0, False)


def test_confidence_falls_with_the_distance_from_what_was_expected() -> None:
    rng = random.Random(1)
    past = [800.0 + rng.gauss(0.0, 10.0) for _ in range(60)]
    near, further = (clean_all(intervals([*past, rr, 800.0, 800.0]))[60] for rr in (800.0, 825.0))
    assert near.quality is further.quality is Quality.NORMAL
    assert 1.0 >= near.confidence > further.confidence > 0.5


def test_nothing_is_paired_across_a_gap() -> None:
    placed = intervals([800.0] * 6)
    placed[3] = after_gap(placed[3])
    beats = clean_all(placed)
    assert (beats[3].quality, beats[3].nn_ms, beats[3].rr_ms) == (Quality.AFTER_GAP, None, 800.0)
    assert [beat.follows for beat in beats] == [False, True, True, False, False, True]


def test_a_beat_that_waits_is_told_before_the_gap() -> None:
    placed = intervals([*STEADY, 500.0, 800.0])
    placed[9] = after_gap(placed[9])
    assert [beat.rr_ms for beat in clean_all(placed)[8:]] == [500.0, 800.0]
    assert clean_all(placed)[9].quality is Quality.AFTER_GAP


@pytest.mark.parametrize("name", ["rest_rr_ms.txt", "exercise_rr_ms.txt"])
def test_one_beat_of_look_ahead_and_three_in_a_run(name: str) -> None:
    corrector, given_out, waited = Corrector(), 0, []
    for number, interval in enumerate(intervals(real_rr_ms(name)), start=1):
        given_out += sum(1 for beat in corrector.take(interval) if beat.rr_ms is not None)
        waited.append(number - given_out)
    assert max(waited) <= 3
    assert sum(wait > 1 for wait in waited[4:]) <= 0.07 * len(waited)


@pytest.mark.parametrize("per_min", [4.5, 5.0, 6.0])
@pytest.mark.parametrize("mean_ms", [700.0, 950.0, 1200.0])
def test_deep_slow_breathing_is_no_artefact(per_min: float, mean_ms: float) -> None:
    # 40 % of RR, peak to trough, with the 12 ms of irregularity that hearts have beside their breath.
    rng = random.Random(3)
    rr_ms = [rr + rng.gauss(0.0, 12.0) for rr in breathing_rr_ms(600, mean_ms=mean_ms, swing=0.4, per_min=per_min)]
    assert {beat.quality for beat in clean_all(intervals(rr_ms))} == {Quality.NORMAL}


def test_a_sudden_effort_and_its_recovery_are_no_artefacts() -> None:
    # 60 to 120 bpm within 20 beats (faster than any healthy onset), and back within 40.
    down = [1000.0 - 25.0 * step for step in range(21)]
    up = [500.0 + 12.5 * step for step in range(41)]
    assert {beat.quality for beat in clean_all(intervals([1000.0] * 20 + down + [500.0] * 20 + up))} == {Quality.NORMAL}


@pytest.mark.parametrize(("before_ms", "after_ms"), [(1000.0, 800.0), (800.0, 1000.0), (800.0, 640.0), (900.0, 765.0)])
def test_a_step_of_a_steady_heart_is_believed_at_once(before_ms: float, after_ms: float) -> None:
    beats = clean_all(intervals([before_ms] * 60 + [after_ms] * 30))
    assert {beat.quality for beat in beats} == {Quality.NORMAL}


@pytest.mark.parametrize("rate_after_ms", [350.0, 420.0, 700.0, 1100.0, 1700.0])
def test_a_lasting_change_of_any_size_is_learned(rate_after_ms: float) -> None:
    beats = clean_all(intervals([800.0] * 30 + [rate_after_ms] * 30))
    assert {beat.quality for beat in beats[-8:]} == {Quality.NORMAL}
    assert {beat.nn_ms for beat in beats[-8:]} == {rate_after_ms}


@pytest.mark.parametrize(("name", "most_marked"), [("rest_rr_ms.txt", 0.008), ("exercise_rr_ms.txt", 0.008)])
def test_real_recordings_are_left_almost_as_they_are(name: str, most_marked: float) -> None:
    beats = clean_all(intervals(real_rr_ms(name)))
    assert sum(beat.quality is not Quality.NORMAL for beat in beats) <= most_marked * len(beats)


def spoil(rr_ms: list[float], kind: Quality, every: int) -> tuple[list[float], set[int]]:
    """rr_ms with one artefact of a kind in every so many beats; the indices of the intervals that it touched."""
    spoiled: list[float] = []
    touched: set[int] = set()
    index = 0
    while index < len(rr_ms):
        here, there = len(spoiled), rr_ms[index : index + 2]
        if index % every or index < every or len(there) < 2:
            spoiled.append(rr_ms[index])
            index += 1
            continue
        made = {
            Quality.MISPLACED: [1.25 * there[0], there[1] - 0.25 * there[0]],
            Quality.MISSED: [there[0] + there[1]],
            Quality.EXTRA: [0.4 * there[0], 0.6 * there[0], there[1]],
            Quality.ECTOPIC: [0.67 * there[0], there[1] + 0.33 * there[0]],
        }[kind]
        spoiled += made
        touched |= set(range(here, here + min(len(made), 2)))
        index += 2
    return spoiled, touched


@pytest.mark.parametrize("kind", [Quality.MISSED, Quality.EXTRA, Quality.ECTOPIC, Quality.MISPLACED])
@pytest.mark.parametrize("every", [101, 29])
@pytest.mark.parametrize("name", ["rest_rr_ms.txt", "exercise_rr_ms.txt", ""])
def test_artefacts_are_found_and_their_neighbours_left_alone(kind: Quality, every: int, name: str) -> None:
    rr_ms, touched = spoil(real_rr_ms(name) if name else resting_rr_ms(900, seed=5), kind, every)
    raw = [beat for beat in clean_all(intervals(rr_ms)) if beat.rr_ms is not None]
    assert [beat.rr_ms for beat in raw] == rr_ms
    marked = {index for index, beat in enumerate(raw) if beat.quality is not Quality.NORMAL}
    assert len(marked & touched) >= 0.93 * len(touched) - 1
    assert sum(raw[index].quality is kind for index in touched) >= 0.75 * len(touched)  # the cause is not always told apart
    assert len(marked - touched) <= 0.015 * (len(raw) - len(touched))


def test_an_artefact_in_deep_breathing_does_not_drag_its_successors_along() -> None:
    rr_ms, touched = spoil(breathing_rr_ms(900, mean_ms=950.0, swing=0.4, per_min=6.0), Quality.ECTOPIC, 37)
    raw = [beat for beat in clean_all(intervals(rr_ms)) if beat.rr_ms is not None]
    wrong = [index for index, beat in enumerate(raw) if beat.quality is not Quality.NORMAL and index not in touched]
    assert len(wrong) <= 0.005 * len(raw)


def test_a_heart_without_a_regular_beat_is_left_as_it_is() -> None:
    rng = random.Random(2)
    corrector = Corrector()
    rr_ms = [max(rng.gauss(700.0, 160.0), 300.0) for _ in range(400)]
    beats = [beat for interval in intervals(rr_ms) for beat in corrector.take(interval)]
    assert corrector.irregular
    assert {beat.quality for beat in beats[120:]} == {Quality.NORMAL}
    assert {beat.confidence for beat in beats[120:]} == {UNWEIGHED}


@given(st.lists(st.floats(240.0, 2500.0), max_size=120))
def test_time_is_conserved_but_where_a_beat_reset_the_rhythm(rr_ms: list[float]) -> None:
    beats = clean_all(intervals(rr_ms))
    kept = [beat for beat in beats if beat.quality not in (Quality.ECTOPIC, Quality.AFTER_GAP)]
    assert sum(beat.nn_ms or 0.0 for beat in kept) == pytest.approx(sum(beat.rr_ms or 0.0 for beat in kept), abs=1e-6)
    assert [beat.rr_ms for beat in beats if beat.rr_ms is not None] == rr_ms
    assert all(before.time_s <= after.time_s + 1e-9 for before, after in itertools.pairwise(beats))
    assert all(before.quality is after.quality is Quality.NORMAL for before, after in itertools.pairwise(beats) if after.follows)


@given(st.lists(st.floats(300.0, 1500.0), min_size=5, max_size=80), st.floats(-1e5, 1e5))
def test_shifting_time_moves_the_beats_and_changes_nothing_else(rr_ms: list[float], start_s: float) -> None:
    here, there = clean_all(intervals(rr_ms)), clean_all(intervals(rr_ms, start_s=start_s))
    assert told(here) == told(there)
    assert [b.time_s - a.time_s for a, b in zip(here, there, strict=True)] == pytest.approx([start_s] * len(here), abs=1e-6)


@given(st.lists(st.floats(500.0, 1200.0), min_size=5, max_size=80), st.floats(0.8, 1.25))
def test_scaling_the_intervals_scales_what_is_made_of_them(rr_ms: list[float], factor: float) -> None:
    here, there = clean_all(intervals(rr_ms)), clean_all(intervals([rr * factor for rr in rr_ms]))
    assert [beat.quality for beat in here] == [beat.quality for beat in there]
    scaled = [None if beat.nn_ms is None else beat.nn_ms * factor for beat in here]
    assert [beat.nn_ms for beat in there] == [None if nn is None else pytest.approx(nn) for nn in scaled]


@given(st.lists(st.tuples(st.floats(0.0, 64_000.0), st.booleans()), max_size=80))
def test_any_intervals_give_finite_beats_only(steps: list[tuple[float, bool]]) -> None:
    placed = [after_gap(i) if gap else i for i, (_, gap) in zip(intervals(rr for rr, _ in steps), steps, strict=True)]
    beats = clean_all(placed)
    assert sum(beat.rr_ms is not None for beat in beats) == len(steps)
    assert all(beat.nn_ms is None or 0.0 <= beat.nn_ms <= 8000.0 for beat in beats)
    assert all(0.0 <= beat.confidence <= 1.0 for beat in beats)
    assert not any(beat.follows for beat in beats if beat.quality is not Quality.NORMAL)
