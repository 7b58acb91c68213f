"""Questions to the listener: which there are, and asking them in a terminal."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relaxlisten.errors import RelaxListenError

if TYPE_CHECKING:
    from relaxlisten.control.protocol import RatingQuestion
    from relaxlisten.runtime import LiveSession
    from relaxlisten.settings import SessionSettings


def add_to(app: typer.Typer) -> None:
    """Attach the command."""
    app.command(epilog="Example: relaxlisten scales mine.toml    (checks a file of your own)")(scales)


def scales(
    file: Annotated[Path | None, typer.Argument(help="A file of scales; without it, those that ship.")] = None,
) -> None:
    """List the questions that may be asked with --scales, or check a file of your own."""
    from relaxlisten.scale_files import read_scales, shipped_scales

    for question in shipped_scales() if file is None else read_scales(file):
        when = f" ({question.when.value})" if question.when else ""
        bounds = f"{question.low:g} {question.low_label} … {question.high:g} {question.high_label}"
        typer.echo(f"{question.scale:<14}{question.question}{when}\n{'':<14}{bounds}")


def names(text: str) -> tuple[str, ...]:
    """Names with commas between."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def asked_before(settings: SessionSettings) -> SessionSettings:
    """The settings with what was answered to the questions before; as they are where nobody sits there."""
    from relaxlisten.terms import When
    from relaxlisten.window.ratings_model import form_for
    from relaxlisten.window.terminal_ratings import ask, somebody_is_there

    if not somebody_is_there():
        return settings
    form = form_for(questions_of(settings), When.BEFORE, settings.ratings)
    return dataclasses.replace(settings, ratings=(*settings.ratings, *ask(form.questions)))


def questions_of(settings: SessionSettings) -> tuple[RatingQuestion, ...]:
    """All that is asked in a session of these settings."""
    from relaxlisten.assembly import load_protocol
    from relaxlisten.control.scales import with_scales
    from relaxlisten.scale_files import load_scales

    return with_scales(load_protocol(settings.protocol), load_scales(settings.scales)).ratings


def ask_after(session: LiveSession) -> None:
    """Ask what is asked after a session, and keep it; nothing where nobody sits there."""
    from relaxlisten.terms import When
    from relaxlisten.window.ratings_model import form_for
    from relaxlisten.window.terminal_ratings import ask, somebody_is_there

    given = ask(form_for(session.questions, When.AFTER).questions) if somebody_is_there() else ()
    if not given:
        return
    try:
        session.rate(given)
    except RelaxListenError as fault:
        typer.echo(f"relaxlisten: {fault}", err=True)
