"""The command that turns a session into files for other programs."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    BIDS = "bids"
    EDF = "edf"
    MIDI = "midi"


def export(
    session: Annotated[Path, typer.Argument(help="A session's folder, or its session.jsonl.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="File (kubios, hrv-logger, edf, midi) or folder (csv, bids) to write.")
    ],
    layout: Annotated[ExportFormat, typer.Option("--format", help="For which program.")],
) -> None:
    """Turn a session into files for other programs; nothing that exists is overwritten."""
    from relaxlisten.session.load import load

    loaded = load(session)
    for sentence in loaded.missing:
        typer.echo(f"relaxlisten: {sentence}", err=True)
    files = _files(loaded, layout)
    targets = {out / name if name else out: content for name, content in files.items()}
    for target in targets:
        if target.exists():
            message = f"{target} exists already: choose another place with --out."
            raise UsageError(message)
    _write(targets)
    typer.echo(f"Wrote {len(targets)} file{'s' * (len(targets) != 1)}: {out}")


def _files(session: LoadedSession, layout: ExportFormat) -> dict[str, bytes]:
    """Contents by name below --out; the name is empty where --out is the file itself."""
    from relaxlisten.session import export_bids, export_edf, export_midi, export_text

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
        case ExportFormat.CSV:
            # A record can name a kind of event as it likes; a file is only called by one that is a word.
            filled = {kind: table for kind, table in session.tables.items() if table["time_s"].size and _WORD.fullmatch(kind)}
            return {
                f"{kind}.csv": export_text.csv_text(table).encode("utf-8", "backslashreplace") for kind, table in filled.items()
            }


def _write(targets: dict[Path, bytes]) -> None:
    from relaxlisten.safe_files import replace_file

    for target, content in targets.items():
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_file(target, content)
        except OSError as fault:
            message = f"{target} cannot be written ({fault.strerror or fault}): choose another place with --out."
            raise UsageError(message) from fault
