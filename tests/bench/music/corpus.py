"""The corpus: pieces of a minute whose beats, bars and keys are known, each made from its number and a seed, so any seed makes
another.

Decision: 83 pulsed pieces, 6 weak pads, 42 without a beat; in the place of human performances, which cannot be had here, 36
that imitate them. Every third has rubato of ±5 %, every fifth has rain; every fourth pulsed one sounds by our own synthesiser,
the others by two soundfonts, so that no constant fits one of them.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.music import beatless, expressive, styles, timing
from tests.bench.music.render import FONTS, OWN, render
from tests.bench.music.score import Truth, placed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relaxlisten.units import AudioArray, FloatArray
    from tests.bench.music.styles import Style

LENGTH_S = 60.0
PULSED, WEAK, PERFORMED = 83, 6, 36
RUBATO_EVERY, RAIN_EVERY, OWN_EVERY = 3, 5, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """name: unique within a seed. sound: shape (n, 2) at `render.RATE_HZ`."""

    name: str
    sound: AudioArray
    truth: Truth


def numbers() -> Iterator[tuple[str, int]]:
    """Kind and number of every piece of a seed."""
    yield from (("pulsed", number) for number in range(PULSED))
    yield from (("weak", number) for number in range(WEAK))
    yield from (("performed", number) for number in range(PERFORMED))
    yield from (("beatless", number) for number, _ in enumerate(beatless.kinds()))


def make(seed: int, kind: str, number: int) -> Clip:
    """One piece, always the same for the same seed, kind and number."""
    chance = np.random.default_rng(zlib.crc32(f"{seed} {kind} {number}".encode()))
    if kind == "beatless":
        clip = _beatless(chance, list(beatless.kinds())[number])
    elif kind == "performed":
        clip = _performed(chance, expressive.STYLES[number % len(expressive.STYLES)], number)
    else:
        style = styles.WEAK if kind == "weak" else styles.STYLES[number % len(styles.STYLES)]
        clip = _pulsed(chance, style, number)
    clip = _with_rain(chance, clip) if kind in ("pulsed", "weak") and number % RAIN_EVERY == 4 else clip
    return replace(clip, name=f"{seed}/{kind}/{number}")


def _pulsed(chance: np.random.Generator, style: Style, number: int) -> Clip:
    # Tempi are spread over a style's pieces, not left to chance: a seed has slow and fast ones of each.
    share = ((number // len(styles.STYLES)) + chance.random()) / -(-PULSED // len(styles.STYLES))
    slow, fast = style.tempi_bpm
    tempo_bpm = slow * (fast / slow) ** min(share, 1.0)
    beats = int(LENGTH_S * 1.2 * tempo_bpm / 60.0) + 4
    music, key = styles.compose(chance, style, beats)
    when = timing.rubato if number % RUBATO_EVERY == 2 else timing.steady
    beats_s = when(chance, tempo_bpm, beats)
    sounds = OWN if number % OWN_EVERY == 3 else list(FONTS)[int(chance.integers(2))]
    sound = render(placed(music, beats_s), sounds, LENGTH_S, float(chance.uniform(0.1, 0.8)))
    truth = Truth(
        subset=style.subset, beats_s=_within(beats_s), beats_per_bar=style.beats_per_bar, key=key.name, is_weak=style.is_weak
    )
    return Clip(name="", sound=sound, truth=truth)


def _performed(chance: np.random.Generator, style: Style, number: int) -> Clip:
    slow, fast = style.tempi_bpm
    tempo_bpm = slow * (fast / slow) ** chance.random()
    beats = int(LENGTH_S * 1.4 * tempo_bpm / 60.0) + 4
    music, key = expressive.perform(chance, style, beats)
    beats_s = timing.expressive(chance, tempo_bpm, beats, phrase=style.beats_per_bar * int(chance.choice([4, 8])))
    sound = render(placed(music, beats_s), list(FONTS)[number % 2], LENGTH_S, float(chance.uniform(0.1, 0.6)))
    return Clip(
        name="",
        sound=sound,
        truth=Truth(subset=style.subset, beats_s=_within(beats_s), beats_per_bar=style.beats_per_bar, key=key.name),
    )


def _beatless(chance: np.random.Generator, kind: str) -> Clip:
    subset = f"beatless, hard ({kind})" if kind in beatless.HARD else f"beatless ({kind})"
    if kind in beatless.SOUNDED:
        mono = beatless.SOUNDED[kind](chance, LENGTH_S)
        mono = 0.3 * mono / np.abs(mono).max()
        return Clip(name="", sound=np.stack([mono, mono], axis=1).astype(np.float32), truth=Truth(subset=subset))
    music, key = beatless.PLAYED[kind](chance, LENGTH_S)
    sound = render(music, list(FONTS)[int(chance.integers(2))], LENGTH_S, float(chance.uniform(0.3, 0.9)))
    has_key = kind in ("drone", "clouds", "free tune")
    return Clip(name="", sound=sound, truth=Truth(subset=subset, key=key.name if has_key and kind == "clouds" else None))


def _with_rain(chance: np.random.Generator, clip: Clip) -> Clip:
    """Rain 12 to 24 dB below the music, another rain for each ear."""
    level = np.sqrt(np.mean(clip.sound**2)) * 10.0 ** (chance.uniform(-24.0, -12.0) / 20.0)
    drops = np.stack([beatless.rain(chance, LENGTH_S) for _ in range(2)], axis=1)[: len(clip.sound)]
    wet = clip.sound + (level * drops / np.sqrt(np.mean(drops**2))).astype(np.float32)
    return replace(clip, sound=wet.astype(np.float32))


def _within(beats_s: FloatArray) -> tuple[float, ...]:
    return tuple(beats_s[beats_s < LENGTH_S].tolist())
