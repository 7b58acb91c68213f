"""Pieces that have no beat, the hard ones among them: what trembles, chirps or chimes at its own will."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import butter, sosfilt

from tests.bench.music.harmony import any_key, chords
from tests.bench.music.score import Music, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from relaxlisten.units import FloatArray
    from tests.bench.music.harmony import Key

RATE_HZ = 44_100


def drone(chance: np.random.Generator, length_s: float) -> tuple[Music, Key]:
    """A chord of pads for the whole piece, its notes entering when they like."""
    key = any_key(chance)
    pitches = [key.pitch(degree, 36) for degree in (0, 4, 7, 9, 11)]
    notes = [
        Note(at=float(chance.uniform(0, 6)), length=length_s, pitch=pitch, velocity=int(chance.integers(45, 75)))
        for pitch in pitches[: int(chance.integers(2, 6))]
    ]
    return Music(notes=tuple(notes), programs={0: int(chance.choice([48, 52, 88, 89, 91, 92, 94, 95]))}), key


def clouds(chance: np.random.Generator, length_s: float) -> tuple[Music, Key]:
    """Chords of pads that overlap, each as long as it likes."""
    key, notes, now = any_key(chance), [], 0.3
    for chord in chords(chance, key, 32):
        long_s = float(chance.uniform(3.0, 11.0))
        for pitch in chord.pitches(int(chance.integers(45, 58)), int(chance.integers(2, 5))):
            start_s = now + float(chance.uniform(0, 1.5))
            notes.append(Note(at=start_s, length=long_s + 2.0, pitch=pitch, velocity=int(chance.integers(40, 70))))
        now += long_s
        if now > length_s:
            break
    return Music(notes=tuple(notes), programs={0: int(chance.choice([48, 49, 52, 89, 90, 91, 94]))}), key


def _scattered(
    chance: np.random.Generator, length_s: float, per_s: float, programs: tuple[int, ...], base: int, loud: tuple[int, int]
) -> tuple[Music, Key]:
    key, notes, now = any_key(chance), [], 0.0
    while now < length_s:
        now += float(chance.exponential(1.0 / per_s))
        degree = int(chance.choice([0, 1, 2, 4, 5, 7, 8, 9, 11]))
        long_s = float(chance.uniform(1.0, 5.0))
        notes.append(Note(at=now, length=long_s, pitch=key.pitch(degree, base), velocity=int(chance.integers(*loud))))
    return Music(notes=tuple(notes), programs={0: int(chance.choice(programs))}), key


def poisson_piano(chance: np.random.Generator, length_s: float) -> tuple[Music, Key]:
    """Single notes at random moments: each wait forgets the one before."""
    return _scattered(chance, length_s, float(chance.uniform(0.8, 3.0)), (0, 4, 46), 52, (35, 80))


def chimes(chance: np.random.Generator, length_s: float) -> tuple[Music, Key]:
    """Bells in the wind: gusts of many, then few."""
    key, notes, now = any_key(chance), [], 0.0
    gust_s, phase = float(chance.uniform(5, 15)), float(chance.uniform(0, 6))
    while now < length_s:
        rate = 0.4 + 2.5 * (0.5 + 0.5 * np.sin(2 * np.pi * now / gust_s + phase)) ** 2
        now += float(chance.exponential(1.0 / rate))
        notes.append(
            Note(
                at=now,
                length=4.0,
                pitch=key.pitch(int(chance.choice([0, 2, 4, 7, 9, 11])), 72),
                velocity=int(chance.integers(30, 75)),
            )
        )
    return Music(notes=tuple(notes), programs={0: int(chance.choice([9, 14, 8, 98]))}), key


def free_tune(chance: np.random.Generator, length_s: float) -> tuple[Music, Key]:
    """A flute or a voice over a drone, each note as long as a breath allows: values from .3 to 4 s, no two related."""
    key, now, degree = any_key(chance), 0.5, 4
    notes = [Note(at=0.0, length=length_s, pitch=key.pitch(d, 40), velocity=50, channel=1) for d in (0, 4)]
    while now < length_s:
        long_s = float(np.exp(chance.uniform(np.log(0.3), np.log(4.0))))
        degree = min(max(degree + int(chance.integers(-2, 3)), 0), 9)
        notes.append(Note(at=now, length=long_s, pitch=key.pitch(degree, 62), velocity=int(chance.integers(50, 85))))
        now += long_s + (float(chance.uniform(0.2, 2.5)) if chance.random() < 0.25 else 0.0)
    return Music(
        notes=tuple(notes), programs={0: int(chance.choice([68, 73, 75, 77, 79])), 1: int(chance.choice([48, 89, 52]))}
    ), key


PLAYED: dict[str, Callable[[np.random.Generator, float], tuple[Music, Key]]] = {
    "drone": drone, "clouds": clouds, "free tune": free_tune, "Poisson piano": poisson_piano, "chimes": chimes,
}  # fmt: skip


def noise(chance: np.random.Generator, length_s: float, low_hz: float, high_hz: float) -> FloatArray:
    """Filtered noise, shape (n,)."""
    filtered = sosfilt(
        butter(2, (low_hz, high_hz), "bandpass", fs=RATE_HZ, output="sos"), chance.standard_normal(round(length_s * RATE_HZ))
    )
    return filtered / np.sqrt(np.mean(filtered**2))


def _wander(chance: np.random.Generator, size: int, slow_s: float) -> FloatArray:
    """A slow random curve of mean 0 and RMS 1."""
    knots = chance.standard_normal(int(size / RATE_HZ / slow_s) + 3)
    curve = np.interp(np.arange(size) / RATE_HZ / slow_s, np.arange(knots.size), knots)
    return (curve - curve.mean()) / (curve.std() + 1e-9)


def rain(chance: np.random.Generator, length_s: float) -> FloatArray:
    sound = noise(chance, length_s, 300.0, 9000.0)
    for at in chance.integers(0, sound.size - 500, int(40 * length_s)):
        sound[at : at + 200] += chance.uniform(0.5, 3.0) * np.exp(-np.arange(200) / 30.0) * chance.standard_normal(200)
    return sound


def waves(chance: np.random.Generator, length_s: float) -> FloatArray:
    """Surf, about eight times a minute and never regularly."""
    sound = noise(chance, length_s, 80.0, 5000.0)
    swell, now = np.full(sound.size, 0.15), 0.0
    times_s = np.arange(sound.size) / RATE_HZ
    while now < length_s:
        swell += chance.uniform(0.5, 1.0) * np.exp(-0.5 * ((times_s - now) / chance.uniform(0.8, 1.8)) ** 2)
        now += float(chance.uniform(5.0, 11.0))
    return sound * swell


def wind(chance: np.random.Generator, length_s: float) -> FloatArray:
    sound = noise(chance, length_s, 150.0, 900.0)
    return sound * np.exp(0.6 * _wander(chance, sound.size, 3.0))


def tremolo(chance: np.random.Generator, length_s: float) -> FloatArray:
    """A chord that trembles 1 to 6 times a second, at a rate that drifts by a fifth either way."""
    size = round(length_s * RATE_HZ)
    rate_hz = chance.uniform(1.0, 6.0) * np.exp(0.2 * _wander(chance, size, 4.0))
    depth = chance.uniform(0.3, 0.9)
    shape = 1.0 - depth * (0.5 + 0.5 * np.cos(2 * np.pi * np.cumsum(rate_hz) / RATE_HZ))
    return _tones(chance, size) * shape


def crickets(chance: np.random.Generator, length_s: float) -> FloatArray:
    """Three to six crickets, each chirping at a rate of its own that wanders."""
    size = round(length_s * RATE_HZ)
    sound = 0.05 * noise(chance, length_s, 200.0, 4000.0)
    for _ in range(int(chance.integers(3, 7))):
        chirp_s, pitch_hz, now = chance.uniform(0.35, 1.1), chance.uniform(3500, 5500), float(chance.uniform(0, 1))
        loud, away = chance.uniform(0.2, 1.0), chance.uniform(0.1, 0.3)
        while now < length_s - 0.5:
            long = round(chance.uniform(0.08, 0.25) * RATE_HZ)
            t = np.arange(long) / RATE_HZ
            at = round(now * RATE_HZ)
            pulses = 0.5 - 0.5 * np.cos(2 * np.pi * 30.0 * t)
            sound[at : at + long] += (loud * np.sin(2 * np.pi * pitch_hz * t) * pulses * np.hanning(long))[: size - at]
            now += float(chirp_s * np.exp(away * chance.standard_normal()))
    return sound


def beating(chance: np.random.Generator, length_s: float) -> FloatArray:
    """Detuned tones that beat against each other, as bowls and organs do."""
    size = round(length_s * RATE_HZ)
    t = np.arange(size) / RATE_HZ
    sound = np.zeros(size)
    for _ in range(int(chance.integers(2, 5))):
        hz = chance.uniform(90, 500)
        sound += np.sin(2 * np.pi * hz * t) + np.sin(2 * np.pi * (hz + chance.uniform(0.2, 1.5)) * t + 1.0)
    return sound * np.exp(0.3 * _wander(chance, size, 6.0))


def _tones(chance: np.random.Generator, size: int) -> FloatArray:
    t = np.arange(size) / RATE_HZ
    root_hz = chance.uniform(90, 220)
    ratios = (1.0, 1.25, 1.5, 2.0) if chance.random() < 0.5 else (1.0, 1.2, 1.5, 2.0)
    return sum(
        np.sin(2 * np.pi * k * root_hz * ratio * t + chance.uniform(0, 6)) / k**1.5 for ratio in ratios for k in (1, 2, 3, 4)
    )


SOUNDED: dict[str, Callable[[np.random.Generator, float], FloatArray]] = {
    "rain": rain, "waves": waves, "wind": wind, "tremolo": tremolo, "crickets": crickets, "beating": beating,
}  # fmt: skip
HARD = ("tremolo", "crickets", "Poisson piano", "chimes")
COUNTS = {
    "drone": 6, "clouds": 8, "free tune": 5, "rain": 3, "waves": 3, "wind": 2, "beating": 2,
    "tremolo": 4, "crickets": 3, "Poisson piano": 3, "chimes": 3,
}  # fmt: skip


def kinds() -> Iterator[str]:
    """42 pieces, 13 of them hard."""
    for kind, count in COUNTS.items():
        yield from [kind] * count
