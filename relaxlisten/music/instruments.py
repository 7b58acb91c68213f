"""The voices of the built-in music: every note is a sum of decaying sinusoids, as the bars, strings and bowls themselves are.

Decision: modal synthesis as a product of two small matrices. A decaying partial exp(s·n) with n = 256·k + j is exp(s·256·k) times
exp(s·j), so that a note of any length is one matrix product: exact, free of accumulated error, and a hundred times faster than
sine by sine. Partials above 8 kHz are left out: the music is meant to be dark, and sounds the same at every sample rate.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from numpy.typing import NDArray

    from relaxlisten.units import AudioArray, FloatArray

    ComplexArray: TypeAlias = NDArray[np.complexfloating[Any, Any]]

HIGHEST_HZ = 8000.0
_HOP = 256
_SINGLE_THREAD = 200_000  # multiplications; OpenBLAS uses threads from 262,144 on
_LN_60_DB = math.log(1000.0)
_MIDDLE_C_HZ = 261.626


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How an instrument sounds.

    weights, ratios: amplitudes and frequency ratios of the partials (1, 2, 3... where no ratios are given).
    inharmonicity: stiffness B of a string, f = n f0 sqrt(1 + B n²).
    ring_s: time to fall by 60 dB at middle C, None for a voice that is held. damping: how much faster each higher partial fades.
    attack_s, release_s: raised-cosine edges. detune_cents: distance of the two or three copies that make a partial live and wide.
    copies: how many. level: amplitude that makes the voices equally present.
    """

    weights: tuple[float, ...]
    ring_s: float | None
    attack_s: float
    release_s: float
    level: float
    damping: float = 0.5
    inharmonicity: float = 0.0
    detune_cents: float = 0.6
    copies: int = 2
    longest_s: float = 20.0
    ratios: tuple[float, ...] = ()


def _falling(count: int, slope: float) -> tuple[float, ...]:
    """Amplitudes of partials 1 to count that fall as n ** -slope."""
    return tuple(n**-slope for n in range(1, count + 1))


def _plucked(count: int, slope: float, place: float) -> tuple[float, ...]:
    """Amplitudes of a string plucked at `place` of its length: partials with a node there are missing."""
    return tuple(abs(math.sin(math.pi * n * place)) * n**-slope for n in range(1, count + 1))


_HARMONIC = tuple(float(n) for n in range(1, 11))
VOICES: dict[str, Voice] = {
    "keys": Voice(
        weights=_falling(9, 1.45),
        ring_s=5.5,
        attack_s=0.008,
        release_s=0.5,
        level=0.30,
        damping=0.65,
        inharmonicity=2e-4,
        longest_s=5.0,
    ),
    "harp": Voice(
        weights=_plucked(10, 0.9, 0.36), ring_s=3.6, attack_s=0.005, release_s=0.4, level=0.24, damping=0.65, longest_s=4.0
    ),
    "pluck": Voice(
        weights=_plucked(10, 0.8, 0.22), ring_s=2.6, attack_s=0.005, release_s=0.3, level=0.32, damping=0.7, longest_s=3.0
    ),
    "box": Voice(
        ratios=(1.0, 2.0, 3.01, 5.4),
        weights=(1.0, 0.26, 0.08, 0.04),
        ring_s=3.2,
        attack_s=0.006,
        release_s=0.4,
        level=0.24,
        damping=0.6,
        longest_s=3.5,
    ),
    "mallet": Voice(
        ratios=(1.0, 3.95, 9.1), weights=(1.0, 0.08, 0.015), ring_s=1.8, attack_s=0.007, release_s=0.3, level=0.34, longest_s=2.5
    ),
    "bass": Voice(weights=_falling(5, 1.6), ring_s=4.0, attack_s=0.020, release_s=0.5, level=0.24, damping=0.4, longest_s=4.0),
    "pad": Voice(weights=_falling(8, 1.3), ring_s=None, attack_s=1.6, release_s=2.4, level=0.09, detune_cents=4.0, copies=3),
    "breath": Voice(weights=_falling(6, 1.7), ring_s=None, attack_s=0.12, release_s=0.7, level=0.13, detune_cents=3.0, copies=3),
    "bowl": Voice(
        ratios=(1.0, 2.76, 5.18, 8.16),
        weights=(1.0, 0.42, 0.16, 0.05),
        ring_s=15.0,
        attack_s=0.030,
        release_s=2.0,
        level=0.20,
        damping=0.45,
        detune_cents=3.5,
        longest_s=11.0,
    ),
    "drop": Voice(ratios=(1.0, 1.51), weights=(1.0, 0.3), ring_s=0.35, attack_s=0.004, release_s=0.05, level=0.10, longest_s=0.4),
}


def pitch_hz(pitch: int) -> float:
    """Equal temperament, A4 = 440 Hz."""
    return float(440.0 * 2.0 ** ((pitch - 69) / 12.0))


def note_length_s(voice: Voice, pitch: int, held_s: float) -> float:
    """How long a note sounds: what it was held for and its release, or until the voice has rung out."""
    if voice.ring_s is None:
        return min(held_s + voice.release_s, voice.longest_s)
    return min(_ring_s(voice.ring_s, pitch_hz(pitch)), voice.longest_s)


def render_note(name: str, pitch: int, frames: int, rate_hz: int, start: int, stop: int) -> AudioArray:
    """Frames start to stop of a note of `frames` frames, at velocity 1 and in the middle: shape (2, stop - start)."""
    voice = VOICES[name]
    chance = np.random.default_rng(zlib.crc32(f"{name} {pitch}".encode()))
    frequencies_hz, weights, decays_s = _partials(voice, pitch_hz(pitch))
    # The copies sound in both ears with different phases and slightly different beating: width without a hole in the middle.
    spread = np.linspace(-1.0, 1.0, voice.copies)[:, None]
    copies_hz = (frequencies_hz * 2.0 ** (spread * voice.detune_cents / 1200.0)).ravel()
    rates = (2j * np.pi * copies_hz - _LN_60_DB / np.tile(decays_s, voice.copies)) / rate_hz
    starts, apart = _phases(voice, chance, copies_hz.size)
    ears = []
    for side in (-1.0, 1.0):
        balance = (1.0 + 0.35 * side * spread) * _shares(voice.copies) * np.ones_like(frequencies_hz)
        phases = starts + side * apart
        ears.append(_modes(rates, voice.level * (balance * weights).ravel() * np.exp(1j * phases), start, stop))
    return np.stack(ears) * _edges(voice, frames, rate_hz, start, stop)


def _partials(voice: Voice, base_hz: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Frequencies (Hz), amplitudes and 60 dB decay times (s) of the audible partials."""
    numbers = np.array(voice.ratios or _HARMONIC[: len(voice.weights)])
    frequencies_hz = base_hz * numbers * np.sqrt(1.0 + voice.inharmonicity * numbers**2)
    audible = frequencies_hz < HIGHEST_HZ
    frequencies_hz, weights = frequencies_hz[audible], np.array(voice.weights)[audible]
    # Partials fade out towards the highest frequency instead of being cut: no step in colour from one pitch to the next.
    weights = weights * np.cos(0.5 * np.pi * frequencies_hz / HIGHEST_HZ)
    if voice.ring_s is None:
        return frequencies_hz, weights, np.full(frequencies_hz.size, 1e6)
    return frequencies_hz, weights, _ring_s(voice.ring_s, base_hz) * (frequencies_hz / base_hz) ** -voice.damping


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
    """Real part of the sum of amplitudes * exp(rates n) for n from start to stop, shape (stop - start,)."""
    rows = -(-(stop - start) // _HOP)
    coarse = amplitudes * np.exp(np.outer(start + np.arange(rows) * _HOP, rates))
    fine = np.exp(np.outer(rates, np.arange(_HOP)))
    left = np.concatenate([coarse.real, -coarse.imag], axis=1).astype(np.float32)
    right = np.concatenate([fine.real, fine.imag], axis=0).astype(np.float32)
    # In slices too small for the matrix library to wake its threads, whose waiting would cost more than they save.
    slices = max(1, _SINGLE_THREAD // right.size)
    product: AudioArray = np.concatenate([left[at : at + slices] @ right for at in range(0, rows, slices)])
    return product.ravel()[: stop - start]


def _edges(voice: Voice, frames: int, rate_hz: int, start: int, stop: int) -> AudioArray:
    """Raised-cosine attack and release of a note of `frames` frames, its part from start to stop."""
    place_s = np.arange(start, stop) / rate_hz
    rise = np.clip(place_s / voice.attack_s, 0.0, 1.0)
    fall = np.clip((frames / rate_hz - place_s) / voice.release_s, 0.0, 1.0)
    envelope: AudioArray = ((0.5 - 0.5 * np.cos(np.pi * rise)) * (0.5 - 0.5 * np.cos(np.pi * fall))).astype(np.float32)
    return envelope
