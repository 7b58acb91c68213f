from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.sound.time_map import TimeMap


@given(st.lists(st.tuples(st.integers(1, 10**6), st.floats(0.5, 2.0)), min_size=1, max_size=30), st.floats(0.0, 1.0))
def test_it_is_the_integral_of_the_ratio_there_and_back(steps: list[tuple[int, float]], share: float) -> None:
    built = TimeMap()
    at, output = 0, Fraction(0)
    for frames, ratio in steps:
        built.turn(at, ratio)
        at, output = at + frames, output + frames * Fraction(ratio)
    assert built.output_of(at) == pytest.approx(float(output), rel=1e-12)
    assert built.input_of(built.output_of(share * at)) == pytest.approx(share * at, abs=1e-6)


def test_nothing_drifts_in_three_hours_of_a_ratio_that_never_rests() -> None:
    built = TimeMap()
    exact = Fraction(0)
    for block in range(230_000):  # three hours in blocks of 2048 at 44.1 kHz
        ratio = 0.95 + 0.1 * (block % 997) / 997
        built.turn(block * 2048, ratio)
        built.forget(float(exact) - 50_000)
        exact += 2048 * Fraction(ratio)
    assert abs(built.output_of(230_000 * 2048) - float(exact)) < 0.01  # frames


def test_before_the_first_frame_the_first_ratio_holds_and_before_any_there_is_nothing() -> None:
    built = TimeMap()
    assert built.input_of(1000.0) == 0.0
    built.turn(0, 1.25)
    assert built.input_of(-1250.0) == -1000.0
