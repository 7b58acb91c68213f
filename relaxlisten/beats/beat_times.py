"""When each beat happened: RR intervals placed on the session clock.

Decision: a packet's arrival says little about its beats (it waited for the radio), but the sum of RR is the strap's own exact
clock. Beats are placed by the cumulative RR plus the smallest delay seen lately between it and the arrivals. Where the sum of RR
falls behind by more than a beat, packets were lost, and the next interval is marked as following a gap. A late packet alone
proves nothing: a stall of the radio passes, a loss stays. So suspicious packets are held until one comes on time (a stall: no
gap, the beats keep their right times) or until none has for HOLD_S (a gap).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.units import MS_PER_S, rr_ms_from_1024

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import HeartRateMeasurement

# The smallest delay is remembered for this long: by then breathing has brought a beat right before a packet.
DELAY_MEMORY_S = 90.0
# Quartz is within 100 ppm: a rise of the smallest delay below 0.4 % is chance; a steeper one is a bad clock, and is followed.
LEAST_RISE = 0.004
MOST_RISE = 0.015
RISE_SEEN_OVER_S = 20.0
# A beat that came before its packet left is in that packet: a delay above the smallest by more than a beat and this much for the
# radio's jitter means that the packet is late, or that one before it is missing.
RADIO_S = 0.1
RECENT_INTERVALS = 4
# Straps send each second: after a stall a packet is on time again within this long.
HOLD_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedInterval:
    """One RR interval. time_s: of the R-peak that ends it. after_gap: it does not begin at the beat before it."""

    time_s: float
    rr_ms: float
    after_gap: bool


Delays = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacerState:
    """Where the placing stands. sum_s: cumulative RR since the last gap.

    delays: (arrival, arrival - sum) of those recent packets that are or may become the running minimum, smallest first.
    recent_s: the last few intervals, oldest first. held: suspicious packets, oldest first.
    """

    sum_s: float = 0.0
    delays: Delays = ()
    recent_s: tuple[float, ...] = ()
    after_gap: bool = True
    last_beat_s: float | None = None
    held: tuple[HeartRateMeasurement, ...] = ()


Placed = tuple[PlacedInterval, ...]


def place(state: PlacerState, measurement: HeartRateMeasurement) -> tuple[PlacerState, Placed]:
    """Place a packet's intervals; none where it has none, or where it is not yet clear whether one before it was lost."""
    if not measurement.rr_1024:
        return state, ()
    if not _is_suspicious(state, measurement):
        return _accept_all(dataclasses.replace(state, held=()), (*state.held, measurement))
    return tick(dataclasses.replace(state, held=(*state.held, measurement)), measurement.time_s)


def tick(state: PlacerState, now_s: float) -> tuple[PlacerState, Placed]:
    """Let time pass: where no packet came on time since the first that is held, that one follows a gap."""
    if not state.held or now_s - state.held[0].time_s < HOLD_S:
        return state, ()
    after_gap, first = _accept(lost(state), state.held[0])
    after_all, rest = _place_all(after_gap, state.held[1:])
    return after_all, first + rest


def lost(state: PlacerState) -> PlacerState:
    """The connection was lost: whatever comes next follows a gap, on a new sum. Packets that are held are given up."""
    return PlacerState(last_beat_s=state.last_beat_s)


def _place_all(state: PlacerState, measurements: Sequence[HeartRateMeasurement]) -> tuple[PlacerState, Placed]:
    placed: Placed = ()
    for measurement in measurements:
        state, more = place(state, measurement)
        placed += more
    return state, placed


def _accept_all(state: PlacerState, measurements: Sequence[HeartRateMeasurement]) -> tuple[PlacerState, Placed]:
    placed: Placed = ()
    for measurement in measurements:
        state, more = _accept(state, measurement)
        placed += more
    return state, placed


def _is_suspicious(state: PlacerState, measurement: HeartRateMeasurement) -> bool:
    """Whether the packet is later than packing alone explains, if all that is held belongs before it."""
    if not state.delays:
        return False
    held_s = sum(_length_s(held) for held in state.held)
    intervals_s = _intervals_s(measurement)
    delay_s = measurement.time_s - (state.sum_s + held_s + sum(intervals_s))
    longest_s = max((*state.recent_s, *intervals_s))
    return delay_s - _least_delay_s(state.delays, measurement.time_s) > longest_s + RADIO_S


def _accept(state: PlacerState, measurement: HeartRateMeasurement) -> tuple[PlacerState, Placed]:
    intervals_s = _intervals_s(measurement)
    delay_s = measurement.time_s - (state.sum_s + sum(intervals_s))
    delays = _remember(state.delays, measurement.time_s, delay_s)
    offset_s = _least_delay_s(delays, measurement.time_s)
    placed: list[PlacedInterval] = []
    sum_s, after_gap, last_s = state.sum_s, state.after_gap, state.last_beat_s
    for interval_s in intervals_s:
        sum_s += interval_s
        last_s = sum_s + offset_s if last_s is None else max(sum_s + offset_s, last_s)
        placed.append(PlacedInterval(time_s=last_s, rr_ms=interval_s * MS_PER_S, after_gap=after_gap))
        after_gap = False
    recent_s = (*state.recent_s, *intervals_s)[-RECENT_INTERVALS:]
    return PlacerState(sum_s=sum_s, delays=delays, recent_s=recent_s, after_gap=False, last_beat_s=last_s), tuple(placed)


def _remember(delays: Delays, time_s: float, delay_s: float) -> Delays:
    """The delays that can still be the smallest of the last DELAY_MEMORY_S: old ones go, larger ones before this one go."""
    return (*((at, delay) for at, delay in delays if delay < delay_s and time_s - at <= DELAY_MEMORY_S), (time_s, delay_s))


def _least_delay_s(delays: Delays, now_s: float) -> float:
    """The smallest delay, carried on to now where it rises faster than any sound clock makes it rise."""
    rise = _rise(delays, now_s)
    return min(delay_s + rise * (now_s - at_s) for at_s, delay_s in delays)


def _rise(delays: Delays, now_s: float) -> float:
    """How fast the smallest delay rises, in s per s: from the old half of the memory to the new one; 0 where it does not."""
    (old_s, old_delay_s), middle_s = delays[0], now_s - DELAY_MEMORY_S / 2.0
    newer = [(at_s, delay_s) for at_s, delay_s in delays if at_s > middle_s]
    if not newer or newer[0][0] - old_s < RISE_SEEN_OVER_S:
        return 0.0
    rise = (newer[0][1] - old_delay_s) / (newer[0][0] - old_s)
    return min(rise, MOST_RISE) if rise > LEAST_RISE else 0.0


def _intervals_s(measurement: HeartRateMeasurement) -> tuple[float, ...]:
    return tuple(rr_ms_from_1024(rr) / MS_PER_S for rr in measurement.rr_1024)


def _length_s(measurement: HeartRateMeasurement) -> float:
    return sum(_intervals_s(measurement))
