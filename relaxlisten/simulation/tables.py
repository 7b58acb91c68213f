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


def regret(results: Sequence[SessionResult], *, first: int, last: int) -> float | None:
    """Of what an oracle gains over unmodified music, the share that the adaptive arm does not. None where nothing is gained."""

    def settling(result: SessionResult) -> float | None:
        return result.settling

    ours = against(results, Arm.ADAPTIVE.value, REFERENCE, settling, first=first, last=last)
    best = against(results, ORACLE, REFERENCE, settling, first=first, last=last)
    return 1.0 - ours.mean / best.mean if best.n > 1 and best.low > 0.0 else None


def coverage(arms: Sequence[ArmResult]) -> float | None:
    """Share of 90 % intervals that held the truth."""
    told = sum(arm.told for arm in arms)
    return sum(arm.covered for arm in arms) / told if told else None


RESPONDING = (ListenerKind.RESPONDER.value, ListenerKind.NOISY.value, ListenerKind.PARADOXICAL.value)


def of_kinds(results: Sequence[SessionResult], kinds: Sequence[str]) -> list[SessionResult]:
    """The results of listeners of these kinds."""
    return [result for result in results if result.kind in kinds]
