"""Every key of the window as a table, and the page that shows it and those of the details.

Decision: one table is what shortcuts are made from and what F1 shows, so that no key is secret and none that is shown does
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtGui, QtWidgets

from relaxlisten.window import therapist_keys
from relaxlisten.window.styles import scaled
from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KEYS: Mapping[str, tuple[str, str]] = {
    "start": ("Ctrl+Return", later("Start the session")),
    "pause": ("Space", later("Pause and resume")),
    "end": ("Esc", later("End gently")),
    "skip": ("Ctrl+Right", later("Next piece")),
    "marker": ("M", later("Keep this moment")),
    "softer": ("Ctrl+Down", later("Softer")),
    "louder": ("Ctrl+Up", later("Louder")),
    "view": ("F2", later("Calm picture or details")),
    "second_screen": ("F4", later("Calm picture on the second screen")),
    "full_screen": ("F11", later("Whole screen")),
    "new": ("Ctrl+N", later("New session")),
    "report": ("Ctrl+R", later("Report")),
    "settings": ("Ctrl+,", later("Settings")),
    "keys": ("F1", later("All keys")),
}


def make_shortcuts(window: QtWidgets.QWidget, actions: Mapping[str, Callable[[], object]]) -> dict[str, QtGui.QShortcut]:
    """A shortcut for every action of the table."""
    shortcuts = {}
    for name, action in actions.items():
        shortcut = QtGui.QShortcut(QtGui.QKeySequence(KEYS[name][0]), window)
        shortcut.activated.connect(action)
        shortcuts[name] = shortcut
    return shortcuts


def key_text(name: str) -> str:
    """A key as this system writes it."""
    return native(KEYS[name][0])


def native(key: str) -> str:
    """A key of any table as this system writes it."""
    return QtGui.QKeySequence(key).toString(QtGui.QKeySequence.SequenceFormat.NativeText)


class KeysDialog(QtWidgets.QDialog):
    """All keys."""

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("All keys"))
        grid = QtWidgets.QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(8)
        for side, table in enumerate((KEYS, therapist_keys.KEYS)):
            for row, (key, what) in enumerate(table.values()):
                name = QtWidgets.QLabel(native(key))
                name.setFont(scaled(name.font(), 1.0, bold=True))
                grid.addWidget(name, row, 2 * side)
                grid.addWidget(QtWidgets.QLabel(tr(what)), row, 2 * side + 1)
        note = QtWidgets.QLabel(tr("Tab goes through everything; arrows choose in a list; Alt and an underlined letter jump."))
        note.setWordWrap(True)
        note.setProperty("role", "muted")
        done = QtWidgets.QPushButton(tr("Done"))
        done.clicked.connect(self.accept)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.addLayout(grid)
        column.addSpacing(8)
        column.addWidget(note)
        column.addWidget(done)
