"""Signals that a terminal sends to all its processes, while one of ours is only being started (a shell: it masks them).

Decision: a process that still loads its libraries does not know yet what Ctrl-C means to it: it would die of it and print a
traceback. So it is started with the keyboard's signals held back, which a process inherits, and lets them through once it knows
what to do with them; none is lost meanwhile. Not TERM and HUP: they end it without a word, and have to, for a library that hangs
while it is loaded would otherwise keep the program waiting at its own end. Windows has neither the signals nor the mask.
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
    _HELD = frozenset({signal.SIGINT, signal.SIGQUIT})

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
