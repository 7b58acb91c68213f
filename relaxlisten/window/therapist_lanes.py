"""The lanes of the therapist's picture, one above the other on one axis of time: what each shows, and where it lies. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from relaxlisten.window.words import later

LEFT, RIGHT, BOTTOM = 60, 80, 20
PHASES_HEIGHT, PIECES_HEIGHT, MARKERS_HEIGHT = 18, 17, 17
TOP = PHASES_HEIGHT + PIECES_HEIGHT + MARKERS_HEIGHT
BETWEEN = 6
_NICE = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """title: on its left, in English. unit: under it. share: of the height. low, high: its range at first.

    room: kept free beyond the values. least_span: of its range. decimals: of the value on its right. floor: nothing lies below.
    """

    name: str
    title: str
    unit: str
    share: float
    low: float
    high: float
    room: float
    least_span: float
    decimals: int = 0
    floor: float = -math.inf


LANES = (
    Lane(name="rates", title=later("Rates"), unit=later("per min"), share=5.0, low=50, high=90, room=3, least_span=16),
    Lane(name="rr", title=later("RR"), unit="ms", share=3.0, low=600, high=1100, room=30, least_span=200),
    Lane(name="rmssd", title="RMSSD", unit="ms", share=1.8, low=0, high=80, room=5, least_span=30, floor=0),
    Lane(name="coherence", title=later("Coherence"), unit=later("ratio"), share=1.8, low=0, high=3, room=0.2, least_span=1,
         decimals=1, floor=0),
    Lane(name="breathing", title=later("Breathing"), unit=later("per min"), share=1.8, low=0, high=20, room=1, least_span=6,
         decimals=1, floor=0),
    Lane(name="clear", title=later("Clear beats"), unit="%", share=0.9, low=0, high=100, room=0, least_span=100, floor=0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a lane lies, in pixels from the top."""

    lane: Lane
    top: float
    height: float


def placed(height: float) -> tuple[Placed, ...]:
    """The lanes in a picture of this height."""
    free = max(height - TOP - BOTTOM - BETWEEN * len(LANES), 10.0 * len(LANES))
    total = sum(lane.share for lane in LANES)
    places, top = [], float(TOP + BETWEEN)
    for lane in LANES:
        own = free * lane.share / total
        places.append(Placed(lane, top, own))
        top += own + BETWEEN
    return tuple(places)


def bounded(lane: Lane, shown: tuple[float, float]) -> tuple[float, float]:
    """A lane's range, not below its floor."""
    low, high = shown
    return max(low, lane.floor), high


def round_values(low: float, high: float, most: int) -> list[float]:
    """Round values within a range for its grid, at most so many."""
    step = next((nice for nice in _NICE if (high - low) / nice <= most), high - low)
    return [number * step for number in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
