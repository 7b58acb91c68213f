"""The command that turns a session into files for other programs."""

from __future__ import annotations

import dataclasses
import json
import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from relaxlisten.errors import UsageError

if TYPE_CHECKING:
    from relaxlisten.session.tables import LoadedSession


_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")


class ExportFormat(StrEnum):
    """What a session can be turned into."""

    KUBIOS = "kubios"
    HRV_LOGGER = "hrv-logger"
    CSV = "csv"
    PARQUET = "parquet"
    BIDS = "bids"
    EDF = "edf"
    MIDI = "midi"
    FHIR = "fhir"
    FHIR_R5 = "fhir-r5"
    OMH = "omh"
    SOUND = "sound"


def export(
    session: Annotated[Path, typer.Argument(help="A session's folder, or its session.jsonl.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="File, or folder (csv, parquet, bids), to write.")],
    layout: Annotated[ExportFormat, typer.Option("--format", help="For which program.")],
    subject: Annotated[str, typer.Option(help="For fhir: a pseudonym of the person; without it, one for this session.")] = "",
    music: Annotated[str, typer.Option(help="For sound: where the listener's files are; builtin needs none.")] = "builtin",
) -> None:
    """Turn a session into files for other programs; nothing that exists is overwritten."""
    if layout is ExportFormat.SOUND:
        _export_sound(session, out, music)
        return
    from relaxlisten.session.load import load

    loaded = load(session)
    for sentence in _sentences(loaded):
        typer.echo(f"relaxlisten: {sentence}", err=True)
    files = _files(loaded, layout, subject)
    targets = {out / name if name else out: content for name, content in files.items()}
    for target in targets:
        _refuse_existing(target)
    _write(targets)
    typer.echo(f"Wrote {len(targets)} file{'s' * (len(targets) != 1)}: {out}")


def _sentences(session: LoadedSession) -> list[str]:
    """What the files will lack."""
    concealed = "This session's study is still sealed: what its arm has made (music, tempi, decisions) is left out."
    return [*session.missing, *([concealed] if session.concealed else [])]


def _files(session: LoadedSession, layout: ExportFormat, subject: str) -> dict[str, bytes]:
    """Contents by name below --out; the name is empty where --out is the file itself."""
    from relaxlisten.session import export_bids, export_edf, export_fhir, export_midi, export_omh, export_text, parquet

    match layout:
        case ExportFormat.KUBIOS:
            return {"": export_text.kubios_text(session).encode()}
        case ExportFormat.HRV_LOGGER:
            return {"": export_text.hrv_logger_text(session).encode()}
        case ExportFormat.BIDS:
            return export_bids.bids_files(session)
        case ExportFormat.EDF:
            return {"": export_edf.edf_bytes(session)}
        case ExportFormat.MIDI:
            return {"": export_midi.midi_bytes(session)}
        case ExportFormat.FHIR | ExportFormat.FHIR_R5:
            release = export_fhir.R5 if layout is ExportFormat.FHIR_R5 else export_fhir.R4
            return {"": _json(export_fhir.fhir_bundle(session, release, subject))}
        case ExportFormat.OMH:
            return {"": _json(export_omh.omh_points(session))}
        case ExportFormat.PARQUET:
            return parquet.parquet_files(session)
    return _csv_files(session)


def _csv_files(session: LoadedSession) -> dict[str, bytes]:
    """A file for each kind of event that occurs, and the header, which alone says whether the heart was simulated."""
    from relaxlisten.session.export_text import csv_text

    # A record can name a kind of event as it likes; a file is only called by one that is a word.
    filled = {kind: table for kind, table in session.tables.items() if table["time_s"].size and _WORD.fullmatch(kind)}
    header = {} if session.header is None else {"SessionHeader.json": _json(dataclasses.asdict(session.header))}
    return {f"{kind}.csv": csv_text(table).encode("utf-8", "backslashreplace") for kind, table in filled.items()} | header


def _json(data: Any) -> bytes:
    return (json.dumps(data, indent=1, allow_nan=False) + "\n").encode()


def _export_sound(session: Path, out: Path, music: str) -> None:
    """What was heard, played again from the record into a file."""
    from relaxlisten.rehearing import rehear

    _refuse_existing(out)
    again = rehear(session, out, music)
    for sentence in again.sentences:
        typer.echo(f"relaxlisten: {sentence}", err=True)
    typer.echo(f"Wrote 1 file: {out}")


def _refuse_existing(target: Path) -> None:
    if target.exists():
        message = f"{target} exists already: choose another place with --out."
        raise UsageError(message)


def _write(targets: dict[Path, bytes]) -> None:
    from relaxlisten.safe_files import replace_file

    for target, content in targets.items():
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_file(target, content)
        except OSError as fault:
            message = f"{target} cannot be written ({fault.strerror or fault}): choose another place with --out."
            raise UsageError(message) from fault
