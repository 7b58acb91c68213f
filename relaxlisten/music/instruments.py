"""The sound of the built-in music: every note is a sum of decaying sinusoids, as the bars, strings and bowls themselves are.

Decision: modal synthesis as a product of two small matrices. A decaying partial exp(s·n) with n = 256·k + j is exp(s·256·k) times
exp(s·j), so that a note of any length is one matrix product: exact, free of accumulated error, and a hundred times faster than
sine by sine. Partials above 8 kHz are left out: the music is meant to be dark, and sounds the same at every sample rate.
"""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.voices import VOICES, Voice

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from numpy.typing import NDArray

    from relaxlisten.units import AudioArray, FloatArray

    ComplexArray: TypeAlias = NDArray[np.complexfloating[Any, Any]]

HIGHEST_HZ = 8000.0
_HOP = 256
_SINGLE_THREAD = 200_000  # multiplications; OpenBLAS uses threads from 262,144 on
_LN_60_DB = math.log(1000.0)
AFTERSOUND = 3.5  # how much longer the second stage of a decay is
_AIRY_PARTIALS, _AIR_HZ = 12, 22.0  # scattered around the first two harmonics, this far (standard deviation)
_MIDDLE_C_HZ = 261.626


def pitch_hz(pitch: int) -> float:
    """Equal temperament, A4 = 440 Hz."""
    return float(440.0 * 2.0 ** ((pitch - 69) / 12.0))


def note_length_s(voice: Voice, pitch: int, held_s: float) -> float:
    """How long a note sounds: what it was held for and its release, or until the voice has rung out."""
    if voice.ring_s is None:
        return min(held_s + voice.release_s, voice.longest_s)
    slowest = AFTERSOUND if voice.aftersound else 1.0
    return min(slowest * _ring_s(voice.ring_s, pitch_hz(pitch)), voice.longest_s)


def render_note(name: str, pitch: int, frames: int, rate_hz: int, start: int, stop: int) -> AudioArray:
    """Frames start to stop of a note of `frames` frames, at velocity 1 and in the middle: shape (2, stop - start)."""
    voice = VOICES[name]
    chance = np.random.default_rng(zlib.crc32(f"{name} {pitch}".encode()))
    frequencies_hz, weights, decays_s = _partials(voice, pitch_hz(pitch), chance)
    # The copies sound in both ears with different phases and slightly different beating: width without a hole in the middle.
    spread = np.linspace(-1.0, 1.0, voice.copies)[:, None]
    copies_hz = (frequencies_hz * 2.0 ** (spread * voice.detune_cents / 1200.0)).ravel()
    rates = (2j * np.pi * copies_hz - _LN_60_DB / np.tile(decays_s, voice.copies)) / rate_hz
    starts, apart = _phases(voice, chance, copies_hz.size)
    # Shape (2, modes): each ear hears all modes, but in other shares and phases.
    sides = np.array([-1.0, 1.0])[:, None]
    balance = [((1.0 + 0.35 * side * spread) * _shares(voice.copies) * weights).ravel() for side in (-1.0, 1.0)]
    amplitudes = voice.level * np.array(balance) * np.exp(1j * (starts + sides * apart))
    return _modes(rates, amplitudes, start, stop) * _edges(voice, frames, rate_hz, start, stop)


def _partials(voice: Voice, base_hz: float, chance: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Frequencies (Hz), amplitudes and 60 dB decay times (s) of the audible partials."""
    numbers = np.array(voice.ratios) if voice.ratios else np.arange(1.0, len(voice.weights) + 1.0)
    frequencies_hz = base_hz * numbers * np.sqrt(1.0 + voice.inharmonicity * numbers**2)
    audible = frequencies_hz < HIGHEST_HZ
    frequencies_hz, weights = frequencies_hz[audible], np.array(voice.weights)[audible]
    # Partials fade out towards the highest frequency instead of being cut: no step in colour from one pitch to the next.
    weights = weights * np.cos(0.5 * np.pi * frequencies_hz / HIGHEST_HZ)
    if voice.formants:
        weights = _through_mouth(voice, frequencies_hz, weights)
    if voice.ring_s is None:
        if voice.air:
            frequencies_hz, weights = _with_air(voice, base_hz, frequencies_hz, weights, chance)
        return frequencies_hz, weights, np.full(frequencies_hz.size, 1e6)
    decays_s = _ring_s(voice.ring_s, base_hz) * (frequencies_hz / base_hz) ** -voice.damping
    if not voice.aftersound:
        return frequencies_hz, weights, decays_s
    both = np.concatenate([weights * (1.0 - voice.aftersound), weights * voice.aftersound])
    return np.tile(frequencies_hz, 2), both, np.concatenate([decays_s, AFTERSOUND * decays_s])


def _through_mouth(voice: Voice, frequencies_hz: FloatArray, weights: FloatArray) -> FloatArray:
    """Partials weighed by the formants, at one strength for all pitches."""
    gains = 0.03 + sum(gain * np.exp(-0.5 * ((frequencies_hz - hz) / width_hz) ** 2) for hz, width_hz, gain in voice.formants)
    weighed = weights * gains
    strength: FloatArray = weighed / np.sqrt(np.sum(weighed**2))
    return strength


def _with_air(
    voice: Voice, base_hz: float, frequencies_hz: FloatArray, weights: FloatArray, chance: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """The partials and, scattered around the first two of them, the faint ones that make a tone live and breathe."""
    around_hz = base_hz * (1.0 + np.arange(_AIRY_PARTIALS) % 2)
    scattered_hz = around_hz + _AIR_HZ * chance.standard_normal(_AIRY_PARTIALS)
    faint = np.full(_AIRY_PARTIALS, voice.air / math.sqrt(_AIRY_PARTIALS))
    return np.concatenate([frequencies_hz, scattered_hz]), np.concatenate([weights, faint])


def _shares(copies: int) -> FloatArray:
    """Share of each copy, shape (copies, 1): the middle one leads, so that copies beat against it without ever cancelling it."""
    shares = 1.0 - 0.75 * np.abs(np.linspace(-1.0, 1.0, copies)) if copies > 2 else np.ones(copies)
    column: FloatArray = (shares / shares.sum())[:, None]
    return column


def _ring_s(middle_c_s: float, base_hz: float) -> float:
    """Low strings ring longer than high ones, about as the square root of the pitch."""
    return middle_c_s * math.sqrt(_MIDDLE_C_HZ / base_hz)


def _phases(voice: Voice, chance: np.random.Generator, count: int) -> tuple[FloatArray, FloatArray]:
    """Phase of each partial, and how far the ears differ from it: struck partials start together at zero, held ones anywhere."""
    apart = chance.uniform(-0.7, 0.7, count)
    if voice.ring_s is None:
        return chance.uniform(0.0, 2.0 * np.pi, count), apart
    return np.full(count, -0.5 * np.pi), apart


def _modes(rates: ComplexArray, amplitudes: ComplexArray, start: int, stop: int) -> AudioArray:
    """Real part of the sum of amplitudes * exp(rates n) for n from start to stop, shape (2, n). amplitudes: shape (2, modes)."""
    rows = -(-(stop - start) // _HOP)
    coarse = np.exp(np.outer(start + np.arange(rows) * _HOP, rates))
    both = (amplitudes[:, None, :] * coarse).reshape(2 * rows, -1)
    fine = np.exp(np.outer(rates, np.arange(_HOP)))
    left = np.concatenate([both.real, -both.imag], axis=1).astype(np.float32)
    right = np.concatenate([fine.real, fine.imag], axis=0).astype(np.float32)
    # In slices too small for the matrix library to wake its threads, whose waiting would cost more than they save.
    slices = max(1, _SINGLE_THREAD // right.size)
    product: AudioArray = np.concatenate([left[at : at + slices] @ right for at in range(0, 2 * rows, slices)])
    return product.reshape(2, -1)[:, : stop - start]


def _edges(voice: Voice, frames: int, rate_hz: int, start: int, stop: int) -> AudioArray:
    """Raised-cosine attack and release of a note of `frames` frames, its part from start to stop."""
    envelope: AudioArray = np.ones(stop - start, np.float32)
    risen = min(stop, math.ceil(voice.attack_s * rate_hz))
    if start < risen:
        envelope[: risen - start] *= _half_cosine(np.arange(start, risen) / (rate_hz * voice.attack_s))
    falling = max(start, frames - math.ceil(voice.release_s * rate_hz))
    if falling < stop:
        envelope[falling - start :] *= _half_cosine((frames - np.arange(falling, stop)) / (rate_hz * voice.release_s))
    return envelope


def _half_cosine(place: FloatArray) -> AudioArray:
    """From 0 at place 0 to 1 at place 1, and to stay there."""
    rise: AudioArray = (0.5 - 0.5 * np.cos(np.pi * np.clip(place, 0.0, 1.0))).astype(np.float32)
    return rise
