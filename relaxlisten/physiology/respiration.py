"""Breathing rate from the heart: where respiratory sinus arrhythmia is strong enough to carry it, and "unknown" where it is not.

Decision: an autoregressive model (Burg) of the heart rate, resampled at 2 Hz over 60 s; its poles are the waves in it, and poles
that stand close together are one wave. Above 9 a minute the strongest wave is the breath. Below, breathing and the vessels' own
waves of about 6 a minute look alike: only a swing that those never reach is called a breath. A rate is told where three shorter
windows agree about it; their spread is its uncertainty. Tried and left: the peak of a spectrum (it takes the vessels' waves for
the breath), and the share of the power in the peak as a gate (it is the same for right and wrong answers).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.units import MS_PER_MIN, MS_PER_S, S_PER_MIN

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray

WINDOW_S = 60.0
PART_S = 36.0
RATE_HZ = 2.0
# Seven waves; fewer blur two waves into one, more split one in two (tests/bench/physiology).
ORDER = 14
SLOWEST_HZ, FASTEST_HZ = 0.05, 0.6
# A pole nearer to the origin than this is noise without a rhythm.
LEAST_RADIUS = 0.9
SAME_WAVE = 0.2
# Slower than this, a wave may be the vessels' own; quicker, it is the breath.
SLOW_HZ = 0.15
# Waves of the vessels leave 0.5 to 1.4 bpm (RMS) in a resting heart, slow deep breathing 4 to 9.
LEAST_SLOW_RMS_BPM = 2.0
LEAST_RMS_BPM = 0.12
# A slow breath that is no sine has a harmonic above SLOW_HZ; it holds less than this share of the slow wave's power.
MOST_HARMONIC = 0.12
# Where the three parts differ by more than this the rate is not known: nine in ten right rates at rest differ by less than 2.2.
MOST_SPREAD_PER_MIN = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Breathing:
    """What is known of the breath.

    rate_per_min: None where `withheld` says why. sd_per_min: spread of the three parts. swing_bpm: peak to trough of the RSA.
    """

    rate_per_min: float | None
    sd_per_min: float | None
    swing_bpm: float | None
    withheld: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """A rhythm in the heart rate. power: in bpm²."""

    frequency_hz: float
    power: float


def breathing(nn_ms: FloatArray, ends_s: FloatArray, now_s: float) -> Breathing:
    """The breathing rate over the WINDOW_S before now_s. nn_ms, ends_s: shape (n,), NN intervals and when each ended."""
    whole = _breath(nn_ms, ends_s, now_s, WINDOW_S)
    if whole is None:
        return _unknown("no rhythm of breathing is to be seen in the heart rate")
    rms_bpm = float(np.sqrt(whole.power))
    if rms_bpm < (LEAST_SLOW_RMS_BPM if whole.frequency_hz < SLOW_HZ else LEAST_RMS_BPM):
        return _unknown("breathing moves this heart too little to be told from its other rhythms")
    starts_s = (0.0, (WINDOW_S - PART_S) / 2.0, WINDOW_S - PART_S)
    parts = [_breath(nn_ms, ends_s, now_s - start_s, PART_S) for start_s in starts_s]
    rates = [part.frequency_hz * S_PER_MIN for part in parts if part is not None]
    if len(rates) < len(parts) or max(rates) - min(rates) > MOST_SPREAD_PER_MIN:
        return _unknown("the breathing rate differs too much within the last minute")
    return Breathing(
        rate_per_min=whole.frequency_hz * S_PER_MIN,
        sd_per_min=float(np.std(rates, ddof=1)),
        swing_bpm=2.0 * float(np.sqrt(2.0)) * rms_bpm,
        withheld=None,
    )


def _unknown(reason: str) -> Breathing:
    return Breathing(rate_per_min=None, sd_per_min=None, swing_bpm=None, withheld=reason)


def _breath(nn_ms: FloatArray, ends_s: FloatArray, end_s: float, window_s: float) -> Wave | None:
    waves = _waves(_resampled(nn_ms, ends_s, end_s, window_s))
    slow = _strongest([wave for wave in waves if wave.frequency_hz < SLOW_HZ])
    quick = _strongest([wave for wave in waves if wave.frequency_hz >= SLOW_HZ])
    if slow is None or quick is None:
        return slow or quick
    return quick if quick.power > MOST_HARMONIC * slow.power else slow


def _resampled(nn_ms: FloatArray, ends_s: FloatArray, end_s: float, window_s: float) -> FloatArray:
    """The heart rate in bpm, evenly spaced over the window, less its parabola of best fit."""
    middles_s = ends_s - nn_ms / (2.0 * MS_PER_S)
    grid_s = np.arange(end_s - window_s, end_s, 1.0 / RATE_HZ)
    grid_s = grid_s[grid_s >= middles_s[0]]
    if grid_s.size <= 2 * ORDER:
        return np.zeros(0)
    rate_bpm = np.interp(grid_s, middles_s, MS_PER_MIN / nn_ms)
    place = np.linspace(-1.0, 1.0, grid_s.size)
    trend = np.stack([np.ones_like(place), place, place**2], axis=1)
    residual: FloatArray = rate_bpm - trend @ np.linalg.lstsq(trend, rate_bpm, rcond=None)[0]
    return residual


def _waves(rate_bpm: FloatArray) -> list[Wave]:
    """The poles of the signal's autoregressive model that have a rhythm of breathing, each with its power."""
    variance = float(np.mean(rate_bpm**2)) if rate_bpm.size else 0.0
    if variance == 0.0:
        return []
    coefficients, noise = burg(rate_bpm * np.hanning(rate_bpm.size) ** 0.25, ORDER)
    poles = np.roots(coefficients)
    frequencies_hz = np.angle(poles) * RATE_HZ / (2.0 * np.pi)
    rhythmic = (frequencies_hz > SLOWEST_HZ) & (frequencies_hz < FASTEST_HZ) & (np.abs(poles) > LEAST_RADIUS)
    waves = []
    for pole, frequency_hz in zip(poles[rhythmic], frequencies_hz[rhythmic], strict=True):
        height = noise / np.abs(np.polyval(coefficients, pole / np.abs(pole))) ** 2
        width = 2.0 * (1.0 - np.abs(pole))
        waves.append(Wave(frequency_hz=float(frequency_hz), power=min(float(height * width), variance)))
    return waves


def _strongest(waves: list[Wave]) -> Wave | None:
    """The strongest wave, with those close to it taken as parts of it."""
    if not waves:
        return None
    strongest = max(waves, key=lambda wave: wave.power)
    parts = [wave for wave in waves if abs(wave.frequency_hz / strongest.frequency_hz - 1.0) < SAME_WAVE]
    power = sum(wave.power for wave in parts)
    return Wave(frequency_hz=sum(wave.frequency_hz * wave.power for wave in parts) / power, power=power)


def burg(signal: FloatArray, order: int) -> tuple[FloatArray, float]:
    """Autoregressive coefficients, shape (order + 1,), the first 1, and the variance of what they leave (Burg 1975)."""
    forward, backward = signal[1:], signal[:-1]
    coefficients, noise = np.ones(1), float(np.mean(signal**2))
    for _ in range(order):
        energy = float(forward @ forward + backward @ backward)
        reflection = -2.0 * float(forward @ backward) / energy if energy > 0.0 else 0.0
        longer = np.append(coefficients, 0.0)
        coefficients = longer + reflection * longer[::-1]
        forward, backward = (forward + reflection * backward)[1:], (backward + reflection * forward)[:-1]
        noise *= 1.0 - reflection**2
    return coefficients, noise
