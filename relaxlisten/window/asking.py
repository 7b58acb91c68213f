"""What is asked before a session and after it: the person's consent and passphrase, and the questions of the session."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6 import QtWidgets

from relaxlisten.errors import RelaxListenError
from relaxlisten.terms import When
from relaxlisten.window.getting_ready import made_ready
from relaxlisten.window.people_dialog import may_begin
from relaxlisten.window.ratings_dialog import RatingsDialog
from relaxlisten.window.ratings_model import form_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from relaxlisten.control.protocol import RatingQuestion
    from relaxlisten.people_facts import PeopleBook
    from relaxlisten.window.choices import SessionChoices

    Questions = Callable[[SessionChoices], Sequence[RatingQuestion]]


class Asker:
    """Hooks of the window (pages.Hooks). questions: of the session that was chosen. rate: keeps answers with a record."""

    def __init__(self, book: PeopleBook, questions: Questions, rate: Callable[[Path, Sequence[str]], None]) -> None:
        self._book, self._questions, self._rate = book, questions, rate

    def before(self, window: QtWidgets.QWidget, choices: SessionChoices) -> tuple[str, ...] | None:
        """Answers; () for none, None where no session is to begin."""
        try:
            if choices.person is not None and not may_begin(window, self._book, choices.person):
                return None
            form = form_for(self._questions(choices), When.BEFORE, choices.ratings)
        except RelaxListenError as fault:
            _say(window, str(fault))
            return None
        if not form.questions:
            return choices.ratings
        dialog = RatingsDialog(window, form, When.BEFORE)
        return (*choices.ratings, *dialog.answers) if dialog.exec() else None

    def after(self, window: QtWidgets.QWidget, choices: SessionChoices, record: Path) -> None:
        """Ask, and keep the answers with the record."""
        try:
            form = form_for(self._questions(choices), When.AFTER)
            if form.questions:
                dialog = RatingsDialog(window, form, When.AFTER)
                dialog.exec()
                if dialog.answers:
                    made_ready(window, partial(self._rate, record, dialog.answers))
        except RelaxListenError as fault:
            _say(window, str(fault))


def _say(window: QtWidgets.QWidget, text: str) -> None:
    QtWidgets.QMessageBox.warning(window, "RelaxListen", text)
