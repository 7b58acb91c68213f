"""Marks beats that were missed, added or came early, one beat after they happened.

Decision: specificity first. A change is only called an artefact where the *explanation* fits better than the change itself: a
long interval must split into near-equal ones, a short one must make a whole one (extra) or two (ectopic, with its compensatory
pause) with its successor. Anything else is taken as it is: deep slow breathing and a sudden effort stay what they are, and
nothing ever locks up. Expectations come from the corrected past only. Time is conserved: the sum of nn_ms is the sum of rr_ms.
"""

from __future__ import annotations

import dataclasses
import itertools
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.messages import Beat, Quality
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from relaxlisten.beats.beat_times import PlacedInterval

# How far an interval may be from the one expected before it is looked at: three times the typical change between neighbours, but
# never less than 18 % (RSA of 40 % of RR at 4.5 to 6 breaths a minute changes by up to 13 % a beat) nor more than 30 %.
LEAST_TOLERANCE = 0.18
MOST_TOLERANCE = 0.30
TYPICAL_CHANGES = 3.0
MEMORY_BEATS = 16
# A missed beat makes an interval of about twice its length; up to this many beats are put back.
MOST_MISSED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanerState:
    """past_ms: recent NN intervals, oldest first. waiting: a short interval that needs its successor. follows: see Beat."""

    past_ms: tuple[float, ...] = ()
    waiting: PlacedInterval | None = None
    follows: bool = False


Cleaned = tuple[CleanerState, tuple[Beat, ...]]


def clean(state: CleanerState, interval: PlacedInterval) -> Cleaned:
    """Take one more interval; give the beats that are now certain, oldest first."""
    if interval.after_gap:
        flushed, beats = flush(state)
        gap = Beat(time_s=interval.time_s, rr_ms=interval.rr_ms, nn_ms=None, quality=Quality.AFTER_GAP, follows=False)
        return dataclasses.replace(flushed, follows=False, past_ms=()), (*beats, gap)
    if state.waiting is not None:
        return _with_successor(dataclasses.replace(state, waiting=None), state.waiting, interval)
    return _judge(state, interval)


def flush(state: CleanerState) -> Cleaned:
    """No more intervals will come: what waits is taken as it is."""
    if state.waiting is None:
        return state, ()
    return _take(dataclasses.replace(state, waiting=None), state.waiting)


def _judge(state: CleanerState, interval: PlacedInterval) -> Cleaned:
    if len(state.past_ms) < 3:
        return _take(state, interval)
    expected_ms, tolerance = state.past_ms[-1], _tolerance(state.past_ms)
    if interval.rr_ms < expected_ms * (1.0 - tolerance):
        return dataclasses.replace(state, waiting=interval), ()
    parts = round(interval.rr_ms / expected_ms)
    splits_well = 2 <= parts <= MOST_MISSED + 1 and abs(interval.rr_ms / parts - expected_ms) <= tolerance * expected_ms
    return _split(state, interval, parts) if splits_well else _take(state, interval)


def _with_successor(state: CleanerState, short: PlacedInterval, successor: PlacedInterval) -> Cleaned:
    expected_ms, tolerance = state.past_ms[-1], _tolerance(state.past_ms)
    both_ms = short.rr_ms + successor.rr_ms
    if abs(both_ms - expected_ms) <= tolerance * expected_ms:
        return _merge(state, short, successor)
    is_pause = successor.rr_ms > expected_ms * (1.0 + tolerance / 2.0)
    if is_pause and abs(both_ms / 2.0 - expected_ms) <= tolerance * expected_ms:
        return _rebalance(state, short, successor)
    taken, first = _take(state, short)
    judged, rest = _judge(taken, successor)
    return judged, first + rest


def _take(state: CleanerState, interval: PlacedInterval) -> Cleaned:
    beat = Beat(time_s=interval.time_s, rr_ms=interval.rr_ms, nn_ms=interval.rr_ms, quality=Quality.NORMAL, follows=state.follows)
    return CleanerState(past_ms=_remember(state.past_ms, interval.rr_ms), follows=True), (beat,)


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
    return CleanerState(past_ms=_remember(state.past_ms, nn_ms), follows=False), beats


def _merge(state: CleanerState, short: PlacedInterval, successor: PlacedInterval) -> Cleaned:
    both_ms = short.rr_ms + successor.rr_ms
    beats = (
        Beat(time_s=short.time_s, rr_ms=short.rr_ms, nn_ms=None, quality=Quality.EXTRA, follows=False),
        Beat(time_s=successor.time_s, rr_ms=successor.rr_ms, nn_ms=both_ms, quality=Quality.EXTRA, follows=False),
    )
    return CleanerState(past_ms=_remember(state.past_ms, both_ms), follows=False), beats


def _rebalance(state: CleanerState, short: PlacedInterval, successor: PlacedInterval) -> Cleaned:
    nn_ms = (short.rr_ms + successor.rr_ms) / 2.0
    middle_s = successor.time_s - nn_ms / MS_PER_S
    beats = (
        Beat(time_s=middle_s, rr_ms=short.rr_ms, nn_ms=nn_ms, quality=Quality.ECTOPIC, follows=False),
        Beat(time_s=successor.time_s, rr_ms=successor.rr_ms, nn_ms=nn_ms, quality=Quality.ECTOPIC, follows=False),
    )
    return CleanerState(past_ms=_remember(state.past_ms, nn_ms), follows=False), beats


def _remember(past_ms: tuple[float, ...], nn_ms: float) -> tuple[float, ...]:
    return (*past_ms[-(MEMORY_BEATS - 1) :], nn_ms)


def _tolerance(past_ms: tuple[float, ...]) -> float:
    changes = [abs(after / before - 1.0) for before, after in itertools.pairwise(past_ms)]
    return min(max(TYPICAL_CHANGES * statistics.median(changes), LEAST_TOLERANCE), MOST_TOLERANCE)
