from __future__ import annotations

import math

import numpy as np
import pytest

from relaxlisten.physiology.coherence import coherence_ratio


def wave(per_min: float, other_ms: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    ends_s, time_s = [], 0.0
    for _ in range(72):
        time_s += 0.88 + 0.08 * math.sin(2.0 * math.pi * per_min / 60.0 * time_s)
        ends_s.append(time_s)
    nn_ms = 1000.0 * np.diff([0.0, *ends_s]) + np.random.default_rng(1).normal(0.0, other_ms or 1e-6, 72)
    return nn_ms, np.array(ends_s)


@pytest.mark.parametrize("per_min", [4.5, 6.0, 9.0, 14.0])
def test_one_wave_alone_is_as_coherent_as_can_be_at_any_pace(per_min: float) -> None:
    # A Hann window over 64 s leaves 0.86 of a sine within 0.015 Hz of its peak: 0.86 / 0.14 = 6.2.
    assert coherence_ratio(*wave(per_min)) == pytest.approx(6.2, rel=0.15)


def test_noise_beside_the_wave_lowers_it() -> None:
    ratios = [coherence_ratio(*wave(6.0, other_ms)) for other_ms in (0.0, 30.0, 60.0, 120.0)]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[-1] < 1.0


def test_a_heart_that_does_not_vary_has_none() -> None:
    assert math.isnan(coherence_ratio(np.full(64, 1000.0), np.arange(1.0, 65.0)))
