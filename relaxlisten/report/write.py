"""Reports on the disk: from a session's folder to a page beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.report.gather import NOBODY, gather
from relaxlisten.report.page import page
from relaxlisten.report.words import language as language_of
from relaxlisten.safe_files import replace_file
from relaxlisten.session.load import load, record_file

if TYPE_CHECKING:
    from pathlib import Path

    from relaxlisten.report.facts import PersonLines, SessionFacts

REPORT_NAME = "report.html"


def session_facts(session: Path, person: PersonLines = NOBODY) -> SessionFacts:
    """The facts of a recorded session; without its arm where its study is concealed. Raises UsageError for what is no session."""
    return gather(load(session), person)


def write_report(
    session: Path,
    out: Path | None = None,
    *,
    force: bool = False,
    language: str = "en",
    paper: str = "",
    person: PersonLines = NOBODY,
) -> Path:
    """Write a session's report; give where it lies (beside the record where nobody says). Raises UsageError in a sentence."""
    words = language_of(language)
    target = record_file(session).parent / REPORT_NAME if out is None else out
    check_free(target, force=force)
    write_text(target, page(session_facts(session, person), words, paper))
    return target


def check_free(target: Path, *, force: bool) -> None:
    """Raise UsageError where a file would be overwritten that nobody gave up."""
    if target.exists() and not force:
        message = f"{target} exists already: choose another place with --out, or overwrite it with --force."
        raise UsageError(message)


def write_text(target: Path, text: str) -> None:
    """Write a file whole or not at all. Raises RelaxListenError where that is impossible."""
    try:
        replace_file(target, text.encode(), 0o600)
    except OSError as fault:
        message = f"{target} cannot be written ({fault.strerror or fault}): choose another place with --out."
        raise RelaxListenError(message) from fault
