"""Beats from tables: our own CSV and Parquet exports, and BIDS physioevents of anybody."""

from __future__ import annotations

import csv
import gzip
import io
import math
import zlib
from typing import TYPE_CHECKING, Any

from relaxlisten.errors import UsageError
from relaxlisten.session.imported import Imported, ImportedBeat, checked, from_both, from_times
from relaxlisten.session.parquet import read_parquet
from relaxlisten.terms import Quality

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CSV, PARQUET, BIDS = "csv", "parquet", "bids"
_UNKNOWN = ("", "n/a", "nan", "None")

MOST_UNPACKED_BYTES = 64 * 2**20  # a week of beats


def is_ours(text: str) -> bool:
    """Whether a text is our own table of beats."""
    titles = text.partition("\n")[0].split(",")
    return {"time_s", "rr_ms", "nn_ms", "quality"} <= set(titles)


def read_csv(text: str, name: str, header: Mapping[str, Any]) -> Imported:
    """The beats of our own Beat.csv. header: of the session, from beside it; empty where it is not there. Raises UsageError."""
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
    except csv.Error as fault:
        message = f"{name} is no table ({fault})."
        raise UsageError(message) from fault
    columns = {title: [row.get(title) or "" for row in rows] for title in (rows[0] if rows else {})}
    return _of_columns(columns, name, CSV, header)


def read_parquet_beats(content: bytes, name: str) -> Imported:
    """The beats of our own Beat.parquet. Raises UsageError."""
    header, columns = read_parquet(content, name)
    return _of_columns(columns, name, PARQUET, header)


def _unpacked(content: bytes) -> bytes:
    """What was packed; a few packed bytes could stand for more than there is memory. Raises OSError, EOFError or zlib.error."""
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
        found = file.read(MOST_UNPACKED_BYTES + 1)
    if len(found) > MOST_UNPACKED_BYTES:
        raise OSError("it unpacks to more than any recording of beats")
    return found


def read_bids(content: bytes, sidecar: Mapping[str, Any], name: str) -> Imported:
    """The beats of a *_physioevents.tsv.gz with its JSON sidecar. Raises UsageError."""
    titles = list(sidecar.get("Columns", ()))
    if "onset" not in titles:
        message = f"{name} has no sidecar (.json) whose Columns name an onset: without it the columns mean nothing."
        raise UsageError(message)
    try:
        text = (_unpacked(content) if content[:2] == b"\x1f\x8b" else content).decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as fault:
        message = f"{name} cannot be read ({fault})."
        raise UsageError(message) from fault
    rows = [line.split("\t") for line in text.splitlines() if line]
    columns: dict[str, list[Any]] = {title: [_cell(row, at) for row in rows] for at, title in enumerate(titles)}
    heart = str(sidecar.get("Heart", ""))
    header = {"simulated": heart == "simulated"} if heart else {}
    return _of_columns({**columns, "time_s": columns["onset"]}, name, BIDS, header)


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def _of_columns(columns: Mapping[str, Sequence[Any]], name: str, layout: str, header: Mapping[str, Any]) -> Imported:
    """Rows with time_s, and rr_ms and quality where they are there; a row without an interval was put in and is left out."""
    times = [_number(value) for value in columns.get("time_s", ())]
    intervals = [_number(value) for value in columns.get("rr_ms", ())]
    if not intervals:
        beats = from_times([time_s for time_s in times if not math.isnan(time_s)], name)
    else:
        kept = [row for row, (time_s, rr) in enumerate(zip(times, intervals, strict=False)) if not math.isnan(time_s + rr)]
        beats = from_both([times[row] for row in kept], [intervals[row] for row in kept], name)
        if "quality" in columns:
            beats = _with_gaps(beats, [str(columns["quality"][row]) for row in kept], name)
    simulated = header.get("simulated")
    return Imported(
        beats=beats, layout=layout, started_utc=str(header.get("started_utc") or ""),
        simulated=None if simulated is None else bool(simulated),
    )  # fmt: skip


def _with_gaps(beats: Sequence[ImportedBeat], qualities: Sequence[str], name: str) -> tuple[ImportedBeat, ...]:
    """Gaps where the file itself names them. The very first interval is whole, though nothing is known of what came before it."""
    named = [
        ImportedBeat(time_s=beat.time_s, rr_ms=beat.rr_ms, after_gap=quality == Quality.AFTER_GAP and number > 0)
        for number, (beat, quality) in enumerate(zip(beats, qualities, strict=True))
    ]
    return checked(named, name)


def _number(value: Any) -> float:
    if value is None or str(value) in _UNKNOWN:
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan
