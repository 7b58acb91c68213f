"""The command that turns a file of another program into a session."""

from __future__ import annotations

import dataclasses
import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from relaxlisten.errors import UsageError
from relaxlisten.json_text import NotJson, parse_json

if TYPE_CHECKING:
    from relaxlisten.session.imported import Imported

# A day of everything that a recorder of hearts writes is some tens of MB.
MOST_IMPORTED_BYTES = 1 << 29


class ImportFormat(StrEnum):
    """What a file can be read as."""

    AUTO = "auto"
    MS = "ms"
    S = "s"
    KUBIOS = "kubios"
    HRV_LOGGER = "hrv-logger"
    ELITE = "elite"
    HRM = "hrm"
    EDF = "edf"
    XDF = "xdf"
    CSV = "csv"
    PARQUET = "parquet"
    BIDS = "bids"
    FHIR = "fhir-r5"
    OMH = "omh"


# Files that lie in the folders that are exported, with what they are.
_IN_FOLDERS = {"Beat.csv": ImportFormat.CSV, "Beat.parquet": ImportFormat.PARQUET}
_PHYSIOEVENTS = ("_physioevents.tsv.gz", "_physioevents.tsv")
_BY_ENDING = {
    ".edf": ImportFormat.EDF, ".xdf": ImportFormat.XDF, ".xdfz": ImportFormat.XDF, ".parquet": ImportFormat.PARQUET,
    ".json": ImportFormat.OMH, **dict.fromkeys(_PHYSIOEVENTS, ImportFormat.BIDS),
}  # fmt: skip


def import_file(
    file: Annotated[
        Path, typer.Argument(help="A file of RR intervals or beats, or the folder of a BIDS, CSV or Parquet export.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the session.")],
    layout: Annotated[ImportFormat, typer.Option("--format", help="How the file holds its beats.")] = ImportFormat.AUTO,
    stream: Annotated[str | None, typer.Option(help="Of an XDF file: the name of the stream.")] = None,
    started: Annotated[str | None, typer.Option(help="When it began, with its zone: 2026-03-01T09:30:00+01:00.")] = None,
    simulated: Annotated[bool, typer.Option("--simulated", help="Say that no real heart was heard.")] = False,
) -> None:
    """Turn heart beats that another program recorded into a session; what was heard beside them is not known."""
    from relaxlisten.importing import import_session

    source, kind = _source(file, layout)
    content = _read(source)
    found = _with(_found(source, content, kind, stream), started, simulated=simulated)
    record = import_session(source, found, content, out)
    typer.echo(f"Imported {len(found.beats)} intervals from {source.name} (read as {found.layout}): {record.parent}")
    for sentence in _unsaid(found):
        typer.echo(f"relaxlisten: {sentence}", err=True)


def _source(file: Path, layout: ImportFormat) -> tuple[Path, ImportFormat]:
    """The file that holds the beats, and what it is. Raises UsageError."""
    if not file.is_dir():
        return file, layout if layout is not ImportFormat.AUTO else _by_name(file)
    for name, kind in _IN_FOLDERS.items():
        if (file / name).is_file() and layout in (kind, ImportFormat.AUTO):
            return file / name, kind
    found = sorted(path for ending in _PHYSIOEVENTS for path in file.rglob(f"*{ending}"))
    if len(found) != 1:
        message = f"{file} holds {len(found)} files of beats (Beat.csv, Beat.parquet, *_physioevents.tsv.gz): name one of them."
        raise UsageError(message)
    return found[0], ImportFormat.BIDS


def _by_name(file: Path) -> ImportFormat:
    name = file.name.lower()
    return next((kind for ending, kind in _BY_ENDING.items() if name.endswith(ending)), ImportFormat.AUTO)


def _read(source: Path) -> bytes:
    from relaxlisten.safe_files import read_ordinary

    try:
        return read_ordinary(source, MOST_IMPORTED_BYTES)
    except OSError as fault:
        message = f"{source} cannot be read ({fault.strerror or fault}): check the name."
        raise UsageError(message) from fault


def _found(source: Path, content: bytes, kind: ImportFormat, stream: str | None) -> Imported:
    from relaxlisten.sensor.rr_formats import RrFormat
    from relaxlisten.session import import_edf, import_health, import_tables, import_text, import_xdf

    text, name = content.decode("utf-8", "replace"), source.name
    match kind:
        case ImportFormat.EDF:
            return import_edf.read_edf(content, name)
        case ImportFormat.XDF:
            return import_xdf.read_xdf(source, stream)
        case ImportFormat.PARQUET:
            return import_tables.read_parquet_beats(content, name)
        case ImportFormat.FHIR | ImportFormat.OMH:
            return import_health.read_health(text, name)
        case ImportFormat.BIDS:
            sidecar = source.with_name(name.removesuffix(".gz").removesuffix(".tsv") + ".json")
            return import_tables.read_bids(content, _beside(sidecar), name)
        case ImportFormat.AUTO if import_tables.is_ours(text):
            return _found(source, content, ImportFormat.CSV, stream)
        case ImportFormat.CSV:
            return import_tables.read_csv(text, name, _beside(source.with_name("SessionHeader.json")))
    return import_text.read_text(text, name, RrFormat(kind.value))


def _beside(file: Path) -> dict[str, Any]:
    """The data of a JSON file; none where it is not there."""
    if not file.is_file():
        return {}
    try:
        data = parse_json(_read(file))
    except NotJson as fault:
        message = f"{file} is no JSON ({fault})."
        raise UsageError(message) from fault
    return data if isinstance(data, dict) else {}


def _with(found: Imported, started: str | None, *, simulated: bool) -> Imported:
    """What the person knows goes before what the file says, but for a simulated heart, which stays one."""
    found = dataclasses.replace(found, simulated=True) if simulated else found
    if started is None:
        return found
    try:
        moment = datetime.datetime.fromisoformat(started)
    except ValueError:
        moment = datetime.datetime.min
    if moment.tzinfo is None:
        message = f'"{started}" is no moment with a zone: write it as 2026-03-01T09:30:00+01:00.'
        raise UsageError(message)
    return dataclasses.replace(found, started_utc=moment.astimezone(datetime.UTC).isoformat(timespec="seconds"))


def _unsaid(found: Imported) -> list[str]:
    sentences = []
    if not found.started_utc:
        sentences.append("The file does not say when it began: the session has no date (--started gives it one).")
    if found.simulated is None:
        sentences.append(
            "The file does not say whether the heart was a real one: it is taken for one (--simulated says otherwise)."
        )
    return sentences
