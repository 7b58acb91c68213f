"""What recordings of a card tell of a session: how loud it was when, how long it was silent, and how it ended.

Decision: everything is read from what came out of the card, in windows of 10 ms of a steady tone, on the machine's monotonic
clock, on which faults are stamped too. Nothing that the program says of itself is used here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.units import AudioArray, FloatArray

WINDOW_S = 0.01
SILENT = 1e-3  # root mean square of full scale: 45 dB under the tone that the bench plays
GENTLE_S = 0.3  # a music that stops goes from half its level to nothing in no less


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """Root mean square of windows, shape (n,), and when they began, in monotonic seconds, shape (n,), rising."""

    time_s: FloatArray
    level: FloatArray


def loudness(parts: Sequence[tuple[float, AudioArray]], rate_hz: int) -> Loudness:
    """Of recordings, each with when it began; the time between two of them is silent, where two overlap the louder counts."""
    size = round(WINDOW_S * rate_hz)
    first_s = min(began_s for began_s, _ in parts)
    last_s = max(began_s + len(samples) / rate_hz for began_s, samples in parts)
    level = np.zeros(max(round((last_s - first_s) / WINDOW_S), 1))
    for began_s, samples in parts:
        blocks = samples[: len(samples) // size * size].reshape(-1, size, samples.shape[1])
        levels = np.sqrt(np.mean(np.square(blocks, dtype=np.float64), axis=(1, 2)))
        at = round((began_s - first_s) / WINDOW_S)
        place = level[at : at + len(levels)]
        np.maximum(place, levels[: len(place)], out=place)
    return Loudness(time_s=first_s + WINDOW_S * np.arange(len(level)), level=level)


def longest_silence_s(heard: Loudness, from_s: float, to_s: float) -> float:
    """The longest stretch without sound between two moments."""
    quiet = heard.level[(heard.time_s >= from_s) & (heard.time_s < to_s)] <= SILENT
    edges = np.flatnonzero(np.diff(np.concatenate(([0], quiet.astype(int), [0]))))
    return float(np.max(edges[1::2] - edges[::2], initial=0)) * WINDOW_S


def last_sound_s(heard: Loudness) -> float | None:
    """When the last sound was heard."""
    loud = np.flatnonzero(heard.level > SILENT)
    return float(heard.time_s[loud[-1]] + WINDOW_S) if loud.size else None


def first_sound_s(heard: Loudness, from_s: float) -> float | None:
    """When the first sound was heard from a moment on."""
    loud = np.flatnonzero((heard.level > SILENT) & (heard.time_s >= from_s))
    return float(heard.time_s[loud[0]]) if loud.size else None


def last_fade_s(heard: Loudness, before_s: float) -> float:
    """How long the music took from half of the level that it had before a moment down to nothing, at its end."""
    usual = _usual_level(heard, before_s)
    loud = np.flatnonzero(heard.level > SILENT)
    half = np.flatnonzero(heard.level > 0.5 * usual)
    return float(loud[-1] - half[-1]) * WINDOW_S if loud.size and half.size else 0.0


def _usual_level(heard: Loudness, before_s: float) -> float:
    """The median level of the last four seconds with sound before a moment."""
    levels = heard.level[(heard.time_s < before_s) & (heard.level > SILENT)][-round(4.0 / WINDOW_S) :]
    return float(np.median(levels)) if levels.size else 0.0
