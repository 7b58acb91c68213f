"""A protocol from its TOML file, or one sentence that says what is wrong with it and where.

Decision: everything is checked before anything starts, against the tables of `protocol_rules.py`; an error names the file, the
line, the key, what is allowed, and the nearest valid name where there is one.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relaxlisten.control.limits import Limits
from relaxlisten.control.protocol import Comfort, MusicRules, Protocol, phase_from_data, rating_from_data
from relaxlisten.control.protocol_rules import TABLES, TOP, Rule, Table, Word
from relaxlisten.errors import UsageError
from relaxlisten.toml_text import NotToml, parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class ProtocolError(UsageError):
    """A protocol that cannot be used; the sentence names file, line and key."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a value stands, to be named in an error."""

    file_name: str
    lines: tuple[str, ...]

    def fault(self, table: str | None, index: int, key: str | None, text: str) -> ProtocolError:
        return ProtocolError(f"{self.file_name}, line {self._line_number(table, index, key)}: {text}")

    def _line_number(self, table: str | None, index: int, key: str | None) -> int:
        """Line of `key` in the index-th `table` (None: above the first); the table's own line where the key is not there."""
        current: str | None = None
        count, table_line = -1, self._inline(table, key)
        for number, line in enumerate(self.lines, start=1):
            if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
                current = header[1]
                if table is None and current == key:
                    return number
                count += current == table
                table_line = number if (current == table and count == index) else table_line
            here = current == table and (table is None or count == index)
            if here and key is not None and _is_key(line, key):
                return number
        return table_line

    def _inline(self, table: str | None, key: str | None) -> int:
        """Line of a table that is written without a header: `limits = {...}`, `limits.deadband_bpm = 1`, `phase = [...]`."""
        wanted = [name for name in (f"{table}.{key}", table) if table is not None]
        found = (number for name in wanted for number, line in enumerate(self.lines, start=1) if _is_key(line, str(name)))
        return next(found, 1)


def _is_key(line: str, key: str) -> bool:
    return re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line) is not None


def parse_protocol(text: str, file_name: str) -> Protocol:
    """A protocol from TOML text. Raises ProtocolError with one sentence."""
    try:
        data = parse_toml(text)
    except NotToml as fault:
        raise _not_toml(str(fault), text, file_name) from fault
    return _build(data, _Source(file_name, tuple(text.splitlines())))


def _not_toml(fault: str, text: str, file_name: str) -> ProtocolError:
    where = re.search(r" \(at line (\d+), column \d+\)", fault)
    line = int(where[1]) if where else max(len(text.splitlines()), 1)
    what = fault[: where.start()] if where else fault
    return ProtocolError(f"{file_name}, line {line}: this is not valid TOML: {what}; write key = value, with text in quotes.")


def _build(data: Mapping[str, Any], source: _Source) -> Protocol:
    top = {key: value for key, value in data.items() if key not in TABLES}
    _check(top, TOP, source, None, 0)
    tables = {name: _entries(data, name, source) for name in TABLES}
    if not tables["phase"]:
        raise source.fault(None, 0, "phase", "a protocol needs at least one [[phase]] with name, kind and minutes.")
    _check_sense(tables, source)
    name = str(top.get("name", source.file_name.rsplit(".", 1)[0]))
    return Protocol(
        name=name,
        title=str(top.get("title", name)),
        description=str(top.get("description", "")),
        phases=tuple(phase_from_data(entry) for entry in tables["phase"]),
        limits=Limits(**_only(tables["limits"])),
        music=MusicRules(**_only(tables["music"])),
        comfort=Comfort(**_only(tables["comfort"])),
        ratings=tuple(rating_from_data(entry) for entry in tables["rating"]),
    )


def _only(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return entries[0] if entries else {}


def _entries(data: Mapping[str, Any], name: str, source: _Source) -> list[dict[str, Any]]:
    """The tables of one name, each checked key by key."""
    table = TABLES[name]
    written = data.get(name, [])
    entries = written if table.repeated else [written] if name in data else []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        brackets = f"[[{name}]], once for each" if table.repeated else f"[{name}]"
        raise source.fault(None, 0, name, f'"{name}" is a table: write it as {brackets}, with its keys below.')
    for index, entry in enumerate(entries):
        _check(entry, table, source, name, index)
        for key in table.required:
            if key not in entry:
                raise source.fault(name, index, None, f'this {name} has no "{key}": write {table.keys[key].allows}.')
    return entries


def _check(data: Mapping[str, Any], table: Table, source: _Source, name: str | None, index: int) -> None:
    known = [*table.keys, *(TABLES if name is None else ())]
    for key, value in data.items():
        rule = table.keys.get(key)
        if rule is None:
            where = "a protocol" if name is None else f"a [{name}] table"
            raise source.fault(name, index, key, f'"{key}" is not a key of {where}{_suggestion(key, known)}')
        if not rule.fits(value):
            raise source.fault(name, index, key, _misfit(key, value, rule))


def _misfit(key: str, value: object, rule: Rule) -> str:
    if isinstance(rule, Word) and isinstance(value, str):
        near = difflib.get_close_matches(value, rule.words, n=1, cutoff=0.5)
        suggestion = f'; did you mean "{near[0]}"?' if near else "."
        return f'"{key}" must be {rule.allows}, not "{value}"{suggestion}'
    return f'"{key}" must be {rule.allows}, not {value!r}.'


def _suggestion(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    return f'; did you mean "{near[0]}"?' if near else f"; valid names are {', '.join(names)}."


# ---- keys that are right each by itself, and wrong together ----


def _check_sense(tables: Mapping[str, list[dict[str, Any]]], source: _Source) -> None:
    for index, phase in enumerate(tables["phase"]):
        if problem := _phase_problem(phase):
            key, text = problem
            raise source.fault("phase", index, key, text)
    for name, low, high in (
        ("comfort", "heart_rate_low_bpm", "heart_rate_high_bpm"),
        ("music", "slowest_bpm", "quickest_bpm"),
        ("rating", "low", "high"),
    ):
        for index, entry in enumerate(tables[name]):
            bound_by_zero = name != "rating" and not (entry.get(low) and entry.get(high))
            if not bound_by_zero and entry.get(low, 0.0) >= entry.get(high, 10.0):
                raise source.fault(name, index, high, f'"{high}" must be more than "{low}" ({entry.get(low, 0.0):g}).')


def _phase_problem(phase: Mapping[str, Any]) -> tuple[str, str] | None:
    """The key that is at fault, and why; None where all go together."""
    if "until" not in phase:
        for key in ("until_within_bpm", "until_for_s", "least_minutes"):
            if key in phase:
                return key, f'"{key}" means nothing without "until": add until = "heart_near_goal" or "heart_steady".'
    if phase.get("least_minutes", 0.0) > phase["minutes"]:
        return "least_minutes", f'"least_minutes" must be at most "minutes" ({phase["minutes"]:g}).'
    beats = [key for key in ("breath_in_beats", "breath_out_beats") if phase.get(key)]
    if len(beats) == 1:
        return beats[0], f'"{beats[0]}" needs the other one too: breath_in_beats and breath_out_beats, each more than 0.'
    if beats and phase.get("breaths_per_min"):
        return "breaths_per_min", '"breaths_per_min" and "breath_in_beats" exclude each other: the clock paces, or the music.'
    if phase.get("tempo_bpm") and phase["kind"] != "settle":
        return "tempo_bpm", f'"tempo_bpm" must stand in a phase of the kind settle, not "{phase["kind"]}".'
    return None
