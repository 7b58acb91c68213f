"""Opens the window and keeps it until it is closed."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtGui, QtWidgets

# isort: split
# After PySide6: pyqtgraph names the wrong library when one is missing.
import pyqtgraph

from relaxlisten.places import observations_path
from relaxlisten.window.end_wish import SIGNALS
from relaxlisten.window.languages import speak
from relaxlisten.window.main_window import MainWindow
from relaxlisten.window.pages import PageMaker
from relaxlisten.window.remembered import read_remembered
from relaxlisten.window.styles import scaled
from relaxlisten.window.therapist_page import make_board
from relaxlisten.window.words import later

if TYPE_CHECKING:
    from relaxlisten.window.board import Board
    from relaxlisten.window.pages import Ask, Opening
    from relaxlisten.window.traces import Palette

_SIGNALS_MS = 200
TEXT = 1.12


def _board(palette: Palette, ask: Ask) -> Board:
    return make_board(palette, ask, observations_path())


PAGES = (PageMaker(name="details", title=later("Details"), make=_board),)


def larger_text(app: QtWidgets.QApplication) -> None:
    """A little larger than the system's text: it is read from a chair, not from a desk."""
    app.setFont(scaled(app.font(), TEXT))


def run_window(opening: Opening, *, start_at_once: bool) -> int:
    """Show the window until it is closed; gives the exit code: 1 where the last session failed."""
    app = QtWidgets.QApplication.instance() or QtWidgets.QApplication(["relaxlisten"])
    assert isinstance(app, QtWidgets.QApplication)
    app.setStyle("Fusion")
    app.setApplicationName("RelaxListen")
    larger_text(app)
    QtGui.QGuiApplication.setDesktopFileName("relaxlisten")
    pyqtgraph.setConfigOptions(antialias=True)
    speak(app, read_remembered(opening.settings_file).liking.language if opening.settings_file else "")
    window = MainWindow(opening)
    window.show()
    for number in SIGNALS:
        # Not here and now: this may be in the midst of anything, such as a session that begins.
        signal.signal(number, lambda _number, _frame: QtCore.QTimer.singleShot(0, window, window.close))
    heartbeat = QtCore.QTimer()  # lets Python see signals while Qt waits
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start(_SIGNALS_MS)
    if start_at_once:
        QtCore.QTimer.singleShot(0, window.start_or_pause)
    app.exec()
    return 1 if window.failed else 0
