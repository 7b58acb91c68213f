"""The commands for a listener's own music: scan, list, show, set, export.

Decision: standard output holds only what was asked for (JSON stays JSON); progress and sentences go to standard error.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.terms import Pulse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from relaxlisten.music.catalogue import Catalogue
    from relaxlisten.scanning import Pool, Report, Scan

MOST_JOBS = 8  # each takes some 200 MB
_AsJson = Annotated[bool, typer.Option("--json", help="For machines: a list of objects.")]

app = typer.Typer(no_args_is_help=True, help="Know your own music: its tempo, beats, key, loudness; each file is heard once.")
_chosen: dict[str, Path | None] = {}


@app.callback()
def _choose(
    catalogue: Annotated[Path | None, typer.Option(help="The catalogue to use; without it, your own.", dir_okay=False)] = None,
) -> None:
    _chosen["catalogue"] = catalogue


@app.command(epilog="Example: relaxlisten music scan ~/Music/calm")
def scan(
    folders: Annotated[list[Path], typer.Argument(help="Folders of music, playlists, or files.")],
    jobs: Annotated[int | None, typer.Option(min=1, max=64, help="How many processes; without it, one a processor.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Try files once more that could not be played.")] = False,
    as_json: _AsJson = False,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, to hear them on its cluster (needs relaxlisten[study]).")
    ] = None,
) -> None:
    """Hear every piece once and remember it. What is known and unchanged is not opened; run it again whenever you like."""
    from relaxlisten.commands import listing_music
    from relaxlisten.scanning import Scan

    _check_places(folders)
    with opened_catalogue() as catalogue:
        catalogue.check()
        _tell_notice(catalogue)
        found = Scan([folder.expanduser() for folder in folders], catalogue, again=again)
        report = hear(found, jobs, scheduler) if found.new else found.report
        listing_music.print_report(report)
        if as_json:
            listing_music.print_json(listing_music.facts(catalogue, paths=found.paths))


@app.command("list", epilog="Example: relaxlisten music list --pulse pulsed --from 55 --to 70 --sort arousal")
def list_(
    folder: Annotated[Path | None, typer.Argument(help="Only what lies in this folder.")] = None,
    pulse: Annotated[Pulse | None, typer.Option(help="Only pieces with such a pulse.")] = None,
    from_bpm: Annotated[float | None, typer.Option("--from", min=0.0, help="Only pieces of this tempo or faster (BPM).")] = None,
    to_bpm: Annotated[float | None, typer.Option("--to", min=0.0, help="Only pieces of this tempo or slower (BPM).")] = None,
    sort: Annotated[str, typer.Option(help="By path, title, tempo, arousal, loudness, brightness, key or duration.")] = "path",
    as_json: _AsJson = False,
) -> None:
    """List what the catalogue knows."""
    from relaxlisten.commands import listing_music

    with opened_catalogue() as catalogue:
        known = listing_music.facts if as_json else listing_music.brief_facts
        found = known(catalogue, folder=folder and folder.expanduser().absolute())
    chosen = listing_music.select(found, pulse, from_bpm, to_bpm, sort)
    if as_json:
        listing_music.print_json(chosen)
    else:
        listing_music.print_list(chosen)


@app.command(epilog="Example: relaxlisten music show ~/Music/calm/evening.flac")
def show(file: Annotated[Path, typer.Argument(help="A file that was scanned.")], as_json: _AsJson = False) -> None:
    """Show all that is known of a piece."""
    from relaxlisten.commands import listing_music

    with opened_catalogue() as catalogue:
        found = listing_music.facts(catalogue, paths=[file.expanduser().absolute()])
    if not found:
        raise UsageError(f"{file} is not in the catalogue: run relaxlisten music scan on it or on its folder first.")
    if as_json:
        listing_music.print_json(found)
    else:
        listing_music.print_piece(found[0])


@app.command("set", epilog="Example: relaxlisten music set evening.flac --tempo 62")
def set_(
    file: Annotated[Path, typer.Argument(help="A file of music.")],
    tempo: Annotated[float | None, typer.Option(min=20.0, max=300.0, help="Its tempo (BPM).")] = None,
    first_beat: Annotated[float | None, typer.Option(min=0.0, max=36_000.0, help="Second of its first beat.")] = None,
    beats_per_bar: Annotated[int | None, typer.Option(min=1, max=16, help="Beats in a bar.")] = None,
    exclude: Annotated[bool | None, typer.Option("--exclude/--include", help="Never play it in a session, or do.")] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Take back all that was set before.")] = False,
) -> None:
    """Say what you know better; it goes before everything else, and stays with the piece wherever the file goes."""
    from relaxlisten.music.audio_bytes import content_id

    given = {"tempo_bpm": tempo, "first_beat_s": first_beat, "beats_per_bar": beats_per_bar, "excluded": exclude}
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes and not forget:
        raise UsageError("Nothing was set: use --tempo, --first-beat, --beats-per-bar, --exclude, --include or --forget.")
    try:
        content = content_id(file.expanduser())
    except OSError as fault:
        raise UsageError(f"{file} cannot be read ({fault.strerror or fault}): name a file of music.") from None
    with opened_catalogue() as catalogue:
        catalogue.wish(content, changes, forget=forget)
    typer.echo(f"Kept for {file.name}.", err=True)


@app.command(epilog="Example: relaxlisten music export -o music.csv")
def export(
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A .json or .csv file; without it, JSON is printed.")] = None,
) -> None:
    """Write all that is known to a file."""
    from relaxlisten.commands import listing_music

    if out is not None and out.suffix.lower() not in (".json", ".csv"):
        raise UsageError(f"{out} cannot be written: name a file that ends in .json or .csv.")
    with opened_catalogue() as catalogue:
        found = listing_music.facts(catalogue)
    if out is None:
        listing_music.print_json(found)
        return
    try:
        listing_music.write_facts(found, out)
    except OSError as fault:
        raise UsageError(f"{out} cannot be written ({fault.strerror or fault}): choose another place.") from None
    typer.echo(f"{len(found)} files are in {out}.", err=True)


# ---- what the commands stand on ----


@contextlib.contextmanager
def opened_catalogue() -> Iterator[Catalogue]:
    """The catalogue that was chosen, for as long as it is needed."""
    from relaxlisten.music.catalogue import Catalogue
    from relaxlisten.places import catalogue_path

    with contextlib.closing(Catalogue(_chosen.get("catalogue") or catalogue_path())) as catalogue:
        _tell_notice(catalogue)
        yield catalogue


def _tell_notice(catalogue: Catalogue) -> None:
    if catalogue.notice is not None:
        typer.echo(f"relaxlisten: {catalogue.notice}", err=True)
        catalogue.notice = None


def _check_places(folders: list[Path]) -> None:
    for folder in folders:
        if not folder.expanduser().exists():
            raise UsageError(f"There is no {folder}: name a folder of music, or a file.")


def hear(found: Scan, jobs: int | None = None, scheduler: str | None = None) -> Report:
    """Open what is new in a scan, with a bar on standard error."""
    from relaxlisten.commands.listing_music import progress

    try:
        with _pool(jobs, scheduler) as pool, progress(len(found.new)) as on_done:
            return found.run(pool, on_done)
    except KeyboardInterrupt:
        raise RelaxListenError("The scan was stopped: what was heard is kept; run it again to go on.") from None


def _pool(jobs: int | None, scheduler: str | None) -> AbstractContextManager[Pool]:
    if scheduler is not None:
        from relaxlisten.cluster import Cluster

        return Cluster(scheduler)
    from relaxlisten.worker_pool import WorkerPool

    return WorkerPool(jobs or min(os.cpu_count() or 1, MOST_JOBS))
