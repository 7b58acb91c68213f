"""Artefacts of known kind and place, put into a clean series.

Rate: events per beat. Every event keeps at least three clean beats from the next, so that each can be told from its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

KINDS = ("missed", "extra", "displaced", "pvc", "apc", "burst", "gap")
APART_BEATS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One artefact. first, last: the intervals of the corrupted series that it touched (inclusive)."""

    kind: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrupted:
    """rr_ms: the series as a sensor would send it. events: what was done. touched: shape of rr_ms, True inside an event."""

    rr_ms: FloatArray
    events: tuple[Event, ...]
    touched: NDArray[np.bool_]


def corrupt(rr_ms: FloatArray, rate: float, seed: int, kinds: tuple[str, ...] = KINDS, severity: float = 1.0) -> Corrupted:
    """The series with events of the given kinds at random places; the first and last twelve beats stay clean.

    severity: how far beats are moved, as a multiple of the ordinary.
    """
    random = np.random.default_rng([seed, round(rate * 1000), *(sum(map(ord, kind)) for kind in kinds)])
    wanted = max(1, round(rate * rr_ms.size))
    plan: list[tuple[int, str, int]] = []
    for place in random.permutation(np.arange(12, rr_ms.size - 12)):
        kind = str(random.choice(kinds, p=_shares(kinds)))
        length = _length(kind, random)
        if all(place + length + APART_BEATS <= p or p + n + APART_BEATS <= place for p, _, n in plan):
            plan.append((int(place), kind, length))
        if len(plan) == wanted:
            break
    out: list[float] = []
    events: list[Event] = []
    at = 0
    for place, kind, length in sorted(plan):
        out.extend(rr_ms[at:place])
        made = _make(kind, rr_ms[place : place + length], random, severity)
        events.append(Event(kind=kind, first=len(out), last=len(out) + len(made) - 1))
        out.extend(made)
        at = place + length
    out.extend(rr_ms[at:])
    touched = np.zeros(len(out), dtype=np.bool_)
    for event in events:
        touched[event.first : event.last + 1] = True
    return Corrupted(rr_ms=np.array(out), events=tuple(events), touched=touched)


def _shares(kinds: tuple[str, ...]) -> FloatArray:
    """Long gaps and bursts are a third as common as the others."""
    weights = np.array([0.33 if kind in ("gap", "burst") else 1.0 for kind in kinds])
    return weights / weights.sum()


def _length(kind: str, random: np.random.Generator) -> int:
    """How many clean intervals an event takes the place of."""
    match kind:
        case "missed":
            return 2 if random.random() < 0.85 else 3
        case "extra":
            return 1
        case "burst":
            return int(random.integers(3, 6))
        case "gap":
            return int(random.integers(3, 6))
        case _:
            return 2


def _make(kind: str, rr_ms: FloatArray, random: np.random.Generator, severity: float) -> list[float]:
    """What becomes of the intervals; time is kept, but for an atrial beat, which sets the rhythm anew."""
    total = float(rr_ms.sum())
    match kind:
        case "missed" | "gap":
            return [total]
        case "extra":
            cut = total * random.uniform(0.2, 0.8)
            return [cut, total - cut]
        case "displaced":
            shift = float(rr_ms.min()) * severity * random.uniform(0.1, 0.3) * random.choice([-1.0, 1.0])
            return [rr_ms[0] + shift, rr_ms[1] - shift]
        case "pvc":
            early = rr_ms[0] * severity * random.uniform(0.15, 0.4)
            return [rr_ms[0] - early, rr_ms[1] + early]
        case "apc":
            return [rr_ms[0] * (1.0 - severity * random.uniform(0.13, 0.38)), rr_ms[1] * random.uniform(1.0, 1.1)]
        case "burst":
            moved = np.cumsum(rr_ms)[:-1] + severity * random.uniform(-0.35, 0.35, len(rr_ms) - 1) * rr_ms[:-1]
            return [float(part) for part in np.diff([0.0, *np.sort(moved), total])]
    raise ValueError(kind)
