"""Beats and records through today's program: a file of RR intervals cleaned, a session replayed or analysed anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.sensor.rr_formats import RrFormat


def add_to(app: typer.Typer) -> None:
    """Attach the commands."""
    app.command(epilog="Example: relaxlisten rr morning.txt > beats.tsv    (the beats; the metrics are shown beside)")(rr)
    app.command(epilog="Example: relaxlisten replay ~/sessions/monday --verify")(replay)


def rr(
    file: Annotated[
        Path, typer.Argument(help="RR intervals: a list, or a file of Kubios, HRV Logger, Elite HRV or Polar (.hrm).")
    ],
    layout: Annotated[RrFormat, typer.Option("--format", help="How the file holds them.")] = RrFormat.AUTO,
    as_json: Annotated[bool, typer.Option("--json", help="Beats and metrics as JSON.")] = False,
    as_tsv: Annotated[
        bool, typer.Option("--tsv", help="Beats as TSV on standard output, metrics on standard error (as without it).")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline/--causal", help="Look ahead: learn first how this heart varies, then clean from the start.")
    ] = False,
) -> None:
    """Clean a file of RR intervals: each beat, raw and corrected, with its cause; and what they say of the heart."""
    from relaxlisten.commands import listing
    from relaxlisten.rr import clean_rr, hrv
    from relaxlisten.sensor.rr_formats import read_rr_text

    if as_json and as_tsv:
        message = "Choose either --json or --tsv."
        raise UsageError(message)
    beats = clean_rr(read_rr_text(_text_of(file), file.name, layout), offline=offline)
    if as_json:
        listing.print_rr_json(file.name, beats, hrv(beats), offline=offline)
    else:
        listing.print_rr_tsv(beats)
        listing.print_metrics(hrv(beats), offline=offline)


def _text_of(file: Path) -> str:
    """The text of a file that somebody named."""
    from relaxlisten.safe_files import read_ordinary

    try:
        return read_ordinary(file).decode("utf-8", "replace")
    except OSError as fault:
        message = f"{file} cannot be read ({fault.strerror or fault}): give a text file."
        raise UsageError(message) from fault


def replay(
    session: Annotated[Path, typer.Argument(help="A session's folder, or its session.jsonl.")],
    verify: Annotated[bool, typer.Option("--verify", help="Fail if any derived event differs from the recorded one.")] = False,
    reanalyse: Annotated[bool, typer.Option("--reanalyse", help="Say of each metric how far it moves.")] = False,
    settings: Annotated[Path | None, typer.Option(help="For --reanalyse: a TOML file with other settings.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For --reanalyse: for machines.")] = False,
) -> None:
    """Feed a session's recorded packets and commands through today's program."""
    from relaxlisten.commands import listing

    if reanalyse:
        _reanalyse(session, settings, as_json=as_json)
        return
    if settings is not None or as_json:
        raise UsageError("--settings and --json belong to --reanalyse: add it.")
    from relaxlisten.assessment import resonance
    from relaxlisten.replay import replay as replay_record
    from relaxlisten.session.records import open_record

    record = open_record(session)
    result = replay_record(record)
    listing.print_replay(record, result)
    assessed = resonance(record.header.protocol, result.derived)
    if assessed is not None:
        listing.print_resonance(assessed)
    if verify and result.difference is not None:
        raise RelaxListenError("The replay differs from the record: see above for the first difference.")


def _reanalyse(session: Path, settings: Path | None, *, as_json: bool) -> None:
    from relaxlisten.assembly import load_protocol
    from relaxlisten.commands.listing_reanalysis import print_moved
    from relaxlisten.reanalysis import read_settings, reanalysed, with_settings
    from relaxlisten.session.records import open_record

    record = open_record(session)
    changes = read_settings(_text_of(settings), settings.name) if settings is not None else {}
    moved = reanalysed(with_settings(record, changes, load_protocol))
    print_moved(moved, as_json=as_json)
