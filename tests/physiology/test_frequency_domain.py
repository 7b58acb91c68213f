"""The reference is an integral pulse frequency modulator, whose power is known because it was put in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from relaxlisten.physiology.frequency_domain import HF_HZ, LF_HZ, peak_hz, power, spectrum

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray


def modulated_beats_s(*, lf: float, hf: float, lf_hz: float, hf_hz: float, mean_s: float, seed: int) -> FloatArray:
    """Beats in 300 s of a heart whose rate has two waves of these relative amplitudes."""
    phases = np.random.default_rng(seed).uniform(0.0, 2.0 * np.pi, 2)
    time_s = np.arange(0.0, 302.0, 0.002)
    rate_hz = 1.0 + lf * np.sin(2.0 * np.pi * lf_hz * time_s + phases[0]) + hf * np.sin(2.0 * np.pi * hf_hz * time_s + phases[1])
    count = np.cumsum(rate_hz / mean_s) * 0.002
    beats_s = np.interp(np.arange(1, int(count[-1])), count, time_s)
    return beats_s[beats_s < 300.0]


@pytest.mark.parametrize(
    ("lf", "hf", "lf_hz", "hf_hz", "mean_s"),
    [
        (0.04, 0.04, 0.1, 0.25, 0.9),
        (0.04, 0.04, 0.1, 0.35, 0.9),
        (0.1, 0.02, 0.1, 0.25, 0.9),
        (0.02, 0.08, 0.09, 0.2, 1.1),
        (0.03, 0.03, 0.1, 0.3, 0.65),
    ],
)
def test_the_power_put_in_comes_out(lf: float, hf: float, lf_hz: float, hf_hz: float, mean_s: float) -> None:
    shares = []
    for seed in range(12):
        beats_s = modulated_beats_s(lf=lf, hf=hf, lf_hz=lf_hz, hf_hz=hf_hz, mean_s=mean_s, seed=seed)
        waves = spectrum(1000.0 * np.diff(beats_s), beats_s[1:])
        true_lf_ms2, true_hf_ms2 = ((1000.0 * mean_s * share) ** 2 / 2.0 for share in (lf, hf))
        shares.append((power(waves, LF_HZ) / true_lf_ms2, power(waves, HF_HZ) / true_hf_ms2))
    assert np.median(shares, axis=0) == pytest.approx([1.0, 1.0], abs=0.02)


def test_a_stretch_without_beats_is_left_out_and_not_bridged() -> None:
    beats_s = modulated_beats_s(lf=0.04, hf=0.04, lf_hz=0.1, hf_hz=0.25, mean_s=0.9, seed=3)
    nn_ms, ends_s = 1000.0 * np.diff(beats_s), beats_s[1:]
    kept = (ends_s < 140.0) | (ends_s > 160.0)
    waves = spectrum(nn_ms[kept], ends_s[kept])
    assert power(waves, HF_HZ) == pytest.approx(648.0, rel=0.15)  # (900 * 0.04)² / 2


def test_time_may_begin_anywhere() -> None:
    beats_s = modulated_beats_s(lf=0.04, hf=0.04, lf_hz=0.1, hf_hz=0.25, mean_s=0.9, seed=1)
    here, there = (spectrum(1000.0 * np.diff(beats_s), beats_s[1:] + shift_s) for shift_s in (0.0, 5e5))
    assert there.density == pytest.approx(here.density, rel=1e-5, abs=1e-3)


def test_the_peak_is_where_the_wave_is() -> None:
    beats_s = modulated_beats_s(lf=0.05, hf=0.0, lf_hz=0.1, hf_hz=0.25, mean_s=0.9, seed=1)
    waves = spectrum(1000.0 * np.diff(beats_s), beats_s[1:], lines_per_wave=4)
    assert peak_hz(waves, (0.04, 0.26)) == pytest.approx(0.1, abs=0.001)


def test_a_band_without_a_line_has_no_power() -> None:
    waves = spectrum(np.full(30, 1000.0), np.arange(1.0, 31.0))
    assert math.isnan(power(waves, (0.0001, 0.0002)))
    assert power(waves, LF_HZ) == pytest.approx(0.0, abs=1e-9)
