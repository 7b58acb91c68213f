"""Where the beats of a piece lie: at one tempo from the first beat on, or along the path of its beats.

Decision: the grid reaches backwards too (beat -1 is one period before the first), so that a cross-fade into an intro has beats to
hold on to. Pieces without a pulse have no grid, and every answer about them is None. Where a beat lies is told as it is played;
how fast the piece goes there, as its smoothed tempo: one hurried beat is no tempo.
"""

from __future__ import annotations

import abc
import bisect
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from relaxlisten.music.tempo_map import path_tempo
from relaxlisten.units import MS_PER_S, S_PER_MIN

if TYPE_CHECKING:
    from relaxlisten.messages import BeatPath, Track

_ON_A_BEAT = 1e-9  # beats: rounding, there and back


class BeatGrid(abc.ABC):
    """Numbered beats in seconds of the source; beat 0 begins a bar. even: at one tempo throughout."""

    beats_per_bar: int
    even: ClassVar[bool]

    @abc.abstractmethod
    def time_s(self, beat: float) -> float:
        """Source second of a beat; fractions lie between beats."""

    @abc.abstractmethod
    def beat(self, source_s: float) -> float:
        """Beats since the first one, with their fraction; negative before it."""

    @abc.abstractmethod
    def period_near_s(self, source_s: float) -> float:
        """From beat to beat there, by the smoothed tempo."""

    def index(self, source_s: float) -> int:
        """Whole beats since the first one; -1 in the period before it."""
        return math.floor(self.beat(source_s))

    def bar_and_beat(self, source_s: float) -> tuple[int, int]:
        """Bar and beat in the bar, both counted from 0."""
        return divmod(self.index(source_s), self.beats_per_bar)

    def next_beat_s(self, source_s: float) -> float:
        """Source second of the first beat at or after this one."""
        return self.time_s(math.ceil(self.beat(source_s)))

    def next_bar_s(self, source_s: float) -> float:
        """Source second of the first bar line at or after this one."""
        return self.time_s(math.ceil(self.beat(source_s) / self.beats_per_bar) * self.beats_per_bar)

    def span_s(self, line_s: float, beats: int) -> float:
        """From a beat at line_s, how long the next so many beats last."""
        return self.time_s(round(self.beat(line_s)) + beats) - line_s


@dataclass(frozen=True, slots=True, kw_only=True)
class EvenGrid(BeatGrid):
    """Beats at first_beat_s + n * period_s."""

    even: ClassVar[bool] = True
    first_beat_s: float
    period_s: float
    beats_per_bar: int

    def time_s(self, beat: float) -> float:
        """Source second of a beat; fractions lie between beats."""
        return self.first_beat_s + beat * self.period_s

    def beat(self, source_s: float) -> float:
        """Beats since the first one, with their fraction; negative before it."""
        return (source_s - self.first_beat_s) / self.period_s

    def period_near_s(self, source_s: float) -> float:
        """The same everywhere."""
        return self.period_s

    def span_s(self, line_s: float, beats: int) -> float:
        """The same everywhere."""
        return self.period_s * beats


@dataclass(frozen=True, slots=True, kw_only=True)
class PathGrid(BeatGrid):
    """Beats evenly between knots; before the first and after the last as between the two nearest."""

    even: ClassVar[bool] = False
    path: BeatPath
    beats_per_bar: int

    def time_s(self, beat: float) -> float:
        """Source second of a beat; fractions lie between beats."""
        return _along(beat, self.path.beats, self.path.source_ms) / MS_PER_S

    def beat(self, source_s: float) -> float:
        """Beats since beat 0, with their fraction; negative before it."""
        beat = _along(source_s * MS_PER_S, self.path.source_ms, self.path.beats)
        return float(round(beat)) if abs(beat - round(beat)) < _ON_A_BEAT else beat

    def period_near_s(self, source_s: float) -> float:
        """From beat to beat there, by the smoothed tempo."""
        knots_s, local_bpm = path_tempo(self.path)
        return S_PER_MIN / float(np.interp(source_s, knots_s, local_bpm))


def beat_grid(track: Track) -> BeatGrid | None:
    """The grid of a piece, None for one without a pulse."""
    if track.tempo_bpm is None:
        return None
    if track.beat_path is not None:
        return PathGrid(path=track.beat_path, beats_per_bar=track.beats_per_bar)
    return EvenGrid(first_beat_s=track.first_beat_s, period_s=S_PER_MIN / track.tempo_bpm, beats_per_bar=track.beats_per_bar)


def _along(value: float, knots: tuple[int, ...], others: tuple[int, ...]) -> float:
    """The straight line through the two knots around a value, or the two nearest."""
    at = min(max(bisect.bisect_right(knots, value) - 1, 0), len(knots) - 2)
    return others[at] + (value - knots[at]) * (others[at + 1] - others[at]) / (knots[at + 1] - knots[at])
