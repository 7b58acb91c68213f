"""Files that only their owner may read, each written whole or not at all.

Decision: folders that are made here have the mode 0700 and files 0600, whatever the umask says; folders that were there keep
theirs. How a file is written whole is told in `safe_files.py`; a link in its place is replaced and never followed, because a
record's folder may come from anybody. On Windows modes mean nothing: what is kept there is as private as the user's own data
folder, which other users of the machine cannot open.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import IO, TYPE_CHECKING

from relaxlisten.safe_files import PART, written_whole

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER_MODE, FILE_MODE = 0o700, 0o600


def private_folder(folder: Path) -> None:
    """Make a folder and those above it, where they are missing. Raises OSError."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=FOLDER_MODE, exist_ok=True)


def opened(path: Path, flags: int) -> IO[bytes]:
    """A file opened for writing, private where it is new. Raises OSError."""
    return os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0), FILE_MODE), "wb")


@contextlib.contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """A private file to be filled; it takes the place of `path` only once it is complete and on the disk. Raises OSError."""
    private_folder(path.parent)
    with written_whole(path, path.with_name(path.name + PART), FILE_MODE) as file:
        yield file


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file, or leave the old one as it was. Raises OSError."""
    with whole(path) as file:
        file.write(content)


def append(path: Path, content: bytes) -> None:
    """Add to the end of a file. Raises OSError."""
    private_folder(path.parent)
    with opened(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


class Claim:
    """Says to other processes, for as long as it is kept, that something is in use; it ends with its process."""

    def __init__(self, path: Path) -> None:
        private_folder(path.parent)
        self._file = opened(path, os.O_RDWR | os.O_CREAT)

    def take(self, *, wait: bool = False) -> bool:
        """Whether it is ours now. wait: until it is."""
        try:
            if sys.platform == "win32":
                msvcrt.locking(self._file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            return False
        return True

    def release(self) -> None:
        """Give it back."""
        self._file.close()
