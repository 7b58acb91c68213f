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
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.tables import LoadedSession, session_from_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from os import PathLike

PACKED_NAME = f"{RECORD_NAME}.gz"


def record_file(session: str | PathLike[str]) -> Path:
    """The record of a session that is named by its folder or by the file itself."""
    path = Path(session)
    if not path.is_dir():
        return path
    packed = path / PACKED_NAME
    return packed if packed.is_file() and not (path / RECORD_NAME).is_file() else path / RECORD_NAME


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


def load(session: str | PathLike[str]) -> LoadedSession:
    """A session's record as tables of NumPy arrays on the session's one clock, whatever of it is whole.

    session: the folder, or its session.jsonl. `load(S)["Beat"]["nn_ms"]` are the corrected intervals, and a table is what
    `pandas.DataFrame` takes. What is damaged is left out and named in `damage` and `missing`. Raises UsageError where the file
    cannot be read, is of a newer schema, or holds no line of a record.
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
    return found
