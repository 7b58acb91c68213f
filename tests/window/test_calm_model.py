import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaxlisten.window.calm_model import LEAST_SPAN_BPM, SPAN_S, calm_trend

TIMES_S = np.arange(0.0, 400.0)


def test_a_heart_that_stays_draws_a_level_line_in_the_middle() -> None:
    across, heights = calm_trend(TIMES_S, np.full(400, 71.0), 399.0)
    assert heights == pytest.approx(0.5)
    assert (across[0], across[-1]) == (0.0, 1.0)


@settings(max_examples=25)
@given(st.floats(min_value=-30.0, max_value=60.0))
def test_the_height_says_nothing_of_how_fast_the_heart_is(shift_bpm: float) -> None:
    heart = 70.0 + 6.0 * np.sin(TIMES_S / 50.0)
    assert calm_trend(TIMES_S, heart, 399.0)[1] == pytest.approx(calm_trend(TIMES_S, heart + shift_bpm, 399.0)[1], abs=1e-6)


def test_small_noise_stays_small() -> None:
    heart = 70.0 + np.where(TIMES_S % 2 == 0, 1.0, -1.0)
    assert np.ptp(calm_trend(TIMES_S, heart, 399.0)[1]) < 2.0 / LEAST_SPAN_BPM


def test_a_wide_range_fills_the_height() -> None:
    heights = calm_trend(TIMES_S, np.linspace(110.0, 60.0, 400), 399.0)[1]
    assert (heights.max(), heights.min()) == (pytest.approx(1.0), pytest.approx(0.0))
    assert (np.diff(heights) < 0.0).all()


def test_a_time_without_a_heart_leaves_a_gap() -> None:
    heart = np.full(400, 70.0)
    heart[150:250] = np.nan
    heights = calm_trend(TIMES_S, heart, 399.0)[1]
    assert np.isnan(heights[len(heights) // 2])
    assert np.isfinite(heights[[0, -1]]).all()


def test_nothing_is_drawn_before_there_is_something_to_see() -> None:
    assert calm_trend(np.zeros(0), np.zeros(0), 10.0)[0].size == 0
    assert calm_trend(TIMES_S[:10], np.full(10, 70.0), 9.0)[0].size == 0


def test_only_the_last_minutes_are_drawn() -> None:
    times_s = np.arange(0.0, 3.0 * SPAN_S)
    heart = np.where(times_s < SPAN_S, 120.0, 70.0)
    assert calm_trend(times_s, heart, times_s[-1])[1] == pytest.approx(0.5)
