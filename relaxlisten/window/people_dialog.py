"""The people of this machine: a list to search in, and a page for the one who is chosen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtWidgets

from relaxlisten.errors import RelaxListenError
from relaxlisten.people_facts import Need
from relaxlisten.window.fields import say, words
from relaxlisten.window.pages import ShowsPeople
from relaxlisten.window.people_model import list_rows
from relaxlisten.window.people_page import PersonView
from relaxlisten.window.people_questions import (
    DayQuestion,
    NameQuestion,
    PassphraseQuestion,
    consent_question,
    deletion_question,
)
from relaxlisten.window.rows import RowList
from relaxlisten.window.styles import theme_at
from relaxlisten.window.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.people_facts import PeopleBook, PersonLine

_SEARCH_AFTER_MS = 250


class PeopleDialog(QtWidgets.QDialog):
    """List and page. `deleted(name)` tells whose name is to be forgotten elsewhere."""

    deleted = QtCore.Signal(str)

    def __init__(self, parent: QtWidgets.QWidget | None, book: PeopleBook) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("People"))
        self.resize(1180, 740)
        self._book = book
        self.search = QtWidgets.QLineEdit()
        self.search.setPlaceholderText(tr("Search names, notes and titles"))
        self.search.setAccessibleName(tr("Search names, notes and titles"))
        self.search.setClearButtonEnabled(True)
        self.people = RowList(tr("People"))
        self.people.drawing.theme = theme_at(self)
        self.people.picked.connect(lambda _person: self._show_person())
        self.message, self.empty, self.locked = words("", "notice"), words("", "muted"), words()
        self.locked.setAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
        self.view = PersonView()
        self.view.saved.connect(lambda card: self._do(lambda: self._book.write(self.person, card), tr("Saved.")))
        self.view.noted.connect(lambda text: self._do(lambda: self._book.note(self.person, text), tr("The note is kept.")))
        self.view.asked.connect(self._asked)
        self.open_button = QtWidgets.QPushButton(tr("Give the passphrase …"))
        self.open_button.setAutoDefault(False)
        self.open_button.clicked.connect(lambda _checked: self._open())
        self._lay_out()
        self._timer = QtCore.QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SEARCH_AFTER_MS)
        self._timer.timeout.connect(self.refresh)
        self.search.textChanged.connect(lambda _text: self._timer.start())
        self.refresh()

    @property
    def person(self) -> str:
        """The ID of the one who is chosen; "" for nobody."""
        return self.people.chosen

    def refresh(self) -> None:
        """Show the list as it is now, and the page of the one who is chosen."""
        self._tried(self._show_list)
        self._show_person()

    def _show_list(self) -> None:
        text, before = self.search.text().strip(), self.person
        rows = list_rows(self._book.lines(), self._book.find(text) if text else None)
        chosen = before if any(row.data == before for row in rows) else rows[0].data if rows else ""
        self.people.show_rows(rows, chosen)
        nobody = tr("Nobody was found.") if text else tr("Nobody is known yet.")
        say(self.empty, "" if rows else nobody)

    def _line(self) -> PersonLine | None:
        return next((line for line in self._book.lines() if line.person_id == self.person), None)

    def _show_person(self) -> None:
        line = self._line()
        locked = line is not None and line.locked
        self.open_button.setVisible(locked)
        say(self.locked, tr("What is kept of {name} is locked.", name=line.name) if line is not None and locked else "")
        self.view.setVisible(line is not None and not locked)
        if line is not None and not locked:
            self._tried(lambda: self.view.show_page(self._book.page(self.person)))

    # ---- what somebody asks for ----

    def _asked(self, what: str) -> None:
        line = self._line()
        if line is not None:
            actions: dict[str, Callable[[PersonLine], None]] = {
                "agree": self._agree, "take_back": self._take_back, "keep": self._keep, "export": self._export,
                "delete": self._delete,
            }  # fmt: skip
            actions[what](line)

    def add(self) -> None:
        """Make a person known, and ask for their consent."""
        question = NameQuestion(self)
        if not question.exec():
            return
        name = question.name
        if self._tried(lambda: self._book.add(name)):
            self.search.clear()
            agreed = bool(consent_question(self, name).exec())
            self._do(lambda: self._book.agree(name) if agreed else None, "")
            added = next((line.person_id for line in self._book.lines() if line.name == name), "")
            self.people.choose(added)
            self._show_person()

    def _open(self) -> None:
        line = self._line()
        if line is not None and opened(self, self._book, line.name):
            self.refresh()

    def _agree(self, line: PersonLine) -> None:
        if consent_question(self, line.name).exec():
            self._do(lambda: self._book.agree(line.person_id), "")

    def _take_back(self, line: PersonLine) -> None:
        self._do(
            lambda: self._book.take_back(line.person_id), tr("What was kept before stays until it is deleted.")
        )  # fmt: skip

    def _keep(self, line: PersonLine) -> None:
        question = DayQuestion(self, line.name, line.keep_until)
        if question.exec():
            self._do(lambda: self._book.keep_until(line.person_id, question.day), "")

    def _export(self, line: PersonLine) -> None:
        place, _ = QtWidgets.QFileDialog.getSaveFileName(self, tr("Export everything of {name}", name=line.name), "", "*.zip")
        if place:
            file = Path(place if place.endswith(".zip") else f"{place}.zip")
            said = tr("Everything is in {file}. It is not encrypted.", file=file)
            self._do(lambda: self._book.export(line.person_id, file), said)

    def _delete(self, line: PersonLine) -> None:
        if deletion_question(self, line.name, self._book.going(line.person_id)).exec():
            left: list[str] = []
            if self._tried(lambda: left.extend(self._book.delete(line.person_id))):
                self.deleted.emit(line.name)
                self.refresh()
                named = ", ".join(file for file in left if Path(file).is_file())
                say(self.message, tr("The name still stands in {files}.", files=named) if named else tr("Deleted."))

    def _do(self, work: Callable[[], object], said: str) -> None:
        """Do something, say so, and show what is so now."""
        if self._tried(work):
            self.refresh()
            say(self.message, said)

    def _tried(self, work: Callable[[], object]) -> bool:
        """Whether it went well; a fault is said."""
        try:
            work()
        except RelaxListenError as fault:
            say(self.message, str(fault))
            return False
        say(self.message, "")
        return True

    # ---- how it looks ----

    def _lay_out(self) -> None:
        new = QtWidgets.QPushButton(tr("New person …"))
        new.setAutoDefault(False)
        new.clicked.connect(lambda _checked: self.add())
        left = QtWidgets.QVBoxLayout()
        for widget in (self.search, self.people, self.empty, new):
            left.addWidget(widget)
        left.addStretch(1)
        close = QtWidgets.QPushButton(tr("Done"))
        close.setAutoDefault(False)
        close.clicked.connect(lambda _checked: self.accept())
        left.addWidget(close)
        right = QtWidgets.QVBoxLayout()
        right.addWidget(self.message)
        right.addWidget(self.view, 1)
        right.addStretch(0)
        right.addWidget(self.locked)
        right.addWidget(self.open_button, 0, QtCore.Qt.AlignmentFlag.AlignCenter)
        right.addStretch(0)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 14)
        row.setSpacing(16)
        row.addLayout(left, 1)
        row.addLayout(right, 3)


def opened(parent: QtWidgets.QWidget | None, book: PeopleBook, name: str) -> bool:
    """Ask for a passphrase until it opens or somebody gives up; whether it is open."""
    wrong = ""
    while True:
        question = PassphraseQuestion(parent, name, wrong)
        if not question.exec():
            return False
        try:
            book.open(name, question.passphrase)
        except RelaxListenError as fault:
            wrong = str(fault)
        else:
            return True


def may_begin(parent: QtWidgets.QWidget | None, book: PeopleBook, name: str) -> bool:
    """Ask for whatever is missing before a session of this person can begin; whether nothing is missing any more."""
    while (need := book.need(name)) is not Need.NOTHING:
        if need is Need.PASSPHRASE and opened(parent, book, name):
            continue
        if need is Need.PASSPHRASE or not consent_question(parent, name).exec():
            return False
        if need is Need.NEW:
            book.add(name)
        book.agree(name)
    return True


def show_people(window: QtWidgets.QWidget, book: PeopleBook) -> None:
    """The people, over a window that is told whom to forget, and to look again at who there is (pages.ShowsPeople)."""
    dialog = PeopleDialog(window, book)
    if isinstance(window, ShowsPeople):
        dialog.deleted.connect(window.forget_person)
    dialog.exec()
    if isinstance(window, ShowsPeople):
        window.show_people()
