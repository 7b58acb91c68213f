"""A new record out of others: a stretch of one, or the parts of one session put together. Pure: lines in, lines out.

Decision: nothing is measured again. A stretch keeps the clock of its session (`time_s` stays what it was, so that it can be laid
beside its source) together with what was true when it began: the pieces known, the answers given, and the newest state of sensor
and music. In parts put together, later ones are moved by the difference of their starts on the wall clock: as well as it was
measured (`Clocks`), else to the second. What was damaged in a source stays out, and is counted.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relaxlisten.errors import UsageError
from relaxlisten.session.format import MERGE, TRIM, Derivation, read_event, read_header
from relaxlisten.session.scan import Damage, Whole, scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relaxlisten.session.format import SessionHeader

# Fields that hold a time on the session clock; all others count from something else.
TIME_FIELDS = ("time_s", "dac_time_s", "at_s")
_ALWAYS_KEPT = ("TrackFound", "Rating")
_NEWEST_KEPT = ("SensorState", "TrackChoice", "PlaybackPlan", "TempoTarget")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A record to be worked on. lines: its whole lines but the header, in order. sha256: of its file. lost: damaged lines."""

    name: str
    sha256: str
    header: SessionHeader
    lines: tuple[dict[str, Any], ...]
    lost: int

    @property
    def end_s(self) -> float:
        """The newest time in it."""
        return max((float(line["time_s"]) for line in self.lines), default=0.0)


def read_source(lines: Iterable[bytes], name: str, sha256: str) -> Source:
    """A record's whole lines. Raises UsageError where it has no header."""
    found = list(scan(lines))
    first = found[0] if found else None
    header = read_header(first.data, name) if isinstance(first, Whole) else None
    if header is None:
        message = f"{name} has no header that can be read, so nothing can be made from it: its tables still load."
        raise UsageError(message)
    whole = sorted((one for one in found[1:] if isinstance(one, Whole) and _sound(one)), key=lambda one: one.place)
    kept = tuple({key: value for key, value in one.data.items() if key != "n"} for one in whole)
    return Source(name=name, sha256=sha256, header=header, lines=kept, lost=len(found) - 1 - len(kept))


def _sound(entry: Whole | Damage) -> bool:
    """A line without a seal counts only where every word of it is known."""
    if isinstance(entry, Damage):
        return False
    try:
        return entry.sealed or read_event(entry.data) is not None
    except (ValueError, KeyError, TypeError):
        return False


def trim(source: Source, from_s: float, to_s: float, version: str) -> tuple[Derivation, list[dict[str, Any]]]:
    """The events from from_s up to to_s. Raises UsageError where there are none."""
    inside = [line for line in source.lines if from_s <= line["time_s"] <= to_s]
    if not inside:
        message = f"Nothing was recorded between {from_s:g} s and {to_s:g} s: {source.name} goes from 0 to {source.end_s:.0f} s."
        raise UsageError(message)
    outside = [line for line in source.lines if line["event"] in _ALWAYS_KEPT and line not in inside]
    before = [line for line in source.lines if line["time_s"] < from_s]
    newest = {line["event"]: line for line in before if line["event"] in _NEWEST_KEPT}
    kept = sorted([*outside, *newest.values(), *inside], key=lambda line: float(line["time_s"]))
    note = f"The stretch from {from_s:g} to {min(to_s, source.end_s):g} s; times are as in the source."
    return _derivation(TRIM, [source], note, version), kept


def merge(sources: Sequence[Source], version: str) -> tuple[SessionHeader, Derivation, list[dict[str, Any]]]:
    """Parts of one session as one record, on the clock of the first. Raises UsageError where they do not belong together."""
    parts = sorted(sources, key=started)
    first = parts[0]
    lines: list[dict[str, Any]] = []
    moves_s = []
    end_s = 0.0
    for part in parts:
        move_s = round(started(part) - started(first), 6)
        _check_pair(first, part, move_s, end_s)
        lines += [_moved(line, move_s) for line in part.lines]
        end_s = move_s + part.end_s
        moves_s.append(move_s)
    note = "Put together; the parts begin at " + ", ".join(f"{move_s:.3f}" for move_s in moves_s) + " s."
    return first.header, _derivation(MERGE, parts, note, version), lines


def started(source: Source) -> float:
    """When a record's clock stood at 0, in seconds of the wall clock."""
    if not source.header.started_utc:
        message = f"{source.name} does not say when it began, so nothing can be put beside it."
        raise UsageError(message)
    whole_s = datetime.datetime.fromisoformat(source.header.started_utc).timestamp()
    clocks = next((line for line in source.lines if line["event"] == "Clocks"), None)
    return whole_s if clocks is None else whole_s + float(clocks["wall_s"]) - float(clocks["time_s"])


def _check_pair(first: Source, part: Source, move_s: float, end_s: float) -> None:
    if part is not first and move_s < end_s:
        overlap = f"{end_s - move_s:.1f} s before the end of the one that it would follow"
        message = f"{part.name} begins {overlap}: parts of one session come one after the other."
        raise UsageError(message)
    for what in ("condition", "simulated", "sensor", "protocol"):
        if getattr(part.header, what) != getattr(first.header, what):
            message = f"{part.name} and {first.name} differ in their {what}: they are not parts of one session."
            raise UsageError(message)


def _moved(line: dict[str, Any], by_s: float) -> dict[str, Any]:
    return {key: value + by_s if key in TIME_FIELDS and by_s else value for key, value in line.items()}


def _derivation(what: str, sources: Sequence[Source], note: str, version: str) -> Derivation:
    lost = sum(source.lost for source in sources)
    left_out = f" {lost} damaged lines of the source were left out." if lost else ""
    return Derivation(what=what, sources=tuple(source.sha256 for source in sources), note=note + left_out, version=version)
