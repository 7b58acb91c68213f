"""Records on the disk: a session's folder, or its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.session.format import Record, event_line, read_record
from relaxlisten.session.load import is_concealed, record_file
from relaxlisten.session.private import append
from relaxlisten.session.scan import Whole, record_key, scan

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


def open_record(path: Path) -> Record:
    """A record for somebody to look into. Raises UsageError too where its study is still sealed."""
    record = load_record(path)
    if is_concealed(record_file(path), record.header):
        raise UsageError(
            "This session belongs to a study that is still concealed: `relaxlisten study unblind` opens it, once and for all."
        )
    return record


def append_ratings(path: Path, ratings: Sequence[Rating]) -> None:
    """Add answers that were given after a session to its record; whatever stands there stays as it is."""
    file = record_file(path)
    try:
        append(file, rating_lines(file.read_bytes(), ratings))
    except OSError as fault:
        message = f"The answers could not be added to {file} ({fault.strerror or fault})."
        raise RelaxListenError(message) from fault


def rating_lines(written: bytes, ratings: Sequence[Rating]) -> bytes:
    """What is to be added to a record, counted on from what stands there."""
    key, found = record_key(written.splitlines(keepends=True))
    first = 1 + max((entry.place for entry in scan(found) if isinstance(entry, Whole)), default=0)
    added = "".join(
        event_line(rating, derived=False, number=number, key=key) for number, rating in enumerate(ratings, start=first)
    )
    return (("" if written.endswith(b"\n") else "\n") + added).encode()
