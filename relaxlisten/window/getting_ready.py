"""Waits for a session to get ready while the window stays alive.

Decision: what a session needs is looked at by a thread of its own, because a folder may lie on a network and answer late or not
at all. What is ready at once is taken at once; after that the window says that it waits and takes nothing but the wish to close.
"""

from __future__ import annotations

from concurrent.futures import wait
from typing import TYPE_CHECKING, TypeVar

from PySide6 import QtCore

from relaxlisten.unwaited import unwaited

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6 import QtWidgets

Value = TypeVar("Value")
_AT_ONCE_S = 0.2
_LOOK_MS = 50


def made_ready(window: QtWidgets.QWidget, work: Callable[[], Value], say: Callable[[], None]) -> Value:
    """What the work gives, or the fault that it ends with. say: shows that it takes a while."""
    coming = unwaited("getting-ready", work)
    if not wait([coming], _AT_ONCE_S).done:
        focus = window.focusWidget()
        say()
        window.setEnabled(False)
        _stay_until(window, coming.done)
        window.setEnabled(True)
        if focus is not None:
            focus.setFocus()
    return coming.result()


def _stay_until(window: QtWidgets.QWidget, ready: Callable[[], bool]) -> None:
    """Whoever wishes to close the window meanwhile has their wish afterwards, when a session that began can end gently."""
    wish = _WishToClose()
    window.installEventFilter(wish)
    loop, timer = QtCore.QEventLoop(), QtCore.QTimer()
    timer.timeout.connect(lambda: loop.quit() if ready() else None)
    timer.start(_LOOK_MS)
    loop.exec()
    timer.stop()
    window.removeEventFilter(wish)
    if wish.made:
        QtCore.QTimer.singleShot(0, window, window.close)


class _WishToClose(QtCore.QObject):
    """Keeps a window open, and the wish that it be closed."""

    made = False

    def eventFilter(self, _watched: QtCore.QObject, event: QtCore.QEvent) -> bool:  # noqa: N802  # Qt's name
        """Qt asks whether the window is not to hear of it."""
        if event.type() != QtCore.QEvent.Type.Close:
            return False
        self.made = True
        event.ignore()
        return True
