"""A session's plan as data: phases with durations, and the limits of the tempo.

Decision: a protocol is a TOML file that a therapist can write. It is checked against the tables below before anything starts, and
an error names the file, the line, the key and the nearest valid name.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relaxlisten.control.limits import HARD_SLEW_PERCENT_PER_BEAT, HARD_STRETCH_PERCENT, Limits
from relaxlisten.errors import UsageError
from relaxlisten.terms import PhaseKind
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One phase. lead_bpm: how far the music may be ahead of the heart. pace_bpm_per_min: how fast it goes ahead.

    floor_bpm: the slowest tempo led to, on the heart's scale. fade_s: length of the last fade (kind "close" only).
    breaths_per_min: the pace at which the listener is asked to breathe; 0 where the breath is free.
    """

    name: str
    kind: PhaseKind
    minutes: float
    lead_bpm: float = 3.0
    pace_bpm_per_min: float = 1.0
    floor_bpm: float = 48.0
    fade_s: float = 20.0
    breaths_per_min: float = 0.0

    @property
    def duration_s(self) -> float:
        """Length of the phase."""
        return self.minutes * S_PER_MIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A whole session: phases in order, and limits that hold in each."""

    name: str
    title: str
    description: str
    phases: tuple[Phase, ...]
    limits: Limits

    @property
    def duration_s(self) -> float:
        """Length of the session, in protocol time."""
        return sum(phase.duration_s for phase in self.phases)


@dataclass(frozen=True, slots=True)
class _Number:
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Text:
    most_characters: int


_Rule = _Number | _Text

_TOP: dict[str, _Rule] = {"name": _Text(60), "title": _Text(80), "description": _Text(600)}
_PHASE: dict[str, _Rule] = {
    "name": _Text(40),
    "kind": _Text(20),
    "minutes": _Number(0.05, 240.0),
    "lead_bpm": _Number(0.0, 15.0),
    "pace_bpm_per_min": _Number(0.0, 5.0),
    "floor_bpm": _Number(35.0, 120.0),
    "fade_s": _Number(0.5, 120.0),
    "breaths_per_min": _Number(0.0, 20.0),
}
_LIMITS: dict[str, _Rule] = {
    "stretch_percent": _Number(0.0, HARD_STRETCH_PERCENT),
    "slew_percent_per_beat": _Number(0.0, HARD_SLEW_PERCENT_PER_BEAT),
    "deadband_bpm": _Number(0.0, 10.0),
}
_REQUIRED_PHASE = ("name", "kind", "minutes")
_TABLES = ("limits", "phase")


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
        count, table_line = -1, 1
        for number, line in enumerate(self.lines, start=1):
            if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
                current = header[1]
                if table is None and current == key:
                    return number
                count += current == table
                table_line = number if (current == table and count == index) else table_line
            here = current == table and (table is None or count == index)
            if here and key is not None and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line):
                return number
        return table_line


def parse_protocol(text: str, file_name: str) -> Protocol:
    """A protocol from TOML text. Raises ProtocolError with one sentence."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        message = f"{file_name}: this is not valid TOML: {fault}."
        raise ProtocolError(message) from fault
    return _build(data, _Source(file_name, tuple(text.splitlines())))


def _build(data: Mapping[str, Any], source: _Source) -> Protocol:
    top = {key: value for key, value in data.items() if key not in _TABLES}
    _check(top, _TOP, (*_TOP, *_TABLES), source, None, 0)
    phases = data.get("phase")
    if not isinstance(phases, list) or not phases or not all(isinstance(phase, dict) for phase in phases):
        raise source.fault(None, 0, "phase", "a protocol needs at least one [[phase]] with name, kind and minutes.")
    limits = data.get("limits", {})
    if not isinstance(limits, dict):
        raise source.fault(None, 0, "limits", '"limits" is a table: write it as [limits] with its keys below.')
    _check(limits, _LIMITS, tuple(_LIMITS), source, "limits", 0)
    name = str(top.get("name", source.file_name.rsplit(".", 1)[0]))
    return Protocol(
        name=name,
        title=str(top.get("title", name)),
        description=str(top.get("description", "")),
        phases=tuple(_phase(phase, index, source) for index, phase in enumerate(phases)),
        limits=Limits(**limits),
    )


def _phase(data: Mapping[str, Any], index: int, source: _Source) -> Phase:
    _check(data, _PHASE, tuple(_PHASE), source, "phase", index)
    for key in _REQUIRED_PHASE:
        if key not in data:
            raise source.fault("phase", index, None, f'this phase has no "{key}".')
    kinds = [kind.value for kind in PhaseKind]
    if data["kind"] not in kinds:
        text = f'"{data["kind"]}" is not a kind of phase{_suggestion(data["kind"], kinds)}'
        raise source.fault("phase", index, "kind", text)
    return Phase(**{**data, "kind": PhaseKind(data["kind"])})


def _check(
    data: Mapping[str, Any], rules: Mapping[str, _Rule], known: tuple[str, ...], source: _Source, table: str | None, index: int
) -> None:
    for key, value in data.items():
        rule = rules.get(key)
        if rule is None:
            where = f"[{table}]" if table else "a protocol"
            raise source.fault(table, index, key, f'"{key}" is not a key of {where}{_suggestion(key, known)}')
        if problem := _problem(value, rule):
            raise source.fault(table, index, key, f'"{key}" {problem}, not {value!r}.')


def _problem(value: object, rule: _Rule) -> str | None:
    if isinstance(rule, _Text):
        fits = isinstance(value, str) and 0 < len(value) <= rule.most_characters
        return None if fits else f"must be text of 1 to {rule.most_characters} characters"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = is_number and rule.low <= float(value) <= rule.high  # type: ignore[arg-type]  # is_number has shown it
    return None if fits else f"must be a number from {rule.low:g} to {rule.high:g}"


def _suggestion(name: str, known: tuple[str, ...] | list[str]) -> str:
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
    return f'; did you mean "{near[0]}"?' if near else f"; valid names are {', '.join(known)}."


def scaled_to(protocol: Protocol, minutes: float) -> Protocol:
    """The same protocol with every phase shortened or lengthened in proportion, so that the whole lasts `minutes`."""
    factor = minutes * S_PER_MIN / protocol.duration_s
    return dataclasses.replace(
        protocol, phases=tuple(dataclasses.replace(phase, minutes=phase.minutes * factor) for phase in protocol.phases)
    )


def protocol_to_data(protocol: Protocol) -> dict[str, Any]:
    """Plain data for a session header; `protocol_from_data` is its inverse."""
    return dataclasses.asdict(protocol)


def protocol_from_data(data: Mapping[str, Any]) -> Protocol:
    """A protocol from a session header. Unknown or missing fields raise TypeError or KeyError: the record is damaged."""
    return Protocol(
        name=data["name"],
        title=data["title"],
        description=data["description"],
        phases=tuple(Phase(**{**phase, "kind": PhaseKind(phase["kind"])}) for phase in data["phases"]),
        limits=Limits(**data["limits"]),
    )
