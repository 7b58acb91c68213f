"""Pieces and plans for tests of the sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.messages import PlaybackPlan
from relaxlisten.sound.ahead import AtOnce
from relaxlisten.sound.deck import Piece

if TYPE_CHECKING:
    from relaxlisten.music.beat_grid import BeatGrid
    from relaxlisten.units import AudioArray

RATE_HZ = 44_100


class ArraySource:
    """An array as a piece (ports.AudioSource)."""

    def __init__(self, samples: AudioArray, rate_hz: int = RATE_HZ) -> None:
        self.rate_hz = rate_hz
        self.closed = False
        self._samples = samples
        self._at = 0

    def read(self, frames: int) -> AudioArray:
        block = self._samples[self._at : self._at + frames]
        self._at += len(block)
        return block

    def seek(self, frame: int) -> None:
        self._at = frame

    def close(self) -> None:
        self.closed = True


class Opened:
    """Opens arrays by name, as a player does, and remembers them. grids: the beats of those that have any."""

    def __init__(self, pieces: dict[str, AudioArray], grids: dict[str, BeatGrid] | None = None) -> None:
        self.pieces = pieces
        self.grids = grids or {}
        self.sources: list[ArraySource] = []

    def __call__(self, track_id: str, start_s: float) -> Piece:
        samples = self.pieces.get(track_id)
        if samples is None:
            return Piece(source=AtOnce(None, start_s), grid=None)
        self.sources.append(ArraySource(samples))
        return Piece(source=AtOnce(self.sources[-1], start_s), grid=self.grids.get(track_id))


def tone(frequency_hz: float, seconds: float, amplitude: float = 0.25, phase: float = 0.0) -> AudioArray:
    """A steady tone on both sides, shape (n, 2)."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    one = amplitude * np.sin(2.0 * np.pi * frequency_hz * time_s + phase)
    return np.stack([one, one], axis=1).astype(np.float32)


def plan(track_id: str | None = "a", turn: int = 1, **changes: float | bool) -> PlaybackPlan:
    """A plan that plays at full volume, unless said otherwise."""
    fields: dict[str, float | bool] = {
        "time_s": 0.0, "start_s": 0.0, "time_ratio": 1.0, "gain_db": 0.0, "volume": 1.0, "playing": True, "fade_s": 0.5,
    } | changes  # fmt: skip
    return PlaybackPlan(track_id=track_id, turn=turn, **fields)  # type: ignore[arg-type]


def residual_db(sound: AudioArray, *frequencies_hz: float) -> float:
    """What is left of one channel, against the whole, once the best sines of these frequencies are taken out. Shape (n,)."""
    angles = 2.0 * np.pi * np.outer(np.arange(len(sound)), frequencies_hz) / RATE_HZ
    waves = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
    signal = sound.astype(np.float64)
    amplitudes, *_ = np.linalg.lstsq(waves, signal, rcond=None)
    return float(10.0 * np.log10(np.mean((signal - waves @ amplitudes) ** 2) / np.mean(signal**2)))


def roughness(sound: AudioArray) -> float:
    """The largest second difference: a step of height h shows as at least h, a tone of amplitude a as a * (angle per frame)²."""
    return float(np.abs(np.diff(sound.astype(np.float64), 2, axis=0)).max())
