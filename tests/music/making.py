"""Music with a known truth, for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray


def train(tempo_bpm: float, first_s: float, length_s: float, rate_hz: int, sound: FloatArray) -> FloatArray:
    """A sound at every beat, placed to the sample."""
    frames = round(length_s * rate_hz)
    mix = np.zeros(frames + sound.size)
    for time_s in np.arange(first_s, length_s, 60.0 / tempo_bpm):
        at = round(time_s * rate_hz)
        mix[at : at + sound.size] += sound
    return mix[:frames]


def click(rate_hz: int) -> FloatArray:
    """A wooden tick: 880 Hz that fades within 10 ms."""
    time_s = np.arange(round(0.08 * rate_hz)) / rate_hz
    return np.exp(-time_s / 0.01) * np.sin(2 * np.pi * 880 * time_s)


def pluck(rate_hz: int, pitch_hz: float = 220.0) -> FloatArray:
    """A string of six partials that rings for a second or two."""
    time_s = np.arange(round(1.5 * rate_hz)) / rate_hz
    return sum(np.exp(-time_s * n / 0.5) * np.sin(2 * np.pi * n * pitch_hz * time_s) / n for n in range(1, 7))


def energy_rises(mono: FloatArray, size: int) -> FloatArray:
    """A plain onset curve, made otherwise than the product's: rise of the treble's level in dB, every `size` frames."""
    brighter = np.diff(mono)
    levels = np.sqrt(np.mean(brighter[: brighter.size // size * size].reshape(-1, size) ** 2, axis=1))
    level_db = 20 * np.log10(levels + 1e-3 * levels.max())
    return np.maximum(np.diff(level_db, prepend=level_db[0]), 0.0)
