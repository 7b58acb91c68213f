"""A file that takes a record block by block: all of a block, safely on the disk, or nothing of it.

Decision: what was written is read back through the open file, so that it can be saved elsewhere even after somebody has deleted
it. A deleted file takes every write without complaint and keeps none: that counts as a fault here.
"""

from __future__ import annotations

import contextlib
import errno
import os
import queue
import tempfile
import threading
from pathlib import Path

from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.lock import hold
from relaxlisten.session.private import opened

_READ_BYTES = 1 << 20


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
    folder = Path(tempfile.mkdtemp(prefix="relaxlisten-session-"))
    path = folder / RECORD_NAME
    make(path)
    spare = RecordFile(path)
    spare.append(data)
    return spare


def read_in_time(path: Path, size: int, within_s: float) -> bytes | None:
    """The first bytes of a file; None where its disk does not answer a reader within that time."""
    found: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read() -> None:
        with contextlib.suppress(OSError), path.open("rb") as file:
            found.put(file.read(size))

    threading.Thread(target=read, name="read-back", daemon=True).start()
    with contextlib.suppress(queue.Empty):
        return found.get(timeout=within_s)
    return None
