"""A first estimate of a recording's tempo and beat.

Decision: periodicity of the onset strength in windows of 16 s, the median across windows (an intro or a break does not count),
a comb over four periods, and a mild preference for tempi near 68 BPM. A second pass fits tempo and beat to the whole excerpt at
once, which makes them exact enough to extrapolate. Where no period stands out there is no tempo: such a piece is never stretched.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.evening import evened
from relaxlisten.music.onsets import FRAMES_PER_S, LEAD_S, onset_strength

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray

SLOWEST_BPM, FASTEST_BPM = 38.0, 130.0
_PREFERRED_BPM = 68.0
_PREFERENCE_OCTAVES = 0.75
_COMB = 4
_STEADY = 0.20  # least mean autocorrelation over four periods
_LIVELY = 0.010  # least mean onset strength: a drone's ripples are periodic too, but nothing begins in them
_WINDOW_S, _HOP_S = 16.0, 4.0
_REFINE = 0.025
_LEAST_S = 8.0
_CANDIDATES = 4
_SAME = 0.06  # peaks nearer than this (log ratio) are one tempo


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A tempo that the music may be felt at, with its salience (mean autocorrelation times preference)."""

    tempo_bpm: float
    salience: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TempoEstimate:
    """tempo_bpm, first_beat_s: None where there is no steady pulse. confidence: 0 to 1. candidates: most salient first.

    first_beat_s: time of the first beat at or after the excerpt's start.
    """

    tempo_bpm: float | None
    confidence: float
    first_beat_s: float | None
    candidates: tuple[Candidate, ...]


def estimate_tempo(mono: FloatArray, rate_hz: float) -> TempoEstimate:
    """Tempo and beat of an excerpt, shape (n,); 20 s or more are needed for a good answer, under 8 s there is none."""
    strength = onset_strength(mono, rate_hz)
    if strength.size < _LEAST_S * FRAMES_PER_S or not strength.any():
        return TempoEstimate(tempo_bpm=None, confidence=0.0, first_beat_s=None, candidates=())
    even = evened(strength)
    tempi_bpm, comb = _combed(_periodicity(even))
    candidates = _peaks(tempi_bpm, comb)
    if not candidates:
        return TempoEstimate(tempo_bpm=None, confidence=0.0, first_beat_s=None, candidates=())
    best_bpm = candidates[0].tempo_bpm
    steadiness = float(np.interp(best_bpm, tempi_bpm, comb))
    confidence = max(0.0, min(1.0, steadiness / 0.6))
    if steadiness < _STEADY or float(np.mean(strength)) < _LIVELY:
        return TempoEstimate(tempo_bpm=None, confidence=confidence, first_beat_s=None, candidates=candidates)
    tempo_bpm, first_beat_s = _fit(even, best_bpm)
    return TempoEstimate(tempo_bpm=tempo_bpm, confidence=confidence, first_beat_s=first_beat_s, candidates=candidates)


def find_first_beat_s(mono: FloatArray, rate_hz: float, tempo_bpm: float) -> float | None:
    """Where the beats of a known tempo lie: the first one in the excerpt, in s; None where nothing is heard."""
    strength = onset_strength(mono, rate_hz)
    return _first_beat_s(evened(strength), tempo_bpm) if strength.any() else None


def _periodicity(even: FloatArray) -> FloatArray:
    """Median over windows of the unbiased normalised autocorrelation, by lag in frames."""
    longest = int(_COMB * 60.0 / SLOWEST_BPM * FRAMES_PER_S) + 2
    size = min(even.size, int(_WINDOW_S * FRAMES_PER_S))
    starts = range(0, even.size - size + 1, int(_HOP_S * FRAMES_PER_S))
    lags = min(longest, int(0.8 * size))
    overlap = size - np.arange(lags)
    rows = []
    for start in starts:
        window = even[start : start + size]
        spectrum = np.fft.rfft(window, 2 * size)
        raw = np.fft.irfft(np.abs(spectrum) ** 2)[:lags] / overlap
        rows.append(raw / max(raw[0], 1e-12))
    periodicity: FloatArray = np.median(np.array(rows), axis=0)
    return periodicity


def _combed(periodicity: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Tempi on a fine grid, and the mean periodicity at one to four times each one's period (as many as were measured)."""
    tempi_bpm = np.exp(np.arange(math.log(SLOWEST_BPM), math.log(FASTEST_BPM), 0.004))
    lags = 60.0 / tempi_bpm[:, None] * FRAMES_PER_S * np.arange(1, _COMB + 1)
    # An onset is a few frames wide, and no player is exact: the best place within 1 % of a multiple counts.
    near = np.max([np.interp(lags * shift, np.arange(periodicity.size), periodicity) for shift in (0.99, 1.0, 1.01)], axis=0)
    measured = lags < periodicity.size - 1
    comb: FloatArray = (near * measured).sum(axis=1) / np.maximum(measured.sum(axis=1), 1)
    return tempi_bpm, comb


def _peaks(tempi_bpm: FloatArray, comb: FloatArray) -> tuple[Candidate, ...]:
    """The most salient local maxima, best first."""
    salience = comb * np.exp(-0.5 * (np.log2(tempi_bpm / _PREFERRED_BPM) / _PREFERENCE_OCTAVES) ** 2)
    inner = np.flatnonzero((salience[1:-1] >= salience[:-2]) & (salience[1:-1] > salience[2:]) & (comb[1:-1] > 0.0)) + 1
    chosen: list[int] = []
    for at in inner[np.argsort(-salience[inner], kind="stable")].tolist():
        if all(abs(math.log(tempi_bpm[at] / tempi_bpm[other])) > _SAME for other in chosen):
            chosen.append(at)
    return tuple(Candidate(tempo_bpm=float(tempi_bpm[at]), salience=float(salience[at])) for at in chosen[:_CANDIDATES])


def _fit(even: FloatArray, near_bpm: float) -> tuple[float, float]:
    """Tempo (BPM) and first beat (s) of the pulse train that goes best with the whole excerpt.

    Each tempo within 2.5 % is tried: its first four harmonics, at the phase where they add up to the sharpest pulse.
    """
    times_s = np.arange(even.size) / FRAMES_PER_S
    span_s = even.size / FRAMES_PER_S
    step = min(0.002, 0.15 * (60.0 / near_bpm) / span_s)
    tempi_bpm = near_bpm * (1.0 + np.arange(-_REFINE, _REFINE + step, step))
    scores = np.array([_pulse(even, times_s, tempo_bpm / 60.0)[0] for tempo_bpm in tempi_bpm])
    at = int(np.argmax(scores))
    tempo_bpm = float(tempi_bpm[at])
    if 0 < at < scores.size - 1:
        before, here, after = scores[at - 1 : at + 2]
        tempo_bpm += near_bpm * step * 0.5 * (before - after) / (before - 2.0 * here + after)
    return float(tempo_bpm), _first_beat_s(even, float(tempo_bpm))


def _first_beat_s(even: FloatArray, tempo_bpm: float) -> float:
    """First beat of the pulse train of this tempo that goes best with the onsets."""
    _, phase = _pulse(even, np.arange(even.size) / FRAMES_PER_S, tempo_bpm / 60.0)
    period_s = 60.0 / tempo_bpm
    return (phase * period_s + LEAD_S) % period_s


def _pulse(even: FloatArray, times_s: FloatArray, frequency_hz: float) -> tuple[float, float]:
    """How well a pulse of this frequency goes with the onsets, and its phase (0 to 1 periods)."""
    turn = np.exp(-2j * np.pi * frequency_hz * times_s)
    power, lines = np.ones_like(turn), []
    for _ in range(4):
        power = power * turn
        lines.append(np.vdot(power.conj(), even))
    grid = np.arange(256) / 256.0
    shape = sum((line * np.exp(2j * np.pi * number * grid)).real for number, line in enumerate(lines, start=1))
    at = int(np.argmax(shape))
    return float(shape[at]), float(grid[at])
