"""Why the music does what it does: the last decision in a line, the earlier ones in a list when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore, QtWidgets

from relaxlisten.terms import DecisionKind
from relaxlisten.window.therapist_bar import small_button
from relaxlisten.window.therapist_keys import KEYS
from relaxlisten.window.view_model import clock_text
from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from relaxlisten.window.therapist_course import Course

_KINDS = {
    DecisionKind.TEMPO: later("tempo"),
    DecisionKind.PIECE: later("piece"),
    DecisionKind.PHASE: later("phase"),
    DecisionKind.PAUSE: later("pause"),
    DecisionKind.PERSON: later("you"),
}
_LIST_HEIGHT = 150


class Why(QtWidgets.QWidget):
    """A line, a button, and a list, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.line = QtWidgets.QLabel("")
        self.line.setWordWrap(True)
        self.line.setMinimumHeight(2 * self.line.fontMetrics().lineSpacing())
        self.line.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Preferred)
        key, hint = KEYS["why"]
        self.button = small_button(tr("Earlier …"), key, tr(hint))
        self.button.setCheckable(True)
        self.list = QtWidgets.QListWidget()
        self.list.setAccessibleName(tr(hint))
        self.list.setWordWrap(True)
        self.list.setFixedHeight(_LIST_HEIGHT)
        self.list.setVisible(False)
        self.button.toggled.connect(self.list.setVisible)
        row = QtWidgets.QHBoxLayout()
        row.addWidget(self.line, 1)
        row.addWidget(self.button, 0, QtCore.Qt.AlignmentFlag.AlignTop)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.list)
        self._newest: object = None

    def show_reason(self, reason: str) -> None:
        """The last decision."""
        if self.line.text() != reason:
            self.line.setText(reason)

    def show_course(self, course: Course) -> None:
        """The decisions so far, where the list is open and another has come."""
        newest = course.told[-1] if course.told else None
        if not self.list.isVisible() or newest is self._newest:
            return
        self._newest = newest
        self.list.clear()
        self.list.addItems([f"{clock_text(one.time_s)}  {tr(_KINDS[one.kind])}: {one.text}" for one in reversed(course.told)])
