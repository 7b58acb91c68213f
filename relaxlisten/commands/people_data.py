"""`relaxlisten person`: history, export, delete, lock, unlock and tidy.

Decision: deleting names every file that goes and asks; afterwards everything that is left is searched for the name and the ID,
and a file that still holds one is named.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relaxlisten.commands.passphrase import PassphraseFile, opened, said_passphrase, started, today
from relaxlisten.commands.people import Name
from relaxlisten.commands.people import app as app
from relaxlisten.errors import UsageError

if TYPE_CHECKING:
    from relaxlisten.session.people_key import Entry
    from relaxlisten.session.people_store import People

_Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command(epilog="Example: relaxlisten person history kim")
def history(
    name: Name,
    tsv: Annotated[bool, typer.Option("--tsv", help="As a table for other programs.")] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Show a person's sessions over time, and what changed in each."""
    from relaxlisten.commands.listing_people import print_history
    from relaxlisten.session.people_export import history_tsv
    from relaxlisten.session.people_history import history as rows_of

    entry, folder = opened(started(), name, passphrase_file)
    rows = rows_of(folder, entry)
    if tsv:
        typer.echo(history_tsv(rows), nl=False)
    else:
        print_history(rows)


@app.command(epilog="Example: relaxlisten person export kim -o kim.zip")
def export(
    name: Name,
    out: Annotated[Path, typer.Option("--out", "-o", help="The zip to write.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write everything of a person into one zip that can be read without this program; it is not encrypted."""
    from relaxlisten.session.people_export import export_person

    entry, folder = opened(started(), name, passphrase_file)
    count = export_person(folder, entry, out)
    typer.echo(f"{count} files of {entry.name} are in {out}. It is not encrypted: keep it as you keep the person's name.")


@app.command(epilog="Example: relaxlisten person delete kim")
def delete(name: Name, yes: _Yes = False) -> None:
    """Delete everything of a person for good; exports, reports and backups elsewhere stay."""
    people = started()
    _delete(people, people.find(name), yes=yes)


def _delete(people: People, entry: Entry, *, yes: bool) -> None:
    from relaxlisten.session.people_delete import delete, still_named, what_goes

    files = what_goes(people, entry)
    for file in files:
        typer.echo(f"{file.stat().st_size:12d}  {file}")
    typer.echo(f"To be deleted: {entry.name} with {len(files)} files ({sum(file.stat().st_size for file in files)} bytes).")
    if not (yes or typer.confirm("Delete them for good?")):
        typer.echo("Nothing was deleted.")
        return
    delete(people, entry)
    _forget(entry.name)
    typer.echo(f"{entry.name} is deleted.")
    for file in still_named(people, [entry.id, entry.name]):
        typer.echo(f"The name still stands in {file}: look whether it means this person.")


def _forget(name: str) -> None:
    """The window chose this person last time: not any more."""
    from relaxlisten.places import window_settings_path
    from relaxlisten.window.choices import without_person
    from relaxlisten.window.remembered import read_remembered, write_remembered

    file = window_settings_path()
    if file.is_file():
        before = read_remembered(file)
        after = without_person(before, name)
        if after != before:
            write_remembered(file, after)


@app.command(epilog="Example: relaxlisten person tidy")
def tidy(yes: _Yes = False) -> None:
    """Delete the people who were to be kept until a day before today; each is asked about."""
    people = started()
    past = people.past(today())
    if not past:
        typer.echo("Nobody is past their date.")
    for entry in past:
        typer.echo(f"{entry.name} was to be kept until {entry.keep_until}.")
        _delete(people, entry, yes=yes)


@app.command(epilog="Example: relaxlisten person lock kim")
def lock(name: Name, passphrase_file: PassphraseFile = None) -> None:
    """Put a person's folder under a passphrase. Whoever loses the passphrase has lost the folder."""
    from relaxlisten.session.person_lock import LOST

    people = started()
    entry = people.find(name)
    folder = people.folder(entry)
    if folder.is_locked:
        message = f"{entry.name} is locked already; for another passphrase, unlock first."
        raise UsageError(message)
    claim = folder.claim()
    if claim is None:
        message = f"A session of {entry.name} is running: end it first."
        raise UsageError(message)
    typer.echo(LOST)
    try:
        folder.lock(said_passphrase(entry.name, passphrase_file, twice=True))
    finally:
        claim.release()
    typer.echo(f"{entry.name} is locked: {len(folder.names())} files.")
    for place in entry.elsewhere:
        typer.echo(f"Not locked, for it lies elsewhere: {place}")


@app.command(epilog="Example: relaxlisten person unlock kim")
def unlock(name: Name, passphrase_file: PassphraseFile = None) -> None:
    """Open a person's folder for good."""
    entry, folder = opened(started(), name, passphrase_file)
    if not folder.is_locked:
        message = f"{entry.name} is not locked."
        raise UsageError(message)
    claim = folder.claim()
    if claim is None:
        message = f"A session of {entry.name} is running: end it first."
        raise UsageError(message)
    try:
        folder.unlock()
    finally:
        claim.release()
    typer.echo(f"{entry.name} is open: {len(folder.names())} files.")
