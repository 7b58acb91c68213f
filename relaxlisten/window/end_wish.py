"""The wish to end that comes from outside: Ctrl-C, TERM, and HUP where the terminal is closed.

Decision: the first one ends the session gently, the second leaves at once. It is listened for from before a session is launched,
so that one that comes meanwhile is neither lost nor a way out that leaves half a session behind.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

from relaxlisten.terms import CommandKind

if TYPE_CHECKING:
    from types import TracebackType

    from relaxlisten.ports import SessionHandle

# HUP is unknown to Windows.
SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class EndWish:
    """A context in which the wish is listened for; Ctrl-C reaches us even where the shell had it ignored."""

    def __init__(self) -> None:
        self._handle: SessionHandle | None = None
        self._wished = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> EndWish:
        self._before = {number: signal.signal(number, self._wish) for number in SIGNALS}
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def tell(self, handle: SessionHandle) -> None:
        """From now on this session is ended; at once, if that was wished for already."""
        self._handle = handle
        if self._wished:
            handle.command(CommandKind.STOP)

    def _wish(self, number: int, _frame: object) -> None:
        self._wished = True
        signal.signal(number, signal.SIG_DFL)
        if self._handle is not None:
            self._handle.command(CommandKind.STOP)
