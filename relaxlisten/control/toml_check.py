"""Checks a TOML file that people write against its rules; what is wrong is one sentence with the file, the line and the key.

Decision: everything is checked before anything is used; an error names what is allowed, and the nearest valid name where there
is one.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relaxlisten import toml_text
from relaxlisten.control.toml_rules import Rule, Table, Word
from relaxlisten.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class TomlFault(UsageError):
    """A file that cannot be used; the sentence names file, line and key."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value stands, to be named in an error. what: the file is, as "a protocol"."""

    what: str
    file_name: str
    lines: tuple[str, ...]

    def fault(self, table: str | None, index: int, key: str | None, text: str) -> TomlFault:
        """An error at `key` of the index-th `table` (None: above the first)."""
        return TomlFault(f"{self.file_name}, line {self._line_number(table, index, key)}: {text}")

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


def parse_toml(text: str, what: str, file_name: str) -> tuple[dict[str, Any], Source]:
    """The data of a TOML text, and where each stands. Raises TomlFault."""
    try:
        data = toml_text.parse_toml(text)
    except toml_text.NotToml as fault:
        raise _not_toml(str(fault), text, file_name) from fault
    return data, Source(what, file_name, tuple(text.splitlines()))


def _not_toml(fault: str, text: str, file_name: str) -> TomlFault:
    where = re.search(r" \(at line (\d+), column \d+\)", fault)
    line = int(where[1]) if where else max(len(text.splitlines()), 1)
    what = fault[: where.start()] if where else fault
    return TomlFault(f"{file_name}, line {line}: this is not valid TOML: {what}; write key = value, with text in quotes.")


def check_top(data: Mapping[str, Any], top: Table, tables: Mapping[str, Table], source: Source) -> None:
    """Check what stands above the first table."""
    _check({key: value for key, value in data.items() if key not in tables}, top, source, None, 0, tuple(tables))


def entries(data: Mapping[str, Any], name: str, table: Table, source: Source) -> list[dict[str, Any]]:
    """The tables of one name, each checked key by key."""
    written = data.get(name, [])
    found = written if table.repeated else [written] if name in data else []
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        brackets = f"[[{name}]], once for each" if table.repeated else f"[{name}]"
        raise source.fault(None, 0, name, f'"{name}" is a table: write it as {brackets}, with its keys below.')
    for index, entry in enumerate(found):
        _check(entry, table, source, name, index)
        for key in table.required:
            if key not in entry:
                raise source.fault(name, index, None, f'this {name} has no "{key}": write {table.keys[key].allows}.')
    return found


def _check(
    data: Mapping[str, Any], table: Table, source: Source, name: str | None, index: int, tables: Iterable[str] = ()
) -> None:
    known = [*table.keys, *tables]
    for key, value in data.items():
        rule = table.keys.get(key)
        if rule is None:
            where = source.what if name is None else f"a [{name}] table"
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
