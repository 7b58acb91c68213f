"""Decisions about intervals, laid out as beats in time: raw and corrected side by side.

Decision: one row a beat. A beat that was put back has no raw interval, a beat that was taken out has no NN interval; where as
many beats stay as there were, they only move. A row is called by what was found; what is normal stands where it was measured.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from relaxlisten.beats.artifacts import Cleaner
from relaxlisten.messages import Beat
from relaxlisten.terms import Quality
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from relaxlisten.beats.artifacts import Decision
    from relaxlisten.beats.beat_times import PlacedInterval


class Row(NamedTuple):
    """One beat. time_s: on the same clock as the intervals' ends."""

    time_s: float
    rr_ms: float | None
    nn_ms: float | None
    quality: Quality
    confidence: float


def rows(decision: Decision, ends_s: Sequence[float]) -> list[Row]:
    """The beats of a decision. ends_s: when each of its raw intervals ended."""
    quality, rr_ms, nn_ms, confidence = decision
    if quality is Quality.NORMAL:
        return [Row(ends_s[0], rr_ms[0], nn_ms[0], quality, confidence)]
    if not nn_ms:
        return [Row(end_s, rr, None, quality, confidence) for end_s, rr in zip(ends_s, rr_ms, strict=True)]
    removed = max(len(rr_ms) - len(nn_ms), 0)
    added = max(len(nn_ms) - len(rr_ms), 0)
    raw: list[float | None] = [*rr_ms[:removed], *([None] * added), *rr_ms[removed:]]
    corrected: list[float | None] = [*([None] * removed), *nn_ms]
    start_s = ends_s[0] - rr_ms[0] / MS_PER_S
    kept_s = [start_s + (ends_s[-1] - start_s) * share for share in _running_shares(nn_ms)]
    times_s = [*(min(end_s, kept_s[0]) for end_s in ends_s[:removed]), *kept_s]
    return [Row(time_s, rr, nn, quality, confidence) for time_s, rr, nn in zip(times_s, raw, corrected, strict=True)]


def _running_shares(nn_ms: Sequence[float]) -> Iterator[float]:
    """How much of the whole has passed at the end of each part; the last is exactly 1."""
    total_ms, passed_ms = sum(nn_ms), 0.0
    for nn in nn_ms[:-1]:
        passed_ms += nn
        yield passed_ms / total_ms if total_ms > 0.0 else 1.0
    yield 1.0


class Corrector:
    """Placed intervals in, beats out, each as soon as it is certain."""

    def __init__(self) -> None:
        self._cleaner = Cleaner()
        self._ends_s: deque[float] = deque()
        self._normal_before = False

    @property
    def irregular(self) -> bool:
        """Whether the heart has no regular beat at present."""
        return self._cleaner.irregular

    def take(self, interval: PlacedInterval) -> list[Beat]:
        """Take one more interval; give the beats that are now certain, oldest first."""
        beats = self.flush() if interval.after_gap else []
        if interval.after_gap:
            self._normal_before = False
            return [*beats, _after_gap(interval)]
        self._ends_s.append(interval.time_s)
        return self._beats(self._cleaner.push(interval.rr_ms))

    def flush(self) -> list[Beat]:
        """No interval follows: what waits is decided about now."""
        return self._beats(self._cleaner.flush())

    def _beats(self, decisions: Iterable[Decision]) -> list[Beat]:
        beats = []
        for decision in decisions:
            ends_s = [self._ends_s.popleft() for _ in decision.rr_ms]
            normal = decision.quality is Quality.NORMAL
            beats += [Beat(**row._asdict(), follows=normal and self._normal_before) for row in rows(decision, ends_s)]
            self._normal_before = normal
        return beats


def _after_gap(interval: PlacedInterval) -> Beat:
    """A beat of which only the time is known, not the time since the one before it."""
    return Beat(
        time_s=interval.time_s, rr_ms=interval.rr_ms, nn_ms=None, quality=Quality.AFTER_GAP, confidence=1.0, follows=False
    )
