"""The window: choose, start, watch, stop.

Decision: one window with one big button for what comes next. A timer of 30 frames a second drains the session's events into the
view model; numbers change when they change, plots get their points once a second and scroll in between. The timer rests while no
session runs. Closing the window ends the session gently first: no record is cut off by a click.
"""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtGui, QtWidgets

# isort: split
# After PySide6: pyqtgraph names the wrong library when one is missing.
import pyqtgraph

from relaxlisten.errors import RelaxListenError
from relaxlisten.terms import CommandKind, SessionStage
from relaxlisten.window.board import Board
from relaxlisten.window.chooser import Chooser
from relaxlisten.window.plain_text import show_plain_text
from relaxlisten.window.traces import DARK, LIGHT, Palette
from relaxlisten.window.view_model import ViewModel, clock_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from relaxlisten.ports import SessionHandle
    from relaxlisten.window.choices import SessionChoices

    Launch = Callable[[SessionChoices], SessionHandle]

FRAME_MS = 33
_SIGNALS_MS = 200


class MainWindow(QtWidgets.QMainWindow):
    """Chooser before a session, board during it, one row of buttons below."""

    def __init__(self, initial: SessionChoices, protocols: Sequence[tuple[str, str]], launch: Launch, greeting: str = "") -> None:
        """greeting: a sentence that is shown until there is something newer to say, also over a session that starts at once."""
        super().__init__()
        self.setWindowTitle("RelaxListen")
        self.resize(1000, 700)
        self.failed = False
        self._launch = launch
        self._handle: SessionHandle | None = None
        self._model = ViewModel()
        self._closing = False
        self._seen_s, self._seen_at_s = 0.0, 0.0
        self.chooser = Chooser(initial, protocols)
        self.board = Board(self._palette())
        self._pages = QtWidgets.QStackedWidget()
        self._pages.addWidget(self.chooser)
        self._pages.addWidget(self.board)
        self._greeting = greeting
        self.message = QtWidgets.QLabel(greeting)
        self.message.setWordWrap(True)
        self.message.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        self._add_buttons(initial.volume, initial.volume_cap)
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.advance)
        QtGui.QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _: self.board.set_palette(self._palette()))
        show_plain_text(self)
        self._show_stage()
        self.main_button.setFocus()

    # ---- what a person does ----

    def start_or_pause(self) -> None:
        """The big button: start, pause or resume, whichever comes next."""
        if self._handle is None:
            self._begin()
        else:
            paused = self._model.facts.stage is SessionStage.PAUSED
            self._handle.command(CommandKind.RESUME if paused else CommandKind.PAUSE)

    def stop(self) -> None:
        """End the session gently."""
        if self._handle is not None:
            self._handle.command(CommandKind.STOP)
            self.message.setText("Ending gently …")

    def skip(self) -> None:
        """Go on to another piece."""
        if self._handle is not None:
            self._handle.command(CommandKind.SKIP)

    def mark(self) -> None:
        """Keep this moment in the record (a memory was told, somebody came in)."""
        if self._handle is not None:
            self._handle.command(CommandKind.MARKER, "marker")
            self.message.setText(f"Marked at {clock_text(self._model.facts.now_s)}.")

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """End the session first, then close."""
        if self._handle is None:
            event.accept()
            return
        self._closing = True
        self.stop()
        event.ignore()

    # ---- what a session does ----

    def advance(self) -> None:
        """One frame: take in what has come, and show it."""
        if self._handle is None:
            return
        finished = self._handle.finished
        events = self._handle.drain()
        for event in events:
            self._model.feed(event)
        facts = self._model.facts
        if facts.now_s != self._seen_s:
            self._seen_s, self._seen_at_s = facts.now_s, time.monotonic()
            self.board.show_points(self._model)
        if events:
            self.board.show_facts(self._model.facts)
            self._show_stage()
        if not self.isMinimized():
            self.board.move_to(self._seen_s + min(time.monotonic() - self._seen_at_s, 2.0))
        if finished:
            self._end(self._handle)

    def _begin(self) -> None:
        choices = self.chooser.choices(self.volume.value() / 100.0)
        try:
            self._handle = self._launch(choices)
        except RelaxListenError as fault:
            self.failed = True
            self.message.setText(str(fault))
            return
        self.failed = False
        self._model = ViewModel()
        self._seen_s, self._seen_at_s = 0.0, time.monotonic()
        self.message.setText(self._greeting)
        self._greeting = ""
        self.board.show_facts(self._model.facts)
        self._pages.setCurrentWidget(self.board)
        self._timer.start()
        self._show_stage()

    def _end(self, handle: SessionHandle) -> None:
        self._timer.stop()
        self._handle = None
        failure = handle.failure
        self.failed = failure is not None
        saved = f"The session is recorded in {handle.record_path}."
        self.message.setText(f"{failure} {saved}" if failure else saved)
        self._show_stage()
        if self._closing:
            self.close()

    # ---- how it looks ----

    def _add_buttons(self, volume: float, volume_cap: float) -> None:
        self.main_button = self._button("Start", self.start_or_pause, "Space", big=True)
        self.stop_button = self._button("Stop", self.stop, "Esc", big=True)
        self.skip_button = self._button("Next piece", self.skip, "Ctrl+Right", big=False)
        self.marker_button = self._button("Marker", self.mark, "M", big=False)
        self.new_button = self._button("New session", lambda: self._pages.setCurrentWidget(self.chooser), "Ctrl+N", big=False)
        self.volume = QtWidgets.QSlider(QtCore.Qt.Orientation.Horizontal)
        self.volume.setRange(0, round(volume_cap * 100))
        self.volume.setValue(round(volume * 100))
        self.volume.setFixedWidth(180)
        self.volume.setAccessibleName("Volume")
        self.volume.valueChanged.connect(self._set_volume)
        row = QtWidgets.QHBoxLayout()
        row.addWidget(self.main_button)
        row.addWidget(self.stop_button)
        row.addWidget(self.skip_button)
        row.addWidget(self.marker_button)
        row.addWidget(self.new_button)
        row.addStretch(1)
        row.addWidget(QtWidgets.QLabel("Volume"))
        row.addWidget(self.volume)
        page = QtWidgets.QWidget()
        column = QtWidgets.QVBoxLayout(page)
        column.setContentsMargins(18, 14, 18, 14)
        column.addWidget(self._pages, 1)
        column.addWidget(self.message)
        column.addLayout(row)
        self.setCentralWidget(page)

    def _button(self, text: str, action: Callable[[], None], key: str, *, big: bool) -> QtWidgets.QPushButton:
        button = QtWidgets.QPushButton(text)
        button.clicked.connect(lambda _checked: action())
        QtGui.QShortcut(QtGui.QKeySequence(key), self).activated.connect(button.click)
        button.setToolTip(f"{text} ({key})")
        button.setMinimumSize(150 if big else 110, 52 if big else 36)
        font = button.font()
        font.setPointSize(font.pointSize() + (5 if big else 0))
        button.setFont(font)
        return button

    def _set_volume(self, percent: int) -> None:
        if self._handle is not None:
            self._handle.command(CommandKind.VOLUME, percent / 100.0)

    def _show_stage(self) -> None:
        """The buttons that make sense now, named for what they do."""
        running = self._handle is not None
        paused = running and self._model.facts.stage is SessionStage.PAUSED
        ended = running and self._model.facts.stage is SessionStage.ENDED
        text = "Resume" if paused else "Pause" if running else "Start"
        if self.main_button.text() != text:
            self.main_button.setText(text)
        self.main_button.setEnabled(not ended)
        self.stop_button.setEnabled(running and not ended)
        self.skip_button.setEnabled(running and not ended and not paused)
        self.marker_button.setEnabled(running and not ended)
        self.new_button.setVisible(not running and self._pages.currentWidget() is self.board)

    def _palette(self) -> Palette:
        dark = QtGui.QGuiApplication.palette().color(QtGui.QPalette.ColorRole.Window).lightness() < 128
        return DARK if dark else LIGHT


def run_window(
    initial: SessionChoices,
    protocols: Sequence[tuple[str, str]],
    launch: Launch,
    *,
    start_at_once: bool,
    greeting: str = "",
) -> int:
    """Show the window until it is closed; gives the exit code: 1 where the last session failed."""
    app = QtWidgets.QApplication.instance() or QtWidgets.QApplication(["relaxlisten"])
    assert isinstance(app, QtWidgets.QApplication)
    app.setStyle("Fusion")
    app.setApplicationName("RelaxListen")
    pyqtgraph.setConfigOptions(antialias=True)
    window = MainWindow(initial, protocols, launch, greeting)
    window.show()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: window.close())
    heartbeat = QtCore.QTimer()  # lets Python see signals while Qt waits
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start(_SIGNALS_MS)
    if start_at_once:
        QtCore.QTimer.singleShot(0, window.start_or_pause)
    app.exec()
    return 1 if window.failed else 0
