"""What a simulated study showed, with confidence intervals: plain functions from results to rows.

Decision: arms are compared within listeners (the same hearts, the same seeds), so an interval is that of the mean of paired
differences, by Student's t. Learning takes sessions, so arms are compared by the last sessions of each listener.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.simulation.listeners import ListenerKind
from relaxlisten.simulation.sessions import ORACLE
from relaxlisten.terms import Arm

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from relaxlisten.simulation.sessions import ArmResult, SessionResult

LAST_SESSIONS = 3
BOOTSTRAPS, BOOTSTRAP_SEED = 2000, 1
REFERENCE = Arm.UNMODIFIED.value
# Student's t, 97.5 %, for few degrees of freedom; beyond the last the normal value is near enough.
_T = {
    1: 12.71,
    2: 4.30,
    3: 3.18,
    4: 2.78,
    5: 2.57,
    6: 2.45,
    7: 2.36,
    8: 2.31,
    9: 2.26,
    10: 2.23,
    12: 2.18,
    15: 2.13,
    20: 2.09,
    30: 2.04,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean and its 95 % confidence interval, of n listeners."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        """For a table."""
        return "-" if self.n == 0 else f"{self.mean:+.2f} [{self.low:+.2f}, {self.high:+.2f}]"


def interval(values: Sequence[float]) -> Interval:
    """Of the mean of these values; nothing is claimed of fewer than two."""
    n = len(values)
    if n < 2:
        mean = values[0] if values else math.nan
        return Interval(mean=mean, low=-math.inf, high=math.inf, n=n)
    half = _t(n - 1) * float(np.std(values, ddof=1)) / math.sqrt(n)
    mean = float(np.mean(values))
    return Interval(mean=mean, low=mean - half, high=mean + half, n=n)


def _t(freedom: int) -> float:
    return next((value for known, value in reversed(_T.items()) if known <= freedom), 1.96) if freedom <= 60 else 2.0


def per_listener(
    results: Sequence[SessionResult], arm: str, figure: Callable[[SessionResult], float | None], *, first: int, last: int
) -> dict[int, float]:
    """A listener's mean of a figure over sessions first to last in one arm."""
    found: dict[int, list[float]] = {}
    for result in results:
        value = figure(result)
        if result.arm == arm and first <= result.session <= last and value is not None:
            found.setdefault(result.listener, []).append(value)
    return {listener: sum(values) / len(values) for listener, values in found.items()}


def against(
    results: Sequence[SessionResult], arm: str, other: str, figure: Callable[[SessionResult], float | None], *,
    first: int, last: int,
) -> Interval:  # fmt: skip
    """How much more of a figure an arm has than another, within listeners."""
    here = per_listener(results, arm, figure, first=first, last=last)
    there = per_listener(results, other, figure, first=first, last=last)
    return interval([here[listener] - there[listener] for listener in here if listener in there])


def regret(results: Sequence[SessionResult], *, first: int, last: int) -> Interval | None:
    """Of what an oracle gains over unmodified music, the share that the adaptive arm does not. None where nothing is gained.

    The interval is a percentile bootstrap over listeners (a ratio of two means has no t).
    """

    def settling(result: SessionResult) -> float | None:
        return result.settling

    arms = (Arm.ADAPTIVE.value, ORACLE, REFERENCE)
    ours, best, plain = (per_listener(results, arm, settling, first=first, last=last) for arm in arms)
    known = sorted(ours.keys() & best.keys() & plain.keys())
    if interval([best[one] - plain[one] for one in known]).low <= 0.0:
        return None
    gains = np.array([(ours[one] - plain[one], best[one] - plain[one]) for one in known])
    drawn = np.random.Generator(np.random.PCG64(BOOTSTRAP_SEED)).integers(len(known), size=(BOOTSTRAPS, len(known)))
    missed = 1.0 - np.divide(*gains[drawn].mean(axis=1).T)
    low, high = np.quantile(missed, (0.025, 0.975))
    ours_mean, best_mean = gains.mean(axis=0)
    return Interval(mean=float(1.0 - ours_mean / best_mean), low=float(low), high=float(high), n=len(known))


def coverage(arms: Sequence[ArmResult], outcome: str) -> Interval | None:
    """Share of the 90 % intervals for an outcome that held the truth; its interval treats people, not pieces, as independent."""
    counts = [arm.intervals[outcome] for arm in arms if arm.intervals.get(outcome, (0, 0))[1]]
    if not counts:
        return None
    share = sum(inside for inside, _ in counts) / sum(told for _, told in counts)
    mean_told = sum(told for _, told in counts) / len(counts)
    apart = interval([(inside - share * told) / mean_told for inside, told in counts])
    return Interval(mean=share, low=max(share + apart.low, 0.0), high=min(share + apart.high, 1.0), n=len(counts))


RESPONDING = (ListenerKind.RESPONDER.value, ListenerKind.NOISY.value, ListenerKind.PARADOXICAL.value)


def of_kinds(results: Sequence[SessionResult], kinds: Sequence[str]) -> list[SessionResult]:
    """The results of listeners of these kinds."""
    return [result for result in results if result.kind in kinds]
