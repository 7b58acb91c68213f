"""Sounds of known truth to stretch: tones, clicks, both together, and two sources that stand on two sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.sound.making import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.units import AudioArray, FloatArray

TONE_HZ = (440.3,)
HARMONIC_HZ = tuple(196.2 * number for number in range(1, 9))
BETWEEN_HZ = (290.7, 494.1)
CHORD_HZ, LOW_CHORD_HZ = (261.6, 329.6, 392.0), (110.0, 138.6, 164.8)
PAD_HZ = (220.0, 331.0)
PAD_AMPLITUDE = 0.1
# Gains of a source that stands on the left.
LEFT, RIGHT = 0.7, 0.3
# A constant that some published music has.
OFFSET = 0.3


def tones(frequencies_hz: Sequence[float], amplitudes: Sequence[float], seconds: float) -> AudioArray:
    """Steady tones on both sides, each with a phase of its own; shape (n, 2)."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    pairs = zip(frequencies_hz, amplitudes, strict=True)
    one = sum(size * np.sin(2.0 * np.pi * hz * time_s + number) for number, (hz, size) in enumerate(pairs))
    return np.stack([one, one], axis=1).astype(np.float32)


def tone(seconds: float) -> AudioArray:
    return tones(TONE_HZ, (0.3,), seconds)


def harmonic(seconds: float) -> AudioArray:
    """A tone of 196.2 Hz with eight partials that fall off as 1/n."""
    return tones(HARMONIC_HZ, [0.2 / number for number in range(1, 9)], seconds)


def chord(frequencies_hz: Sequence[float], seconds: float) -> AudioArray:
    return tones(frequencies_hz, [0.1] * len(frequencies_hz), seconds)


def pad(seconds: float) -> AudioArray:
    return tones(PAD_HZ, (PAD_AMPLITUDE, PAD_AMPLITUDE), seconds)


def clicks(count: int, every_s: float) -> tuple[AudioArray, FloatArray]:
    """Bursts of 3 kHz of 1.4 ms (nothing that an engine might leave out), the first after a second, and their middle frames."""
    places = np.round((1.0 + every_s * np.arange(count)) * RATE_HZ)
    from_middle = np.arange(-30, 31)
    burst = 0.6 * np.hanning(61) * np.cos(2.0 * np.pi * 3000.0 * from_middle / RATE_HZ)
    sound = np.zeros((round((2.0 + every_s * count) * RATE_HZ), 2), np.float32)
    for place in places.astype(int):
        sound[place - 30 : place + 31] += burst[:, None].astype(np.float32)
    return sound, places


def noise(seconds: float) -> AudioArray:
    """White, -20 dBFS, each side its own."""
    return (0.1 * np.random.default_rng(0).standard_normal((round(seconds * RATE_HZ), 2))).astype(np.float32)


def two_places(seconds: float) -> AudioArray:
    """The harmonic tone at (LEFT, RIGHT), and two tones between its partials the other way round."""
    between = tones(BETWEEN_HZ, (0.1, 0.1), seconds)
    return harmonic(seconds) * np.float32([LEFT, RIGHT]) + between * np.float32([RIGHT, LEFT])
