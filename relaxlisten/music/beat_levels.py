"""The same beats on another metrical level: halved, doubled, in threes; and the even grid that fits them.

Decision: a level is a ratio of small whole numbers. Beats are left out from a bar line on, and new ones lie evenly between two
that were heard, so that the local tempo stays what it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from relaxlisten.units import S_PER_MIN

LEVELS = (Fraction(1), Fraction(2), Fraction(1, 2), Fraction(3), Fraction(1, 3))
_FACTORS = tuple((level, float(level)) for level in LEVELS)
TOLERANCE = 0.04  # tempo within 4 % counts as the same (MIREX, tempo accuracy)
_FEWEST_FOR_A_FIT = 8
_BENT = 0.01  # a fitted tempo farther than this from the piece's own means that the piece is not even


@dataclass(frozen=True, slots=True)
class Beats:
    """times_s: of the beats. downbeat: index of the first that begins a bar, None where it is not known."""

    times_s: tuple[float, ...] = ()
    downbeat: int | None = None


def level_of(tempo_bpm: float, heard_bpm: float) -> Fraction | None:
    """The level on which heard_bpm is tempo_bpm, within 4 %; None where there is none."""
    return next((level for level, factor in _FACTORS if abs(tempo_bpm / (heard_bpm * factor) - 1.0) <= TOLERANCE), None)


def ratio_of(tempo_bpm: float, heard_bpm: float) -> Fraction | None:
    """Likewise, of any two whole numbers up to three (3/2 is a lullaby in six felt in two or in three)."""
    ratio = Fraction(tempo_bpm / heard_bpm).limit_denominator(3)
    near = 0 < ratio.numerator <= 3 and abs(tempo_bpm / heard_bpm / float(ratio) - 1.0) <= TOLERANCE
    return ratio if near else None


def on_level(beats: Beats, level: Fraction) -> Beats:
    """Beats with `level` times their tempo."""
    keep, split = level.denominator, level.numerator
    first = beats.downbeat or 0
    kept = np.array(beats.times_s[first % keep :: keep])
    if kept.size < 2:
        return Beats(tuple(kept.tolist()), beats.downbeat and 0)
    places = np.arange((kept.size - 1) * split + 1) / split
    times_s = np.interp(places, np.arange(kept.size), kept)
    return Beats(tuple(times_s.tolist()), None if beats.downbeat is None else first // keep * split)


def even_beats(first_beat_s: float, tempo_bpm: float, duration_s: float) -> Beats:
    """A grid at one tempo through first_beat_s, from the piece's beginning to its end; a bar begins at first_beat_s."""
    period_s = S_PER_MIN / tempo_bpm
    before = int(first_beat_s / period_s)
    count = int((duration_s - first_beat_s) / period_s) + 1 + before
    times_s = first_beat_s + (np.arange(max(count, 0)) - before) * period_s
    return Beats(tuple(times_s.tolist()), before)


def even_tempo_bpm(beats: Beats, tempo_bpm: float) -> float:
    """The tempo of the even grid that lies nearest to all beats; the one given, where they are too few or not even."""
    times_s = np.array(beats.times_s)
    if times_s.size < _FEWEST_FOR_A_FIT:
        return tempo_bpm
    numbers = np.concatenate([[0.0], np.cumsum(np.round(np.diff(times_s) * tempo_bpm / S_PER_MIN))])
    if numbers[-1] == 0.0:
        return tempo_bpm
    fitted_bpm = S_PER_MIN / float(np.polyfit(numbers, times_s, 1)[0])
    return fitted_bpm if abs(fitted_bpm / tempo_bpm - 1.0) <= _BENT else tempo_bpm


def phase_s(beats: Beats, tempo_bpm: float) -> float:
    """One beat of the even grid of this tempo that lies nearest to all beats; at least one must be there."""
    turns = np.mean(np.exp(2j * np.pi * np.array(beats.times_s) * tempo_bpm / S_PER_MIN))
    return float(np.angle(turns)) / (2.0 * np.pi) * S_PER_MIN / tempo_bpm
