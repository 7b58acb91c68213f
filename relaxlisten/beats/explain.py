"""What may have happened to a few intervals: the explanations there are, and how likely each is.

Decision: all explanations are weighed as densities of the *raw* intervals, in units of the interval that is expected, so that
they can be compared whatever they make of them. A beat that was missed is one interval near two; an extra beat is two that make
up one, cut anywhere; a shifted beat is two that make up two; a premature atrial beat is a short one with a usual one after it;
and where nothing simpler fits, three or four intervals were shaken but still make up a whole number of beats. What comes after
an explanation is explained too, as far as it has been seen, and what begins only with the last interval seen is left open at a
flat price.

The constants below were found by a random search on synthetic hearts and clean stretches of real ones with artefacts put in
(tests/bench/physiology), and checked on others.
"""

from __future__ import annotations

import math
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# No heart beats outside these, so no such interval is taken as it is.
SHORTEST_MS = 240.0
LONGEST_MS = 3000.0
# More beats than this in one interval are a gap.
MOST_BEATS = 9
MOST_INTERVALS = 4

_TAILS = 3.64  # degrees of freedom of Student's t: sudden changes of a healthy heart are not rare
# Log prior chances, each with the density over where in its range the fault may lie folded in.
_LOG_MISSED = -4.08
_LOG_MISSED_MORE = 0.0046  # for each further beat: what is thrice as long is hardly anything else
_LOG_EXTRA = -5.75
_LOG_SHIFTED = -3.25
_LOG_EARLY = -3.69
_LOG_LATE = -5.89
_LOG_SHAKEN = -5.73
_LOG_SHAKEN_TWO = -7.65
_LOG_STEP = -7.0  # the heart goes on at another pace from here
_STAYS = 0.08  # a pace is one where the next interval is as near as this
_LOG_OPEN = -3.56
_SUM_SPREAD = 0.5582
_LATE_SPREAD = 0.0358
_PAUSE, _PAUSE_SPREAD = 1.04, 0.074  # the interval after a premature beat that reset the rhythm, in units of the usual one


class Kind(Enum):
    """What may have happened."""

    TRUE = auto()
    MISSED = auto()
    EXTRA = auto()
    SHIFTED = auto()
    EARLY = auto()
    LATE = auto()
    SHAKEN = auto()
    OPEN = auto()


class Explanation(NamedTuple):
    """log_likelihood: of the intervals it covers. intervals: raw ones that it covers. beats: NN intervals that it leaves.

    then_ms: the interval to be expected after it.
    """

    log_likelihood: float
    kind: Kind
    intervals: int
    beats: int
    then_ms: float


class Ranked(NamedTuple):
    """The best explanation of the first of some intervals, and how much likelier it is than the next best (log)."""

    best: Explanation
    lead: float


def rank(rr_ms: Sequence[float], expected_ms: float, spread: float, *, ended: bool) -> Ranked:
    """The best way to begin to explain the intervals. spread: relative, of an interval about the expected one.

    ended: no more intervals will come, so nothing may be left open.
    """
    found: dict[tuple[Kind, int, int], tuple[float, Explanation]] = {}
    for explanation in _explanations(rr_ms, 0, expected_ms, spread, ended):
        total = explanation.log_likelihood + _rest(rr_ms, explanation.intervals, explanation.then_ms, spread, ended)
        key = (explanation.kind, explanation.intervals, explanation.beats)
        if key not in found or found[key][0] < total:
            found[key] = (total, explanation)
    ordered = sorted(found.values(), key=lambda entry: -entry[0])
    lead = ordered[0][0] - ordered[1][0] if len(ordered) > 1 else 30.0
    return Ranked(ordered[0][1], min(lead, 30.0))


def _rest(rr_ms: Sequence[float], at: int, expected_ms: float, spread: float, ended: bool) -> float:
    """Log likelihood of the intervals from `at` on, under their best explanation."""
    if at == len(rr_ms):
        return 0.0
    return max(
        explanation.log_likelihood + _rest(rr_ms, at + explanation.intervals, explanation.then_ms, spread, ended)
        for explanation in _explanations(rr_ms, at, expected_ms, spread, ended)
    )


def _explanations(rr_ms: Sequence[float], at: int, expected_ms: float, spread: float, ended: bool) -> Iterator[Explanation]:
    first_ms, left = rr_ms[at], len(rr_ms) - at
    expected_ms = max(expected_ms, SHORTEST_MS)
    share = first_ms / expected_ms
    if SHORTEST_MS < first_ms < LONGEST_MS:
        drift = min(max(0.5 * (first_ms - expected_ms), -0.05 * expected_ms), 0.05 * expected_ms)
        yield Explanation(_density(share - 1.0, spread), Kind.TRUE, 1, 1, first_ms + drift)
        if left > 1 and abs(rr_ms[at + 1] / first_ms - 1.0) < _STAYS:
            yield Explanation(_LOG_STEP, Kind.TRUE, 1, 1, first_ms)
    yield from _missed(first_ms, share, spread)
    if left > 1:
        yield from _two(first_ms, rr_ms[at + 1], expected_ms, spread)
    for count in range(3, min(left, MOST_INTERVALS) + 1):
        yield _shaken(sum(rr_ms[at : at + count]), count, expected_ms, spread)
    if left == 1:
        yield Explanation(_LOG_OPEN, Kind.SHAKEN if ended else Kind.OPEN, 1, 1, expected_ms)


def _missed(first_ms: float, share: float, spread: float) -> Iterator[Explanation]:
    if share < 1.45:
        return
    nearest = round(share)
    for beats in range(max(nearest - 1, 2), min(nearest + 1, MOST_BEATS) + 1):
        width = _SUM_SPREAD * spread * math.sqrt(beats + (beats - 1) * beats / 2.0)
        prior = _LOG_MISSED + (beats - 2) * _LOG_MISSED_MORE
        yield Explanation(prior + _density(share - beats, width), Kind.MISSED, 1, beats, first_ms / beats)


def _two(first_ms: float, second_ms: float, expected_ms: float, spread: float) -> Iterator[Explanation]:
    share, both_ms = first_ms / expected_ms, first_ms + second_ms
    both = both_ms / expected_ms
    if both < 1.6:
        yield Explanation(_LOG_EXTRA + _density(both - 1.0, spread), Kind.EXTRA, 2, 1, both_ms)
    width = _SUM_SPREAD * spread * math.sqrt(3.0)
    yield Explanation(_LOG_SHIFTED + _density(both - 2.0, width), Kind.SHIFTED, 2, 2, both_ms / 2.0)
    if 0.45 < share < 0.93:
        likelihood = _LOG_EARLY + _density(second_ms / expected_ms - _PAUSE, math.hypot(spread, _PAUSE_SPREAD))
        yield Explanation(likelihood, Kind.EARLY, 2, 2, expected_ms)
    if 1.07 < share < 1.6:
        yield Explanation(
            _LOG_LATE + _density(second_ms / expected_ms - 1.0, math.hypot(spread, _LATE_SPREAD)), Kind.LATE, 2, 2, expected_ms
        )
    beats = round(both)
    if 3 <= beats <= MOST_BEATS:
        width = spread * math.sqrt(beats + beats * (beats - 1) / 2.0)
        prior = _LOG_SHAKEN_TWO + (beats - 2) * _LOG_MISSED_MORE
        yield Explanation(prior + _density(both - beats, width), Kind.SHAKEN, 2, beats, both_ms / beats)


def _shaken(total_ms: float, count: int, expected_ms: float, spread: float) -> Explanation:
    share = total_ms / expected_ms
    beats = max(round(share), 1)
    width = spread * math.sqrt(beats + beats * (beats - 1) / 2.0)
    likelihood = _LOG_SHAKEN - 0.3 * (count - 2) - abs(beats - count) + _density(share - beats, width)
    return Explanation(likelihood, Kind.EXTRA if beats == 1 else Kind.SHAKEN, count, beats, total_ms / beats)


def _density(deviation: float, width: float) -> float:
    """Log density of Student's t, to a constant."""
    return -0.5 * (_TAILS + 1.0) * math.log(1.0 + (deviation / width) ** 2 / _TAILS) - math.log(width) - 0.98
