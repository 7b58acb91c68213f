"""Whether a session's study is still concealed: one question, asked in one place by all that shows or prints a record.

Decision: a session is concealed while its header carries a sealed setup and nobody has opened the study in whose folder it
lies. A session whose header is lost is concealed too where it lies in a study that is not open. A sealed session outside of any
study stays concealed. What would take a seal apart on purpose is not held up here (`control/setup.py` says why).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.control.setup import SEALED
from relaxlisten.errors import UsageError
from relaxlisten.session.study import PLAN, is_open

if TYPE_CHECKING:
    from pathlib import Path

    from relaxlisten.session.format import SessionHeader


def is_concealed(session: Path, header: SessionHeader | None) -> bool:
    """Of a session that is named by its folder or by its file."""
    folder = session if session.is_dir() else session.parent
    study = folder.resolve().parent.parent
    if is_open(study):
        return False
    return (study / PLAN).is_file() if header is None else SEALED in header.control


def require_open(session: Path, header: SessionHeader | None) -> None:
    """Raise UsageError where the session is concealed."""
    if is_concealed(session, header):
        message = (
            "This session belongs to a study that is still concealed: `relaxlisten study unblind` opens it, once and for all."
        )
        raise UsageError(message)
