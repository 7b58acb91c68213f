"""Running statistics of the last so many seconds of beats, each beat at a cost that does not depend on the window.

Decision: sums of NN and of successive differences are kept up as beats come and go. They are shifted by the first beat's length,
so that nothing is lost to rounding, and taken anew from the beats every few thousand.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from relaxlisten.physiology.time_domain import CERTAIN, PNN_MS
from relaxlisten.terms import Quality
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relaxlisten.messages import Beat

_RECOUNT_EVERY = 4096


class _Entry(NamedTuple):
    time_s: float
    nn_ms: float  # less the shift; NaN for a beat that does not count
    before_ms: float  # less the shift; NaN where it follows nothing


class TimeDomain(NamedTuple):
    """In ms and percent, as in `time_domain`; NaN where there is too little. clean_s: summed uncorrected NN."""

    mean_nn_ms: float
    sdnn_ms: float
    rmssd_ms: float
    pnn50_percent: float
    sd1_ms: float
    sd2_ms: float
    clean_s: float


class RollingTimeDomain:
    """Statistics of the uncorrected, certain beats of the last window_s; pairs only where one follows the other."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._entries: deque[_Entry] = deque()
        self._last_ms = math.nan
        self._shift_ms = 0.0
        self._since_recount = 0
        self._clear()

    def add(self, beat: Beat) -> None:
        """Take one more beat; beats come in order."""
        clean = beat.quality is Quality.NORMAL and beat.confidence >= CERTAIN
        nn_ms = beat.nn_ms if clean and beat.nn_ms is not None else math.nan
        if self._beats == 0 and clean:
            self._shift_ms = nn_ms
        before_ms = self._last_ms if clean and beat.follows else math.nan
        entry = _Entry(beat.time_s, nn_ms - self._shift_ms, before_ms - self._shift_ms)
        self._last_ms = nn_ms
        self._entries.append(entry)
        self._count(entry, 1)
        self.forget(beat.time_s)
        self._since_recount += 1
        if self._since_recount >= _RECOUNT_EVERY:
            self._recount(self._entries)

    def forget(self, now_s: float) -> None:
        """Let go of the beats that are older than the window."""
        while self._entries and self._entries[0].time_s <= now_s - self._window_s:
            self._count(self._entries.popleft(), -1)
        if self._beats == 0:
            self._clear()

    def values(self) -> TimeDomain:
        """The statistics now."""
        count, pairs = self._beats, self._pairs
        mean_ms = self._sum / count if count else math.nan
        return TimeDomain(
            mean_nn_ms=mean_ms + self._shift_ms,
            sdnn_ms=_spread(self._squares, self._sum, count),
            rmssd_ms=math.sqrt(max(self._change_squares, 0.0) / pairs) if pairs else math.nan,
            pnn50_percent=100.0 * self._large / pairs if pairs else math.nan,
            sd1_ms=_spread(self._change_squares, self._changes, pairs) / math.sqrt(2.0),
            sd2_ms=_spread(self._along_squares, self._along, pairs) / math.sqrt(2.0),
            clean_s=(self._sum + self._shift_ms * count) / MS_PER_S,
        )

    def _count(self, entry: _Entry, sign: int) -> None:
        _, nn_ms, before_ms = entry
        if nn_ms != nn_ms:
            return
        self._beats += sign
        self._sum += sign * nn_ms
        self._squares += sign * nn_ms * nn_ms
        if before_ms != before_ms:
            return
        change_ms, along_ms = nn_ms - before_ms, nn_ms + before_ms
        self._pairs += sign
        self._changes += sign * change_ms
        self._change_squares += sign * change_ms * change_ms
        self._along += sign * along_ms
        self._along_squares += sign * along_ms * along_ms
        if abs(change_ms) > PNN_MS:
            self._large += sign

    def _clear(self) -> None:
        self._beats = self._pairs = self._large = 0
        self._sum = self._squares = self._changes = self._change_squares = self._along = self._along_squares = 0.0

    def _recount(self, entries: Iterable[_Entry]) -> None:
        self._clear()
        self._since_recount = 0
        for entry in entries:
            self._count(entry, 1)


def _spread(squares: float, total: float, count: int) -> float:
    return math.sqrt(max(squares - total * total / count, 0.0) / (count - 1)) if count > 1 else math.nan
