"""A session's record, opened from its folder.

Decision: a record that is put away may be packed (`gzip session.jsonl`); it is read where it lies. Where a packed one is cut off
or damaged, it ends there, as a plain one would.
"""

from __future__ import annotations

import contextlib
import gzip
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.errors import UsageError
from relaxlisten.session.concealment import conceal, is_sealed
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.person_lock import SUFFIX
from relaxlisten.session.study import PLAN, is_open
from relaxlisten.session.tables import LoadedSession, session_from_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from os import PathLike

    from relaxlisten.session.format import SessionHeader

PACKED_NAME = f"{RECORD_NAME}.gz"


def record_file(session: str | PathLike[str]) -> Path:
    """The record of a session that is named by its folder or by the file itself. Raises UsageError where it is locked."""
    path = Path(session)
    file = path / RECORD_NAME if path.is_dir() else path
    if path.is_dir() and not file.exists() and (path / PACKED_NAME).is_file():
        return path / PACKED_NAME
    if not file.exists() and file.with_name(file.name + SUFFIX).exists():
        message = (
            f"{file} is locked with its person: `relaxlisten person history` and `export` read it, `person unlock` opens it."
        )
        raise UsageError(message)
    return file


@contextlib.contextmanager
def lines_of(file: Path) -> Iterator[Iterable[bytes]]:
    """The lines of a record, plain or packed. Raises OSError where the file cannot be read."""
    with file.open("rb") as plain:
        if file.suffix != ".gz":
            yield plain
            return
        with gzip.GzipFile(fileobj=plain) as packed:
            yield _until_damage(packed)


def _until_damage(packed: Iterable[bytes]) -> Iterator[bytes]:
    with contextlib.suppress(EOFError, zlib.error, gzip.BadGzipFile):
        yield from packed


def is_concealed(file: Path, header: SessionHeader | None) -> bool:
    """Whether a record's arm is not to be told: it was run concealed, or cannot say so any more, and its study is not open."""
    study = file.resolve().parent.parent.parent
    return (is_sealed(header) or (header is None and (study / PLAN).is_file())) and not is_open(study)


def load(session: str | PathLike[str]) -> LoadedSession:
    """A session's record as tables of NumPy arrays on the session's one clock, whatever of it is whole.

    session: the folder, or its session.jsonl. `load(S)["Beat"]["nn_ms"]` are the corrected intervals, and a table is what
    `pandas.DataFrame` takes. What is damaged is left out and named in `damage` and `missing`; of a session whose study is still
    sealed, what its arm has made is left out too. Raises UsageError where the file cannot be read, is of a newer schema, or holds
    no line of a record.
    """
    file = record_file(session)
    try:
        with lines_of(file) as lines:
            found = session_from_lines(lines, str(file))
    except OSError as fault:
        message = f"The session {file} cannot be read ({fault.strerror or fault}): check the name."
        raise UsageError(message) from fault
    if found.header is None and not any(table["time_s"].size for table in found.tables.values()):
        message = f"{file} is not a RelaxListen session: no line of it is a line of a record."
        raise UsageError(message)
    return conceal(found) if is_concealed(file, found.header) else found
