"""What a session decided and why, what its listener said of it, and which pieces settle them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relaxlisten.commands.passphrase import PassphraseFile, opened, started
from relaxlisten.errors import UsageError
from relaxlisten.terms import When

if TYPE_CHECKING:
    from relaxlisten.messages import Track

_TIME = re.compile(r"(?:(\d+):)?(\d{1,4})")


def add_to(app: typer.Typer) -> None:
    """Attach the commands."""
    app.command(epilog="Example: relaxlisten why ~/sessions/monday --at 07:30")(why)
    app.command(epilog="Example: relaxlisten rate ~/sessions/monday calm=7")(rate)
    app.command(epilog="Example: relaxlisten pieces kim --music ~/Music/calm")(pieces)


def why(
    session: Annotated[Path, typer.Argument(help="A session's folder, or its session.jsonl.")],
    at: Annotated[str | None, typer.Option(help="Only what held at this time, as MM:SS or seconds.")] = None,
) -> None:
    """Say every decision of a session: what was decided, what it rests on, and what else there was."""
    from relaxlisten.commands.listing_control import print_decisions
    from relaxlisten.session.records import open_record

    record = open_record(session)
    print_decisions(record, None if at is None else _seconds(at))


def rate(
    session: Annotated[Path, typer.Argument(help="A session's folder.")],
    answers: Annotated[list[str], typer.Argument(help="Answers to the questions of its protocol, as SCALE=VALUE.")],
    when: Annotated[When, typer.Option(help="Asked before the session, or after it.")] = When.AFTER,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Add what a listener answered to a session's record; for a person, how it felt is remembered too."""
    from relaxlisten.listener import add_answers, whose

    people = started()
    entry = whose(people, session)
    of = None if entry is None else opened(people, entry.id, passphrase_file)
    felt = add_answers(session, answers, when, of)
    typer.echo(f"Kept with the session: {', '.join(answers)} ({when.value}).")
    if entry is not None:
        typer.echo(_felt_words(felt))


def _felt_words(felt: float | None) -> str:
    if felt is None:
        return "An answer before and one after the session are needed to know how it felt; nothing was remembered."
    return f"Remembered: {abs(felt):.0%} of the scale {'calmer' if felt >= 0 else 'less calm'} after the session than before."


def pieces(
    person: Annotated[str, typer.Argument(help="Whose responses.")],
    music: Annotated[str, typer.Option(help="builtin, a folder or a playlist: the pieces to speak of.")] = "builtin",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Show which pieces settle a person, with how sure that is."""
    from relaxlisten.commands.listing_control import print_pieces
    from relaxlisten.session.people import read_memory

    _, folder = opened(started(), person, passphrase_file)
    print_pieces(read_memory(folder), _tracks(music))


def _tracks(music: str) -> list[Track]:
    from relaxlisten.library_feed import LibraryFeed
    from relaxlisten.places import catalogue_path

    feed = LibraryFeed(music, catalogue_path())
    feed.scan()
    if feed.failure is not None:
        raise feed.failure
    return [found.track for found in feed.poll() if not isinstance(found, str)]


def _seconds(text: str) -> float:
    match = _TIME.fullmatch(text)
    if match is None:
        message = f'"{text}" is no time: write minutes and seconds, as 07:30, or seconds.'
        raise UsageError(message)
    return 60.0 * float(match[1] or 0) + float(match[2])
