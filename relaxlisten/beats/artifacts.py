"""Finds beats that were missed, added, moved or came early, and says what the heart did instead; causal.

Decision: an interval near the one expected is taken at once. Any other waits for its successor (for up to three in a run of
faults, or where two explanations are nearly as good), and then the likeliest explanation is taken; see `explain.py`. What is
expected comes from the corrected past only: the last interval, carried on by as much of the last change as this heart's changes
have lately been worth; and how far intervals usually are from it is learned from those that were taken as they were. So slow
deep breathing and a sudden effort stay what they are, and nothing locks up: where hardly anything fits, the past is learned anew,
and a heart that beats irregularly (see `rhythm.py`) is left as it is, because there is no regular beat to restore.

Time is conserved: an explanation's NN intervals add up to its raw ones. The one exception is a premature atrial beat, which sets
the rhythm anew: its interval, and the one after it where that is longer than usual, are replaced by intervals of the expected
length, and the clock goes on from the raw beats.
"""

from __future__ import annotations

import math
from collections import deque
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from relaxlisten.beats.explain import LONGEST_MS, MOST_BEATS, SHORTEST_MS, Kind, rank
from relaxlisten.beats.rhythm import LOOK_EVERY_BEATS, MEMORY_BEATS, is_irregular
from relaxlisten.terms import Quality

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relaxlisten.beats.explain import Explanation

# Found with the constants of explain.py, in the same search; spreads are relative to the expected interval.
LEAST_SPREAD = 0.0083
FIRST_SPREAD = 0.0793
LEARNING = 0.0598
FIRST_WEIGHT = 3.5  # the first spread counts as much as so many beats
LONG_KNOWN = 32  # after so many beats the first spread has no weight left
CLIPPED_AT = 1.76
# A normal distribution's standard deviation in units of its mean distance: rare large changes weigh less than in squares.
SD_PER_MEAN = 1.2533
CARRY = (-0.96, 0.55)
MOST_CARRIED = 0.12
MOST_CHANGE = 0.2
AT_ONCE = 0.9764  # so many spreads from the expected interval need no second look
CONFIRMED = 2.0  # so many are plausible where the successor stays there too
UNUSUAL = 0.0587  # nearer than this to the expected interval, a successor is nothing to wait for more
FAR_OFF = 2.69  # beyond so many, one successor is not enough to believe it
LEAD = 4.52  # log likelihood by which the best explanation must lead for its successor alone to be enough
MOST_WAITING = 4
FIRST_BEATS = 4
# So many explanations on end that change something: it is the expectation that is wrong.
MOST_IN_A_ROW = 8
RELEARN_SPREAD = 0.08
# Prior odds of an artefact against a true beat, for the confidence of a beat that was taken at once.
ODDS = 0.005
# Confidence of a beat that was not weighed against anything.
UNWEIGHED = 0.65
LONGEST_SPLIT_MS = 8000.0
# Corrected intervals follow each other in steps of at most this share.
MOST_STEP = 0.1


class Decision(NamedTuple):
    """What became of some raw intervals. nn_ms: what the heart did instead, empty after a gap. confidence: 0 to 1."""

    quality: Quality
    rr_ms: tuple[float, ...]
    nn_ms: tuple[float, ...]
    confidence: float


class Cleaner:
    """Takes raw intervals one by one and gives decisions, in order, as they become certain; knows nothing of clocks."""

    def __init__(self) -> None:
        self._waiting: list[float] = []
        self._last_ms = 0.0  # the last NN; 0 before the first
        self._change = 0.0
        self._change_power = 1e-4
        self._change_carried = 0.0
        self._spread = FIRST_SPREAD
        self._taken = 0
        self._in_a_row = 0
        self._recent_ms: deque[float] = deque(maxlen=MEMORY_BEATS)
        self._irregular = False
        self._seen = 0

    @property
    def irregular(self) -> bool:
        """Whether the last intervals have no regular beat."""
        return self._irregular

    def push(self, rr_ms: float) -> list[Decision]:
        """Take one more interval, in ms."""
        self._recent_ms.append(rr_ms)
        self._seen += 1
        if self._seen % LOOK_EVERY_BEATS == 0:
            self._irregular = is_irregular(self._recent_ms, was=self._irregular)
        if rr_ms > LONGEST_MS and self._is_gap(rr_ms):
            return [*self.flush(), Decision(Quality.AFTER_GAP, (rr_ms,), (), 1.0)]
        self._waiting.append(rr_ms)
        if self._last_ms == 0.0:
            if len(self._waiting) < FIRST_BEATS:
                return []
            self._begin()
        return self._decide(ended=False)

    def learn(self, rr_ms: Iterable[float]) -> None:
        """Learn from intervals of the same heart how it varies, and begin anew with that."""
        other = Cleaner()
        for rr in rr_ms:
            other.push(rr)
        self._spread, self._taken = other._spread, other._taken
        self._change_power, self._change_carried = other._change_power, other._change_carried

    def flush(self) -> list[Decision]:
        """No interval follows those that wait: decide about them now. The next one pushed begins anew."""
        if self._waiting and self._last_ms == 0.0:
            self._begin()
        decisions = self._decide(ended=True)
        self._last_ms = 0.0
        return decisions

    def _decide(self, *, ended: bool) -> list[Decision]:
        decisions: list[Decision] = []
        while self._waiting and (decision := self._first(ended=ended)) is not None:
            decisions.append(decision)
        return decisions

    def _first(self, *, ended: bool) -> Decision | None:
        """The decision about the oldest interval that waits, and perhaps some after it; None where more must be seen."""
        waiting = self._waiting
        rr_ms, expected_ms = waiting[0], self._expected_ms()
        if self._irregular and SHORTEST_MS < rr_ms < LONGEST_MS:
            return self._take(expected_ms, UNWEIGHED)
        spread = max(self._spread, LEAST_SPREAD)
        distance = abs(rr_ms / expected_ms - 1.0) / spread
        confirmed = len(waiting) > 1 and rr_ms > 0.0 and abs(waiting[1] / rr_ms - 1.0) < spread
        if distance < (CONFIRMED if confirmed else AT_ONCE) and SHORTEST_MS < rr_ms < LONGEST_MS:
            return self._take(expected_ms, 1.0 / (1.0 + ODDS * math.exp(0.5 * distance * distance)))
        if len(waiting) < 2 and not ended:
            return None
        best, lead = rank(waiting, expected_ms, spread, ended=ended)
        if not ended and len(waiting) < MOST_WAITING and self._may_be_a_run(expected_ms, spread):
            if lead < LEAD or best.kind is Kind.OPEN:
                return None
            if best.kind is Kind.TRUE and distance > FAR_OFF and len(waiting) < 3:
                return None
        confidence = 1.0 / (1.0 + math.exp(-lead))
        if best.kind is Kind.TRUE:
            return self._take(expected_ms, confidence)
        if best.kind is Kind.EARLY and abs(waiting[1] / expected_ms - 1.0) < AT_ONCE * spread:
            best = best._replace(intervals=1, beats=1)
        return self._correct(best, expected_ms, confidence)

    def _may_be_a_run(self, expected_ms: float, spread: float) -> bool:
        """Whether the interval after the first that waits is unusual too, so that more must be seen."""
        return abs(self._waiting[1] / expected_ms - 1.0) > max(AT_ONCE * spread, UNUSUAL)

    def _take(self, expected_ms: float, confidence: float) -> Decision:
        rr_ms = self._waiting.pop(0)
        surprise = min(abs(rr_ms / expected_ms - 1.0), CLIPPED_AT * max(self._spread, LEAST_SPREAD))
        self._taken += 1
        learning = LEARNING if self._taken > LONG_KNOWN else max(LEARNING, 1.0 / (self._taken + FIRST_WEIGHT))
        self._spread += learning * (SD_PER_MEAN * surprise - self._spread)
        change = rr_ms / self._last_ms - 1.0
        if not -MOST_CHANGE < change < MOST_CHANGE:
            change = math.copysign(MOST_CHANGE, change)
        self._change_power += LEARNING * (change * change - self._change_power) + 1e-9
        self._change_carried += LEARNING * (change * self._change - self._change_carried)
        self._change, self._last_ms, self._in_a_row = change, rr_ms, 0
        return Decision(Quality.NORMAL, (rr_ms,), (rr_ms,), confidence)

    def _correct(self, best: Explanation, expected_ms: float, confidence: float) -> Decision:
        rr_ms = tuple(self._waiting[: best.intervals])
        del self._waiting[: best.intervals]
        following_ms = self._waiting[0] if self._waiting else None
        nn_ms = _restored(best, sum(rr_ms), self._last_ms, expected_ms, following_ms)
        resets = best.kind in (Kind.EARLY, Kind.LATE)
        self._change = 0.0 if resets else 0.5 * (nn_ms[-1] / self._last_ms - 1.0)
        self._last_ms = max(expected_ms if resets else nn_ms[-1], SHORTEST_MS)
        self._in_a_row += 1
        if self._in_a_row > MOST_IN_A_ROW:
            self._last_ms = max(median([*rr_ms, *self._waiting]), SHORTEST_MS)
            self._spread, self._in_a_row = RELEARN_SPREAD, 0
            self._taken = 0
        return Decision(_quality(best.kind, rr_ms), rr_ms, nn_ms, confidence)

    def _expected_ms(self) -> float:
        carry = self._change_carried / self._change_power
        carried = (CARRY[0] if carry < CARRY[0] else CARRY[1] if carry > CARRY[1] else carry) * self._change
        return self._last_ms * (1.0 + min(max(carried, -MOST_CARRIED), MOST_CARRIED))

    def _begin(self) -> None:
        """The first interval is expected to be like the middle of the first few: one of them may be wrong."""
        ordered = sorted(self._waiting)
        low_ms, high_ms = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
        self._last_ms = min(max((low_ms + high_ms) / 2.0 if high_ms < 1.4 * low_ms else low_ms, SHORTEST_MS), LONGEST_MS)
        self._change = 0.0

    def _is_gap(self, rr_ms: float) -> bool:
        return rr_ms > LONGEST_SPLIT_MS or (self._last_ms > 0.0 and rr_ms > (MOST_BEATS + 0.5) * self._last_ms)


def _restored(
    best: Explanation, total_ms: float, last_ms: float, expected_ms: float, following_ms: float | None
) -> tuple[float, ...]:
    """The NN intervals of an explanation: a smooth way on from the last one, of the same length in all."""
    beats = best.beats
    match best.kind:
        case Kind.EARLY:
            return (expected_ms,) * beats
        case Kind.LATE:
            return (total_ms / beats,) * beats
        case Kind.MISSED if following_ms is not None and abs(following_ms / last_ms - 1.0) < 0.25:
            shape = [last_ms + (following_ms - last_ms) * number / (beats + 1) for number in range(1, beats + 1)]
            return tuple(total_ms * part / sum(shape) for part in shape)
        case _:
            return _evenly_on(total_ms, beats, last_ms)


def _evenly_on(total_ms: float, beats: int, last_ms: float) -> tuple[float, ...]:
    """So many intervals of total_ms in all, each longer or shorter than the one before by the same step, from last_ms on."""
    mean_ms = total_ms / beats
    step_ms = 2.0 * (total_ms - beats * last_ms) / (beats * (beats + 1))
    most_ms = MOST_STEP * mean_ms
    step_ms = min(max(step_ms, -most_ms), most_ms)
    return tuple(mean_ms + (number - (beats - 1) / 2.0) * step_ms for number in range(beats))


def _quality(kind: Kind, rr_ms: tuple[float, ...]) -> Quality:
    match kind:
        case Kind.MISSED:
            return Quality.MISSED
        case Kind.EXTRA:
            return Quality.EXTRA
        case Kind.EARLY:
            return Quality.ECTOPIC
        case Kind.SHIFTED:
            return Quality.ECTOPIC if rr_ms[0] < rr_ms[-1] else Quality.MISPLACED
        case Kind.LATE:
            return Quality.MISPLACED
        case _:
            return Quality.NOISE
