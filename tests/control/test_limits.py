import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.control.limits import Limits, fold_octave, reachable_tempo, slew_tempo

LIMITS = Limits()
tempi = st.floats(30.0, 200.0)


@pytest.mark.parametrize(
    ("tempo", "reference", "expected"),
    [(72.0, 70.0, 72.0), (140.0, 70.0, 70.0), (36.0, 70.0, 72.0), (33.0, 140.0, 132.0), (60.0, 84.0, 60.0), (60.0, 86.0, 120.0)],
)
def test_folding_goes_to_the_nearest_octave(tempo: float, reference: float, expected: float) -> None:
    assert fold_octave(tempo, reference) == pytest.approx(expected)


@given(tempi, tempi)
def test_a_folded_tempo_lies_within_half_an_octave_and_is_the_same_pulse(tempo: float, reference: float) -> None:
    folded = fold_octave(tempo, reference)
    assert abs(math.log2(folded / reference)) <= 0.5 + 1e-9
    assert math.log2(folded / tempo) == pytest.approx(round(math.log2(folded / tempo)), abs=1e-9)


@given(tempi, tempi, st.floats(0.0, 12.0))
def test_no_wish_stretches_a_piece_beyond_its_limit(wish: float, own: float, percent: float) -> None:
    reached = reachable_tempo(wish, own, Limits(stretch_percent=percent))
    assert abs(reached / own - 1.0) <= percent / 100.0 + 1e-12


def test_a_wish_within_the_stretch_is_granted_exactly() -> None:
    assert reachable_tempo(64.0, 60.0, LIMITS) == pytest.approx(64.0)
    assert reachable_tempo(128.0, 60.0, LIMITS) == pytest.approx(64.0)


def test_a_wish_a_little_too_far_gets_the_whole_stretch() -> None:
    assert reachable_tempo(70.0, 60.0, LIMITS) == pytest.approx(64.8)


@given(tempi, st.floats(0.5, 2.0), st.floats(0.999, 1.001))
def test_a_small_change_of_the_wish_never_tosses_the_tempo_between_the_limits(own: float, ratio: float, nudge: float) -> None:
    before, after = (reachable_tempo(own * ratio * factor, own, LIMITS) for factor in (1.0, nudge))
    assert abs(after - before) <= own * 0.0025  # at most 2.5 times the nudge of 0.1 %


def test_slew_is_a_twentieth_of_a_percent_per_beat() -> None:
    # 60 BPM for 60 s are 60 beats: 60 * 1.0005**60 = 61.8268
    assert slew_tempo(60.0, 80.0, 60.0, LIMITS) == pytest.approx(61.8268, abs=1e-4)
    assert slew_tempo(60.0, 40.0, 60.0, LIMITS) == pytest.approx(60.0 / 1.0005**60)


@given(tempi, tempi, st.floats(0.0, 30.0))
def test_slew_never_passes_its_target(current: float, target: float, elapsed_s: float) -> None:
    reached = slew_tempo(current, target, elapsed_s, LIMITS)
    assert min(current, target) - 1e-9 <= reached <= max(current, target) + 1e-9
