"""A heart that resonates at a known pace: its swing is largest there, and the assessment must find it."""

from __future__ import annotations

import numpy as np
import pytest

from relaxlisten.physiology.record import Series
from relaxlisten.physiology.resonance import NOT_FOLLOWED, Resonance, assess, paced_steps

PACES = (6.5, 6.0, 5.5, 5.0, 4.5)
STEP_S = 120.0


def breathed(resonance: float, *, seed: int = 1, width: float = 0.6, clean: float = 1.0, steps: int = 5) -> Resonance:
    """Two minutes at each pace; the swing falls off on both sides of the resonance, and the wave lags the pacer."""
    random = np.random.default_rng(seed)
    ends_s, time_s = [], 0.0
    while time_s < steps * STEP_S:
        pace = PACES[int(time_s // STEP_S)]
        swing = 0.03 + 0.09 / (1.0 + ((pace - resonance) / width) ** 2)
        phase = 2.0 * np.pi * pace / 60.0 * (time_s % STEP_S) - 1.0
        time_s += 0.9 * (1.0 + swing * np.sin(phase)) + random.normal(0.0, 0.012)
        ends_s.append(time_s)
    nn_ms = 1000.0 * np.diff([0.0, *ends_s])
    everywhere = np.ones(nn_ms.size, dtype=np.bool_)
    series = Series(nn_ms=nn_ms, ends_s=np.array(ends_s), clean=random.random(nn_ms.size) < clean, follows=everywhere)
    paces = [(pace, number * STEP_S, (number + 1) * STEP_S) for number, pace in enumerate(PACES[:steps])]
    return assess(paced_steps(paces, series))


@pytest.mark.parametrize("pace", PACES)
def test_the_pace_at_which_the_heart_swings_most_is_found(pace: float) -> None:
    found = breathed(pace)
    assert found.breaths_per_min == pace
    assert found.confidence >= 0.75
    best = next(step for step in found.steps if step.breaths_per_min == pace)
    # ±12 % of 0.9 s: from 60 / 1.008 to 60 / 0.792 bpm.
    assert best.swing_bpm == pytest.approx(60.0 / 0.792 - 60.0 / 1.008, rel=0.1)
    assert best.smoothness > 0.9
    assert best.steadiness > 0.95


def test_between_two_paces_either_is_right() -> None:
    assert {breathed(5.75, seed=seed).breaths_per_min for seed in range(8)} <= {6.0, 5.5}


def test_a_heart_that_swings_alike_at_every_pace_gives_little_confidence() -> None:
    assert np.mean([breathed(5.5, width=1e6, seed=seed).confidence for seed in range(10)]) < 0.75


def test_without_three_clean_steps_nothing_is_said() -> None:
    assert breathed(6.0, steps=2).withheld == "2 steps count, and 3 are needed"
    noisy = breathed(6.0, clean=0.6)
    assert (noisy.breaths_per_min, noisy.confidence) == (None, 0.0)
    assert all("clean beats" in (step.withheld or "") for step in noisy.steps)


def test_a_breath_that_was_not_kept_to_the_pace_gives_no_result() -> None:
    random = np.random.default_rng(2)
    ends_s, time_s = [], 0.0
    while time_s < 600.0:
        time_s += 0.9 * (1.0 + 0.05 * np.sin(2.0 * np.pi * 13.0 / 60.0 * time_s)) + random.normal(0.0, 0.012)
        ends_s.append(time_s)
    nn_ms = 1000.0 * np.diff([0.0, *ends_s])
    everywhere = np.ones(nn_ms.size, dtype=np.bool_)
    series = Series(nn_ms=nn_ms, ends_s=np.array(ends_s), clean=everywhere, follows=everywhere)
    found = assess(paced_steps([(pace, n * STEP_S, (n + 1) * STEP_S) for n, pace in enumerate(PACES)], series))
    assert (found.breaths_per_min, found.withheld) == (None, "0 steps count, and 3 are needed")
    assert {step.withheld for step in found.steps} == {NOT_FOLLOWED}
