from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.music.beat_levels import LEVELS, Beats, even_beats, even_tempo_bpm, level_of, on_level, phase_s, ratio_of

BEATS = Beats(tuple(0.5 + index for index in range(12)), 2)


@pytest.mark.parametrize(
    ("tag_bpm", "level"),
    [(60, 1), (62.3, 1), (120, 2), (30, Fraction(1, 2)), (180, 3), (20, Fraction(1, 3)), (62.5, None), (90, None), (240, None)],
)
def test_a_level_is_the_tempo_itself_its_double_half_triple_or_third_within_4_percent(tag_bpm, level):
    assert level_of(tag_bpm, 60.0) == level


@pytest.mark.parametrize(("tempo_bpm", "ratio"), [(90, Fraction(3, 2)), (40, Fraction(2, 3)), (61, 1), (75, None), (240, None)])
def test_a_ratio_is_of_whole_numbers_up_to_three(tempo_bpm, ratio):
    assert ratio_of(tempo_bpm, 60.0) == ratio


def test_half_the_tempo_keeps_every_second_beat_from_a_bar_line_on():
    assert on_level(BEATS, Fraction(1, 2)) == Beats((0.5, 2.5, 4.5, 6.5, 8.5, 10.5), 1)
    odd = Beats(BEATS.times_s, 3)
    assert on_level(odd, Fraction(1, 2)) == Beats((1.5, 3.5, 5.5, 7.5, 9.5, 11.5), 1)


def test_double_the_tempo_puts_a_beat_evenly_between_two():
    bent = Beats((0.0, 1.0, 3.0), 1)
    assert on_level(bent, Fraction(2)) == Beats((0.0, 0.5, 1.0, 2.0, 3.0), 2)


def test_three_halves_put_three_beats_where_two_were():
    found = on_level(Beats((0.0, 1.0, 2.0, 3.0, 4.0), 0), Fraction(3, 2))
    assert found.times_s == pytest.approx((0.0, 2 / 3, 4 / 3, 2.0, 8 / 3, 10 / 3, 4.0))


@given(st.sampled_from(LEVELS), st.integers(0, 7), st.lists(st.floats(0.4, 1.5), min_size=12, max_size=40))
def test_the_bar_line_stays_where_it_was_and_beats_rise(level, downbeat, gaps_s):
    beats = Beats(tuple(np.cumsum(gaps_s).tolist()), downbeat)
    found = on_level(beats, level)
    assert found.times_s[found.downbeat] == pytest.approx(beats.times_s[downbeat])
    assert all(before < after for before, after in zip(found.times_s, found.times_s[1:], strict=False))


@pytest.mark.parametrize("beats", [Beats(), Beats((3.0,)), Beats((3.0,), 0)])
def test_hardly_any_beats_stay_as_they_are(beats):
    assert on_level(beats, Fraction(2)) == beats


def test_an_even_grid_fills_the_piece_and_begins_a_bar_where_it_was_told():
    found = even_beats(2.25, 60.0, 5.0)
    assert found == Beats((0.25, 1.25, 2.25, 3.25, 4.25), 2)


def test_the_fitted_tempo_is_that_of_the_whole_piece_even_where_a_beat_was_missed():
    times_s = [0.3 + 0.95 * index for index in range(300) if index not in (40, 41, 177)]
    assert even_tempo_bpm(Beats(tuple(times_s)), 63.5) == pytest.approx(60 / 0.95, rel=1e-9)


def test_a_piece_that_is_not_even_keeps_its_tempo():
    slowing = Beats(tuple(np.cumsum(np.linspace(0.8, 1.3, 60)).tolist()))
    assert even_tempo_bpm(slowing, 60.0) == 60.0
    assert even_tempo_bpm(Beats((0.0, 1.1, 2.2)), 60.0) == 60.0  # too few


@given(st.floats(0.0, 0.99))
def test_the_phase_is_where_the_beats_lie(first_s):
    beats = Beats(tuple(first_s + index for index in range(20)))
    off_s = (phase_s(beats, 60.0) - first_s + 0.5) % 1.0 - 0.5
    assert off_s == pytest.approx(0.0, abs=1e-9)
