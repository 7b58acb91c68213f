"""Spectrum of NN intervals, taken straight from the beats, and the power in its bands.

Decision: no interpolation. Each interval stands at its middle, weighs its own length, and the Fourier sum is taken over the beats
themselves, under a Hann taper. Resampling first loses up to a third of the power at 0.35 Hz (cubic splines at 4 Hz; linear more).
What is summed is the rate, 1 / NN, whose mean over an interval an integral pulse frequency modulator gives exactly (NN itself
adds waves of twice the frequency); it is scaled back to ms by the mean NN squared. A mean over an interval also damps fast waves,
by sinc(f mean NN); that is undone. Against the modulator's known power LF and HF are then right within 2 %
(tests/physiology/test_frequency_domain.py). Kubios and NeuroKit2 leave the damping in: their HF is lower by 5 to 30 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from relaxlisten.units import ComplexArray, FloatArray

# Task Force 1996, doi:10.1161/01.CIR.93.5.1043.
VLF_HZ = (0.0033, 0.04)
LF_HZ = (0.04, 0.15)
HF_HZ = (0.15, 0.40)
# Undoing the damping is never allowed to more than quadruple a power: beyond that it is noise that grows.
MOST_GAIN = 4.0
# Less power than this is rounding: a clock of 1/1024 s alone leaves 0.08 ms².
LEAST_MS2 = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """frequency_hz: shape (f,), evenly spaced from one over the length of the record. density: shape (f,), in ms² per Hz."""

    frequency_hz: FloatArray
    density: FloatArray


def spectrum(nn_ms: FloatArray, ends_s: FloatArray, highest_hz: float = HF_HZ[1], *, lines_per_wave: int = 1) -> Spectrum:
    """One-sided spectrum of NN. nn_ms, ends_s: shape (n,), the intervals and when each ended; stretches without any are left out.

    lines_per_wave: lines between one whole wave over the record and the next; more place a peak finer.
    """
    lengths_s = nn_ms / MS_PER_S
    middles_s = ends_s - lengths_s / 2.0
    start_s = float(ends_s[0] - lengths_s[0])
    duration_s = float(ends_s[-1]) - start_s
    mean_s = float(lengths_s.mean())
    wave_ms = detrended(MS_PER_S * mean_s**2 / lengths_s, middles_s, lengths_s)
    taper = np.sin(np.pi * (middles_s - start_s) / duration_s) ** 2
    step_hz = 1.0 / (lines_per_wave * duration_s)
    turn = np.exp(-2j * np.pi * step_hz * (middles_s - start_s))
    amplitudes = _fourier_sums(taper * lengths_s * wave_ms, turn, max(int(highest_hz / step_hz) + 1, 2))
    frequency_hz = step_hz * np.arange(1, amplitudes.size + 1, dtype=np.float64)
    damping = np.maximum(np.sinc(frequency_hz * mean_s) ** 2, 1.0 / MOST_GAIN)
    density = 2.0 * np.abs(amplitudes) ** 2 / np.sum(taper**2 * lengths_s) / damping
    return Spectrum(frequency_hz=frequency_hz, density=density)


def _fourier_sums(wave: FloatArray, turn: ComplexArray, count: int) -> ComplexArray:
    """Sum of wave * turn**k for k = 1 to count. wave, turn: shape (n,).

    In two strides, k = rows * far + near, so that a product of two small matrices does the work.
    """
    rows = math.isqrt(count) + 1
    near = np.multiply.accumulate(np.broadcast_to(turn, (rows, turn.size)), axis=0)
    far = np.multiply.accumulate(np.vstack([wave, np.broadcast_to(near[-1], (rows - 1, turn.size))]), axis=0)
    sums: ComplexArray = (far @ near.T).ravel()[:count]
    return sums


def detrended(values: FloatArray, times_s: FloatArray, weights: FloatArray) -> FloatArray:
    """The values less their straight line of best fit, each value weighted. All of shape (n,)."""
    total = weights.sum()
    time_s = times_s - float(weights @ times_s) / total
    value = values - float(weights @ values) / total
    variance = float(weights @ time_s**2)
    slope = float(weights @ (time_s * value)) / variance if variance > 0.0 else 0.0
    residual: FloatArray = value - slope * time_s
    return residual


def power(of: Spectrum, band_hz: tuple[float, float]) -> float:
    """Power between the two frequencies (the upper one excluded), in ms²; NaN where the spectrum has no line in there."""
    inside = (of.frequency_hz >= band_hz[0]) & (of.frequency_hz < band_hz[1])
    if not inside.any():
        return math.nan
    found_ms2 = float(of.density[inside].sum() * of.frequency_hz[0])
    return found_ms2 if found_ms2 > LEAST_MS2 else 0.0


def peak_hz(of: Spectrum, band_hz: tuple[float, float]) -> float:
    """Where the spectrum is highest between the two frequencies; NaN where it has no line in there."""
    inside = np.flatnonzero((of.frequency_hz >= band_hz[0]) & (of.frequency_hz <= band_hz[1]))
    return float(of.frequency_hz[inside[np.argmax(of.density[inside])]]) if inside.size else math.nan
