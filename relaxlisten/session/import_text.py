"""Beats from text: Kubios, HRV Logger, Elite HRV, Polar's .hrm and Sensor Logger, and plain lists.

Decision: the intervals are read as everywhere (`sensor/rr_formats.py`); only times and dates are added here. A date counts only
with its zone: a local time without one is no time.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from relaxlisten.sensor.rr_formats import RrFormat, fields_of, is_number, lines_of, read_rr_text, recognised, separated
from relaxlisten.session.imported import Imported, from_both, from_intervals
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Titles of columns that hold the time of a row since the file's start, with what one second is in them.
_SINCE_START = {"since_start": MS_PER_S, "time_s": 1.0}
_SINCE_1970 = "timestamp"  # in ms
_DATES = ("phone timestamp", "date_time", "time")


def read_text(text: str, name: str, layout: RrFormat = RrFormat.AUTO) -> Imported:
    """The beats of a text file. Raises UsageError."""
    lines = list(lines_of(text))
    layout = recognised(lines) if layout is RrFormat.AUTO and lines else layout
    rr_ms = read_rr_text(text, name, layout)
    if layout is RrFormat.HRV_LOGGER:
        rows = [separated(words) for _, words in lines]
        return _of_columns(rows, rr_ms, name, layout)
    times_s = _kubios_times(lines, rr_ms) if layout is RrFormat.KUBIOS else None
    beats = from_intervals(rr_ms) if times_s is None else from_both(times_s, rr_ms, name)
    return Imported(beats=beats, layout=layout.value)


def _of_columns(rows: Sequence[list[str]], rr_ms: Sequence[float], name: str, layout: RrFormat) -> Imported:
    """Rows with a time each: since the start, since 1970, or as a date."""
    titles = [title.strip().strip('"').lower() for title in rows[0]]
    times_s = _times(rows[1:], titles)
    if times_s is None or len(times_s) != len(rr_ms):
        return Imported(beats=from_intervals(rr_ms), layout=layout.value)
    beats = from_both(times_s, rr_ms, name)
    return Imported(beats=beats, layout=layout.value, started_utc=_started(rows[1:], titles, beats[0].time_s))


def _times(rows: Sequence[list[str]], titles: Sequence[str]) -> list[float] | None:
    """Seconds since the file's start, which is the first beat's beginning where the file does not say."""
    for title, per_s in _SINCE_START.items():
        since = _column(rows, titles, title, float)
        if since is not None:
            return [value / per_s for value in since]
    stamps = _column(rows, titles, _SINCE_1970, _seconds) or next(
        (found for title in _DATES if (found := _column(rows, titles, title, _date_s))), None
    )
    return None if stamps is None else [stamp - stamps[0] for stamp in stamps]


def _started(rows: Sequence[list[str]], titles: Sequence[str], first_s: float) -> str:
    """When second 0 was, by the first row's time since 1970; empty where there is none."""
    stamps = _column(rows[:1], titles, _SINCE_1970, _seconds)
    if not stamps:
        return ""
    try:
        start = datetime.datetime.fromtimestamp(stamps[0] - first_s, datetime.UTC)
    except (OSError, OverflowError, ValueError):  # no calendar has that day
        return ""
    return start.isoformat(timespec="milliseconds")


def _column(rows: Sequence[list[str]], titles: Sequence[str], title: str, read: Callable[[str], float]) -> list[float] | None:
    """The numbers below a title; None where it is not there or a cell is no number."""
    if title not in titles:
        return None
    at = titles.index(title)
    try:
        return [read(row[at].strip().strip('"')) for row in rows]
    except (ValueError, IndexError):
        return None


def _seconds(cell: str) -> float:
    return float(cell) / MS_PER_S


def _date_s(cell: str) -> float:
    """Only differences of these are used: the zone does not matter."""
    return datetime.datetime.fromisoformat(cell).replace(tzinfo=datetime.UTC).timestamp()


def _kubios_times(lines: Sequence[tuple[int, str]], rr_ms: Sequence[float]) -> list[float] | None:
    """The first of two columns, in s."""
    rows = [fields_of(words) for _, words in lines]
    numbers = [[float(field.replace(",", ".")) for field in row] for row in rows if all(is_number(field) for field in row)]
    if len(numbers) != len(rr_ms) or any(len(row) < 2 for row in numbers):
        return None
    times = [row[0] for row in numbers]
    in_ms = times[-1] - times[0] > 0.5 * sum(rr_ms[1:]) and len(times) > 1
    return [time / MS_PER_S for time in times] if in_ms else times
