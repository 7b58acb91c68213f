"""When beats come: steady, with rubato, or as a pianist plays them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray

FIRST_BEAT_S = (0.2, 1.4)


def steady(chance: np.random.Generator, tempo_bpm: float, beats: int) -> FloatArray:
    return chance.uniform(*FIRST_BEAT_S) + np.arange(beats) * 60.0 / tempo_bpm


def rubato(chance: np.random.Generator, tempo_bpm: float, beats: int, depth: float = 0.05) -> FloatArray:
    """The tempo swings by ±depth within 8 to 20 s, and a little besides."""
    swing_s, phase = chance.uniform(8.0, 20.0), chance.uniform(0, 2 * np.pi)
    at_s = np.arange(beats) * 60.0 / tempo_bpm
    tempi_bpm = tempo_bpm * (1.0 + depth * np.sin(2 * np.pi * at_s / swing_s + phase))
    return _times(chance, 60.0 / tempi_bpm)


def expressive(chance: np.random.Generator, tempo_bpm: float, beats: int, phrase: int) -> FloatArray:
    """Phrases that hurry towards their middle and broaden at their end, a wandering tempo, and no two beats alike."""
    arc, broad, wander = chance.uniform(0.03, 0.12), chance.uniform(0.08, 0.35), chance.uniform(0.004, 0.015)
    uneven = chance.uniform(0.010, 0.035)
    inside = (np.arange(beats) % phrase) / phrase
    shape = arc * (2.0 * inside - 1.0) ** 2 + broad * np.clip((inside - 0.8) / 0.2, 0.0, 1.0) ** 2
    drift = np.cumsum(chance.normal(0.0, wander, beats))
    drift -= np.convolve(np.pad(drift, 16, mode="edge"), np.full(33, 1 / 33), mode="valid") * 0.5
    return _times(chance, 60.0 / tempo_bpm * np.exp(shape + drift + chance.normal(0.0, uneven, beats)))


def _times(chance: np.random.Generator, periods_s: FloatArray) -> FloatArray:
    return chance.uniform(*FIRST_BEAT_S) + np.concatenate([[0.0], np.cumsum(periods_s[:-1])])
