"""Beats that keep no even tempo: their path, the grid along it, and the ratio at each moment."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from relaxlisten.messages import BeatPath, Track, TrackFound
from relaxlisten.music.beat_grid import beat_grid
from relaxlisten.music.beat_path import MOST_KNOTS, TOLERANCE_S, beat_path
from relaxlisten.music.described import Known, to_track
from relaxlisten.music.tags import Tags
from relaxlisten.music.tempo_map import RatioPath, ask, local_bpm, path_tempo, tempo_map
from relaxlisten.session.format import event_line, header_line, read_record
from relaxlisten.terms import Pulse, TempoSource
from tests.music.pieces import piece
from tests.session.test_format import HEADER


def beats_at(tempo_bpm, seconds: float) -> list[float]:
    """Beats of a piece whose tempo at second t is tempo_bpm(t), by small steps."""
    step_s = 0.001
    times_s = np.arange(0.5, seconds, step_s)
    phase = np.cumsum([tempo_bpm(time_s) / 60.0 * step_s for time_s in times_s])
    return np.interp(np.arange(int(phase[-1])), np.concatenate(([0.0], phase[:-1])), times_s).tolist()


def slow_drift(time_s: float) -> float:
    return 66.0 * (1.0 + 0.04 * np.sin(2.0 * np.pi * time_s / 120.0))


def track(path: BeatPath | None, tempo_bpm: float | None = 66.0) -> Track:
    return Track(
        track_id="file:a.wav", title="A", duration_s=240.0, tempo_bpm=tempo_bpm, tempo_source=TempoSource.ESTIMATE, beat_path=path
    )  # fmt: skip


DRIFTING = beats_at(slow_drift, 240.0)

# ---- from beats to knots ----


def test_an_even_piece_has_no_path_however_its_single_beats_were_heard():
    jitter_s = np.random.default_rng(1).uniform(-0.015, 0.015, 300)
    assert beat_path((0.5 + np.arange(300) * 0.9).tolist()) is None
    assert beat_path((0.5 + np.arange(300) * 0.9 + jitter_s).tolist()) is None


def test_beats_that_were_not_heard_do_not_make_a_piece_uneven():
    heard = [0.5 + number * 0.9 for number in range(300) if number not in (40, 41, 42, 150, 288)]
    assert beat_path(heard) is None


def test_too_few_beats_say_nothing():
    assert beat_path(DRIFTING[:15]) is None
    assert beat_path([]) is None


def test_every_beat_lies_within_ten_milliseconds_of_its_place_on_few_knots():
    path = beat_path(DRIFTING)
    grid = beat_grid(track(path))
    assert max(abs(grid.time_s(number) - time_s) for number, time_s in enumerate(DRIFTING)) <= TOLERANCE_S + 0.0005
    assert len(path.beats) < len(DRIFTING) / 4


def test_where_beats_were_missed_the_others_keep_their_numbers():
    path = beat_path([time_s for number, time_s in enumerate(DRIFTING) if number not in (50, 51, 120)])
    assert path.beats[-1] == len(DRIFTING) - 1


def test_bars_are_counted_from_the_first_downbeat():
    path = beat_path(DRIFTING, first_downbeat=2)
    grid = beat_grid(dataclasses.replace(track(path), beats_per_bar=3))
    assert path.beats[0] == -2
    assert grid.bar_and_beat(DRIFTING[2] + 0.02) == (0, 0)
    assert grid.bar_and_beat(DRIFTING[6] + 0.02) == (1, 1)


def test_three_hours_of_rubato_take_no_more_than_a_record_should_carry():
    rng = np.random.default_rng(3)
    path = beat_path((0.5 + np.cumsum(0.9 * rng.uniform(0.85, 1.15, 12_000))).tolist())
    assert len(path.beats) <= MOST_KNOTS
    found = TrackFound(time_s=0.0, track=track(path))
    assert len(event_line(found, derived=False)) < 10_000


@given(st.lists(st.floats(0.4, 1.6), min_size=20, max_size=60), st.floats(-20.0, 100.0))
def test_on_the_path_time_and_beat_are_each_others_inverse(intervals_s, source_s):
    path = beat_path(np.cumsum(intervals_s).tolist())
    if path is None:
        return
    grid = beat_grid(track(path))
    assert grid.time_s(grid.beat(source_s)) == pytest.approx(source_s, abs=1e-6)
    assert grid.next_beat_s(grid.next_beat_s(source_s)) == grid.next_beat_s(source_s)
    assert source_s - 1e-6 <= grid.next_beat_s(source_s) <= grid.next_bar_s(source_s)


def test_a_recorded_track_comes_back_with_its_path():
    found = TrackFound(time_s=0.0, track=dataclasses.replace(track(beat_path(DRIFTING)), place=3, phases=("Lead",)))
    record = read_record([header_line(HEADER), event_line(found, derived=False)], "a")
    assert record.damaged_lines == ()
    assert record.events[0].event == found
    assert isinstance(json.loads(event_line(found, derived=False))["track"]["beat_path"]["source_ms"][0], int)


# ---- local tempo ----


def test_drift_is_followed():
    path = beat_path(DRIFTING)
    for time_s in np.arange(20.0, 220.0, 5.0):
        assert local_bpm(track(path), time_s) == pytest.approx(slow_drift(time_s), rel=0.004)


def test_what_comes_and_goes_within_a_phrase_is_left_to_the_player():
    def phrased(time_s: float) -> float:
        return slow_drift(time_s) * (1.0 + 0.05 * np.sin(2.0 * np.pi * time_s / (16 * 60.0 / 66.0)))

    path = beat_path(beats_at(phrased, 240.0))
    for time_s in np.arange(20.0, 220.0, 5.0):
        assert local_bpm(track(path), time_s) == pytest.approx(slow_drift(time_s), rel=0.006)


def test_a_piece_at_one_tempo_costs_nothing_and_a_beatless_one_has_none():
    assert local_bpm(track(None), 100.0) == 66.0
    assert local_bpm(track(None, None), 100.0) is None
    assert tempo_map(track(None, None)) is None


# ---- ratios, and the way from source to output ----


def test_at_an_even_piece_the_ratio_is_the_tempo_quotient():
    ratios = tempo_map(track(None)).ratios(60.0, 8.0 + 4.0)
    assert ratios.ratio_at(0.0) == ratios.ratio_at(500.0) == 1.1
    assert ratios.output_s(100.0) == pytest.approx(110.0)


def test_played_at_the_ratios_the_smoothed_tempo_is_even():
    path = beat_path(DRIFTING)
    ratios = tempo_map(track(path)).ratios(66.0, 8.0)
    heard_s = np.array([ratios.output_s(time_s) for time_s in DRIFTING])
    tempo_bpm = 60.0 * 16 / (heard_s[16:] - heard_s[:-16])
    assert np.abs(tempo_bpm[16:-16] / 66.0 - 1.0).max() < 0.004
    before_bpm = 60.0 * 16 / (np.array(DRIFTING)[16:] - np.array(DRIFTING)[:-16])
    assert np.abs(before_bpm / 66.0 - 1.0).max() > 0.035


@given(
    st.lists(st.tuples(st.floats(0.5, 20.0), st.floats(0.89, 1.14)), min_size=1, max_size=8),
    st.floats(-5.0, 60.0).map(lambda source_s: round(source_s, 6)),
)
def test_the_way_from_source_to_output_is_the_exact_integral_and_can_be_gone_back(knots, source_s):
    source = np.cumsum([step_s for step_s, _ in knots])
    path = RatioPath(source_s=source, ratios=np.array([ratio for _, ratio in knots]))
    points = [time_s for time_s in source if min(0.0, source_s) < time_s < max(0.0, source_s)]
    integral, _ = quad(path.ratio_at, 0.0, source_s, points=points or None, limit=200)
    assert path.output_s(source_s) == pytest.approx(integral, abs=1e-6)
    assert path.source_at_s(path.output_s(source_s)) == pytest.approx(source_s, abs=1e-7)


@given(st.floats(58.0, 74.0), st.sampled_from([0.0, 4.0, 8.0, 12.0]))
def test_no_ratio_leaves_the_limits_and_the_integral_stays_exact_where_they_hold(tempo_bpm, percent):
    ratios = tempo_map(track(beat_path(DRIFTING))).ratios(tempo_bpm, percent)
    most = percent / 100.0
    assert np.all((1.0 / (1.0 + most) - 1e-12 <= ratios.ratios) & (ratios.ratios <= 1.0 / (1.0 - most) + 1e-12))
    knots_s, bpm = path_tempo(beat_path(DRIFTING))
    fine_s = np.linspace(0.0, 240.0, 48_001)
    clipped = np.clip(np.interp(fine_s, knots_s, bpm) / tempo_bpm, 1.0 / (1.0 + most), 1.0 / (1.0 - most))
    assert ratios.output_s(240.0) == pytest.approx(np.trapezoid(clipped, fine_s), abs=1e-4)


# ---- what a piece says to a tempo that is asked of it ----


@pytest.mark.parametrize(
    ("wish_bpm", "heard", "tempo_bpm", "level"),
    [(64.0, (), 64.0, 1.0), (130.0, (), 130.0, 2.0), (33.0, (), 33.0, 0.5), (200.0, (197.0,), 200.0, 3.0)],
)
def test_the_level_nearest_to_the_wish_answers(wish_bpm, heard, tempo_bpm, level):
    answer = ask(track(None), wish_bpm, 8.0, heard)
    assert (answer.tempo_bpm, answer.level, answer.refusal) == (pytest.approx(tempo_bpm), level, None)
    assert answer.ratios.ratio_at(10.0) == pytest.approx(66.0 * level / wish_bpm)


def test_a_stretch_beyond_the_limit_is_refused_in_a_sentence_and_the_nearest_is_given():
    answer = ask(track(None), 58.0, 8.0)
    assert answer.tempo_bpm == pytest.approx(66.0 * 0.92)
    assert answer.refusal == (
        "58 BPM is 12 % slower than A (66 BPM), which may be stretched by 8 % at most: another piece must be chosen."
    )


def test_a_piece_without_a_pulse_is_never_stretched():
    answer = ask(track(None, None), 60.0, 8.0)
    assert (answer.tempo_bpm, answer.ratios) == (None, None)
    assert answer.refusal == "A has no pulse: it is chosen for what it is, and never stretched."


# ---- from the catalogue to the session ----


def test_a_piece_that_was_heard_to_drift_is_played_by_its_beats():
    heard = piece(beats_s=tuple(DRIFTING), tempo_bpm=66.0, first_downbeat=1, duration_s=240.0)
    played = to_track(Known(analysis=heard), "file:a.wav", "a")
    assert played.beat_path == beat_path(DRIFTING, 1)
    assert played.first_beat_s == DRIFTING[1]
    assert beat_grid(played).bar_and_beat(DRIFTING[1] + 0.02) == (0, 0)


def test_an_even_piece_and_one_whose_beat_is_weak_carry_no_path():
    assert to_track(Known(analysis=piece()), "file:a.wav", "a").beat_path is None
    weak = piece(beats_s=tuple(DRIFTING), tempo_bpm=66.0, pulse=Pulse.WEAK, duration_s=240.0)
    assert to_track(Known(analysis=weak), "file:a.wav", "a").beat_path is None


def test_on_a_halved_level_the_path_is_that_of_every_second_beat():
    heard = piece(beats_s=tuple(DRIFTING), tempo_bpm=66.0, first_downbeat=0, duration_s=240.0)
    played = to_track(Known(analysis=heard, tags=Tags(tempo_bpm=33.0)), "file:a.wav", "a")
    grid = beat_grid(played)
    assert max(abs(grid.time_s(number) - DRIFTING[2 * number]) for number in range(len(DRIFTING) // 2)) < 0.011


@pytest.mark.parametrize("tempo_bpm", [52.0, 66.0, 84.0])
def test_a_beat_that_was_set_at_either_end_where_nothing_sounds_makes_no_steady_piece_drift(tempo_bpm):
    period_s = 60.0 / tempo_bpm
    steady = 0.8 + period_s * np.arange(40)
    assert beat_path([0.8 - 0.87 * period_s, *steady, steady[-1] + 1.03 * period_s], 1) is None


def test_a_drifting_piece_keeps_its_downbeat_when_a_stray_beat_before_it_is_left_out():
    times_s = 0.8 + np.cumsum(np.linspace(0.8, 1.0, 80))
    path = beat_path([0.2, *times_s], 1)
    assert path is not None
    assert path.source_ms[path.beats.index(0)] == round(1000.0 * times_s[0])
    assert beat_path([0.2, *times_s], 0).beats[0] == 1  # the beat that was left out was number 0
