"""Before and after a session in the window: consent, passphrase, questions; and a deleted name that is forgotten everywhere."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6 import QtWidgets
from pytestqt.qtbot import QtBot

from relaxlisten.control.protocol import RatingQuestion
from relaxlisten.errors import UsageError
from relaxlisten.terms import When
from relaxlisten.window.asking import Asker
from relaxlisten.window.choices import Remembered, without_person
from relaxlisten.window.main_window import MainWindow
from relaxlisten.window.pages import Hooks, ShowsPeople
from relaxlisten.window.people_dialog import PeopleDialog, show_people
from relaxlisten.window.ratings_dialog import RatingsDialog
from relaxlisten.window.remembered import read_remembered, write_remembered
from tests.window.opening import CHOICES, Launcher, opening
from tests.window.people_book import MemoryBook
from tests.window.scripted_session import ScriptedSession

CALM = RatingQuestion(scale="calm", question="How calm?")
HOPE = RatingQuestion(scale="hope", question="What do you expect?", when=When.BEFORE)
RECORD = Path("/records/monday")


@pytest.fixture
def book() -> MemoryBook:
    return MemoryBook()


def answering(patch: pytest.MonkeyPatch, *, accepted: bool, **steps: int) -> list[RatingsDialog]:
    """Takes the place of a person in front of the questions."""
    seen: list[RatingsDialog] = []

    def run(dialog: RatingsDialog) -> int:
        seen.append(dialog)
        for scale, step in steps.items():
            if scale in dialog.sliders:
                dialog.sliders[scale].answer(step)
        return int(accepted)

    patch.setattr(RatingsDialog, "exec", run)
    return seen


def asker(book: MemoryBook, *questions: RatingQuestion) -> tuple[Asker, list[tuple[Path, tuple[str, ...]]]]:
    kept: list[tuple[Path, tuple[str, ...]]] = []
    return Asker(book, lambda _: questions, lambda record, answers: kept.append((record, tuple(answers)))), kept


def test_answers_before_go_to_the_session_and_answers_after_to_its_record(
    qtbot: QtBot, book: MemoryBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QtWidgets.QWidget()
    qtbot.addWidget(window)
    ask, kept = asker(book, CALM, HOPE)
    seen = answering(monkeypatch, accepted=True, calm=4)
    assert ask.before(window, CHOICES) == ("calm=4",)
    ask.after(window, CHOICES, RECORD)
    assert kept == [(RECORD, ("calm=4",))]
    assert [list(dialog.sliders) for dialog in seen] == [["calm", "hope"], ["calm"]]


def test_back_begins_no_session_and_what_is_left_out_is_no_answer(
    qtbot: QtBot, book: MemoryBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QtWidgets.QWidget()
    qtbot.addWidget(window)
    ask, kept = asker(book, CALM)
    answering(monkeypatch, accepted=False)
    assert ask.before(window, CHOICES) is None
    answering(monkeypatch, accepted=True)
    assert ask.before(window, CHOICES) == ()
    ask.after(window, CHOICES, RECORD)
    assert kept == []


def test_nothing_is_asked_where_the_session_asks_nothing(qtbot: QtBot, book: MemoryBook, monkeypatch: pytest.MonkeyPatch) -> None:
    window = QtWidgets.QWidget()
    qtbot.addWidget(window)
    seen = answering(monkeypatch, accepted=True)
    ask, _ = asker(book)
    assert ask.before(window, replace(CHOICES, ratings=("calm=3",))) == ("calm=3",)
    ask.after(window, CHOICES, RECORD)
    assert seen == []


def test_a_fault_is_said_and_no_session_begins(qtbot: QtBot, book: MemoryBook, monkeypatch: pytest.MonkeyPatch) -> None:
    window = QtWidgets.QWidget()
    qtbot.addWidget(window)
    said: list[str] = []
    monkeypatch.setattr(QtWidgets.QMessageBox, "warning", lambda _parent, _title, text: said.append(text))

    def refuse(_choices: object) -> tuple[RatingQuestion, ...]:
        raise UsageError("There is no scale.")

    assert Asker(book, refuse, lambda *_: None).before(window, CHOICES) is None
    assert said == ["There is no scale."]


def test_who_is_deleted_in_the_window_is_remembered_nowhere(
    qtbot: QtBot, book: MemoryBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "window.json"
    write_remembered(file, Remembered(chosen=replace(CHOICES, person="kim")))
    hooks = Hooks(people=lambda parent: show_people(parent, book))
    window = MainWindow(
        opening(Launcher(ScriptedSession()), settings_file=file, hooks=hooks, people=lambda: [line.name for line in book.lines()])
    )
    qtbot.addWidget(window)
    assert isinstance(window, ShowsPeople)
    assert window.chooser.person_name == "kim"

    def delete_kim(dialog: PeopleDialog) -> int:
        book.delete("kim")
        book.add("ada")
        dialog.deleted.emit("kim")
        return 1

    monkeypatch.setattr(PeopleDialog, "exec", delete_kim)
    show_people(window, book)
    assert b"kim" not in file.read_bytes()
    assert window.chooser.choices(0.5).person is None
    offered = [window.chooser.person.itemText(row) for row in range(1, window.chooser.person.count())]
    assert offered == ["lee", "quiet-river", "ada"]
    window.close()


def test_only_the_deleted_person_is_forgotten() -> None:
    remembered = Remembered(chosen=replace(CHOICES, person="kim"))
    assert without_person(remembered, "lee") == remembered
    assert without_person(remembered, "KIM").chosen == CHOICES
    assert read_remembered(Path("/nowhere")) == without_person(Remembered(), "kim")
