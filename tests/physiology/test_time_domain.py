from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.physiology.time_domain import rmssd, sdnn


@pytest.mark.parametrize(
    ("nn_ms", "follows", "expected_ms"),
    [
        ([800, 850, 810, 720], [0, 1, 1, 1], 63.770421),  # sqrt((50² + 40² + 90²) / 3)
        ([800, 850, 810, 720], [0, 1, 0, 1], 72.801099),  # sqrt((50² + 90²) / 2): 850 and 810 are not neighbours
        ([800, 850, 810, 720], [1, 1, 0, 0], 50.0),  # what the first one follows is not here
        ([800, 850], [0, 0], math.nan),
        ([900], [1], math.nan),
        ([], [], math.nan),
    ],
)
def test_rmssd_uses_neighbours_only(nn_ms: list[float], follows: list[int], expected_ms: float) -> None:
    value = rmssd(np.array(nn_ms, dtype=np.float64), np.array(follows, dtype=np.bool_))
    assert value == pytest.approx(expected_ms, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize(
    ("nn_ms", "expected_ms"),
    [
        ([800, 850, 810, 720], 54.467115),  # mean 795: sqrt((5² + 55² + 15² + 75²) / 3)
        ([900, 900], 0.0),
        ([900], math.nan),
        ([], math.nan),
    ],
)
def test_sdnn_has_one_degree_of_freedom_less(nn_ms: list[float], expected_ms: float) -> None:
    assert sdnn(np.array(nn_ms, dtype=np.float64)) == pytest.approx(expected_ms, abs=1e-6, nan_ok=True)


@given(st.lists(st.integers(300, 2000), min_size=3, max_size=50), st.integers(1, 9))
def test_both_scale_with_the_intervals_and_ignore_their_level(nn_ms: list[int], scale: int) -> None:
    nn = np.array(nn_ms, dtype=np.float64)
    follows = np.ones(nn.size, dtype=np.bool_)
    assert rmssd(nn * scale + 100.0, follows) == pytest.approx(scale * rmssd(nn, follows), abs=1e-6)
    assert sdnn(nn * scale + 100.0) == pytest.approx(scale * sdnn(nn), abs=1e-6)
