"""The first visit: what this is in three sentences, and whether sessions may be kept."""

from __future__ import annotations

from PySide6 import QtCore, QtWidgets

from relaxlisten.window.fields import words
from relaxlisten.window.words import later, tr

SENTENCES = (
    later(
        "RelaxListen listens to your heart, through a Bluetooth strap if you wear one, and plays music that meets it and then "
        "slows down gently."
    ),
    later("It is made for well-being: it measures what happens, promises nothing, and is no medical device."),
    later("Everything stays on this computer: there is no account, and nothing is sent anywhere."),
)
QUESTION = later("May your sessions be kept, so that you can look back and the music can learn what settles you?")


class Welcome(QtWidgets.QWidget):
    """`answered` tells whether sessions may be kept."""

    answered = QtCore.Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        title = words(tr("Welcome to RelaxListen"), factor=2.0, bold=True)
        self.keep = self._button(tr("Keep my sessions on this computer"), answer=True)
        self.keep.setProperty("role", "main")
        self.leave = self._button(tr("Keep nothing"), answer=False)
        question = words(tr(QUESTION), factor=1.15)
        note = words(tr("You can change this at any time, and delete every session."), "muted")
        column = QtWidgets.QVBoxLayout()
        column.setSpacing(16)
        column.addStretch(2)
        column.addWidget(title)
        for sentence in SENTENCES:
            column.addWidget(words(tr(sentence), factor=1.15))
        column.addSpacing(12)
        column.addWidget(question)
        row = QtWidgets.QHBoxLayout()
        row.addWidget(self.keep)
        row.addWidget(self.leave)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(note)
        column.addStretch(3)
        inner = QtWidgets.QWidget()
        inner.setMaximumWidth(720)
        inner.setLayout(column)
        outer = QtWidgets.QHBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(inner, 10)
        outer.addStretch(1)

    def _button(self, text: str, *, answer: bool) -> QtWidgets.QPushButton:
        button = QtWidgets.QPushButton(text)
        button.setMinimumHeight(44)
        button.clicked.connect(lambda _checked: self.answered.emit(answer))
        return button
