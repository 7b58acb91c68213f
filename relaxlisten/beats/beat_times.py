"""When each beat happened: RR intervals placed on the session clock.

Decision: a packet's arrival says little about its beats (it waited for the radio), but the sum of RR is the strap's own exact
clock. Beats are placed by the cumulative RR plus the smallest delay seen lately between it and the arrivals. Where the sum of RR
falls behind, packets were lost, and the next interval is marked as following a gap. A late packet alone proves nothing: after a
stall of the radio the missing packets come in a burst, so a suspicious packet is held until its successor, or time, decides.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.units import MS_PER_S, rr_ms_from_1024

if TYPE_CHECKING:
    from relaxlisten.messages import HeartRateMeasurement

# The smallest delay is remembered for this long, so that a strap's clock that is 1 % off is followed to within a second.
DELAY_MEMORY_S = 60.0
# Straps pack up to about a second of beats into a packet: a delay this far above the smallest is more than packing.
SUSPICIOUS_S = 1.6
# A suspicious packet whose successor has not come after this long was no stall.
HOLD_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedInterval:
    """One RR interval. time_s: of the R-peak that ends it. after_gap: it does not begin at the beat before it."""

    time_s: float
    rr_ms: float
    after_gap: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacerState:
    """Where the placing stands. sum_s: cumulative RR since the last gap.

    delays: (arrival, arrival - sum) of those recent packets that are or may become the running minimum, smallest first.
    held: a suspicious packet that waits for its successor.
    """

    sum_s: float = 0.0
    delays: tuple[tuple[float, float], ...] = ()
    after_gap: bool = True
    last_beat_s: float | None = None
    held: HeartRateMeasurement | None = None


Placed = tuple[PlacedInterval, ...]


def place(state: PlacerState, measurement: HeartRateMeasurement) -> tuple[PlacerState, Placed]:
    """Place a packet's intervals; none where it has none, or where it must wait for its successor."""
    if not measurement.rr_1024:
        return state, ()
    if state.held is not None:
        return _after_held(state, state.held, measurement)
    if _is_suspicious(state, measurement, 0.0):
        return dataclasses.replace(state, held=measurement), ()
    return _accept(state, measurement)


def tick(state: PlacerState, now_s: float) -> tuple[PlacerState, Placed]:
    """Let time pass: a held packet that no burst has followed marks a gap."""
    if state.held is None or now_s - state.held.time_s < HOLD_S:
        return state, ()
    return _accept(lost(dataclasses.replace(state, held=None)), state.held)


def lost(state: PlacerState) -> PlacerState:
    """The connection was lost: whatever comes next follows a gap, on a new sum."""
    return PlacerState(last_beat_s=state.last_beat_s)


def _after_held(state: PlacerState, held: HeartRateMeasurement, measurement: HeartRateMeasurement) -> tuple[PlacerState, Placed]:
    free = dataclasses.replace(state, held=None)
    if _is_suspicious(free, measurement, _length_s(held)):
        free = lost(free)
    after_held, first = _accept(free, held)
    after_both, second = place(after_held, measurement)
    return after_both, first + second


def _is_suspicious(state: PlacerState, measurement: HeartRateMeasurement, held_s: float) -> bool:
    if not state.delays:
        return False
    delay_s = measurement.time_s - (state.sum_s + held_s + _length_s(measurement))
    return delay_s - _least_delay_s(state) > SUSPICIOUS_S


def _accept(state: PlacerState, measurement: HeartRateMeasurement) -> tuple[PlacerState, Placed]:
    rr_ms = [rr_ms_from_1024(rr) for rr in measurement.rr_1024]
    end_s = state.sum_s + sum(rr_ms) / MS_PER_S
    delays = _remember(state.delays, measurement.time_s, measurement.time_s - end_s)
    offset_s = min(delay for _, delay in delays)
    placed: list[PlacedInterval] = []
    sum_s, after_gap, last_s = state.sum_s, state.after_gap, state.last_beat_s
    for rr in rr_ms:
        sum_s += rr / MS_PER_S
        time_s = sum_s + offset_s if last_s is None else max(sum_s + offset_s, last_s)
        placed.append(PlacedInterval(time_s=time_s, rr_ms=rr, after_gap=after_gap))
        after_gap, last_s = False, time_s
    return PlacerState(sum_s=sum_s, delays=delays, after_gap=False, last_beat_s=last_s), tuple(placed)


def _remember(delays: tuple[tuple[float, float], ...], time_s: float, delay_s: float) -> tuple[tuple[float, float], ...]:
    """The delays that can still be the smallest of the last DELAY_MEMORY_S: old ones go, larger ones before this one go."""
    return (*((at, delay) for at, delay in delays if delay < delay_s and time_s - at <= DELAY_MEMORY_S), (time_s, delay_s))


def _least_delay_s(state: PlacerState) -> float:
    return state.delays[0][1]


def _length_s(measurement: HeartRateMeasurement) -> float:
    return sum(rr_ms_from_1024(rr) for rr in measurement.rr_1024) / MS_PER_S
