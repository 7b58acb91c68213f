"""Records on the disk: a session's folder, or its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.session.format import RECORD_NAME, Record, event_line, read_record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from relaxlisten.messages import Rating


def load_record(path: Path) -> Record:
    """The record in a session's folder, or the file itself. Raises UsageError with one sentence."""
    file = path / RECORD_NAME if path.is_dir() else path
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            return read_record(lines, str(file))
    except OSError as fault:
        message = f"The session {file} cannot be read ({fault.strerror or fault}): check the name."
        raise UsageError(message) from fault


def append_ratings(path: Path, ratings: Sequence[Rating]) -> None:
    """Add answers that were given after a session to its record; whatever stands there stays as it is."""
    file = path / RECORD_NAME if path.is_dir() else path
    try:
        ends_whole = file.read_bytes()[-1:] == b"\n"
        with file.open("a", encoding="utf-8") as lines:
            lines.write(("" if ends_whole else "\n") + "".join(event_line(rating, derived=False) for rating in ratings))
    except OSError as fault:
        message = f"The answers could not be added to {file} ({fault.strerror or fault})."
        raise RelaxListenError(message) from fault
