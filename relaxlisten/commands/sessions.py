"""The commands about recorded sessions: which there are, what is in one, and deleting one; `derive` makes new ones.

Decision: deleting names first what will go and asks; it takes the record and nothing else, and the folder only once that is
empty, so that a wrong folder costs nothing.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relaxlisten.commands import derive
from relaxlisten.errors import RelaxListenError, UsageError

if TYPE_CHECKING:
    from relaxlisten.session.tables import LoadedSession

app = typer.Typer(no_args_is_help=True, help="Recorded sessions: list, show, trim, merge, anonymise, delete.")
derive.add_to(app)
_Session = Annotated[Path, typer.Argument(help="A session's folder, or its session.jsonl.")]


@app.command("list", epilog="Example: relaxlisten session list")
def list_sessions(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Where to look; without it, where sessions are kept."),
    ] = None,
) -> None:
    """List the sessions below a folder, oldest first. Nothing is written into a FOLDER that is given."""
    from relaxlisten.places import data_folder
    from relaxlisten.session.format import RECORD_NAME
    from relaxlisten.session.load import PACKED_NAME
    from relaxlisten.session.people_store import PEOPLE, SESSIONS
    from relaxlisten.session.recovery import recover, told

    places = [folder] if folder else [data_folder() / SESSIONS, data_folder() / PEOPLE]
    records = [file for place in places for file in place.rglob(RECORD_NAME)]
    for sentence in told(recover([] if folder else records), datetime.datetime.now().astimezone()):
        typer.echo(sentence, err=True)
    packed = [file for place in places for file in place.rglob(PACKED_NAME) if not file.with_name(RECORD_NAME).exists()]
    found = sorted((_summary(file), file.parent) for file in [*records, *packed])
    if not found:
        typer.echo(f"There is no session in {places[0]}.")
    for summary, path in found:
        typer.echo(f"{summary}  {path}")


@app.command(epilog="Example: relaxlisten session show ~/sessions/monday")
def show(session: _Session) -> None:
    """Show what a session holds, and what of it is missing or damaged."""
    from relaxlisten.session.clock_story import clock_story
    from relaxlisten.session.load import load

    loaded = load(session)
    typer.echo(_told(loaded))
    for made in loaded.header.derived_from if loaded.header else ():
        typer.echo(f"Made by {made.what} (version {made.version}) from {', '.join(made.sources)}: {made.note}")
    for sentence in clock_story(loaded["Clocks"]):
        typer.echo(sentence)
    for kind, table in loaded.tables.items():
        if table["time_s"].size:
            typer.echo(f"{table['time_s'].size:8d}  {kind}")
    for sentence in loaded.missing:
        typer.echo(sentence)
    for damage in loaded.damage[:20]:
        typer.echo(f"Line {damage.line} (byte {damage.offset}, {damage.size} bytes): {damage.reason}.")


@app.command(epilog="Example: relaxlisten session delete ~/sessions/monday")
def delete(
    session: _Session,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a session's record for good; exports and files of what was heard stay where they are."""
    from relaxlisten.session.load import load, record_file
    from relaxlisten.session.recovery import TORN_SUFFIX

    file = record_file(session)
    typer.echo(f"{_told(load(file))}\nTo be deleted: {file} ({file.stat().st_size} bytes).")
    if not (yes or typer.confirm("Delete it for good?")):
        typer.echo("Nothing was deleted.")
        return
    try:
        file.unlink()
        for torn in file.parent.glob(f"{file.name}{TORN_SUFFIX}*"):  # what recovery kept of the same session
            torn.unlink()
        if not any(file.parent.iterdir()):
            file.parent.rmdir()
    except OSError as fault:
        message = f"{file} was not deleted ({fault.strerror or fault}): check that you may write there."
        raise RelaxListenError(message) from fault
    typer.echo(f"Deleted {file}.")


def _summary(file: Path) -> str:
    from relaxlisten.session.load import load

    try:
        return _told(load(file))
    except UsageError:
        return "not readable"


def _told(loaded: LoadedSession) -> str:
    last_s = max((float(table["time_s"].max()) for table in loaded.tables.values() if table["time_s"].size), default=0.0)
    beats = loaded["Beat"]["time_s"].size
    header = loaded.header
    start = (
        f"{header.started_utc or 'no date'}  {header.sensor}{' (simulated heart)' * loaded.simulated}"
        if header
        else "header lost"
    )
    state = "  incomplete" * bool(loaded.missing) + "  concealed" * loaded.concealed
    return f"{start}  {last_s / 60.0:.1f} min  {beats} beats{state}"
