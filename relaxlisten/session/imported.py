"""Beats as another program's file holds them, brought to one form.

Decision: what the file says is taken raw, and nothing is filled in. Where it tells the time of each beat, that is kept; where its
times are those of packets (they do not advance by the intervals), the intervals are laid end to end and only a hole in the times
is believed; where it tells times only, an interval is the time between two beats, unless no heart pauses so long. The cleaning is
done afresh when the record is made, as it would be for a strap.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from relaxlisten.errors import UsageError
from relaxlisten.sensor.packets import LONGEST_RR_MS
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Between beats whose times are their own, a time advances by the interval to the file's precision.
FITS_MS = 2.0
# Two beats further apart than this are not one interval: straps lose contact, hearts do not pause so long.
LONGEST_MS = 3000.0
# A beat that comes later than its interval says by a beat and this much, lies behind a hole.
_RADIO_S = 0.1
# Packets come within a second or two of the beats in them.
_PACKETS_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedBeat:
    """One interval. time_s: of the R-peak that ends it, since the record's second 0. after_gap: nothing is known just before."""

    time_s: float
    rr_ms: float
    after_gap: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """layout: what the file was read as. started_utc: when its second 0 was; empty where it does not say so beyond doubt.

    simulated: where the file says that no heart was heard; None where its format has no word for it.
    """

    beats: tuple[ImportedBeat, ...]
    layout: str
    started_utc: str = ""
    simulated: bool | None = None


def from_intervals(rr_ms: Sequence[float]) -> tuple[ImportedBeat, ...]:
    """Intervals laid end to end from second 0."""
    ends_s = itertools.accumulate(rr / MS_PER_S for rr in rr_ms)
    return tuple(ImportedBeat(time_s=end_s, rr_ms=rr) for end_s, rr in zip(ends_s, rr_ms, strict=True))


def from_times(beats_s: Sequence[float], name: str) -> tuple[ImportedBeat, ...]:
    """Intervals between beats. The first beat of each run ends none: it is where the next interval begins. Raises UsageError."""
    found: list[ImportedBeat] = []
    after_gap = False
    for before_s, beat_s in itertools.pairwise(sorted(beats_s)):
        rr_ms = (beat_s - before_s) * MS_PER_S
        if 0.0 < rr_ms <= LONGEST_MS:
            found.append(ImportedBeat(time_s=beat_s, rr_ms=rr_ms, after_gap=after_gap))
        after_gap = rr_ms > LONGEST_MS
    return checked(found, name)


def from_both(times_s: Sequence[float], rr_ms: Sequence[float], name: str) -> tuple[ImportedBeat, ...]:
    """Intervals with times, which are those of the beats or those of the packets that they came in. Raises UsageError."""
    if not rr_ms:
        return checked([], name)
    off_ms = [
        abs((after - before) * MS_PER_S - rr) for (before, after), rr in zip(itertools.pairwise(times_s), rr_ms[1:], strict=True)
    ]
    if not off_ms or median(off_ms) <= FITS_MS:
        return checked(list(_of_beats(times_s, rr_ms)), name)
    return checked(list(_of_packets(times_s, rr_ms)), name)


def _of_beats(times_s: Sequence[float], rr_ms: Sequence[float]) -> Iterator[ImportedBeat]:
    before_s, longest_s = None, 0.0
    for time_s, rr in zip(times_s, rr_ms, strict=True):
        rr_s = rr / MS_PER_S
        hole_s = 0.0 if before_s is None else time_s - rr_s - before_s
        yield ImportedBeat(time_s=time_s, rr_ms=rr, after_gap=hole_s > max(rr_s, longest_s) + _RADIO_S)
        before_s, longest_s = time_s, rr_s


def _of_packets(times_s: Sequence[float], rr_ms: Sequence[float]) -> Iterator[ImportedBeat]:
    """The beats' own sum from the first packet on, begun anew where a packet is far later than the sum."""
    end_s, start_s = 0.0, times_s[0] - rr_ms[0] / MS_PER_S
    for time_s, rr in zip(times_s, rr_ms, strict=True):
        rr_s = rr / MS_PER_S
        after_gap = time_s - start_s - (end_s + rr_s) > rr_s + _PACKETS_S
        end_s = time_s - start_s if after_gap else end_s + rr_s
        yield ImportedBeat(time_s=end_s, rr_ms=rr, after_gap=after_gap)


def checked(beats: Sequence[ImportedBeat], name: str) -> tuple[ImportedBeat, ...]:
    """The same beats. Raises UsageError where there is none, or one that is no interval."""
    if not beats:
        message = f"{name} holds no heart beats that can be read: see docs/exchange.md for what each format holds."
        raise UsageError(message)
    for number, beat in enumerate(beats, start=1):
        if not (0.0 < beat.rr_ms <= LONGEST_RR_MS and abs(beat.time_s) < 1e9):
            message = f"Interval {number} of {name} is {beat.rr_ms:g} ms at {beat.time_s:g} s: expected above 0 and below 64 s."
            raise UsageError(message)
    return tuple(beats)
