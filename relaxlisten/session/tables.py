"""The events of a record as tables: one a kind of event, each a dict of NumPy arrays of equal length, ready for pandas.

Decision: the tables follow from the record's own lines and from the types in `messages.py`. What the types announce is always
there, even with no rows; what they do not know (an event or a field of a newer version) is carried as it stands, if its line is
sealed: in an unsealed one it may be damage, and is left out. A number that is not known is NaN, anything else None; nested fields
get a dotted name ("track.title", "metrics.sdnn_ms"); rows stand in the record's order.
"""

from __future__ import annotations

import functools
import math
import types
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from relaxlisten.session.format import CUT_OFF, EVENT_TYPES, HINTS, TRIM, SessionHeader, read_event, read_header
from relaxlisten.session.scan import Damage, Whole, scan
from relaxlisten.terms import SensorKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

Table = dict[str, "NDArray[Any]"]
# Columns of every table besides the event's own fields: made by the pipeline or not, and the line where the row stands.
COMMON_COLUMNS = ("derived", "line")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSession:
    """A session's record as tables.

    header: None where it was lost. tables: by the event's name ("Beat"), each column by its field's name, shape (rows,); `time_s`
    counts from the opening of the session. damage: lines that were left out. missing: what is not there, in sentences.
    concealed: what its arm has made is left out, because its study is sealed (concealment.py).
    """

    header: SessionHeader | None
    tables: dict[str, Table]
    damage: tuple[Damage, ...]
    missing: tuple[str, ...]
    concealed: bool = False

    def __getitem__(self, kind: str) -> Table:
        return self.tables[kind]

    @property
    def simulated(self) -> bool:
        """Whether no real heart was heard: by the header, or by what the sensor said of itself once it was there (LSL)."""
        told = SensorKind.SIMULATED.value in self.tables["SensorState"]["kind"]
        return told or (self.header is not None and self.header.simulated)


def session_from_lines(lines: Iterable[bytes], name: str) -> LoadedSession:
    """A record's tables. Raises UsageError for a newer schema; never for damage."""
    damage: list[Damage] = []
    header: SessionHeader | None = None
    rows: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    places: list[int] = []
    for found in scan(lines):
        entry = found if isinstance(found, Damage) or found.sealed else _trusted(found)
        if isinstance(entry, Damage):
            damage.append(entry)
            continue
        if entry.data["event"] == "SessionHeader":
            header = read_header(entry.data, name)
        else:
            rows.setdefault(entry.data["event"], []).append((entry.place, _row(entry)))
        places.append(entry.place)
    kinds = (*EVENT_TYPES, *sorted(rows.keys() - EVENT_TYPES.keys()))
    tables = {kind: _table(kind, rows[kind]) if kind in rows else empty_table(kind) for kind in kinds}
    missing = (*_lost(header, places, damage), *(part_of(header) or ending(tables)))
    return LoadedSession(header=header, tables=tables, damage=tuple(damage), missing=missing)


def _trusted(entry: Whole) -> Whole | Damage:
    """A line without a seal, where every word of it is known."""
    try:
        if entry.data["event"] != "SessionHeader":
            read_event(entry.data)
    except (ValueError, KeyError, TypeError):
        return entry.as_damage("it is no event that this version knows")
    return entry


def _row(entry: Whole) -> dict[str, Any]:
    fields = {key: value for key, value in entry.data.items() if key not in ("event", "n")}
    return {**_flat(fields), "line": entry.line}


def _flat(fields: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in fields.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def columns_of(cls: type[Any], prefix: str = "") -> dict[str, Any]:
    """The columns that a message's fields announce, each with its type; a dict's columns are known only from its rows."""
    found: dict[str, Any] = {}
    for key, hint in HINTS[cls].items():
        if hint in HINTS:
            found |= columns_of(hint, f"{prefix}{key}.")
        elif typing.get_origin(hint) is not dict:
            found[prefix + key] = hint
    return found


def _table(kind: str, rows: Sequence[tuple[int, dict[str, Any]]]) -> Table:
    announced = columns_of(EVENT_TYPES[kind]) if kind in EVENT_TYPES else {"time_s": float}
    hints: dict[str, Any] = {**announced, "derived": bool, "line": int}
    ordered = [row for _, row in sorted(rows, key=lambda pair: pair[0])]
    names = dict.fromkeys((*announced, *(key for row in ordered for key in row), *COMMON_COLUMNS))
    return {name: _column([row.get(name) for row in ordered], hints.get(name)) for name in names}


def _column(values: list[Any], hint: Any) -> NDArray[Any]:
    """A column as its field's type announces it, or as its values show where no field does."""
    kinds = {type(value) for value in values if value is not None}
    known = set(hint.__args__) - {types.NoneType} if isinstance(hint, types.UnionType) else {hint} - {None}
    plain = known or kinds
    always = None not in values and not isinstance(hint, types.UnionType)
    if always and kinds <= {bool} and plain == {bool}:
        return np.array(values, dtype=np.bool_)
    if always and kinds <= {int} and plain == {int} and all(abs(value) < 2**63 for value in values):
        return np.array(values, dtype=np.int64)
    if plain and plain <= {int, float} and kinds <= {int, float} and all(_is_float(value) for value in values):
        return np.array([math.nan if value is None else float(value) for value in values], dtype=np.float64)
    column = np.empty(len(values), dtype=object)
    column[:] = [tuple(value) if isinstance(value, list) else value for value in values]
    return column


def _is_float(value: float | None) -> bool:
    return value is None or abs(value) < 2**1023


def _lost(header: SessionHeader | None, places: list[int], damage: list[Damage]) -> list[str]:
    found = []
    if header is None:
        found.append("The header is lost: when the session took place, its sensor, settings and protocol are not known.")
    count = max(places, default=0) + 1 - len(places) - (header is None and 0 not in places)
    if count > 0:
        found.append(f"{count} of the first {max(places)} events are lost.")
    if damage:
        found.append(f"{len(damage)} damaged lines were left out.")
    return found


def part_of(header: SessionHeader | None) -> list[str]:
    """What a record says that was cut out of another one; empty for a whole one."""
    cut = [one.note for one in header.derived_from if one.what == TRIM] if header is not None else []
    return [f"This record is a part of another: {cut[-1]}"] if cut else []


def empty_table(kind: str) -> Table:
    """A kind of event without a row, with the columns that its fields announce."""
    return dict(_without_rows(kind))


@functools.cache
def _without_rows(kind: str) -> Table:
    return _table(kind, [])


def ending(tables: dict[str, Table]) -> list[str]:
    """What is missing at the end of a record: nothing, or one sentence."""
    phases = tables["SessionPhase"]
    if phases["stage"].size and phases["stage"][-1] == "ended":
        return []
    cut_off = [
        str(text) for code, text in zip(tables["Notice"]["code"], tables["Notice"]["text"], strict=True) if code == CUT_OFF
    ]
    if cut_off:
        return cut_off
    last_s = max((float(table["time_s"].max()) for table in tables.values() if table["time_s"].size), default=0.0)
    return [f"The record stops at {last_s:.1f} s without the session's end: the program was killed, or the file was cut off."]
