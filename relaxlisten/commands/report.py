"""What a session leaves on paper: `relaxlisten report` for people, `relaxlisten methods` for a manuscript."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relaxlisten.commands.passphrase import PassphraseFile, opened, started
from relaxlisten.errors import UsageError

if TYPE_CHECKING:
    from relaxlisten.report.facts import PersonLines


class Tongue(StrEnum):
    """Languages of a report."""

    EN = "en"
    DE = "de"


class Paper(StrEnum):
    """What a report is laid out for."""

    PRINTER = ""
    A4 = "A4"
    LETTER = "letter"


_Force = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]


def add_to(app: typer.Typer) -> None:
    """Attach the commands."""
    app.command(epilog="Example: relaxlisten report ~/sessions/monday -o monday.html")(report)
    app.command(epilog="Example: relaxlisten methods ~/sessions/monday --trace")(methods)


def report(
    session: Annotated[Path, typer.Argument(help="A session's folder, or its session.jsonl.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The page to write; report.html beside the record.")] = None,
    language: Annotated[Tongue, typer.Option(help="What it is written in.")] = Tongue.EN,
    paper: Annotated[
        Paper, typer.Option(help="Paper to lay it out for; the printer's own where nothing is said.")
    ] = Paper.PRINTER,
    name: Annotated[str, typer.Option("--with", help="Who the session was with (a pseudonym is best).")] = "",
    note: Annotated[list[str] | None, typer.Option(help="A sentence about the session, to be printed with it.")] = None,
    person: Annotated[bool, typer.Option("--person", help="Print its person's pseudonym, and the notes kept about it.")] = False,
    passphrase_file: PassphraseFile = None,
    force: _Force = False,
) -> None:
    """Write one printable page about a session: what happened, what it means, how good the data are."""
    from relaxlisten.report.columns import text_of
    from relaxlisten.report.facts import NoteFacts, PersonLines
    from relaxlisten.report.write import write_report

    given = PersonLines(name=text_of(name), notes=tuple(NoteFacts(time_s=None, text=text_of(text)) for text in note or ()))
    known = _kept(session, passphrase_file) if person else PersonLines()
    lines = PersonLines(name=given.name or known.name, notes=(*known.notes, *given.notes))
    target = write_report(session, out, force=force, language=language.value, paper=paper.value, person=lines)
    typer.echo(f"Wrote {target}: open it in a browser, and print it from there.")


def _kept(session: Path, passphrase_file: Path | None) -> PersonLines:
    """What is kept about a session of a person. Raises UsageError where it is nobody's."""
    from relaxlisten.listener import whose
    from relaxlisten.report.columns import text_of
    from relaxlisten.report.facts import NoteFacts, PersonLines
    from relaxlisten.session.load import record_file
    from relaxlisten.session.people_store import read_notes

    people = started()
    entry = whose(people, session)
    if entry is None:
        raise UsageError("This session is of nobody in particular: leave --person out, or say who it was with --with.")
    _, folder = opened(people, entry.id, passphrase_file)
    about = record_file(session).resolve().parent.name
    notes = tuple(NoteFacts(time_s=None, text=text_of(one.text)) for one in read_notes(folder) if one.session == about)
    return PersonLines(name=text_of(entry.name), notes=notes)


def methods(
    place: Annotated[Path, typer.Argument(help="A session's folder or its session.jsonl, or a study's folder.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The Markdown file to write; shown where nothing is said.")
    ] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Show each figure with where in the record it comes from.")] = False,
    force: _Force = False,
) -> None:
    """Write the methods paragraph and the reporting checklists that a record can fill; the rest is marked TO COMPLETE."""
    from relaxlisten.report.methods_file import methods_of
    from relaxlisten.report.methods_page import as_markdown, as_trace
    from relaxlisten.report.write import check_free, write_text

    text = methods_of(place)
    shown = as_trace(text) if trace else as_markdown(text)
    if out is None:
        typer.echo(shown, nl=False)
        return
    check_free(out, force=force)
    write_text(out, shown)
    typer.echo(f"Wrote {out}: complete what is marked TO COMPLETE.")
