"""A person's files, opened from the command line.

Decision: a passphrase is typed, unseen, or read from a file that the user names for scripts. It is never taken from the command
line or from the environment, where other programs can read it.
"""

from __future__ import annotations

import dataclasses
import datetime
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relaxlisten.errors import UsageError

if TYPE_CHECKING:
    from relaxlisten.session.people_key import Entry
    from relaxlisten.session.people_store import People
    from relaxlisten.session.person_folder import PersonFolder
    from relaxlisten.settings import SessionSettings

PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="For scripts: a file whose first line is the passphrase.")
]


def today() -> datetime.date:
    """The date on this machine."""
    return datetime.datetime.now().astimezone().date()


def started() -> People:
    """The people of this machine, after what was cut off is finished and what is due is said."""
    from relaxlisten.places import data_folder
    from relaxlisten.session.people_delete import resume
    from relaxlisten.session.people_store import People

    people = People(data_folder())
    for sentence in (*resume(people, today()), *due(people)):
        typer.echo(f"relaxlisten: {sentence}", err=True)
    return people


def due(people: People) -> list[str]:
    """Who was to be kept until a day before today."""
    return [
        f"{entry.name} was to be kept until {entry.keep_until}; `relaxlisten person tidy` deletes what is past its date."
        for entry in people.past(today())
    ]


def opened(people: People, name: str, file: Path | None) -> tuple[Entry, PersonFolder]:
    """A person and their files, readable; asks for the passphrase where they are locked."""
    entry = people.find(name)
    return entry, people.folder(entry, passphrase_of(people, entry, file))


def passphrase_of(people: People, entry: Entry, file: Path | None) -> str | None:
    """The passphrase of a person; None where their folder is not locked."""
    return said_passphrase(entry.name, file) if people.folder(entry).is_locked else None


def for_person(settings: SessionSettings, file: Path | None) -> SessionSettings:
    """The settings with the passphrase of the person, where one is needed."""
    if settings.person is None:
        return settings
    people = started()
    return dataclasses.replace(settings, passphrase=passphrase_of(people, people.find(settings.person), file))


def said_passphrase(name: str, file: Path | None, *, twice: bool = False) -> str:
    """A passphrase as typed or read. Raises UsageError where neither can be, or two typings differ."""
    if file is not None:
        return _first_line(file)
    if not sys.stdin.isatty():
        message = f"What is kept of {name} needs a passphrase: run this in a terminal, or name a file with --passphrase-file."
        raise UsageError(message)
    passphrase = getpass.getpass(f"Passphrase of {name}: ")
    if twice and getpass.getpass("The same again: ") != passphrase:
        raise UsageError("The two passphrases differ: nothing was locked.")
    return passphrase


def _first_line(file: Path) -> str:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        message = f"The passphrase cannot be read from {file} ({fault}): it must be the first line of a text file."
        raise UsageError(message) from fault
    return lines[0] if lines else ""
