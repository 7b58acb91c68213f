"""A recorded session through today's pipeline.

Decision: only the recorded inputs are fed; what comes out is compared, event by event, with what was derived at the time.
Equal means equal: every field, every bit.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from relaxlisten.companion import COMPANION, CompanionPipeline
from relaxlisten.control.protocol import protocol_from_data
from relaxlisten.control.setup import setup_from_data
from relaxlisten.errors import UsageError
from relaxlisten.pipeline import Pipeline
from relaxlisten.session.records import load_record
from relaxlisten.terms import Bed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import Event, Input
    from relaxlisten.session.format import Record


__all__ = ["Difference", "Replay", "load_record", "replay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first place where a replay leaves the record. position: how many derived events were equal before it."""

    position: int
    recorded: Event | None
    replayed: Event | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What today's pipeline makes of a record."""

    derived: tuple[Event, ...]
    difference: Difference | None


def replay(record: Record) -> Replay:
    """Feed the inputs of a record to a new pipeline and compare what follows from each with what followed then."""
    pipeline = CompanionPipeline() if COMPANION in record.header.settings else _pipeline(record)
    derived: list[Event] = []
    difference: Difference | None = None
    steps = _steps(record)
    for number, (event, recorded) in enumerate(steps, start=1):
        fresh = pipeline.feed(event)
        cut_off = number == len(steps)  # a killed session may have stopped writing within its last step
        expected = fresh[: len(recorded)] if cut_off else fresh
        if difference is None and expected != recorded:
            difference = _difference(len(derived), recorded, fresh)
        derived.extend(fresh)
    return Replay(derived=tuple(derived), difference=difference)


def _pipeline(record: Record) -> Pipeline:
    header = record.header
    try:
        protocol = protocol_from_data(header.protocol)
        volume, cap = (float(header.settings[name] or 0.0) for name in ("volume", "volume_cap"))
        bed = header.settings["bed"]
        setup = setup_from_data(header.control)
        return Pipeline(
            protocol, seed=header.seed, volume=volume, volume_cap=cap, bed=Bed(str(bed)) if bed else None, setup=setup
        )
    except (KeyError, TypeError, ValueError) as fault:
        message = f"The header of this session is not complete ({fault}): it cannot be replayed."
        raise UsageError(message) from fault


def _steps(record: Record) -> list[tuple[Input, list[Event]]]:
    """Each recorded input with the derived events that were recorded after it."""
    steps: list[tuple[Input, list[Event]]] = []
    for entry in record.events:
        if entry.derived and steps:
            steps[-1][1].append(entry.event)
        elif not entry.derived:
            steps.append((cast("Input", entry.event), []))
    return steps


def _difference(position: int, recorded: list[Event], fresh: Sequence[Event]) -> Difference:
    pairs = itertools.zip_longest(recorded, fresh)
    offset, (old, new) = next((i, pair) for i, pair in enumerate(pairs) if pair[0] != pair[1])
    return Difference(position=position + offset, recorded=old, replayed=new)
