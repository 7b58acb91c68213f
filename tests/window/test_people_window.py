"""People in the window: what is shown, asked and done, by mouse and by keyboard."""

import datetime
from pathlib import Path

import pytest
from PySide6 import QtCore, QtWidgets
from pytestqt.qtbot import QtBot

from relaxlisten.errors import RelaxListenError
from relaxlisten.people_facts import Need
from relaxlisten.window import people_dialog
from relaxlisten.window.people_dialog import PeopleDialog, may_begin, opened
from relaxlisten.window.people_questions import DayQuestion, deletion_question
from tests.window.people_book import DAY, PASSPHRASE, MemoryBook


@pytest.fixture
def book() -> MemoryBook:
    return MemoryBook()


@pytest.fixture
def dialog(qtbot: QtBot, book: MemoryBook) -> PeopleDialog:
    found = PeopleDialog(None, book)
    qtbot.addWidget(found)
    found.show()
    return found


class Answers:
    """Takes the place of questions: each is answered in turn, by yes, no, or a text that is typed first."""

    def __init__(self, patch: pytest.MonkeyPatch, *answers: bool | str) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)
        answered = self._answer

        def run(question: QtWidgets.QDialog) -> int:
            return answered(question)

        patch.setattr(people_dialog.PassphraseQuestion, "exec", run)
        patch.setattr("relaxlisten.window.people_questions.Question.exec", run)

    def _answer(self, question: QtWidgets.QDialog) -> int:
        self.asked.append(question.windowTitle())
        answer = self._answers.pop(0)
        if isinstance(answer, str):
            question.field.setText(answer)  # type: ignore[attr-defined]
        return int(bool(answer))


def test_a_page_shows_what_is_known_and_says_what_is_withheld(dialog: PeopleDialog) -> None:
    view = dialog.view
    assert view.name.text() == "kim"
    assert "Consent to relaxlisten-1" in view.consent.text()
    assert view.fields["avoid"].toPlainText() == "Requiem*"
    assert view.notes.text().splitlines()[0].endswith("Wept at the second piece, in a good way.")
    assert view.history.rowCount() == 5
    assert view.history.item(0, 2).text() == "70 → 63 (-7)"
    assert [view.history.item(row, 3).text() for row in range(5)].count("withheld") == 1
    assert "22 s of 30 s" in view.whys.text()
    assert "lower at the end in 4 of 5" in view.chart.accessibleName()
    assert view.pieces.item(0, 2).text() == "-2.4 [-3.9, -0.9]"
    assert view.pieces.item(1, 2).text() == "not enough yet"


def test_what_is_typed_is_kept_only_when_it_is_saved(dialog: PeopleDialog, book: MemoryBook, qtbot: QtBot) -> None:
    assert not dialog.view.save.isEnabled()
    dialog.view.fields["goals"].setPlainText("Sleep\n\n  Rest ")
    assert book.page("kim").card.goals == ("Fall asleep more easily",)
    qtbot.mouseClick(dialog.view.save, QtCore.Qt.MouseButton.LeftButton)
    assert book.page("kim").card.goals == ("Sleep", "Rest")
    assert book.page("kim").card.consents
    assert not dialog.view.save.isEnabled()


def test_a_note_is_added_by_enter_and_an_empty_one_is_none(dialog: PeopleDialog, book: MemoryBook, qtbot: QtBot) -> None:
    qtbot.keyClicks(dialog.view.note, "  ")
    qtbot.keyClick(dialog.view.note, QtCore.Qt.Key.Key_Return)
    assert len(book.page("kim").notes) == 2
    qtbot.keyClicks(dialog.view.note, "slept well")
    qtbot.keyClick(dialog.view.note, QtCore.Qt.Key.Key_Return)
    assert book.page("kim").notes[-1].text == "slept well"
    assert "slept well" in dialog.view.notes.text()
    assert dialog.isVisible()


def test_a_search_leaves_who_is_found_with_the_place(dialog: PeopleDialog, qtbot: QtBot) -> None:
    dialog.search.setText("Wept")
    qtbot.waitUntil(lambda: dialog.people.count() == 2)
    assert dialog.person == "p-1"
    dialog.search.setText("nothing like it")
    qtbot.waitUntil(lambda: dialog.people.count() == 0)
    assert dialog.empty.text() == "Nobody was found."
    assert dialog.view.isHidden()


def test_a_locked_person_is_shown_after_the_passphrase_only(
    dialog: PeopleDialog, book: MemoryBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog.people.choose("p-3")
    dialog._show_person()
    assert dialog.view.isHidden()
    assert "locked" in dialog.locked.text()
    asked = Answers(monkeypatch, "wrong", PASSPHRASE)
    dialog.open_button.click()
    assert len(asked.asked) == 2
    assert dialog.view.name.text() == "quiet-river"


def test_deleting_asks_and_enter_keeps(dialog: PeopleDialog, book: MemoryBook, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten: list[str] = []
    dialog.deleted.connect(forgotten.append)
    Answers(monkeypatch, False, True)
    dialog._asked("delete")
    assert "p-1" in book.pages
    dialog._asked("delete")
    assert "p-1" not in book.pages
    assert forgotten == ["kim"]
    assert dialog.person == "p-2"
    assert dialog.message.text() == "Deleted."


def test_the_question_before_a_deletion_names_every_file_and_its_default_is_to_keep(qtbot: QtBot) -> None:
    question = deletion_question(None, "kim", ["/a/person.toml", "/a/notes.toml"])
    qtbot.addWidget(question)
    question.show()
    shown = question.findChild(QtWidgets.QPlainTextEdit)
    assert shown is not None
    assert shown.toPlainText() == "/a/person.toml\n/a/notes.toml"
    assert question.no.isDefault()
    assert not question.yes.isDefault()


def test_a_new_person_is_asked_for_consent(dialog: PeopleDialog, book: MemoryBook, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Answers(monkeypatch, "ada", True, "bob", False, "a/b")
    dialog.add()
    assert book.need("ada") is Need.NOTHING
    assert dialog.view.name.text() == "ada"
    dialog.add()
    assert book.need("bob") is Need.CONSENT
    assert "no session is recorded" in dialog.view.consent.text()
    dialog.add()
    assert "cannot be the name" in dialog.message.text()
    assert asked.asked[1] == "Does ada agree to this?"


def test_consent_is_withdrawn_and_given_again(dialog: PeopleDialog, book: MemoryBook, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog.view.take_back.click()
    assert book.need("kim") is Need.CONSENT
    assert dialog.view.agree.isVisible()
    Answers(monkeypatch, True)
    dialog.view.agree.click()
    assert book.need("kim") is Need.NOTHING


def test_everything_is_exported_where_it_was_asked_for(
    dialog: PeopleDialog, book: MemoryBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QtWidgets.QFileDialog, "getSaveFileName", lambda *_: ("/tmp/kim", ""))
    dialog._asked("export")
    assert book.exported == [Path("/tmp/kim.zip")]
    assert "not encrypted" in dialog.message.text()


def test_a_day_is_chosen_or_none(qtbot: QtBot) -> None:
    question = DayQuestion(None, "kim", DAY)
    qtbot.addWidget(question)
    assert question.day == datetime.date(2026, 3, 1)
    question.limited.setChecked(False)
    assert question.day is None


def test_a_fault_is_said_and_nothing_breaks(dialog: PeopleDialog, book: MemoryBook) -> None:
    book.fault = RelaxListenError("notes.toml, line 3: this is not valid TOML")
    dialog.refresh()
    assert dialog.message.text() == "notes.toml, line 3: this is not valid TOML"


def test_a_session_begins_only_once_nothing_is_missing(book: MemoryBook, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Answers(monkeypatch, PASSPHRASE, False, True, True, False)
    assert may_begin(None, book, "kim")
    assert asked.asked == []
    assert may_begin(None, book, "quiet-river")
    assert not may_begin(None, book, "lee")
    assert may_begin(None, book, "lee")
    assert may_begin(None, book, "somebody new")
    assert book.need("somebody new") is Need.NOTHING
    book.locked.add("p-1")
    assert not opened(None, book, "kim")
