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
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.messages import Notice
from relaxlisten.pipeline import Pipeline
from relaxlisten.session.format import CUT_OFF, MERGE, TRIM
from relaxlisten.session.records import load_record
from relaxlisten.terms import Bed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import Derived, Event, Input
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
        fresh = _fed(pipeline, event)
        cut_off = number == len(steps)  # a killed session may have stopped writing within its last step
        expected = fresh[: len(recorded)] if cut_off else fresh
        if difference is None and expected != recorded:
            difference = _difference(len(derived), recorded, fresh)
        derived.extend(fresh)
    return Replay(derived=tuple(derived), difference=difference)


def _fed(pipeline: Pipeline | CompanionPipeline, event: Input) -> list[Derived]:
    """What follows from one input. Raises RelaxListenError where the program breaks on it, as it may on what none ever wrote."""
    try:
        return pipeline.feed(event)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as fault:
        message = (
            f"This session cannot be replayed beyond {event.time_s} s: its {type(event).__name__} there holds what this program "
            f"cannot work with ({type(fault).__name__}: {fault})."
        )
        raise RelaxListenError(message) from fault


def _pipeline(record: Record) -> Pipeline:
    header = record.header
    made = next((one.what for one in header.derived_from if one.what in (TRIM, MERGE)), None)
    if made is not None:
        message = f"This record was made by `session {made}`: it can be read and exported, but a replay needs a whole session."
        raise UsageError(message)
    try:
        protocol = protocol_from_data(header.protocol)
        volume, cap = (float(header.settings[name] or 0.0) for name in ("volume", "volume_cap"))
        bed = header.settings["bed"]
        setup = setup_from_data(header.control)
        return Pipeline(
            protocol, seed=header.seed, volume=volume, volume_cap=cap, bed=Bed(str(bed)) if bed else None, setup=setup
        )
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as fault:
        message = f"The header of this session is not complete ({fault}): it cannot be replayed."
        raise UsageError(message) from fault


def _steps(record: Record) -> list[tuple[Input, list[Event]]]:
    """Each recorded input with the derived events that were recorded after it."""
    steps: list[tuple[Input, list[Event]]] = []
    for entry in record.events:
        if isinstance(entry.event, Notice) and entry.event.code == CUT_OFF:
            break  # added when the record was finished; nothing of the session follows it
        if entry.derived and steps:
            steps[-1][1].append(entry.event)
        elif not entry.derived:
            steps.append((cast("Input", entry.event), []))
    return steps


def _difference(position: int, recorded: list[Event], fresh: Sequence[Event]) -> Difference:
    pairs = itertools.zip_longest(recorded, fresh)
    offset, (old, new) = next((i, pair) for i, pair in enumerate(pairs) if pair[0] != pair[1])
    return Difference(position=position + offset, recorded=old, replayed=new)
