"""One line of JSON a message: how a session is written down and read back.

Decision: JSON Lines, header first, append-only. A line carries the message's class name, whether it was derived (made by the
pipeline from the inputs above it), and its fields under their own names. Numbers are written so that they read back bit for bit
(shortest round-trip repr); bytes as hexadecimal. A line that is cut off or damaged is counted and passed over, never guessed at;
since schema 2 each line is counted and sealed (`seal.py`), so that damage inside a number is found too, since schema 3 from a
key of the record's own. A whole line that this version has no word for (an event or a field of a newer one) is no damage: it is
named apart. See docs/session-format.md.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import types
import typing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from relaxlisten.errors import UsageError
from relaxlisten.messages import Event
from relaxlisten.session.scan import Damage, Whole, scan
from relaxlisten.session.seal import seal

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = 3
RECORD_NAME = "session.jsonl"
# What can be done to records to make a new one; the first two cannot be replayed.
TRIM, MERGE, ANONYMISE = "trim", "merge", "anonymise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """How a record was made from others. what: in a word. sources: SHA-256 of their files. note: a sentence. version: ours."""

    what: str
    sources: tuple[str, ...]
    note: str
    version: str


CUT_OFF = "cut_off"  # the code of the notice that closes a record whose program died (recovery.py)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHeader:
    """The first line of a record. Wall-clock time stands here and nowhere else; simulated is True where no real heart was heard.

    protocol: the whole protocol as data, so that a record replays without the file it came from.
    condition: the arm of a study, or its concealed label; "adaptive" where the music follows and leads the heart.
    person_id: the random ID of the person whose session it is; None for nobody in particular.
    control: what the session did beyond its protocol (control/setup.py), sealed where its arm is concealed.
    derived_from: empty for a record as it was made live; else what was done to others to make it, oldest first.
    seal_key: eight hexadecimal digits that the checksums of the record's other lines start from; empty for none.
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
    person_id: str | None = None
    control: dict[str, object] = field(default_factory=dict)
    derived_from: tuple[Derivation, ...] = ()
    seal_key: str = ""


EVENT_TYPES: dict[str, type[Any]] = {cls.__name__: cls for cls in typing.get_args(Event)}
# Every class that stands in a record with the types of its fields; those inside others (a Track in TrackFound) too.
HINTS: dict[type[Any], dict[str, Any]] = {}


def _learn(cls: Any) -> None:
    HINTS[cls] = typing.get_type_hints(cls)
    for hint in HINTS[cls].values():
        for part in (hint, *typing.get_args(hint), *(inner for arg in typing.get_args(hint) for inner in typing.get_args(arg))):
            if isinstance(part, type) and dataclasses.is_dataclass(part) and part not in HINTS:
                _learn(part)


for _cls in (SessionHeader, *EVENT_TYPES.values()):
    _learn(_cls)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """One message of a record, and whether the pipeline made it."""

    event: Event
    derived: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record read back. damaged_lines: line numbers that could not be read; the last one is normal after a crash.

    unknown_lines: whole lines with an event or a field that this version does not know.
    """

    header: SessionHeader
    events: tuple[RecordedEvent, ...]
    damaged_lines: tuple[int, ...]
    unknown_lines: tuple[int, ...] = ()


def header_line(header: SessionHeader) -> str:
    """The first line of a record."""
    return _line(header_data(header))


def header_data(header: SessionHeader) -> dict[str, Any]:
    """A header as a line's data; `read_header` is its inverse."""
    return {"event": "SessionHeader", **_plain(header)}


def data_line(data: dict[str, Any], number: int, key: int) -> str:
    """One line for an event that is there as a line's data already. number: its place in the record. key: of its header."""
    kind, derived = data["event"], data["derived"]
    rest = {name: value for name, value in data.items() if name != "crc"}
    return _line({"event": kind, "derived": derived, "n": number, **rest}, key)


def event_line(event: Event, *, derived: bool, number: int | None = None, key: int = 0) -> str:
    """One line for one message. number: its place in the record, from 1 on, as the recorder counts. key: of its header."""
    counted = {} if number is None else {"n": number}
    return _line({"event": type(event).__name__, "derived": derived, **counted, **_plain(event)}, key)


def key_of_header(header: SessionHeader) -> int:
    """What the seals of the lines that follow a header start from. Raises ValueError for what is no key."""
    if not re.fullmatch(r"[0-9a-f]{0,8}", header.seal_key):
        raise ValueError(header.seal_key)
    return int(header.seal_key or "0", 16)


def _line(data: dict[str, Any], key: int = 0) -> str:
    return seal(json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False), key) + "\n"


def _plain(message: Any) -> dict[str, Any]:
    return {name: _plain_value(getattr(message, name)) for name in _names(message.__class__)}


@functools.cache
def _names(cls: type[Any]) -> tuple[str, ...]:
    """Of a message's fields.

    Asked once: each call of `dataclasses.fields` leaves a tuple in lists of CPython's own (up to 2,000 of each length), and
    memory grew by 1 MB in the first half hour of a session.
    """
    return tuple(field.name for field in dataclasses.fields(cls))


def _plain_value(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if dataclasses.is_dataclass(value):
        return _plain(value)
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    return value


def read_record(lines: Iterable[str], name: str) -> Record:
    """A record from its lines. Raises UsageError where the first line is no header of a schema that this version knows."""
    found = list(scan(line.encode("utf-8", "backslashreplace") for line in lines))
    first = found[0] if found else None
    header = read_header(first.data, name) if isinstance(first, Whole) and first.line == 1 else None
    if header is None:
        message = f"{name} is not a RelaxListen session: its first line is no session header."
        raise UsageError(message)
    damaged = {entry.line for entry in found if isinstance(entry, Damage)}
    events: list[RecordedEvent] = []
    unknown: list[int] = []
    for entry in sorted((entry for entry in found[1:] if isinstance(entry, Whole)), key=lambda entry: entry.place):
        try:
            events.append(read_event(entry.data))
        except UnknownWord:
            unknown.append(entry.line)
        except (ValueError, KeyError, TypeError):
            damaged.add(entry.line)
    return Record(header=header, events=tuple(events), damaged_lines=tuple(sorted(damaged)), unknown_lines=tuple(unknown))


class UnknownWord(ValueError):
    """An event or a field that this version does not know."""


def read_header(data: dict[str, Any], name: str) -> SessionHeader | None:
    """The header that a line's data hold, None where they hold none. Raises UsageError for a newer schema."""
    if data.get("event") != "SessionHeader":
        return None
    schema = data.get("schema")
    if isinstance(schema, int) and not 1 <= schema <= SCHEMA:
        message = f"{name} has record schema {schema}, but this version reads schemas 1 to {SCHEMA}: please update RelaxListen."
        raise UsageError(message)
    try:
        known = {key: data[key] for key in data.keys() & HINTS[SessionHeader].keys()}
        header: SessionHeader = _message(SessionHeader, known)
        key_of_header(header)
    except (ValueError, KeyError, TypeError):
        return None
    return header


def read_event(data: dict[str, Any]) -> RecordedEvent:
    """The event that a line's data hold. Raises UnknownWord, or ValueError, KeyError or TypeError for what is no event."""
    fields = {key: value for key, value in data.items() if key not in ("event", "derived", "n")}
    cls = EVENT_TYPES.get(data["event"])
    if cls is None:
        raise UnknownWord(data["event"])
    return RecordedEvent(event=_message(cls, fields), derived=bool(data["derived"]))


def _message(cls: type[Any], data: Any) -> Any:
    if not isinstance(data, dict):
        raise ValueError(data)
    hints = HINTS[cls]
    if data.keys() - hints.keys():
        raise UnknownWord(sorted(data.keys() - hints.keys()))
    return cls(**{key: _typed(hints[key], value) for key, value in data.items()})


def _typed(hint: Any, value: Any) -> Any:
    """A value of plain JSON as the type that the message's field announces."""
    if value is None:
        return _nothing(hint)
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
        return _typed_tuple(typing.get_args(hint), value)
    if not _fits(hint, value):
        raise ValueError(value)
    return value


def _nothing(hint: Any) -> None:
    if not (isinstance(hint, types.UnionType) and types.NoneType in hint.__args__):
        raise ValueError("a field that always has a value has none")


def _typed_tuple(hints: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError(value)
    each = hints[:1] * len(value) if hints[-1] is Ellipsis else hints
    return tuple(_typed(member, item) for member, item in zip(each, value, strict=True))


def _fits(hint: Any, value: Any) -> bool:
    plain = typing.get_origin(hint) or hint
    if plain is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if plain is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if plain in (str, bool, dict):
        return isinstance(value, plain)
    return True
