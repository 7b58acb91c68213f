"""The lines of a record, one after the other: each is whole, or damaged in a way that is named.

Decision: nothing is repaired and nothing is guessed. A sealed line counts when its seal holds; a line without a seal only in a
record of schema 1, which had none. Each line is judged by itself, with the key that the header holds or, where that is lost, the
first key that two lines agree on. A scan keeps one number a line, to see what stands twice.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relaxlisten.session.seal import BrokenSeal, Unsealed, key_of, unseal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

UNSEALED_SCHEMA = 1
# How a recorder begins a line.
_BRIEF = re.compile(rb'\{"event":"(\w+)","derived":(?:true|false),"n":(\d+),')
# So many lines are looked through for two that agree on a key, where the header is lost.
_LOOKED_THROUGH = 1000
# A header is sealed without a key: it is what holds it.
_HEADER_START = '{"event":"SessionHeader",'
# Lines that may hold a number beyond what a float can be, which no recorder writes; only these are read the slow way.
_MAY_BE_TOO_LARGE = re.compile(r"\d[eE]\+?\d{3}|\d{300}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A line that reads as it was written. place: its count in the record, the header 0. sealed: by a checksum that holds."""

    line: int
    offset: int
    size: int
    place: int
    sealed: bool
    data: dict[str, Any]

    def as_damage(self, reason: str) -> Damage:
        """The same line, left out for a reason that shows only in what it says."""
        return Damage(line=self.line, offset=self.offset, size=self.size, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A line that is left out. line: from 1; offset: of its first byte; size: in bytes; reason: what is wrong with it."""

    line: int
    offset: int
    size: int
    reason: str


def scan(lines: Iterable[bytes], wanted: frozenset[str] | None = None) -> Iterator[Whole | Damage]:
    """Each line of a record, in the order of the file. lines: split at line feeds, as a file opened in binary gives them.

    wanted: kinds of event of which everything is to be read, None for all; of a sealed line of another kind only its kind, its
    place and its seal are looked at.
    """
    offset = 0
    seals_wanted: bool | None = None  # not known before the first whole line
    seen: set[int] = set()
    key, lines = record_key(lines)
    for number, line in enumerate(lines, start=1):
        try:
            brief = _unwanted(line, wanted)
            data, sealed = _parsed(line, key) if brief is None else (_brief(line, brief, key), True)
            seals_wanted = _seals_wanted(data, sealed) if seals_wanted is None else seals_wanted
            if seals_wanted and not sealed:
                raise ValueError("it has no checksum")
            place = _place(data, number, seen)
        except (ValueError, RecursionError) as fault:
            yield Damage(line=number, offset=offset, size=len(line), reason=_reason(fault, line))
        else:
            seen.add(place)
            yield Whole(line=number, offset=offset, size=len(line), place=place, sealed=sealed, data=data)
        offset += len(line)


def _unwanted(line: bytes, wanted: frozenset[str] | None) -> re.Match[bytes] | None:
    """The beginning of a line of which nothing more is to be read."""
    brief = None if wanted is None else _BRIEF.match(line)
    return None if brief is None or wanted is None or brief[1].decode() in wanted else brief


def _brief(line: bytes, brief: re.Match[bytes], key: int) -> dict[str, Any]:
    """A sealed line's kind and place. Raises ValueError where its seal is broken or not there."""
    try:
        unseal(line.decode("utf-8"), key)
    except Unsealed:
        raise ValueError("it has no checksum") from None
    return {"event": brief[1].decode(), "n": int(brief[2])}


def record_key(lines: Iterable[bytes]) -> tuple[int, Iterable[bytes]]:
    """The key of a record's seals, and its lines, none of them used up."""
    rest = iter(lines)
    first = next(rest, b"")
    try:
        header, sealed = _parsed(first, 0)
        if header["event"] == "SessionHeader":
            return _header_key(header) if sealed else 0, itertools.chain([first], rest)
    except (ValueError, RecursionError):
        pass
    ahead = [first, *itertools.islice(rest, _LOOKED_THROUGH)]
    return _agreed_key(ahead), itertools.chain(ahead, rest)


def _header_key(header: Mapping[str, Any]) -> int:
    """The key that a header's data hold; 0 before schema 3."""
    return int(str(header.get("seal_key") or "0"), 16) & 0xFFFFFFFF


def _agreed_key(lines: Iterable[bytes]) -> int:
    seen: set[int] = set()
    for line in lines:
        try:
            key = key_of(line.decode("utf-8"))
        except ValueError:
            continue
        if key in seen:
            return key
        seen.add(key)
    return 0


def _parsed(line: bytes, key: int) -> tuple[dict[str, Any], bool]:
    text = line.decode("utf-8")
    try:
        text, sealed = unseal(text, 0 if text.startswith(_HEADER_START) else key), True
    except Unsealed:
        sealed = False
    data = _loaded(text)
    if not (isinstance(data, dict) and isinstance(data.get("event"), str)):
        raise ValueError("it is no event")
    is_header = data["event"] == "SessionHeader"
    if not (is_header or (isinstance(data.get("derived"), bool) and _is_number(data.get("time_s")))):
        raise ValueError("it is no event")
    return data, sealed


def _loaded(text: str) -> Any:
    if _MAY_BE_TOO_LARGE.search(text):
        return json.loads(text, parse_constant=_refuse, parse_float=_finite, parse_int=_as_float_too)
    return _DECODER.decode(text)


def _finite(digits: str) -> float:
    return value if math.isfinite(value := float(digits)) else _refuse("a number too large for any computer")


def _as_float_too(digits: str) -> int | float:
    return value if abs(value := int(digits)) < 2**1023 else _refuse("a number too large for any computer")


def _refuse(word: str) -> float:
    raise ValueError("it holds " + word)


_DECODER = json.JSONDecoder(parse_constant=_refuse)  # one for all lines: each would make its own


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


def _seals_wanted(data: dict[str, Any], sealed: bool) -> bool:
    """Of the first whole line: whether this record has seals. Where the header is lost, the line itself shows it."""
    return bool(data.get("schema") != UNSEALED_SCHEMA) if data["event"] == "SessionHeader" else sealed


def _place(data: dict[str, Any], number: int, seen: set[int]) -> int:
    place = data.get("n", number - 1)
    if data["event"] == "SessionHeader" and number > 1:
        raise ValueError("it is a header in the middle of a record")
    if not isinstance(place, int) or place in seen:
        raise ValueError("it stands twice in the record")
    return place


def _reason(fault: Exception, line: bytes) -> str:
    match fault:
        case _ if not line.endswith(b"\n"):
            return "it is cut off"
        case BrokenSeal():
            return "its checksum disagrees"
        case UnicodeDecodeError():
            return "it is no text"
        case json.JSONDecodeError() | RecursionError():
            return "it is no JSON"
        case _:
            return str(fault)
