"""Start, the welcome, and what is remembered, as a person meets them."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from PySide6 import QtCore, QtTest, QtWidgets

from relaxlisten.errors import RelaxListenError
from relaxlisten.sensor.seen import SeenStrap, Sighting
from relaxlisten.terms import CommandKind
from relaxlisten.window.choices import Liking, Remembered
from relaxlisten.window.languages import speak
from relaxlisten.window.liking_dialog import LikingDialog
from relaxlisten.window.main_window import MainWindow
from relaxlisten.window.pages import Hooks
from relaxlisten.window.remembered import read_remembered, write_remembered
from tests.window.opening import CHOICES, Launcher, ScriptedFinder, opening
from tests.window.scripted_session import ScriptedSession

H10 = SeenStrap(address="A0", name="Polar H10", rssi_dbm=-58, battery_percent=87, heart_rate_bpm=68)
OTHER = SeenStrap(address="C4", name="TICKR", rssi_dbm=-70)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "window.json"


@pytest.fixture
def opened(qtbot, file: Path):
    def open_window(*, store: bool | None = True, **changes: Any) -> tuple[MainWindow, Launcher]:
        if store is not None and not file.exists():
            write_remembered(file, Remembered(liking=Liking(store=store)))
        launcher = Launcher(ScriptedSession())
        window = MainWindow(opening(launcher, settings_file=file, **changes))
        qtbot.addWidget(window, before_close_func=lambda w: setattr(w.running, "handle", None))
        window.show()
        return window, launcher

    return open_window


def main(window: MainWindow) -> QtWidgets.QPushButton:
    return window.controls.buttons["main"]


def end(window: MainWindow) -> None:
    window.controls.buttons["end"].click()
    window.running.advance()


def finding(sighting: Sighting, sensor: str = "ble") -> tuple[ScriptedFinder, dict[str, Any]]:
    finder = ScriptedFinder(sighting)
    return finder, {"finder": lambda: finder, "initial": dataclasses.replace(CHOICES, sensor=sensor)}


def test_the_first_visit_explains_in_three_sentences_and_asks_before_anything_is_kept(opened, file: Path) -> None:
    window, launcher = opened(store=None)
    assert window.welcome.isVisible()
    assert not main(window).isVisible()
    window.welcome.leave.click()
    assert window.chooser.isVisible()
    assert read_remembered(file).liking.store is False
    assert launcher.launched == []


def test_the_second_visit_is_one_click_on_the_button_in_focus(opened, file: Path, qtbot) -> None:
    window, launcher = opened()
    window.chooser.protocol.setCurrentRow(1)
    window.chooser.person.setCurrentText("kim")
    main(window).click()
    end(window)
    again, relaunched = opened()
    again.activateWindow()
    qtbot.waitUntil(again.isActiveWindow)
    assert again.focusWidget() is main(again)
    QtTest.QTest.keyClick(again.windowHandle(), QtCore.Qt.Key.Key_Space)
    assert relaunched.launched == launcher.launched
    assert relaunched.launched[0].protocol == "short-5"
    assert relaunched.launched[0].person == "kim"


def test_whoever_left_the_strap_open_gets_the_one_whose_heart_is_heard(opened, file: Path) -> None:
    finder, changes = finding(Sighting(looking=True, straps=(OTHER,)))
    window, launcher = opened(**changes)
    assert window.chooser.sensor.chosen == "ble"
    finder.sighting = Sighting(looking=False, straps=(H10, OTHER))
    window.chooser.refresh()
    assert finder.chosen[-1] == "A0"
    main(window).click()
    assert launcher.launched[0].sensor == "ble:A0"
    assert read_remembered(file).sensor_name == "Polar H10"


def test_a_strap_that_is_picked_is_listened_to_and_let_go_before_the_session(opened) -> None:
    finder, changes = finding(Sighting(looking=False, straps=(H10, OTHER)), sensor="ble:A0")
    window, _ = opened(**changes)
    window.chooser.sensor.setCurrentRow(1)
    assert finder.chosen[-1] == "C4"
    assert not finder.stopped
    main(window).click()
    assert finder.stopped


def test_rows_that_come_and_go_leave_the_chosen_one_chosen(opened) -> None:
    finder, changes = finding(Sighting(looking=False, straps=(H10, OTHER)), sensor="ble:C4")
    window, _ = opened(**changes)
    for straps in ((OTHER, H10), (H10,), (H10, OTHER)):
        finder.sighting = Sighting(looking=True, straps=straps)
        window.chooser.refresh()
        assert window.chooser.sensor.chosen == "ble:C4"


def test_looking_again_is_asked_for_once_the_search_has_ended(opened) -> None:
    finder, changes = finding(Sighting(looking=True))
    window, _ = opened(**changes)
    assert not window.chooser.again.isEnabled()
    finder.sighting = Sighting(looking=False)
    window.chooser.refresh()
    window.chooser.again.click()
    assert finder.looked_again == 1


def test_an_empty_folder_is_told_before_a_session_begins(opened, tmp_path: Path, qtbot) -> None:
    folder = tmp_path / "no music"
    folder.mkdir()
    window, _ = opened(initial=dataclasses.replace(CHOICES, music=str(folder)))
    qtbot.waitUntil(lambda: "no music here" in window.chooser.found.text())


def test_a_pseudonym_that_cannot_be_one_begins_no_session(opened) -> None:
    window, launcher = opened()
    window.chooser.person.setCurrentText("Mrs. Kim / 7")
    main(window).click()
    assert launcher.launched == []
    assert "40 letters" in window.message.text()


def test_without_consent_no_record_is_asked_for_nor_answers_and_no_report_offered(opened) -> None:
    asked: list[object] = []
    changes = {"hooks": Hooks(ask_after=lambda *of: asked.append(of), report=lambda record: record)}
    window, launcher = opened(store=False, initial=dataclasses.replace(CHOICES, person="kim"), **changes)
    launcher.handle.record_path = None
    main(window).click()
    end(window)
    assert (launcher.launched[0].keep, launcher.launched[0].person) == (False, None)  # nothing is learned of anybody either
    assert asked == []
    assert "Nothing of this session was kept" in window.message.text()
    assert not window.controls.buttons["report"].isVisible()


def test_questions_before_and_after_are_asked_and_their_answers_handed_on(opened) -> None:
    asked: list[str] = []
    hooks = Hooks(
        ask_before=lambda _window, choices: asked.append(choices.protocol) or ("calm=3",),
        ask_after=lambda _window, _choices, record: asked.append(record.name),
    )
    window, launcher = opened(hooks=hooks)
    main(window).click()
    end(window)
    assert launcher.launched[0].ratings == ("calm=3",)
    assert asked == ["settle-20", "monday"]


def test_what_failed_is_said_before_anything_is_asked(opened) -> None:
    said: list[str] = []
    window, launcher = opened(hooks=Hooks(ask_after=lambda window, _choices, _record: said.append(window.message.text())))
    launcher.handle.failure = RelaxListenError("The record was saved elsewhere.")
    main(window).click()
    end(window)
    assert said
    assert said[0].startswith("The record was saved elsewhere.")


def test_whoever_goes_back_from_the_questions_begins_no_session(opened) -> None:
    window, launcher = opened(hooks=Hooks(ask_before=lambda _window, _choices: None))
    main(window).click()
    assert launcher.launched == []
    assert window.chooser.isVisible()


def test_the_language_changes_at_once_and_keeps_what_was_chosen(opened, monkeypatch, qapp, qtbot) -> None:
    window, launcher = opened()
    window.chooser.protocol.choose("short-5")
    monkeypatch.setattr(
        LikingDialog, "exec", lambda dialog: dialog.language.setCurrentText("Deutsch") or dialog.DialogCode.Accepted
    )
    try:
        window.settings()
        assert main(window).text() == "Beginnen"
        assert window.chooser.protocol.chosen == "short-5"
        main(window).click()
        assert launcher.launched[0].protocol == "short-5"
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        QtTest.QTest.keyClick(window.windowHandle(), QtCore.Qt.Key.Key_Escape)
        assert launcher.handle.commands == [(CommandKind.STOP, None)]
    finally:
        speak(qapp, "en")


def test_qts_own_texts_stay_whole_where_the_catalogue_has_none(qapp) -> None:
    try:
        assert qapp.translate("QPlatformTheme", "OK") == "OK"
        speak(qapp, "de")
        assert qapp.translate("QPlatformTheme", "Cancel") == "Abbrechen"
        assert qapp.translate("Nowhere", "No such text") == "No such text"
    finally:
        speak(qapp, "en")


def test_tab_goes_through_start_in_reading_order(opened) -> None:
    _, changes = finding(Sighting(looking=False, straps=(H10,)))
    window, _ = opened(**changes)
    start = window.chooser
    expected = [start.again, start.sensor, start.folder, start.playlist, start.music, start.bed, start.protocol, start.person]
    order, widget = [], start.nextInFocusChain()
    while widget is not start:
        order.append(widget)
        widget = widget.nextInFocusChain()
    places = [order.index(part) for part in expected]
    assert places == sorted(places)
