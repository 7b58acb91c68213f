"""The commands that make new records out of old ones."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Annotated

import typer

from relaxlisten.errors import UsageError
from relaxlisten.session.anonymising import Keep

_CLOCK = re.compile(r"(?:(\d+):)?(\d+(?:\.\d+)?)")
_LONGEST_SHIFT_DAYS = 3650
_Out = Annotated[Path, typer.Option("--out", "-o", help="Folder of the new record; the old one stays as it is.")]


def add_to(app: typer.Typer) -> None:
    """Attach the commands."""
    app.command(epilog="Example: relaxlisten session trim monday --from 02:30 --to 12:00 -o monday-cut")(trim)
    app.command(epilog="Example: relaxlisten session merge monday monday-2 -o monday-whole")(merge)
    app.command(epilog="Example: relaxlisten session anonymise monday -o shared/s01 --keep markers")(anonymise)


def trim(
    session: Annotated[Path, typer.Argument(help="A session's folder, or its session.jsonl.")],
    out: _Out,
    begin: Annotated[str, typer.Option("--from", help="First moment, as MM:SS or seconds.")] = "0",
    end: Annotated[str | None, typer.Option("--to", help="Last moment; without it, the session's end.")] = None,
) -> None:
    """Make a record of a stretch of a session. Its times stay those of the session."""
    from relaxlisten.session.deriving import trimmed

    from_s, to_s = read_clock(begin), float("inf") if end is None else read_clock(end)
    if to_s <= from_s:
        raise UsageError("A stretch ends after it begins: give --to a later time than --from.")
    typer.echo(f"Wrote {out}: {trimmed(session, from_s, to_s, out).note}")


def read_clock(text: str) -> float:
    """Seconds of "MM:SS" or "SS". Raises UsageError."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        message = f'"{text}" is no time: write minutes and seconds as 02:30, or seconds as 150.'
        raise UsageError(message)
    return 60.0 * float(match[1] or 0) + float(match[2])


def merge(
    sessions: Annotated[list[Path], typer.Argument(help="The parts of one session, in any order.")],
    out: _Out,
) -> None:
    """Put the parts of one session (it was stopped and started again) together as one record, on the first one's clock."""
    from relaxlisten.session.deriving import merged

    if len(sessions) < 2:
        raise UsageError("There is nothing to put together: name at least two records.")
    typer.echo(f"Wrote {out}: {merged(sessions, out).note}")


def anonymise(
    session: Annotated[Path, typer.Argument(help="A session's folder, or its session.jsonl.")],
    out: _Out,
    keep: Annotated[list[Keep] | None, typer.Option(help="What may stay as it is; may be given several times.")] = None,
    days: Annotated[
        int | None,
        typer.Option(min=1, max=36500, help="How far dates go back (else by chance); give all sessions of a person the same."),
    ] = None,
) -> None:
    """Make a record without names, places, titles, devices, dates and free texts; look at it before you pass it on."""
    from relaxlisten.assembly import shipped_protocols
    from relaxlisten.control.protocol import protocol_to_data
    from relaxlisten.session.deriving import anonymised, source_of

    own_protocol = not _is_shipped(source_of(session).header.protocol, [protocol_to_data(one) for one in shipped_protocols()])
    shift = secrets.randbelow(_LONGEST_SHIFT_DAYS) + 1 if days is None else days
    typer.echo(f"Wrote {out}: {anonymised(session, frozenset(keep or ()), shift, out, own_protocol=own_protocol).note}")
    typer.echo("The heart itself is kept: who has another record of it can tell whose it is.")


def _is_shipped(protocol: dict[str, object], shipped: list[dict[str, object]]) -> bool:
    """Whether all that can be read in a protocol is that of one that comes with the program; lengths may differ."""
    return any(_texts(protocol) == _texts(one) for one in shipped)


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []
