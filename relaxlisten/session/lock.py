"""Whether a record is being written by a program that lives (a shell: it asks the system for locks).

Decision: the lock lies on the record itself, by the system (`flock`, on Windows a byte far behind the end of any file), so that
it ends with the program however that ends: there is no lock file that a killed program leaves behind and no process number that
another program has got meanwhile. On NFS and SMB the server keeps it for all computers. Where a file system knows no locks (some
network folders and FUSE), that is said as UNKNOWN, and who asks looks at when the file was changed last.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Where there are no locks, a record that was changed within this time counts as being written: the recorder writes twice a
# second, and the clocks of two computers may be a minute apart.
LIVES_WITHIN_S = 120.0
_TRIES, _PAUSE_S = 50, 0.02  # somebody who only looks holds a record for less than this
_FAR = 1 << 62


class Lock(Enum):
    """What came of asking for a lock. HELD: another program has it."""

    TAKEN = "taken"
    HELD = "held"
    UNKNOWN = "unknown"


def take(descriptor: int) -> Lock:
    """Take the lock of an open file, until the descriptor is closed or the program ends; never waits."""
    try:
        _take(descriptor)
    except (BlockingIOError, PermissionError):
        return Lock.HELD
    except OSError:
        return Lock.UNKNOWN
    return Lock.TAKEN


def hold(descriptor: int) -> Lock:
    """Take the lock of a record that is begun now; waits a moment for somebody who is just looking at it."""
    for _ in range(_TRIES):
        if (found := take(descriptor)) is not Lock.HELD:
            return found
        time.sleep(_PAUSE_S)
    return Lock.HELD


def is_being_written(descriptor: int, file: Path, now_s: float) -> bool:
    """Whether another program writes this record. On False the lock is ours where there are locks. now_s: wall clock."""
    found = take(descriptor)
    if found is not Lock.UNKNOWN:
        return found is Lock.HELD
    with contextlib.suppress(OSError):
        return abs(now_s - file.stat().st_mtime) < LIVES_WITHIN_S
    return True


if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        before = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(descriptor, before, os.SEEK_SET)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
