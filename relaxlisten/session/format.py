"""One line of JSON a message: how a session is written down and read back.

Decision: JSON Lines, header first, append-only. A line carries the message's class name, whether it was derived (made by the
pipeline from the inputs above it), and its fields under their own names. Numbers are written so that they read back bit for bit
(shortest round-trip repr); bytes as hexadecimal. A line that is cut off or damaged is counted and passed over, never guessed at.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from relaxlisten.errors import UsageError
from relaxlisten.messages import BeatPath, Event, Track

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = 1
RECORD_NAME = "session.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHeader:
    """The first line of a record. Wall-clock time stands here and nowhere else; simulated is True where no real heart was heard.

    protocol: the whole protocol as data, so that a record replays without the file it came from.
    condition: the arm of a study, or its concealed label; "adaptive" where the music follows and leads the heart.
    control: what the session did beyond its protocol (control/setup.py), sealed where its arm is concealed.
    """

    schema: int
    started_utc: str
    seed: int
    sensor: str
    simulated: bool
    settings: dict[str, str | float | bool | None]
    protocol: dict[str, object]
    versions: dict[str, str]
    condition: str
    control: dict[str, object] = field(default_factory=dict)


_EVENT_TYPES: dict[str, type[Any]] = {cls.__name__: cls for cls in typing.get_args(Event)}
_HINTS: dict[type[Any], dict[str, Any]] = {
    cls: typing.get_type_hints(cls) for cls in (SessionHeader, Track, BeatPath, *_EVENT_TYPES.values())
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """One message of a record, and whether the pipeline made it."""

    event: Event
    derived: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record read back. damaged_lines: line numbers that could not be read; the last one is normal after a crash."""

    header: SessionHeader
    events: tuple[RecordedEvent, ...]
    damaged_lines: tuple[int, ...]


def header_line(header: SessionHeader) -> str:
    """The first line of a record."""
    return _line({"event": "SessionHeader", **_plain(header)})


def event_line(event: Event, *, derived: bool) -> str:
    """One line for one message."""
    return _line({"event": type(event).__name__, "derived": derived, **_plain(event)})


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def _plain(message: Any) -> dict[str, Any]:
    return {field.name: _plain_value(getattr(message, field.name)) for field in dataclasses.fields(message)}


def _plain_value(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if dataclasses.is_dataclass(value):
        return _plain(value)
    return value


def read_record(lines: Iterable[str], name: str) -> Record:
    """A record from its lines. Raises UsageError where the first line is no header of a schema that this version knows."""
    numbered = enumerate(lines, start=1)
    header = _header(next(numbered, (1, ""))[1], name)
    events: list[RecordedEvent] = []
    damaged: list[int] = []
    for number, line in numbered:
        try:
            events.append(_event(line))
        except (ValueError, KeyError, TypeError):
            damaged.append(number)
    return Record(header=header, events=tuple(events), damaged_lines=tuple(damaged))


def _header(line: str, name: str) -> SessionHeader:
    try:
        data = json.loads(line)
        if data.pop("event") != "SessionHeader":
            raise ValueError
        header: SessionHeader = _message(SessionHeader, data)
    except (ValueError, KeyError, TypeError, AttributeError):
        message = f"{name} is not a RelaxListen session: its first line is no session header."
        raise UsageError(message) from None
    if header.schema != SCHEMA:
        message = f"{name} has record schema {header.schema}, but this version reads schema {SCHEMA}: please update RelaxListen."
        raise UsageError(message)
    return header


def _event(line: str) -> RecordedEvent:
    data = json.loads(line)
    cls = _EVENT_TYPES[data.pop("event")]
    derived = bool(data.pop("derived"))
    return RecordedEvent(event=_message(cls, data), derived=derived)


def _message(cls: type[Any], data: dict[str, Any]) -> Any:
    hints = _HINTS[cls]
    if data.keys() - hints.keys():
        raise ValueError(sorted(data.keys() - hints.keys()))
    return cls(**{key: _typed(hints[key], value) for key, value in data.items()})


def _typed(hint: Any, value: Any) -> Any:
    """A value of plain JSON as the type that the message's field announces."""
    if value is None:
        return None
    if isinstance(hint, types.UnionType):
        for member in hint.__args__:
            if _fits(member, value):
                return _typed(member, value)
        raise ValueError(value)
    if hint is bytes:
        return bytes.fromhex(value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _message(hint, value)
    if typing.get_origin(hint) is tuple:
        return tuple(value)
    if not _fits(hint, value):
        raise ValueError(value)
    return value


def _fits(hint: Any, value: Any) -> bool:
    plain = typing.get_origin(hint) or hint
    if plain is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if plain is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if plain in (str, bool, dict):
        return isinstance(value, plain)
    return True
