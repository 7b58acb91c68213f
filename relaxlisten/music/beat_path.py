"""From beats that were heard to the few knots that a track carries.

Decision: a piece is taken to be even where its beats, smoothed over some bars, never leave one even grid by more than 10 ms: what
single beats are off is the player's touch or the finder's. Else straight lines through as few of the beats as keep all of them
within 10 ms (Douglas and Peucker 1973): players who mean to play together are farther apart (Rasch 1979). A piece that would need
more knots than a record should carry is told less exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.messages import BeatPath

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.units import FloatArray

TOLERANCE_S = 0.010
MOST_KNOTS = 600  # about 8 kB in a record; ten minutes of rubato with a knot on every beat
SMOOTHING_BEATS = 8.0
_FEWEST_BEATS = 16  # fewer say nothing of a tempo that drifts
_NEIGHBOURS = 4
_STRAY = 0.015  # to leave out an end beat costs nothing: the path goes on as between the next two


def beat_path(beats_s: Sequence[float], first_downbeat: int | None = None) -> BeatPath | None:
    """The knots of a piece, from source seconds of its beats in order; None where its tempo is one throughout, or not known.

    first_downbeat: index of the beat that becomes beat 0; without it the first is.
    """
    times_s = np.asarray(beats_s, float)
    if times_s.size < _FEWEST_BEATS or np.any(np.diff(times_s) <= 0.0):
        return None
    stray = int(_is_stray(np.diff(times_s)))
    times_s = times_s[stray : times_s.size - int(_is_stray(np.diff(times_s)[::-1]))]
    numbers = _numbered(times_s)
    if _is_even(numbers, times_s):
        return None
    tolerance_s = TOLERANCE_S
    while (knots := _knots(numbers, times_s, tolerance_s)).size > MOST_KNOTS:
        tolerance_s *= 1.5
    downbeat = (first_downbeat or 0) - stray
    beats = numbers - (numbers[downbeat] if downbeat >= 0 else downbeat)
    source_ms = np.rint(times_s * 1000.0)
    return BeatPath(beats=tuple(int(beats[at]) for at in knots), source_ms=tuple(int(source_ms[at]) for at in knots))


def smoothed(values: FloatArray, width: float) -> FloatArray:
    """Each value as a straight line through those around it has it, weighted by a Gaussian; at the ends through those there are.

    width: standard deviation, in values. Away from the ends this is the weighted mean.
    """
    reach = np.arange(-int(4.0 * width), int(4.0 * width) + 1)
    kernel = np.exp(-0.5 * (reach / width) ** 2)
    middle = slice(reach[-1], reach[-1] + values.size)

    def moment(power: int, weights: FloatArray) -> FloatArray:
        summed: FloatArray = np.convolve(weights, kernel * (-reach) ** power)[middle]
        return summed

    ones = np.ones_like(values)
    none, one, two = moment(0, ones), moment(1, ones), moment(2, ones)
    line: FloatArray = (two * moment(0, values) - one * moment(1, values)) / (none * two - one**2)
    return line


def _is_stray(intervals_s: FloatArray) -> bool:
    """Whether the outermost of these beats, at either end of a piece, was set where nothing sounds."""
    return bool(abs(intervals_s[0] / np.median(intervals_s[1 : 2 * _NEIGHBOURS]) - 1.0) > _STRAY)


def _numbered(times_s: FloatArray) -> FloatArray:
    """Numbers of the beats; where some were not heard, theirs are left out."""
    intervals_s = np.diff(times_s)
    around = np.pad(intervals_s, _NEIGHBOURS, mode="edge")
    usual_s = np.median(np.lib.stride_tricks.sliding_window_view(around, 2 * _NEIGHBOURS + 1), axis=1)
    return np.concatenate(([0.0], np.cumsum(np.maximum(np.rint(intervals_s / usual_s), 1.0))))


def _is_even(numbers: FloatArray, times_s: FloatArray) -> bool:
    off_s = times_s - np.polyval(np.polyfit(numbers, times_s, 1), numbers)
    return bool(np.abs(smoothed(off_s, SMOOTHING_BEATS)).max() <= TOLERANCE_S)


def _knots(numbers: FloatArray, times_s: FloatArray, tolerance_s: float) -> FloatArray:
    """Indices of the beats to keep: each piece is split at the beat that lies farthest from its line, while that is too far."""
    kept = {0, len(numbers) - 1}
    open_pieces = [(0, len(numbers) - 1)]
    while open_pieces:
        first, last = open_pieces.pop()
        if last - first < 2:
            continue
        inner = slice(first + 1, last)
        line_s = np.interp(numbers[inner], numbers[[first, last]], times_s[[first, last]])
        off_s = np.abs(times_s[inner] - line_s)
        if off_s.max() > tolerance_s:
            at = first + 1 + int(off_s.argmax())
            kept.add(at)
            open_pieces += [(first, at), (at, last)]
    return np.array(sorted(kept))
