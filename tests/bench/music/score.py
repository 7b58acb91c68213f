"""Notes in beats, made into notes in seconds: what every generated piece is written down as before it sounds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relaxlisten.units import FloatArray

DRUMS = 9  # the MIDI channel of percussion


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """at, length: in beats, or in seconds once placed. velocity: 1 to 127. late_s: how far a player is off, on purpose or not."""

    at: float
    length: float
    pitch: int
    velocity: int
    channel: int = 0
    late_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Music:
    """Notes and the programs (General MIDI, from 0) of their channels. bends: (seconds, channel, semitones) once placed."""

    notes: tuple[Note, ...]
    programs: dict[int, int] = field(default_factory=dict)
    bends: tuple[tuple[float, int, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a listener would say of a piece. beats_s: () where there is no beat. beats_per_bar: of felt beats."""

    subset: str
    beats_s: tuple[float, ...] = ()
    beats_per_bar: int | None = None
    key: str | None = None
    is_weak: bool = False

    @property
    def tempo_bpm(self) -> float | None:
        """Of the median distance between beats."""
        return 60.0 / float(np.median(np.diff(self.beats_s))) if len(self.beats_s) > 1 else None


def placed(music: Music, beat_times_s: FloatArray) -> Music:
    """The music in seconds: beat k is at beat_times_s[k], and what lies between beats between them."""
    places = np.arange(beat_times_s.size)

    def time_s(beat: float) -> float:
        if beat >= places[-1]:
            return float(beat_times_s[-1] + (beat - places[-1]) * (beat_times_s[-1] - beat_times_s[-2]))
        return float(np.interp(beat, places, beat_times_s))

    def moved(note: Note) -> Note:
        start_s = max(time_s(note.at) + note.late_s, 0.0)
        return replace(note, at=start_s, length=max(time_s(note.at + note.length) - time_s(note.at), 0.03))

    return replace(music, notes=tuple(moved(note) for note in music.notes))


def joined(parts: Iterable[Iterable[Note]]) -> tuple[Note, ...]:
    return tuple(sorted((note for part in parts for note in part), key=lambda note: note.at))
