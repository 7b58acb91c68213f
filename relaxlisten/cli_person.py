"""What a session decided and why, what its listener said of it, and which pieces settle them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relaxlisten.errors import UsageError
from relaxlisten.terms import When

if TYPE_CHECKING:
    from relaxlisten.messages import Track
    from relaxlisten.session.format import Record

_TIME = re.compile(r"(?:(\d+):)?(\d{1,4})")


def add_to(app: typer.Typer) -> None:
    """Attach the commands."""
    app.command(epilog="Example: relaxlisten why ~/sessions/monday --at 07:30")(why)
    app.command(epilog="Example: relaxlisten rate ~/sessions/monday calm=7 --person kim")(rate)
    app.command(epilog="Example: relaxlisten pieces kim --music ~/Music/calm")(pieces)


def why(
    session: Annotated[Path, typer.Argument(help="A session's folder, or its session.jsonl.")],
    at: Annotated[str | None, typer.Option(help="Only what held at this time, as MM:SS or seconds.")] = None,
) -> None:
    """Say every decision of a session: what was decided, what it rests on, and what else there was."""
    from relaxlisten.listing_control import print_decisions

    record = _open(session)
    print_decisions(record, None if at is None else _seconds(at))


def rate(
    session: Annotated[Path, typer.Argument(help="A session's folder.")],
    answers: Annotated[list[str], typer.Argument(help="Answers to the questions of its protocol, as SCALE=VALUE.")],
    when: Annotated[When, typer.Option(help="Asked before the session, or after it.")] = When.AFTER,
    person: Annotated[str | None, typer.Option(help="Also remember for this person how the session felt.")] = None,
) -> None:
    """Add what a listener answered to a session's record."""
    from relaxlisten.control.protocol import protocol_from_data
    from relaxlisten.places import data_folder
    from relaxlisten.preparing import ratings
    from relaxlisten.session.people import person_file, remember_feeling
    from relaxlisten.session.records import append_ratings, load_record

    record = load_record(session)
    protocol = protocol_from_data(record.header.protocol)
    last_s = record.events[-1].event.time_s if record.events else 0.0
    append_ratings(session, ratings(answers, protocol, when, last_s))
    typer.echo(f"Kept with the session: {', '.join(answers)} ({when.value}).")
    if person is not None:
        events = [entry.event for entry in load_record(session).events]
        felt = remember_feeling(person_file(data_folder(), person), events, protocol.ratings)
        typer.echo(_felt_words(felt))


def _felt_words(felt: float | None) -> str:
    if felt is None:
        return "An answer before and one after the session are needed to know how it felt; nothing was remembered."
    return f"Remembered: {abs(felt):.0%} of the scale {'calmer' if felt >= 0 else 'less calm'} after the session than before."


def pieces(
    person: Annotated[str, typer.Argument(help="Whose responses.")],
    music: Annotated[str, typer.Option(help="builtin, a folder or a playlist: the pieces to speak of.")] = "builtin",
) -> None:
    """Show which pieces settle a person, with how sure that is."""
    from relaxlisten.listing_control import print_pieces
    from relaxlisten.places import data_folder
    from relaxlisten.session.people import person_file, read_memory

    print_pieces(read_memory(person_file(data_folder(), person)), _tracks(music))


def _tracks(music: str) -> list[Track]:
    from relaxlisten.library_feed import LibraryFeed
    from relaxlisten.places import catalogue_path

    feed = LibraryFeed(music, catalogue_path())
    feed.scan()
    if feed.failure is not None:
        raise feed.failure
    return [found.track for found in feed.poll() if not isinstance(found, str)]


def _open(session: Path) -> Record:
    """A record, unless its study is still concealed."""
    from relaxlisten.session.records import load_record
    from relaxlisten.session.study import is_concealed

    record = load_record(session)
    if is_concealed(session, record.header):
        message = (
            "This session belongs to a study that is still concealed: `relaxlisten study unblind` opens it, once and for all."
        )
        raise UsageError(message)
    return record


def _seconds(text: str) -> float:
    match = _TIME.fullmatch(text)
    if match is None:
        message = f'"{text}" is no time: write minutes and seconds, as 07:30, or seconds.'
        raise UsageError(message)
    return 60.0 * float(match[1] or 0) + float(match[2])
