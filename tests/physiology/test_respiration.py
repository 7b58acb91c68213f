"""Breathing rate against hearts that breathe at a known rate, and hearts whose breath cannot be seen."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from relaxlisten.physiology.respiration import WINDOW_S, breathing, burg
from tests.bench.physiology.scenes import SCENES, Scene, breathing_heart

SCENE = {scene.name: scene for scene in SCENES}


def errors_per_min(scene: Scene, seeds: range) -> tuple[list[float], float]:
    """Distances from the true rate wherever one is told, and the share of the windows in which one is."""
    errors: list[float] = []
    windows = 0
    for seed in seeds:
        nn_ms, breaths = breathing_heart(scene, seed)
        ends_s = np.cumsum(nn_ms) / 1000.0
        for now_s in np.arange(WINDOW_S + 2.0, ends_s[-1], 15.0):
            seen = ends_s <= now_s
            found = breathing(nn_ms[seen], ends_s[seen], float(now_s))
            windows += 1
            if found.rate_per_min is not None:
                true = np.interp(now_s, ends_s, breaths) - np.interp(now_s - WINDOW_S, ends_s, breaths)
                errors.append(abs(found.rate_per_min - true))
    return errors, len(errors) / windows


@pytest.mark.parametrize("name", ["rest", "low HRV", "high HRV", "6 breaths/min", "4.5 breaths/min", "recovery"])
def test_the_rate_is_right_wherever_it_is_told(name: str) -> None:
    errors, told = errors_per_min(SCENE[name], range(40, 44))
    assert np.mean(np.array(errors) < 1.0) >= 0.95
    assert told >= 0.85


@pytest.mark.parametrize("per_min", [4.5, 5.0, 5.5, 6.0])
def test_a_paced_breath_is_known_to_a_fifth_of_a_breath(per_min: float) -> None:
    ends_s, time_s = [], 0.0
    for _ in range(120):
        time_s += 0.85 * (1.0 + 0.1 * np.sin(2.0 * np.pi * per_min / 60.0 * time_s))
        ends_s.append(time_s)
    nn_ms = 1000.0 * np.diff([0.0, *ends_s]) + np.random.default_rng(3).normal(0.0, 4.0, 120)
    found = breathing(nn_ms, np.array(ends_s), float(ends_s[-1]))
    assert found.rate_per_min == pytest.approx(per_min, abs=0.2)
    assert found.swing_bpm == pytest.approx(60.0 / 0.765 - 60.0 / 0.935, rel=0.15)  # 0.85 s, ten percent up and down


@pytest.mark.parametrize("scene", [SCENE["rest"], SCENE["low HRV"], SCENE["recovery"]])
def test_where_breathing_does_not_move_the_heart_its_rate_is_unknown(scene: Scene) -> None:
    _, told = errors_per_min(dataclasses.replace(scene, rsa=0.0), range(3))
    assert told <= 0.05


def test_a_heart_like_a_clock_has_no_breath_to_be_seen() -> None:
    found = breathing(np.full(70, 1000.0), np.arange(1.0, 71.0), 70.0)
    assert (found.rate_per_min, found.sd_per_min, found.swing_bpm) == (None, None, None)
    assert found.withheld is not None


def test_burg_finds_the_coefficients_of_a_known_process() -> None:
    noise = np.random.default_rng(5).normal(size=20_000)
    signal = np.zeros_like(noise)
    for index in range(2, noise.size):
        signal[index] = 1.5 * signal[index - 1] - 0.8 * signal[index - 2] + noise[index]
    coefficients, left = burg(signal, 2)
    assert coefficients == pytest.approx([1.0, -1.5, 0.8], abs=0.02)
    assert left == pytest.approx(1.0, abs=0.03)
