"""Waits for work with folders, such as a session that gets ready, while the window stays alive.

Decision: such work has a thread of its own, because a folder may lie on a network and answer late or not at all. What is ready at
once is taken at once; after that the window says that it waits and takes nothing but the wish to close.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6 import QtCore

from relaxlisten.errors import RelaxListenError
from relaxlisten.terms import CommandKind
from relaxlisten.unwaited import answered, unwaited
from relaxlisten.window.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from PySide6 import QtWidgets

    from relaxlisten.ports import SessionHandle

Value = TypeVar("Value")
_AT_ONCE_S = 0.2
_LOOK_MS = 50


def session_ready(window: QtWidgets.QWidget, say: Callable[[str], None], launch: Callable[[], SessionHandle]) -> SessionHandle:
    """A session, which is said to get ready where that takes a while; one that is ready too late is ended.

    Raises RelaxListenError where there is none, or where it was given up.
    """
    return made_ready(window, launch, waits=lambda: say(tr("Getting ready …")), undo=lambda late: late.command(CommandKind.STOP))


def made_ready(
    window: QtWidgets.QWidget,
    work: Callable[[], Value],
    waits: Callable[[], object] = lambda: None,
    undo: Callable[[Value], object] = lambda _late: None,
) -> Value:
    """What the work gives, or the fault that it ends with. waits: is called where that takes a while.

    undo: what is done with something that gets ready after it was given up. Raises RelaxListenError where it is.
    """
    coming = unwaited("getting-ready", work)
    if not answered(coming, _AT_ONCE_S):
        focus = window.focusWidget()
        waits()
        window.setEnabled(False)
        _stay_until(window, coming.done)
        window.setEnabled(True)
        if focus is not None:
            focus.setFocus()
    if not coming.done():
        coming.add_done_callback(partial(_undone, undo))
        raise RelaxListenError(tr("It was given up: a disk or a network does not answer."))
    return coming.result()


def _undone(undo: Callable[[Value], object], late: Future[Value]) -> None:
    if late.exception() is None:
        undo(late.result())


def _stay_until(window: QtWidgets.QWidget, ready: Callable[[], bool]) -> None:
    """Return when it is ready, or when somebody wishes to close the window for the second time.

    A wish is granted afterwards, when a session that began can end gently.
    """
    loop, timer = QtCore.QEventLoop(), QtCore.QTimer()
    wish = _WishToClose(loop)
    window.installEventFilter(wish)
    timer.timeout.connect(lambda: loop.quit() if ready() else None)
    timer.start(_LOOK_MS)
    loop.exec()
    timer.stop()
    window.removeEventFilter(wish)
    if wish.made:
        QtCore.QTimer.singleShot(0, window, window.close)


class _WishToClose(QtCore.QObject):
    """Keeps a window open, and the wish that it be closed; a second one ends the loop."""

    def __init__(self, loop: QtCore.QEventLoop) -> None:
        super().__init__()
        self.made = False
        self._loop = loop

    def eventFilter(self, _watched: QtCore.QObject, event: QtCore.QEvent) -> bool:  # noqa: N802  # Qt's name
        """Qt asks whether the window is not to hear of it."""
        if event.type() != QtCore.QEvent.Type.Close:
            return False
        if self.made:
            self._loop.quit()
        self.made = True
        event.ignore()
        return True
