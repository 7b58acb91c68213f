from __future__ import annotations

import math

import numpy as np
import pytest

from relaxlisten.physiology.nonlinear import dfa_alpha1, sample_entropy


def test_sample_entropy_counted_by_hand() -> None:
    # Of the templates that have a third beat, those at 0 and 4 match, and those at 1 and 5; only the first pair goes on matching.
    nn_ms = np.array([800.0, 900.0, 850.0, 950.0, 800.0, 900.0, 850.0, 1100.0])
    assert sample_entropy(nn_ms) == pytest.approx(math.log(2.0))


def test_noise_is_more_complex_than_a_wave() -> None:
    random = np.random.default_rng(1)
    wave = 900.0 + 50.0 * np.sin(np.arange(600) / 5.0) + random.normal(0.0, 2.0, 600)
    assert sample_entropy(random.permutation(wave)) > 3.0 * sample_entropy(wave)


def test_white_noise_scales_with_one_half_and_its_sum_with_three_halves() -> None:
    noise = np.random.default_rng(2).normal(0.0, 30.0, 20_000)
    # Short boxes are biased upward; the values are those of the exact expectation for boxes of 4 to 16 beats.
    assert dfa_alpha1(900.0 + noise) == pytest.approx(0.57, abs=0.03)
    assert dfa_alpha1(900.0 + np.cumsum(noise)) == pytest.approx(1.55, abs=0.06)


@pytest.mark.parametrize("function", [sample_entropy, dfa_alpha1])
def test_too_little_or_nothing_that_varies_says_nothing(function) -> None:  # type: ignore[no-untyped-def]
    assert math.isnan(function(np.array([800.0, 810.0])))
    assert math.isnan(function(np.full(300, 800.0)))


@pytest.mark.parametrize("function", [sample_entropy, dfa_alpha1])
def test_units_do_not_matter(function) -> None:  # type: ignore[no-untyped-def]
    nn_ms = np.random.default_rng(4).normal(900.0, 40.0, 400)
    assert function(nn_ms / 1000.0) == pytest.approx(function(nn_ms), rel=1e-9)
