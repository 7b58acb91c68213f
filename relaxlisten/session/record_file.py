"""A file that takes a record block by block: all of a block, safely on the disk, or nothing of it.

Decision: what was written is read back through the open file, so that it can be saved elsewhere even after somebody has deleted
it. A deleted file takes every write without complaint and keeps none: that counts as a fault here.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from pathlib import Path

from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.lock import hold
from relaxlisten.session.private import opened
from relaxlisten.unwaited import answered, unwaited

_READ_BYTES = 1 << 20
_SPARE = "relaxlisten-session-"


class RecordFile:
    """An existing, empty file. Every method may raise OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written_bytes = 0
        self._descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        hold(self._descriptor)  # until it is closed or the program ends, in whatever way

    def append(self, block: bytes) -> None:
        """All of the block, or none: what a full disk left of it is cut off again."""
        os.lseek(self._descriptor, self.written_bytes, os.SEEK_SET)
        try:
            rest = memoryview(block)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            os.fsync(self._descriptor)
            self._check_it_is_there()
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self.written_bytes)
            raise
        self.written_bytes += len(block)

    def read(self, start: int = 0) -> bytes:
        """What was written, from a byte on."""
        os.lseek(self._descriptor, start, os.SEEK_SET)
        parts, left = [], self.written_bytes - start
        while left > 0 and (part := os.read(self._descriptor, min(left, _READ_BYTES))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Free the file."""
        with contextlib.suppress(OSError):  # on a network an earlier write may fail as late as this; it was synced
            os.close(self._descriptor)

    def _check_it_is_there(self) -> None:
        if os.fstat(self._descriptor).st_nlink == 0:
            raise OSError(errno.ENOENT, "it was deleted")


def make(path: Path) -> None:
    """A new, empty file that only its owner may read. Raises OSError."""
    opened(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL).close()


def spare_with(data: bytes) -> RecordFile:
    """A new record in the system's temporary folder. Raises OSError."""
    folder = Path(tempfile.mkdtemp(prefix=_SPARE))
    path = folder / RECORD_NAME
    make(path)
    spare = RecordFile(path)
    spare.append(data)
    return spare


def spares() -> list[Path]:
    """The records that `spare_with` made for this user, and that are still there.

    The temporary folder belongs to everybody: links are not followed, and what another user has put there is none of ours.
    """
    try:
        folders = sorted(Path(tempfile.gettempdir()).glob(f"{_SPARE}*"))
    except OSError:  # there is no such folder that could be written
        return []
    return [folder / RECORD_NAME for folder in folders if _is_own_folder(folder)]


def _is_own_folder(path: Path) -> bool:
    own = os.getuid() if hasattr(os, "getuid") else None
    with contextlib.suppress(OSError):
        state = path.lstat()
        return stat.S_ISDIR(state.st_mode) and own in (None, state.st_uid)
    return False


def read_in_time(path: Path, size: int, within_s: float) -> bytes | None:
    """The first bytes of a file; None where its disk gives a reader no answer within that time, or a fault."""
    reading = unwaited("read-back", lambda: _first_bytes(path, size))
    return reading.result() if answered(reading, within_s) else None


def _first_bytes(path: Path, size: int) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError:
        return None
