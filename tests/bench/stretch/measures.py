"""What is measured on a sound whose truth is known. Sounds are one channel, shape (n,), unless said otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import butter, firwin, sosfiltfilt

from tests.sound.making import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.units import AudioArray, FloatArray

# A click is looked for within 60 ms of where it is due; its pre-echo ends 3 ms before its middle.
_REACH = round(0.060 * RATE_HZ)
_BEFORE_CLICK = round(0.003 * RATE_HZ)
# 1 ms: shorter than any smear that matters.
_SMOOTH = np.hanning(round(0.001 * RATE_HZ))
# Of no phase, 1.4 ms to each side: clicks pass, and the pad does not (-75 dB).
_ABOVE_PAD = firwin(127, 1500.0, pass_zero=False, window="blackman", fs=RATE_HZ)
_BELOW_20_HZ = butter(4, 20.0, fs=RATE_HZ, output="sos")
_RINGS = RATE_HZ // 2
# Tones are taken as steady for half a second.
_LEAK_S = 0.5
# What is exact prints as this.
LEAST_DB = -200.0


def decibels(share_of_energy: float) -> float:
    """Never below LEAST_DB, so that what is exact can be printed."""
    return float(10.0 * np.log10(share_of_energy + 10.0 ** (LEAST_DB / 10.0)))


def fit(sound: AudioArray, frequencies_hz: Sequence[float]) -> tuple[FloatArray, FloatArray]:
    """The best steady tones of these frequencies: their amplitudes, shape (tones,), and what they leave, shape (n,)."""
    angles = 2.0 * np.pi * np.outer(np.arange(len(sound)), frequencies_hz) / RATE_HZ
    waves = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
    signal = sound.astype(np.float64)
    parts, *_ = np.linalg.lstsq(waves, signal, rcond=None)
    return np.hypot(*np.split(parts, 2)), signal - waves @ parts


def residual_db(sound: AudioArray, frequencies_hz: Sequence[float]) -> float:
    """What is left once the best steady tones of these frequencies are taken out, against the whole."""
    _, left = fit(sound, frequencies_hz)
    return decibels(float(np.mean(left**2) / np.mean(sound.astype(np.float64) ** 2)))


def difference_db(sound: AudioArray, wanted: AudioArray) -> float:
    """What differs from the wanted sound, of any shape, against that sound; as far as both go."""
    both = min(len(sound), len(wanted))
    right = wanted[:both].astype(np.float64)
    return decibels(float(np.mean((sound[:both] - right) ** 2) / np.mean(right**2)))


def roughness(sound: AudioArray) -> float:
    """The largest second difference: a step of height h shows as at least h, a tone of angle w per frame as its w²."""
    return float(np.abs(np.diff(sound.astype(np.float64), 2, axis=0)).max())


def above_pad(sound: AudioArray) -> FloatArray:
    """Only what is above 1.5 kHz, at the same frames."""
    return np.convolve(sound.astype(np.float64), _ABOVE_PAD, "same")


def click_places(sound: AudioArray, due: FloatArray) -> FloatArray:
    """The frame of the most energy of a millisecond near each frame at which a click is due."""
    energy = np.convolve(above_pad(sound) ** 2, _SMOOTH, "same")
    starts = np.maximum(np.round(due).astype(int) - _REACH, 0)
    return np.array([start + int(energy[start : start + 2 * _REACH].argmax()) for start in starts], np.float64)


def width_ms(energy: FloatArray) -> float:
    """How long 90 % of an energy lasts: from its first 5 % to its last."""
    share = np.cumsum(energy)
    begins, ends = np.searchsorted(share, np.array([0.05, 0.95]) * share[-1])
    return float(ends - begins) / RATE_HZ * 1000.0


def smear_ms(sound: AudioArray, places: FloatArray) -> float:
    """The median width of the clicks at these frames."""
    energy = above_pad(sound) ** 2
    return float(np.median([width_ms(energy[at - _REACH : at + _REACH]) for at in places.astype(int)]))


def pre_echo_db(sound: AudioArray, places: FloatArray) -> float:
    """The loudest moment above the pad in the 60 ms before each click, against the click; the median."""
    size = np.abs(above_pad(sound))
    before = np.array([size[at - _REACH : at - _BEFORE_CLICK].max() for at in places.astype(int)])
    click = np.array([size[at - _BEFORE_CLICK : at + _BEFORE_CLICK].max() for at in places.astype(int)])
    return decibels(float(np.median(before / click)) ** 2)


def leak_db(sound: AudioArray, gains: tuple[float, float], own_hz: Sequence[float], other_hz: Sequence[float]) -> float:
    """What is left of a source with these gains where it was taken out of the sum of both sides, against it; shape (n, 2).

    own_hz, other_hz: the tones of the source, and those of what else sounds.
    """
    left, right = (sound[:, side].astype(np.float64) / gain for side, gain in enumerate(gains))
    step = round(_LEAK_S * RATE_HZ)
    starts = range(0, len(sound) - step + 1, step)
    leaks = [np.sum(fit((left - right)[at : at + step], (*own_hz, *other_hz))[0][: len(own_hz)] ** 2) for at in starts]
    wholes = [np.sum(fit(left[at : at + step], (*own_hz, *other_hz))[0][: len(own_hz)] ** 2) for at in starts]
    return decibels(float(np.sum(leaks) / np.sum(wholes)))


def offset_db(sound: AudioArray, offset: float) -> float:
    """What below 20 Hz departs from a constant, against it; not in the half second at each end, where the filter rings."""
    below = sosfiltfilt(_BELOW_20_HZ, sound.astype(np.float64))[_RINGS:-_RINGS]
    return decibels(float(np.mean((below / offset - 1.0) ** 2)))


def interval_errors_ms(places: FloatArray, due: FloatArray) -> FloatArray:
    """How far each interval between clicks is from the one that is due."""
    return np.diff(places - due) / RATE_HZ * 1000.0


def worst_deviation_ms(places: FloatArray, due: FloatArray) -> float:
    """How far the worst click is from where it is due, once the median (a constant delay) is taken off."""
    off = places - due
    return float(np.abs(off - np.median(off)).max()) / RATE_HZ * 1000.0
