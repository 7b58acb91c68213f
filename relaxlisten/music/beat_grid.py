"""Where the beats of a piece lie: a constant tempo from the first beat on.

Decision: the grid reaches backwards too (beat -1 is one period before the first), so that a cross-fade into an intro has beats to
hold on to. Pieces without a pulse have no grid, and every answer about them is None.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from relaxlisten.messages import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatGrid:
    """Beats at first_beat_s + n * period_s, in seconds of the source."""

    first_beat_s: float
    period_s: float
    beats_per_bar: int

    def time_s(self, beat: float) -> float:
        """Source second of a beat; fractions lie between beats."""
        return self.first_beat_s + beat * self.period_s

    def beat(self, source_s: float) -> float:
        """Beats since the first one, with their fraction; negative before it."""
        return (source_s - self.first_beat_s) / self.period_s

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


def beat_grid(track: Track) -> BeatGrid | None:
    """The grid of a piece, None for one without a pulse."""
    if track.tempo_bpm is None:
        return None
    return BeatGrid(first_beat_s=track.first_beat_s, period_s=S_PER_MIN / track.tempo_bpm, beats_per_bar=track.beats_per_bar)
