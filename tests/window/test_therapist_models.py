"""What the therapist's picture is made of, without any window."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.errors import UsageError
from relaxlisten.messages import Beat, Command, Decision, SessionPhase
from relaxlisten.terms import CommandKind, DecisionKind, PhaseKind, Quality, SessionStage
from relaxlisten.window import therapist_axis as axis
from relaxlisten.window import therapist_lanes as lanes
from relaxlisten.window.therapist_course import CAUSES, Course
from relaxlisten.window.therapist_detail import poincare_at, spectrum_at
from relaxlisten.window.therapist_file import read_observations
from relaxlisten.window.therapist_keys import KEYS, TAKEN, USUAL, Observation, parse_observations
from relaxlisten.window.therapist_series import Trace, drawn, extremes, fitted
from relaxlisten.window.therapist_words import spoken, value_at
from relaxlisten.window.traces import SHAPES
from tests.window.scripted_session import beat, events_of_second, physiology, sound

NAN = math.nan

# ---- curves ----


def test_columns_hold_the_least_and_the_most_of_what_falls_into_them() -> None:
    times_s = np.arange(0.0, 8.0, 0.5)
    values = np.array([5, 1, 9, 4, 2, 2, 7, 8, 3, 6, 0, 1, 4, 4, 4, 5], dtype=float)
    low, high, middles_s = extremes(times_s, values, 0.0, 2.0, 4)
    assert low.tolist()[:4] == [1, 2, 0, 4]
    assert high.tolist()[:4] == [9, 8, 6, 5]
    assert middles_s.tolist() == [1.0, 3.0, 5.0, 7.0, 9.0]
    assert math.isnan(low[4])


def test_a_column_without_points_breaks_the_line_and_a_nan_among_points_does_not_hide_them() -> None:
    times_s = np.array([0.1, 0.2, 0.3, 2.1, 2.2, 2.3])
    values = np.array([1.0, NAN, 3.0, NAN, NAN, NAN])
    low, high, _ = extremes(times_s, values, 0.0, 1.0, 3)
    assert (low[0], high[0]) == (1.0, 3.0)
    assert np.isnan(low[1:]).all()


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=400),
    st.integers(1, 40),
    st.floats(0.05, 20.0),
)
def test_whatever_is_drawn_spans_exactly_what_was_measured(values: list[float], columns: int, column_s: float) -> None:
    times_s = np.linspace(0.0, column_s * columns * 0.999, len(values))
    x, y = drawn(times_s, np.array(values), 0.0, column_s, columns)
    assert np.nanmin(y) == min(values)
    assert np.nanmax(y) == max(values)
    assert x.size <= max(2 * (columns + 1), len(values) if len(values) <= 2 * columns else 0)


def test_a_picture_that_moves_keeps_its_columns() -> None:
    times_s = np.arange(0.0, 100.0, 0.1)
    values = np.sin(times_s)
    at_first = drawn(times_s, values, 10.0, 1.0, 40)
    later = drawn(times_s, values, 10.7, 1.0, 40)
    assert set(later[0].tolist()) & set(at_first[0].tolist()) == set(at_first[0].tolist())


def test_a_series_that_stops_for_a_while_is_not_joined() -> None:
    trace = Trace(100)
    for time_s in (1.0, 2.0, 8.0, 9.0):
        trace.follow(time_s, 5.0)
    assert np.isnan(trace.since(0.0)[1]).tolist() == [False, False, True, False, False]


def test_between_gives_one_point_beyond_each_edge_so_that_lines_reach_it() -> None:
    trace = Trace(100)
    for time_s in range(10):
        trace.add(float(time_s), 0.0)
    assert trace.between(3.5, 5.5)[0].tolist() == [3.0, 4.0, 5.0, 6.0]


def test_a_range_widens_at_once_and_narrows_only_when_half_of_it_is_empty() -> None:
    shown = (50.0, 90.0)
    assert fitted(shown, np.array([55.0, 85.0]), 3.0, 16.0) == shown
    low, high = fitted(shown, np.array([60.0, 95.0]), 3.0, 16.0)
    assert low < 60.0
    assert high > 95.0
    assert fitted(shown, np.array([69.0, 71.0]), 3.0, 16.0) == pytest.approx((60.4, 79.6))
    assert fitted(shown, np.array([NAN]), 3.0, 16.0) == shown


# ---- the axis ----


def test_a_view_follows_the_present_until_somebody_looks_back_and_again_when_the_present_is_in_sight() -> None:
    view = axis.View(span_s=300.0)
    assert axis.seen(view, 1000.0) == (706.0, 1006.0)
    back = axis.moved(view, 1000.0, -0.5)
    assert axis.seen(back, 1000.0) == axis.seen(back, 1200.0) == (556.0, 856.0)
    assert axis.moved(back, 1000.0, 0.6).follows
    assert axis.back_to_now(back) == view


def test_nobody_looks_before_the_beginning_and_a_short_session_starts_at_the_left() -> None:
    view = axis.View(span_s=300.0)
    assert axis.seen(view, 20.0) == (0.0, 300.0)
    assert axis.seen(axis.moved(view, 1000.0, -40.0), 1000.0) == (0.0, 300.0)


def test_zoom_keeps_the_moment_under_the_pointer() -> None:
    back = axis.moved(axis.View(span_s=300.0), 3000.0, -2.0)
    start_s, end_s = axis.seen(back, 3000.0)
    near = axis.zoomed(back, 3000.0, 0.5, 0.25)
    near_start_s, near_end_s = axis.seen(near, 3000.0)
    assert near_start_s + 0.25 * (near_end_s - near_start_s) == pytest.approx(start_s + 0.25 * (end_s - start_s))


@given(st.lists(st.tuples(st.booleans(), st.floats(-3.0, 3.0)), max_size=30), st.floats(0.0, 20_000.0))
def test_whatever_is_done_the_view_stays_within_its_bounds(steps: list[tuple[bool, float]], now_s: float) -> None:
    view = axis.View()
    for zooms, amount in steps:
        view = axis.zoomed(view, now_s, 2.0**amount, 0.5) if zooms else axis.moved(view, now_s, amount)
        start_s, end_s = axis.seen(view, now_s)
        assert axis.SHORTEST_S <= view.span_s <= axis.LONGEST_S
        assert start_s >= -view.span_s
        assert end_s <= max(now_s, view.span_s) + axis.AHEAD * view.span_s + 1e-6


def test_ticks_are_round_and_no_more_than_asked_for() -> None:
    assert axis.ticks(55.0, 355.0, 6) == [(60.0, "1:00"), (120.0, "2:00"), (180.0, "3:00"), (240.0, "4:00"), (300.0, "5:00")]
    assert axis.ticks(3590.0, 3640.0, 3)[0] == (3600.0, "1:00:00")


def test_lanes_share_the_height_without_overlapping() -> None:
    places = lanes.placed(500.0)
    assert all(a.top + a.height < b.top for a, b in itertools.pairwise(places))
    assert places[-1].top + places[-1].height <= 500.0 - lanes.BOTTOM


def test_grid_values_are_round_few_and_inside() -> None:
    assert lanes.round_values(52.0, 91.0, 4) == [60.0, 70.0, 80.0, 90.0]
    assert lanes.round_values(0.0, 3.0, 2) == [0.0, 2.0]


# ---- the course ----


def fed(*events: object) -> Course:
    course = Course()
    for event in events:
        course.feed(event)
    return course


def phase(time_s: float, name: str, elapsed_s: float, stage: SessionStage = SessionStage.RUNNING) -> SessionPhase:
    return SessionPhase(
        time_s=time_s, stage=stage, name=name, kind=PhaseKind.MATCH, elapsed_s=elapsed_s, remaining_s=1.0, session_remaining_s=1.0
    )


def test_each_cause_of_a_correction_is_kept_with_its_beat_and_has_a_shape_of_its_own() -> None:
    course = fed(*(beat(float(number + 1), 800.0, cause) for number, cause in enumerate(CAUSES)))
    assert course.mark_causes.since(0.0)[1].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert len(set(SHAPES.values())) == len(CAUSES)
    assert set(CAUSES) == set(Quality) - {Quality.NORMAL, Quality.AFTER_GAP}


def test_a_beat_that_was_none_is_marked_where_it_was_measured() -> None:
    extra = Beat(time_s=5.0, rr_ms=310.0, nn_ms=None, quality=Quality.EXTRA, confidence=0.9, follows=False)
    course = fed(extra)
    assert course.marks.since(0.0)[1].tolist() == [310.0]
    assert course.rr.since(0.0)[1].size == 0


def test_the_band_is_the_ninety_five_percent_of_the_heart_rates_own_uncertainty() -> None:
    course = fed(physiology(1.0, 70.0))
    assert course.series["heart_low"].since(0.0)[1].tolist() == pytest.approx([70.0 - 1.96 * 1.5])
    assert course.series["heart_high"].since(0.0)[1].tolist() == pytest.approx([70.0 + 1.96 * 1.5])


def test_a_phase_that_is_gone_back_to_begins_anew_on_the_axis_and_a_pause_has_two_ends() -> None:
    course = fed(
        phase(1.0, "Meet", 1.0), phase(2.0, "Meet", 2.0), phase(3.0, "Lead", 0.0), phase(4.0, "Meet", 0.0),
        phase(5.0, "Meet", 1.0), phase(6.0, "Meet", 1.0, SessionStage.PAUSED), phase(9.0, "Meet", 1.0), phase(10.0, "Meet", 0.0),
    )  # fmt: skip
    assert [(one.start_s, one.name) for one in course.phases] == [(1.0, "Meet"), (3.0, "Lead"), (4.0, "Meet"), (10.0, "Meet")]
    assert list(course.pauses) == [(6.0, 9.0)]


def test_a_piece_stands_where_it_is_heard_and_not_where_it_was_chosen() -> None:
    course = fed(*events_of_second(1), sound(2.0, 66.0))
    assert [(label.time_s, label.text) for label in course.pieces] == [(1.0, "Slow Keys")]


def test_markers_stand_where_they_were_set() -> None:
    course = fed(Command(time_s=7.5, what=CommandKind.MARKER, value="sighs"), Command(time_s=8.0, what=CommandKind.HOLD))
    assert [(label.time_s, label.text) for label in course.markers] == [(7.5, "sighs")]


def test_a_volume_that_is_dragged_is_one_line_of_the_list() -> None:
    def said(time_s: float, chosen: str) -> Decision:
        return Decision(time_s=time_s, kind=DecisionKind.PERSON, chosen=chosen, reason=f"{chosen} at {time_s:g}")

    course = fed(said(1.0, "volume"), said(1.2, "volume"), said(1.4, "volume"), said(2.0, "skip"), said(9.0, "volume"))
    assert [one.text for one in course.told] == ["volume at 1.4", "skip at 2", "volume at 9"]


def test_a_value_stands_for_a_moment_only_while_it_is_fresh() -> None:
    course = fed(*(physiology(float(second), 60.0 + second) for second in range(1, 5)))
    assert value_at(course.series["heart"], 3.4) == 63.0
    assert value_at(course.series["heart"], 0.5) is None
    assert value_at(course.series["heart"], 7.5) is None


def test_the_picture_is_told_in_words_with_what_is_not_known() -> None:
    course = fed(physiology(1.0, 70.0), sound(1.0, 66.0))
    words = spoken(course, axis.View(), 1.0)
    assert "Heart rate 70 bpm, music 66.0 BPM, RMSSD 42 ms, coherence not known" in words
    assert "now" in words


# ---- spectrum and Poincaré plot ----


def breathing_heart(seconds: int, hz: float) -> Course:
    course = Course()
    time_s = 0.0
    while time_s < seconds:
        nn_ms = 900.0 + 40.0 * math.sin(2.0 * math.pi * hz * time_s)
        time_s += nn_ms / 1000.0
        course.feed(beat(time_s, nn_ms))
    return course


def test_the_spectrum_peaks_where_the_heart_swings() -> None:
    shown = spectrum_at(breathing_heart(200, 0.1), 190.0)
    assert shown.why_not == ""
    assert shown.peak_hz == pytest.approx(0.1, abs=0.004)


def test_a_spectrum_of_too_short_a_time_is_withheld_with_the_reason() -> None:
    shown = spectrum_at(breathing_heart(60, 0.1), 60.0)
    assert shown.density.size == 0
    assert shown.why_not == "59 s of 110 s of beats without a gap"


def test_pairs_never_cross_a_gap_or_a_correction() -> None:
    course = Course()
    for number in range(40):
        quality = Quality.ECTOPIC if number == 20 else Quality.NORMAL
        course.feed(beat(1.0 + 0.8 * number + (10.0 if number >= 30 else 0.0), 800.0 + number, quality))
    course_pairs = poincare_at(course, 60.0)
    differences = course_pairs.second_ms - course_pairs.first_ms
    assert set(differences.tolist()) == {1.0}
    # 39 pairs, less the one into the corrected beat; the beat after the gap follows here, so that only its mark can part it
    assert 820.0 not in course_pairs.second_ms.tolist()


def test_few_pairs_are_no_plot() -> None:
    assert "of 20 pairs" in poincare_at(breathing_heart(10, 0.1), 10.0).why_not


def test_the_ellipse_of_alternating_intervals_is_known_by_hand() -> None:
    course = Course()
    for number in range(60):
        course.feed(beat(1.0 + 0.8 * number, 800.0 + 20.0 * (number % 2)))
    shown = poincare_at(course, 60.0)
    # differences are +-20: SD1 = 20 / sqrt(2) = 14.14 (n = 59, nearly balanced); sums are all 1620: SD2 = 0
    assert shown.sd1_ms == pytest.approx(20.0 / math.sqrt(2.0), rel=0.01)
    assert shown.sd2_ms == pytest.approx(0.0, abs=1e-9)


# ---- observations ----


def test_own_observations_take_the_place_of_the_usual_ones() -> None:
    text = '[observations]\n1 = "sighs"\nt = " tears "\n'
    assert parse_observations(text, "o.toml") == (Observation("1", "sighs"), Observation("T", "tears"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense", "it is no TOML"),
        ("a = 1", "one table"),
        ("[observations]\n", "names 0 observations"),
        ('[observations]\n12 = "x"', "no single letter or digit"),
        ('[observations]\nH = "x"', "already does something else"),
        ('[observations]\nm = "x"', "already does something else"),
        ("[observations]\n1 = 5", "must be a line of"),
        ('[observations]\n1 = ""', "must be a line of"),
        ('[observations]\nt = "x"\nT = "y"', "names a key twice"),
    ],
)
def test_a_file_that_breaks_a_rule_says_which(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_observations(text, "o.toml")


def test_a_broken_file_costs_its_observations_and_not_the_session(tmp_path) -> None:
    file = tmp_path / "observations.toml"
    assert read_observations(file) == (USUAL, "")
    file.write_text("[observations]\nH = 'x'")
    found, said = read_observations(file)
    assert found == USUAL
    assert "is not used" in said
    file.write_bytes(b"\xff\xfe")
    assert "cannot be read" in read_observations(file)[1]


def test_no_two_keys_are_alike() -> None:
    keys = [key for key, _ in KEYS.values()] + [one.key for one in USUAL]
    assert len(set(keys)) == len(keys)
    assert not {one.key for one in USUAL} & TAKEN
