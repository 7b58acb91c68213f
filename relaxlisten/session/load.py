"""A session's record, opened from its folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.errors import UsageError
from relaxlisten.session.concealment import conceal, is_sealed
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.person_lock import SUFFIX
from relaxlisten.session.study import PLAN, is_open
from relaxlisten.session.tables import LoadedSession, session_from_lines

if TYPE_CHECKING:
    from os import PathLike

    from relaxlisten.session.format import SessionHeader


def record_file(session: str | PathLike[str]) -> Path:
    """The record of a session that is named by its folder or by the file itself. Raises UsageError where it is locked."""
    path = Path(session)
    file = path / RECORD_NAME if path.is_dir() else path
    if not file.exists() and file.with_name(file.name + SUFFIX).exists():
        message = (
            f"{file} is locked with its person: `relaxlisten person history` and `export` read it, `person unlock` opens it."
        )
        raise UsageError(message)
    return file


def is_concealed(file: Path, header: SessionHeader | None) -> bool:
    """Whether a record's arm is not to be told: it was run concealed, and no opened study lies around it.

    Where the header is lost, that it lies in a study that is not open is enough.
    """
    study = file.resolve().parent.parent.parent
    return not is_open(study) and ((study / PLAN).is_file() if header is None else is_sealed(header))


def load(session: str | PathLike[str]) -> LoadedSession:
    """A session's record as tables of NumPy arrays on the session's one clock, whatever of it is whole.

    session: the folder, or its session.jsonl. `load(S)["Beat"]["nn_ms"]` are the corrected intervals, and a table is what
    `pandas.DataFrame` takes. What is damaged is left out and named in `damage` and `missing`; of a session whose study is still
    sealed, what its arm has made is left out too. Raises UsageError where the file cannot be read, is of a newer schema, or holds
    no line of a record.
    """
    file = record_file(session)
    try:
        with file.open("rb") as lines:
            found = session_from_lines(lines, str(file))
    except OSError as fault:
        message = f"The session {file} cannot be read ({fault.strerror or fault}): check the name."
        raise UsageError(message) from fault
    if found.header is None and not any(table["time_s"].size for table in found.tables.values()):
        message = f"{file} is not a RelaxListen session: no line of it is a line of a record."
        raise UsageError(message)
    return conceal(found) if is_concealed(file, found.header) else found
