"""Records on the disk: a session's folder, or its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.safe_files import append_file
from relaxlisten.session.format import Record, event_line, read_record
from relaxlisten.session.load import record_file
from relaxlisten.session.scan import Whole, scan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from relaxlisten.messages import Rating


def load_record(path: Path) -> Record:
    """The record in a session's folder, or the file itself. Raises UsageError with one sentence."""
    file = record_file(path)
    try:
        with file.open("rb") as lines:
            return read_record((line.decode("utf-8", "replace") for line in lines), str(file))
    except OSError as fault:
        message = f"The session {file} cannot be read ({fault.strerror or fault}): check the name."
        raise UsageError(message) from fault


def append_ratings(path: Path, ratings: Sequence[Rating]) -> None:
    """Add answers that were given after a session to its record; whatever stands there stays as it is."""
    file = record_file(path)
    try:
        written = file.read_bytes()
        first = 1 + max((entry.place for entry in scan(written.splitlines(keepends=True)) if isinstance(entry, Whole)), default=0)
        added = "".join(event_line(rating, derived=False, number=number) for number, rating in enumerate(ratings, start=first))
        append_file(file, added.encode())
    except OSError as fault:
        message = f"The answers could not be added to {file} ({fault.strerror or fault})."
        raise RelaxListenError(message) from fault
