"""What is asked about a person: consent, passphrase, a name, a day, and whether to delete."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtWidgets

from relaxlisten.window.fields import Tick, words
from relaxlisten.window.people_model import going_words
from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

CONSENT = later(
    "What is kept of you: each session's heart beats, what was measured in them, which music was played, what you answered, and "
    "the notes that are written about you. It is kept on this computer only, under a random number; your name here may be "
    "invented. It serves to choose music that settles you, and to look back. You may stop at any time, see all of it, take it "
    "with you, and have all of it deleted, without giving a reason. RelaxListen is for general wellness: it does not diagnose "
    "and does not treat."
)


_WIDTH = 520


class Question(QtWidgets.QDialog):
    """A text, perhaps a field, and two buttons; the careful one is chosen by Enter."""

    def __init__(
        self, parent: QtWidgets.QWidget | None, title: str, texts: Sequence[str], yes: str, no: str,
        field: QtWidgets.QWidget | None = None, *, careful: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(words(title, factor=1.3, bold=True))
        for text in texts:
            column.addWidget(words(text))
        if field is not None:
            column.addWidget(field)
        self.yes, self.no = QtWidgets.QPushButton(yes), QtWidgets.QPushButton(no)
        self.yes.setProperty("role", "" if careful else "main")
        self.yes.setDefault(not careful)
        self.no.setDefault(careful)
        self.yes.clicked.connect(self.accept)
        self.no.clicked.connect(self.reject)
        row = QtWidgets.QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.no)
        row.addWidget(self.yes)
        column.addLayout(row)
        height = column.totalHeightForWidth(_WIDTH)  # a text that wraps is higher than the layout takes it for
        self.setMinimumHeight(height)
        self.resize(_WIDTH, height)
        first = field if field is not None else self.no if careful else self.yes
        first.setFocus()


def consent_question(parent: QtWidgets.QWidget | None, name: str) -> Question:
    """Whether a person agrees to the shipped text."""
    title = tr("Does {name} agree to this?", name=name)
    return Question(parent, title, [tr(CONSENT)], tr("Yes, agreed"), tr("No"))


def deletion_question(parent: QtWidgets.QWidget | None, name: str, files: Sequence[str]) -> Question:
    """Whether everything of a person is to go; every file of it can be read."""
    shown = QtWidgets.QPlainTextEdit("\n".join(files))
    shown.setReadOnly(True)
    shown.setAccessibleName(tr("What is deleted"))
    shown.setTabChangesFocus(True)
    shown.setLineWrapMode(QtWidgets.QPlainTextEdit.LineWrapMode.NoWrap)
    title = tr("Delete {name}?", name=name)
    question = Question(parent, title, [going_words(name, files)], tr("Delete for good"), tr("Keep"), shown, careful=True)
    question.no.setFocus()
    return question


class PassphraseQuestion(Question):
    """`passphrase` is what was typed. wrong: why the last one did not do; "" at first."""

    def __init__(self, parent: QtWidgets.QWidget | None, name: str, wrong: str = "") -> None:
        self.field = QtWidgets.QLineEdit()
        self.field.setEchoMode(QtWidgets.QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(tr("Passphrase"))
        text = wrong or tr("What is kept of {name} is locked.", name=name)
        super().__init__(parent, tr("Passphrase of {name}", name=name), [text], tr("Open"), tr("Cancel"), self.field)

    @property
    def passphrase(self) -> str:
        """What was typed."""
        return self.field.text()


class NameQuestion(Question):
    """`name` is the pseudonym of a new person."""

    def __init__(self, parent: QtWidgets.QWidget | None) -> None:
        self.field = QtWidgets.QLineEdit()
        self.field.setAccessibleName(tr("Pseudonym"))
        self.field.setMaxLength(40)
        text = tr("Best no real name: it is what you see, and everything is kept under a random number.")
        super().__init__(parent, tr("A new person"), [text], tr("Make known"), tr("Cancel"), self.field)

    @property
    def name(self) -> str:
        """What was typed."""
        return self.field.text().strip()


class DayQuestion(Question):
    """`day` is until when a person is kept; None for no end."""

    def __init__(self, parent: QtWidgets.QWidget | None, name: str, day: datetime.date | None) -> None:
        self.limited = Tick(tr("Until a day"), ticked=day is not None)
        shown = day or datetime.datetime.now().astimezone().date() + datetime.timedelta(days=365)
        self.field = QtWidgets.QDateEdit(QtCore.QDate(shown.year, shown.month, shown.day))
        self.field.setCalendarPopup(True)
        self.field.setDisplayFormat("yyyy-MM-dd")
        self.field.setAccessibleName(tr("Last day"))
        self.field.setEnabled(day is not None)
        self.limited.toggled.connect(self.field.setEnabled)
        both = QtWidgets.QWidget()
        row = QtWidgets.QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.limited)
        row.addWidget(self.field, 1)
        text = tr("After that day it is said that {name} is to be deleted; nothing goes by itself.", name=name)
        super().__init__(parent, tr("Keep until"), [text], tr("Done"), tr("Cancel"), both)
        self.limited.setFocus()

    @property
    def day(self) -> datetime.date | None:
        """What was chosen."""
        chosen = self.field.date()
        return datetime.date(chosen.year(), chosen.month(), chosen.day()) if self.limited.isChecked() else None
