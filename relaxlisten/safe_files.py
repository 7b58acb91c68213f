"""Files that are replaced as a whole, or not at all (a shell: it writes).

Decision: what is new is written beside the old, brought to the disk, and only then takes its name (write, fsync, rename, fsync
of the folder), so that a crash or a full disk at any moment leaves the old file or the new one, never half of one. Files that are
read are ordinary files of a bounded size: a pipe, a device or a folder by their name would hang or fill the memory.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PART = ".part"  # a file that is being written; one that is left over was never finished
_NO_WAY = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF)
MOST_TEXT_BYTES = 32 * 1024 * 1024  # no text that a person writes is longer


@contextlib.contextmanager
def written_whole(target: Path, beside: Path, mode: int) -> Iterator[IO[bytes]]:
    """A file to be filled, at first `beside`; it takes the place of `target` only once it is complete and on the disk.

    Raises OSError: then what stood there still stands there, unless it was the folder that could not be brought to the disk.
    """
    try:
        beside.unlink(missing_ok=True)  # a program that was killed left it
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    sync_folder(target.parent)


def replace_file(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file anew; a link stays a link, a file that was there keeps its mode. Raises OSError as `written_whole`.

    mode: of a file that was not there before, less what the user's umask takes away. Several may write it at once.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.name[:100]}.{os.getpid()}-{threading.get_ident()}{PART}")
    with written_whole(target, beside, mode) as file:
        file.write(content)
        with contextlib.suppress(FileNotFoundError):
            beside.chmod(stat.S_IMODE(target.stat().st_mode))


def append_file(path: Path, content: bytes) -> None:
    """Add lines to a file, and bring them to the disk; a line that was torn before stays a line of its own. Raises OSError."""
    with path.open("a+b") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            content = content if file.read(1) == b"\n" else b"\n" + content
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk. Raises OSError where that fails, but not where there is no way to do it.

    Windows has none and needs none; some network folders have none; and a folder that one may only write to cannot be opened.
    """
    if sys.platform == "win32":
        return
    with contextlib.suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as fault:
            if fault.errno not in _NO_WAY:
                raise
        finally:
            os.close(descriptor)


def read_ordinary(path: Path, most_bytes: int = MOST_TEXT_BYTES) -> bytes:
    """What an ordinary file holds. Raises OSError: also for what is no file, and for one of more than most_bytes."""
    # Not blocking: to open a pipe that nobody writes to would wait for ever.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(errno.EFBIG, f"it has more than {most_bytes // 2**20} MB", str(path))
    return content
