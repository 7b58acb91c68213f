"""Signals that go to every process of a terminal or of a login, while one of ours is only being started (a shell: it masks them).

Decision: a process that still loads its libraries does not know yet what Ctrl-C or the end of a login mean to it: it would die of
them and print a traceback. So it is started with these signals held back, which a process inherits, and lets them through once it
knows what to do with them; none is lost meanwhile. Windows has neither the signals nor the mask.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

if sys.platform == "win32":

    @contextlib.contextmanager
    def held_back() -> Iterator[None]:
        """There is nothing to hold back."""
        yield

    def let_through() -> None:
        """There is nothing to let through."""

else:
    _HELD = frozenset({signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP})

    @contextlib.contextmanager
    def held_back() -> Iterator[None]:
        """A process that this thread starts meanwhile gets none of them before it calls `let_through`."""
        resource_tracker.ensure_running()  # of the standard library: it would lift the mask when it is started along
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def let_through() -> None:
        """What came so far comes now."""
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)
