"""Curves over a whole session, and what of them fits on a screen.

Decision: a curve is a ring of fixed length that is written at its end and read as views, so that memory does not grow and
nothing is copied; it has its memory from the beginning. Curves that are known at the same moments share the times of one ring.
What is drawn is at most two points a column of pixels, the least and the most of what falls into it; columns lie on whole
multiples of their width, so that a picture does not flicker while it moves. A jump in time of more than GAP_S, a NaN and a
column without any point break the line.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.units import FloatArray

GAP_S = 3.0
_SPARE = 8  # a ring is an eighth longer than what it keeps, and moved to its front when it is full
MOST_POINTS_A_COLUMN = 2


class Traces:
    """The newest points of curves that share their times: times, shape (n,), and the values of each curve, shape (curves, n)."""

    def __init__(self, points: int, names: Sequence[str]) -> None:
        room = points + max(points // _SPARE, 1)
        # Written once, so that the memory is taken now and not page by page in the course of a session.
        self._times_s = np.full(room, math.nan)
        self._values = np.full((len(names), room), math.nan)
        self._rows = {name: row for row, name in enumerate(names)}
        self._points = points
        self._end = 0

    def __getitem__(self, name: str) -> Curve:
        return Curve(self, self._rows[name])

    def add(self, time_s: float, values: Sequence[float]) -> None:
        """Add a point to each, in the order of their names; NaN breaks a line."""
        if self._end == self._times_s.size:
            kept = slice(self._end - self._points, self._end)
            self._times_s[: self._points] = self._times_s[kept]
            self._values[:, : self._points] = self._values[:, kept]
            self._end = self._points
        self._times_s[self._end] = time_s
        self._values[:, self._end] = values
        self._end += 1

    def follow(self, time_s: float, values: Sequence[float | None]) -> None:
        """Add a point to each, in the order of their names: None breaks a line, and a gap breaks all."""
        if time_s - self.last_s > GAP_S and self._end:
            self.add(time_s, (math.nan,) * len(values))
        self.add(time_s, [math.nan if value is None else value for value in values])

    @property
    def last_s(self) -> float:
        """Time of the newest points."""
        return float(self._times_s[self._end - 1]) if self._end else -math.inf

    def between(self, row: int, start_s: float, end_s: float) -> tuple[FloatArray, FloatArray]:
        """Times and values of a curve from start_s to end_s, and the one point before and after, as views."""
        first = max(self._end - self._points, 0)
        times_s = self._times_s[first : self._end]
        begin = max(int(np.searchsorted(times_s, start_s)) - 1, 0)
        end = min(int(np.searchsorted(times_s, end_s, side="right")) + 1, times_s.size)
        return times_s[begin:end], self._values[row, first + begin : first + end]


class Curve:
    """The newest points of one curve, oldest first."""

    def __init__(self, traces: Traces, row: int) -> None:
        self._traces, self._row = traces, row

    def since(self, start_s: float) -> tuple[FloatArray, FloatArray]:
        """Times and values from start_s on, and the one point before, as views."""
        return self.between(start_s, math.inf)

    def between(self, start_s: float, end_s: float) -> tuple[FloatArray, FloatArray]:
        """Times and values from start_s to end_s, and the one point before and after, as views."""
        return self._traces.between(self._row, start_s, end_s)

    @property
    def last_s(self) -> float:
        """Time of the newest point."""
        return self._traces.last_s


class Trace(Curve):
    """A curve that has its times for itself, and that points are added to."""

    def __init__(self, points: int) -> None:
        super().__init__(Traces(points, ("",)), 0)

    def add(self, time_s: float, value: float) -> None:
        """Add a point; NaN breaks the line."""
        self._traces.add(time_s, (value,))

    def follow(self, time_s: float, value: float | None) -> None:
        """Add a point of an even series: None breaks the line, and so does a gap."""
        self._traces.follow(time_s, (value,))


def drawn(
    times_s: FloatArray, values: FloatArray, start_s: float, column_s: float, columns: int
) -> tuple[FloatArray, FloatArray]:
    """The points to draw, in order, NaN where the line breaks; all of them where they are few, extremes of columns elsewhere.

    times_s, values: shape (n,). start_s: left edge, at or before which the first column begins. column_s: width of a column.
    """
    if times_s.size <= MOST_POINTS_A_COLUMN * columns:
        return times_s, values
    low, high, centres_s = extremes(times_s, values, start_s, column_s, columns)
    return np.repeat(centres_s, 2), np.stack((low, high), axis=1).ravel()


def extremes(
    times_s: FloatArray, values: FloatArray, start_s: float, column_s: float, columns: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Least and most of each column and its middle, shape (columns + 1,); NaN where a column holds no point."""
    first = math.floor(start_s / column_s)
    edges_s = column_s * np.arange(first, first + columns + 2, dtype=np.float64)
    at = np.searchsorted(times_s, edges_s)
    filled = np.flatnonzero(at[1:] > at[:-1])
    low = np.full(columns + 1, math.nan)
    high = np.full(columns + 1, math.nan)
    if filled.size:
        inside = values[: at[-1]]
        low[filled] = np.fmin.reduceat(inside, at[:-1][filled])
        high[filled] = np.fmax.reduceat(inside, at[:-1][filled])
    return low, high, edges_s[:-1] + column_s / 2.0


def fitted(shown: tuple[float, float], values: FloatArray, room: float, least_span: float) -> tuple[float, float]:
    """The range of an axis: wider at once where a value leaves it, narrower only where half of it is empty."""
    seen = values[np.isfinite(values)]
    if not seen.size:
        return shown
    low, high = shown
    least, most = float(seen.min()) - room, float(seen.max()) + room
    span = max(most - least, least_span)
    if least >= low and most <= high and span >= 0.5 * (high - low):
        return shown
    middle = (least + most) / 2.0
    return middle - 0.6 * span, middle + 0.6 * span
