import dataclasses
from typing import Any

import numpy as np
import pytest
from PySide6 import QtCore, QtTest, QtWidgets

from relaxlisten.errors import RelaxListenError
from relaxlisten.terms import Bed, CommandKind, SensorKind
from relaxlisten.window.board import Board
from relaxlisten.window.main_window import MainWindow
from tests.window.opening import CHOICES, Launcher, opening
from tests.window.scripted_session import ScriptedSession


@pytest.fixture
def opened(qtbot):
    def open_window(
        handle: ScriptedSession | None = None, fault: RelaxListenError | None = None, **changes: Any
    ) -> tuple[MainWindow, Launcher]:
        launcher = Launcher(handle or ScriptedSession(), fault)
        window = MainWindow(opening(launcher, **changes))
        qtbot.addWidget(window, before_close_func=lambda w: setattr(w.running, "handle", None))
        window.show()
        return window, launcher

    return open_window


def running(opened, second: int = 60, kind: SensorKind = SensorKind.ECG) -> tuple[MainWindow, ScriptedSession]:
    handle = ScriptedSession(kind)
    window, _ = opened(handle)
    button(window, "main").click()
    handle.play_to(second)
    window.running.advance()
    return window, handle


def button(window: MainWindow, name: str) -> QtWidgets.QPushButton:
    return window.controls.buttons[name]


def board(window: MainWindow) -> Board:
    page = window.findChild(Board)
    assert isinstance(page, Board)
    return page


def test_start_launches_what_is_chosen(opened) -> None:
    window, launcher = opened()
    window.chooser.protocol.choose("short-5")
    button(window, "main").click()
    assert launcher.launched == [dataclasses.replace(CHOICES, protocol="short-5")]


def test_what_lies_under_beatless_pieces_is_chosen_and_the_volume_has_its_cap(opened) -> None:
    capped = dataclasses.replace(CHOICES, volume=0.5, volume_cap=0.6)
    window, launcher = opened(initial=capped)
    window.chooser.bed.setCurrentIndex(window.chooser.bed.findText("Waves"))
    window.controls.volume.setValue(100)
    button(window, "main").click()
    assert launcher.launched == [dataclasses.replace(capped, volume=0.6, bed=Bed.WAVES)]


def test_a_session_that_cannot_start_says_why_and_leaves_the_choice(opened) -> None:
    window, _ = opened(fault=RelaxListenError("No music was found."))
    button(window, "main").click()
    assert window.message.text() == "No music was found."
    assert button(window, "main").text() == "Start"
    assert window.failed


def test_the_facts_of_the_moment_are_on_the_board(opened) -> None:
    window, _ = running(opened)
    page = board(window)
    assert page.heart.value.text() == "70"
    assert page.heart.below.text() == "bpm, over a breath"
    assert page.music.value.text() == "68.4"
    assert page.music.below.text() == "BPM"
    assert page.phase.value.text() == "Lead"
    assert page.left.value.text() == "9:00"
    assert "Slow Keys" in page.piece.text()
    assert "ahead of the heart" in page.reason.text()
    assert "battery 87 %" in page.sensor.text()
    assert not page.mark.isVisible()


def test_a_simulated_heart_bears_its_mark(opened) -> None:
    window, _ = running(opened, kind=SensorKind.SIMULATED)
    assert board(window).mark.isVisible()
    assert "SIMULATED" in board(window).mark.text()


def test_a_lost_strap_shows_a_dash_its_reason_and_a_broken_line(opened) -> None:
    window, _ = running(opened, second=330)
    assert board(window).heart.value.text() == "-"
    assert "no heartbeat" in board(window).heart.below.text()
    assert "the music goes on" in board(window).sensor.text()
    _, values = board(window).canvas.course.series["heart"].since(0.0)
    assert np.isnan(values).any()


def test_pause_and_resume_are_asked_for_and_named(opened) -> None:
    window, handle = running(opened)
    button(window, "main").click()
    window.running.advance()
    assert button(window, "main").text() == "Resume"
    assert not button(window, "skip").isEnabled()
    button(window, "main").click()
    window.running.advance()
    assert button(window, "main").text() == "Pause"
    assert [what for what, _ in handle.commands] == [CommandKind.PAUSE, CommandKind.RESUME]


def test_stop_ends_gently_and_says_where_the_record_is(opened) -> None:
    window, handle = running(opened)
    button(window, "end").click()
    assert "Ending" in window.message.text()
    window.running.advance()
    assert handle.commands == [(CommandKind.STOP, None)]
    assert "monday" in window.message.text()
    assert button(window, "main").text() == "New session"
    assert not button(window, "end").isVisible()


def test_another_session_may_follow(opened) -> None:
    window, _ = running(opened)
    button(window, "end").click()
    window.running.advance()
    button(window, "main").click()
    assert window.chooser.isVisible()
    window._opening.launch.handle = ScriptedSession()
    button(window, "main").click()
    assert button(window, "main").text() == "Pause"


def test_a_failure_is_told_beside_the_place_of_the_record(opened) -> None:
    window, handle = running(opened)
    handle.failure = RelaxListenError("The record did not fit.")
    handle.finished = True
    window.running.advance()
    assert "The record did not fit." in window.message.text()
    assert window.failed


def test_closing_in_mid_session_ends_it_first(opened) -> None:
    window, handle = running(opened)
    window.close()
    assert window.isVisible()
    assert handle.commands == [(CommandKind.STOP, None)]
    window.running.advance()
    assert not window.isVisible()


def test_skip_and_volume_are_asked_for(opened) -> None:
    window, handle = running(opened)
    button(window, "skip").click()
    window.controls.volume.setValue(35)
    assert handle.commands == [(CommandKind.SKIP, None), (CommandKind.VOLUME, 0.35)]


def test_space_starts_and_escape_stops(opened, qtbot) -> None:
    window, launcher = opened()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QtTest.QTest.keyClick(window.windowHandle(), QtCore.Qt.Key.Key_Space)
    assert len(launcher.launched) == 1
    QtTest.QTest.keyClick(window.windowHandle(), QtCore.Qt.Key.Key_Escape)
    assert launcher.handle.commands == [(CommandKind.STOP, None)]


def test_every_control_and_plot_has_a_name_for_those_who_cannot_see_it(opened) -> None:
    window, _ = running(opened)
    for widget in (
        window.controls.volume,
        window.chooser.sensor,
        window.chooser.music,
        window.chooser.protocol,
        window.chooser.person,
    ):
        assert widget.accessibleName()
    assert "Heart rate 70 bpm, music 68.4 BPM" in board(window).canvas.accessibleName()
    assert all(part.text() for part in window.findChildren(QtWidgets.QPushButton))


def test_a_marker_keeps_the_moment(opened) -> None:
    window, handle = running(opened)
    button(window, "marker").click()
    assert handle.commands[-1] == (CommandKind.MARKER, "marker")
    assert window.message.text() == "Marked at 1:00."
