"""Marks beats that were missed, added or came early, one beat after they happened.

Decision: specificity first. A change is only called an artefact where the *explanation* fits better than the change itself: a
long interval must split into near-equal ones, a short one must make a whole one (extra) or two (ectopic, with its compensatory
pause) with its successor, and what comes out must be a length that this heart had lately. Anything else is taken as it is: deep
slow breathing and a sudden effort stay what they are. Expectations come from the corrected past only; where corrections follow
upon each other the past is doubted and learned anew, so that nothing ever locks up. Time is conserved: but for gaps, the sum of
nn_ms is the sum of rr_ms.
"""

from __future__ import annotations

import dataclasses
import itertools
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.messages import Beat
from relaxlisten.terms import Quality
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from relaxlisten.beats.beat_times import PlacedInterval

# How far an interval may be from the one expected before it is looked at: three times the typical change between neighbours, but
# never less than 18 % (RSA of 40 % of RR at 4.5 to 6 breaths a minute changes by up to 13 % a beat) nor more than 30 %.
LEAST_TOLERANCE = 0.18
MOST_TOLERANCE = 0.30
TYPICAL_CHANGES = 3.0
MEMORY_BEATS = 16
LEAST_PAST_BEATS = 3
# A corrected interval lies between the second shortest and the second longest of the past, give or take this share: one beat
# taken wrongly must not drag its successors along.
BEYOND_PAST = 0.15
# Above 250 and below 20 beats a minute it is the sensor that speaks: what stays so short is no beat, what stays so long is a gap.
SHORTEST_MS = 240.0
LONGEST_MS = 3000.0
# So many splits or merges in a row are no longer faults of single beats: it is the expectation that is wrong.
MOST_IN_A_ROW = 8
# A missed beat makes an interval of about twice its length; up to this many beats are put back.
MOST_MISSED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanerState:
    """past_ms: recent NN intervals, oldest first. waiting: a short interval that needs its successor. follows: see Beat.

    in_a_row: splits and merges since the last beat that was taken as it was.
    """

    past_ms: tuple[float, ...] = ()
    waiting: PlacedInterval | None = None
    follows: bool = False
    in_a_row: int = 0


Cleaned = tuple[CleanerState, tuple[Beat, ...]]


def clean(state: CleanerState, interval: PlacedInterval) -> Cleaned:
    """Take one more interval; give the beats that are now certain, oldest first."""
    if interval.after_gap:
        _, beats = flush(state)
        return CleanerState(), (*beats, _unknown(interval))
    if state.waiting is not None:
        return _with_successor(dataclasses.replace(state, waiting=None), state.waiting, interval)
    return _judge(state, interval)


def flush(state: CleanerState) -> Cleaned:
    """No more intervals will come: what waits is taken as it is, if it can be a beat."""
    if state.waiting is None:
        return state, ()
    if state.waiting.rr_ms < SHORTEST_MS:
        return CleanerState(past_ms=state.past_ms), (_extra(state.waiting, None),)
    return _take(dataclasses.replace(state, waiting=None), state.waiting)


def _judge(state: CleanerState, interval: PlacedInterval) -> Cleaned:
    if len(state.past_ms) < LEAST_PAST_BEATS:
        known = interval.rr_ms >= SHORTEST_MS
        return _take(state, interval) if known else (dataclasses.replace(state, waiting=interval), ())
    expected_ms, tolerance = state.past_ms[-1], _tolerance(state.past_ms)
    if interval.rr_ms < max(expected_ms * (1.0 - tolerance), SHORTEST_MS):
        return dataclasses.replace(state, waiting=interval), ()
    parts = round(interval.rr_ms / expected_ms)
    if 2 <= parts <= MOST_MISSED + 1:
        nn_ms = interval.rr_ms / parts
        if _is_expected(state, nn_ms) and _is_long_enough(state, nn_ms):
            return _split(state, interval, parts)
    return _take(state, interval)


def _with_successor(state: CleanerState, short: PlacedInterval, successor: PlacedInterval) -> Cleaned:
    both_ms = short.rr_ms + successor.rr_ms
    if both_ms < SHORTEST_MS:
        return CleanerState(past_ms=state.past_ms), (_extra(short, None), _extra(successor, None))
    if short.rr_ms < SHORTEST_MS and both_ms <= LONGEST_MS:
        return _merge(state, short, successor)
    if _is_expected(state, both_ms) and _is_short_enough(state, both_ms):
        return _merge(state, short, successor)
    if _is_expected(state, both_ms / 2.0) and successor.rr_ms > state.past_ms[-1] * (1.0 + _tolerance(state.past_ms) / 2.0):
        return _rebalance(state, short, successor)
    taken, first = flush(dataclasses.replace(state, waiting=short))
    judged, rest = _judge(taken, successor)
    return judged, first + rest


def _is_expected(state: CleanerState, nn_ms: float) -> bool:
    """Whether a corrected interval is near enough to the last one, as long as the last ones are to be trusted."""
    if len(state.past_ms) < LEAST_PAST_BEATS or state.in_a_row >= MOST_IN_A_ROW:
        return False
    return abs(nn_ms / state.past_ms[-1] - 1.0) <= _tolerance(state.past_ms)


def _is_long_enough(state: CleanerState, nn_ms: float) -> bool:
    """Whether this heart had such short intervals lately: what is split wrongly is shorter than all but the last."""
    return nn_ms >= sorted(state.past_ms)[1] * (1.0 - BEYOND_PAST)


def _is_short_enough(state: CleanerState, nn_ms: float) -> bool:
    """Whether this heart had such long intervals lately: what is merged wrongly is longer than all but the last."""
    return nn_ms <= sorted(state.past_ms)[-2] * (1.0 + BEYOND_PAST)


def _unknown(interval: PlacedInterval) -> Beat:
    """A beat of which only the time is known, not the time since the one before it."""
    return Beat(time_s=interval.time_s, rr_ms=interval.rr_ms, nn_ms=None, quality=Quality.AFTER_GAP, follows=False)


def _take(state: CleanerState, interval: PlacedInterval) -> Cleaned:
    if interval.rr_ms > LONGEST_MS:
        return CleanerState(), (_unknown(interval),)
    beat = Beat(time_s=interval.time_s, rr_ms=interval.rr_ms, nn_ms=interval.rr_ms, quality=Quality.NORMAL, follows=state.follows)
    past_ms = () if state.in_a_row >= MOST_IN_A_ROW else state.past_ms
    return CleanerState(past_ms=_remember(past_ms, interval.rr_ms), follows=True), (beat,)


def _split(state: CleanerState, interval: PlacedInterval, parts: int) -> Cleaned:
    nn_ms = interval.rr_ms / parts
    beats = tuple(
        Beat(
            time_s=interval.time_s - (parts - number) * nn_ms / MS_PER_S,
            rr_ms=interval.rr_ms if number == parts else None,
            nn_ms=nn_ms,
            quality=Quality.MISSED,
            follows=False,
        )
        for number in range(1, parts + 1)
    )
    return CleanerState(past_ms=_remember(state.past_ms, nn_ms), in_a_row=state.in_a_row + 1), beats


def _merge(state: CleanerState, short: PlacedInterval, successor: PlacedInterval) -> Cleaned:
    both_ms = short.rr_ms + successor.rr_ms
    beats = _extra(short, None), _extra(successor, both_ms)
    return CleanerState(past_ms=_remember(state.past_ms, both_ms), in_a_row=state.in_a_row + 1), beats


def _extra(interval: PlacedInterval, nn_ms: float | None) -> Beat:
    return Beat(time_s=interval.time_s, rr_ms=interval.rr_ms, nn_ms=nn_ms, quality=Quality.EXTRA, follows=False)


def _rebalance(state: CleanerState, short: PlacedInterval, successor: PlacedInterval) -> Cleaned:
    nn_ms = (short.rr_ms + successor.rr_ms) / 2.0
    middle_s = successor.time_s - nn_ms / MS_PER_S
    beats = (
        Beat(time_s=middle_s, rr_ms=short.rr_ms, nn_ms=nn_ms, quality=Quality.ECTOPIC, follows=False),
        Beat(time_s=successor.time_s, rr_ms=successor.rr_ms, nn_ms=nn_ms, quality=Quality.ECTOPIC, follows=False),
    )
    return CleanerState(past_ms=_remember(state.past_ms, nn_ms)), beats


def _remember(past_ms: tuple[float, ...], nn_ms: float) -> tuple[float, ...]:
    return (*past_ms[-(MEMORY_BEATS - 1) :], nn_ms)


def _tolerance(past_ms: tuple[float, ...]) -> float:
    changes = [abs(after / before - 1.0) for before, after in itertools.pairwise(past_ms)]
    return min(max(TYPICAL_CHANGES * statistics.median(changes), LEAST_TOLERANCE), MOST_TOLERANCE)
