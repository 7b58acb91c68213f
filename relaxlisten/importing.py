"""A file of another program as a session's record, which every command reads like one of our own.

Decision: the record holds what the file held, each interval as an input of its own (`RrInterval`), with the file's name, kind and
hash in its header; there are no packets, for none were seen. The rest is derived by the same pipeline that runs sessions, with a
protocol of one phase in which the heart is only listened to, so that an imported session replays and verifies. It is marked as
imported, and as simulated where the file says so. The record is written whole or not at all, and never over another.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import math
import os
import secrets
from typing import TYPE_CHECKING

from relaxlisten import __version__
from relaxlisten.control.limits import Limits
from relaxlisten.control.protocol import Phase, Protocol, protocol_from_data, protocol_to_data
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.messages import Command, RrInterval, SensorState, Tick
from relaxlisten.pipeline import Pipeline
from relaxlisten.session.format import RECORD_NAME, SCHEMA, SessionHeader, event_line, header_line, key_of_header
from relaxlisten.session.private import append, private_folder
from relaxlisten.terms import CommandKind, PhaseKind, SensorKind, SensorPhase, SessionStage
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from relaxlisten.messages import Input
    from relaxlisten.session.imported import Imported

CONDITION = "imported"
# The last beats become certain within this long.
_TAIL_S = 3.0


def import_session(source: Path, found: Imported, content: bytes, folder: Path) -> Path:
    """Write the record of an imported file into a folder; gives the record. content: what the hash is of. Raises UsageError."""
    length_s = math.ceil(max(beat.time_s for beat in found.beats) + _TAIL_S)
    header = _header(source.name, found, hashlib.sha256(content).hexdigest(), length_s)
    return _write(folder, "".join(_lines(header, source.name, found)).encode())


def _header(name: str, found: Imported, digest: str, length_s: float) -> SessionHeader:
    settings: dict[str, str | float | bool | None] = {
        "imported": name, "imported_as": found.layout, "imported_sha256": digest, "music": None, "with_sound": False,
        "volume": 0.0, "volume_cap": 1.0, "bed": None, "offline": True,
    }  # fmt: skip
    return SessionHeader(
        schema=SCHEMA,
        started_utc=found.started_utc,
        seed=0,
        sensor=f"import:{name}",
        simulated=bool(found.simulated),
        settings=settings,
        protocol=protocol_to_data(_protocol(name, length_s)),
        versions={"relaxlisten": __version__},
        condition=CONDITION,
        seal_key=secrets.token_hex(4),
    )


def _protocol(name: str, length_s: float) -> Protocol:
    phase = Phase(name="Imported", kind=PhaseKind.BASELINE, minutes=length_s / S_PER_MIN, silent=True)
    told = f"Heart beats of {name}; what was heard beside them is not known."
    return Protocol(name=CONDITION, title="Imported", description=told, phases=(phase,), limits=Limits())


def _lines(header: SessionHeader, name: str, found: Imported) -> Iterator[str]:
    """The record's lines: each input, and what the pipeline makes of it, until the one phase is over."""
    pipeline = Pipeline(protocol_from_data(header.protocol), seed=0, volume=0.0)
    key, number = key_of_header(header), 0
    yield header_line(header)
    for event in _inputs(name, found):
        for one, derived in [(event, False), *((made, True) for made in pipeline.feed(event))]:
            number += 1
            yield event_line(one, derived=derived, number=number, key=key)
        if pipeline.stage is SessionStage.ENDED:
            return


def _inputs(name: str, found: Imported) -> Iterator[Input]:
    """The file's intervals among ticks that never end."""
    kind = SensorKind.SIMULATED if found.simulated else SensorKind.FILE
    states = SensorState(time_s=0.0, phase=SensorPhase.STREAMING, reason=f"Imported from {name}.", name=name, kind=kind)
    yield states
    yield Command(time_s=0.0, what=CommandKind.START)
    second, now_s = 1, 0.0
    for beat in found.beats:
        now_s = max(now_s, beat.time_s)
        while second < now_s:
            yield Tick(time_s=float(second))
            second += 1
        yield RrInterval(time_s=now_s, beat_s=beat.time_s, rr_ms=beat.rr_ms, after_gap=beat.after_gap)
    ended = f"{name} holds no more beats."
    yield dataclasses.replace(states, time_s=now_s, phase=SensorPhase.ENDED, reason=ended)
    yield from (Tick(time_s=float(at)) for at in itertools.count(second))


def _write(folder: Path, content: bytes) -> Path:
    record = folder / RECORD_NAME
    unfinished = folder / f".{RECORD_NAME}.{os.getpid()}"
    try:
        private_folder(folder)
        append(unfinished, content)
        try:
            os.link(unfinished, record)  # fails where there is one, as a rename would not
        finally:
            unfinished.unlink()
    except FileExistsError as fault:
        message = f"{folder} holds a session already: choose another folder with -o."
        raise UsageError(message) from fault
    except OSError as fault:
        message = f"The session cannot be written to {folder} ({fault.strerror or fault}): choose another folder with -o."
        raise RelaxListenError(message) from fault
    return record
