"""Onset strength in which loud and quiet passages count alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.onsets import FRAMES_PER_S

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray

_LEAST = 0.25  # of the highest level: what is quieter than that is not raised to it


def evened(strength: FloatArray) -> FloatArray:
    """Onset strength less its mean over 1 s, over its RMS in 8 s."""
    less = strength - moving_mean(strength, FRAMES_PER_S)
    level = np.sqrt(moving_mean(less**2, 8 * FRAMES_PER_S))
    even: FloatArray = less / np.maximum(level, _LEAST * float(np.max(level)) + 1e-9)
    return even


def moving_mean(values: FloatArray, frames: int) -> FloatArray:
    """Centred mean over `frames` frames, over fewer at the ends."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(values.size)
    low, high = np.maximum(places - frames // 2, 0), np.minimum(places + frames // 2 + 1, values.size)
    means: FloatArray = (sums[high] - sums[low]) / (high - low)
    return means
