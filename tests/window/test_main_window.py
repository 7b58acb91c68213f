import dataclasses

import numpy as np
import pytest
from PySide6 import QtCore, QtTest, QtWidgets

from relaxlisten.errors import RelaxListenError
from relaxlisten.terms import Bed, CommandKind, SensorKind
from relaxlisten.window.choices import SessionChoices
from relaxlisten.window.main_window import MainWindow
from relaxlisten.window.traces import DARK, LIGHT, Palette
from tests.window.scripted_session import ScriptedSession

INITIAL = SessionChoices(sensor="simulated", music="builtin", protocol="settle-20", volume=0.8)
PROTOCOLS = [("settle-20", "Settle, 20 minutes"), ("short-5", "Short, 5 minutes")]


class Launcher:
    def __init__(self, handle: ScriptedSession, fault: RelaxListenError | None = None) -> None:
        self.handle, self.fault = handle, fault
        self.launched: list[SessionChoices] = []

    def __call__(self, choices: SessionChoices) -> ScriptedSession:
        self.launched.append(choices)
        if self.fault:
            raise self.fault
        return self.handle


@pytest.fixture
def opened(qtbot):
    def open_window(
        handle: ScriptedSession | None = None, fault: RelaxListenError | None = None, initial: SessionChoices = INITIAL
    ) -> tuple[MainWindow, Launcher]:
        launcher = Launcher(handle or ScriptedSession(), fault)
        window = MainWindow(initial, PROTOCOLS, launcher)
        qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_handle", None))
        window.show()
        return window, launcher

    return open_window


def running(opened, second: int = 60, kind: SensorKind = SensorKind.ECG) -> tuple[MainWindow, ScriptedSession]:
    handle = ScriptedSession(kind)
    window, _ = opened(handle)
    window.main_button.click()
    handle.play_to(second)
    window.advance()
    return window, handle


def test_start_launches_what_is_chosen(opened) -> None:
    window, launcher = opened()
    window.chooser.protocol.setCurrentIndex(1)
    window.main_button.click()
    assert launcher.launched == [SessionChoices(sensor="simulated", music="builtin", protocol="short-5", volume=0.8)]


def test_what_lies_under_beatless_pieces_is_chosen_and_the_volume_has_its_cap(opened) -> None:
    capped = dataclasses.replace(INITIAL, volume=0.5, volume_cap=0.6)
    window, launcher = opened(initial=capped)
    window.chooser.bed.setCurrentIndex(window.chooser.bed.findText("Waves"))
    window.volume.setValue(100)
    window.main_button.click()
    assert launcher.launched == [dataclasses.replace(capped, volume=0.6, bed=Bed.WAVES)]


def test_a_session_that_cannot_start_says_why_and_leaves_the_choice(opened) -> None:
    window, _ = opened(fault=RelaxListenError("No music was found."))
    window.main_button.click()
    assert window.message.text() == "No music was found."
    assert window.main_button.text() == "Start"
    assert window.failed


def test_the_facts_of_the_moment_are_on_the_board(opened) -> None:
    window, _ = running(opened)
    board = window.board
    assert board.heart.value.text() == "70"
    assert board.heart.below.text() == "bpm"
    assert board.music.value.text() == "68.4"
    assert board.music.below.text() == "BPM"
    assert board.phase.value.text() == "Lead"
    assert board.left.value.text() == "9:00"
    assert "Slow Keys" in board.piece.text()
    assert "ahead of the heart" in board.reason.text()
    assert "battery 87 %" in board.sensor.text()
    assert not board.mark.isVisible()


def test_a_simulated_heart_bears_its_mark(opened) -> None:
    window, _ = running(opened, kind=SensorKind.SIMULATED)
    assert window.board.mark.isVisible()
    assert "SIMULATED" in window.board.mark.text()


def test_a_lost_strap_shows_a_dash_its_reason_and_a_broken_line(opened) -> None:
    window, _ = running(opened, second=330)
    assert window.board.heart.value.text() == "-"
    assert "no heartbeat" in window.board.heart.below.text()
    assert "the music goes on" in window.board.sensor.text()
    _, values = window.board.traces._heart.getData()
    assert np.isnan(values).any()


def test_both_traces_share_one_axis_and_hold_what_was_fed(opened) -> None:
    window, _ = running(opened)
    traces = window.board.traces
    heart_min, heart = traces._heart.getData()
    music_min, music = traces._music.getData()
    assert len(heart) == 60
    assert heart_min[-1] == pytest.approx(1.0)
    assert music_min[-1] == pytest.approx(1.0, abs=0.02)
    (low, high), (bottom, top) = traces._rates.viewRange()
    assert low <= heart_min[0] < heart_min[-1] <= high
    assert bottom < min(heart.min(), music.min())
    assert max(heart.max(), music.max()) < top


def test_the_view_follows_the_session_once_it_is_longer_than_the_view(opened) -> None:
    window, handle = running(opened, second=120)
    assert window.board.traces._rates.viewRange()[0][0] == 0.0
    handle.play_to(500)
    window.advance()
    low, high = window.board.traces._rates.viewRange()[0]
    assert high == pytest.approx(506.0 / 60.0, abs=0.02)
    assert high - low == pytest.approx(4.0)


def test_pause_and_resume_are_asked_for_and_named(opened) -> None:
    window, handle = running(opened)
    window.main_button.click()
    window.advance()
    assert window.main_button.text() == "Resume"
    assert not window.skip_button.isEnabled()
    window.main_button.click()
    window.advance()
    assert window.main_button.text() == "Pause"
    assert [what for what, _ in handle.commands] == [CommandKind.PAUSE, CommandKind.RESUME]


def test_stop_ends_gently_and_says_where_the_record_is(opened) -> None:
    window, handle = running(opened)
    window.stop_button.click()
    assert "Ending" in window.message.text()
    window.advance()
    assert handle.commands == [(CommandKind.STOP, None)]
    assert "monday" in window.message.text()
    assert window.main_button.text() == "Start"
    assert not window.stop_button.isEnabled()


def test_another_session_may_follow(opened) -> None:
    window, _ = running(opened)
    window.stop_button.click()
    window.advance()
    window._launch = Launcher(ScriptedSession())
    window.main_button.click()
    assert window.main_button.text() == "Pause"


def test_a_failure_is_told_beside_the_place_of_the_record(opened) -> None:
    window, handle = running(opened)
    handle.failure = RelaxListenError("The record did not fit.")
    handle.finished = True
    window.advance()
    assert "The record did not fit." in window.message.text()
    assert window.failed


def test_closing_in_mid_session_ends_it_first(opened) -> None:
    window, handle = running(opened)
    window.close()
    assert window.isVisible()
    assert handle.commands == [(CommandKind.STOP, None)]
    window.advance()
    assert not window.isVisible()


def test_skip_and_volume_are_asked_for(opened) -> None:
    window, handle = running(opened)
    window.skip_button.click()
    window.volume.setValue(35)
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
    for widget in (window.volume, window.chooser.sensor, window.chooser.music, window.chooser.protocol):
        assert widget.accessibleName()
    assert "Heart rate 70 bpm, music 68.4 BPM" in window.board.traces.accessibleName()
    assert all(button.text() for button in window.findChildren(QtWidgets.QPushButton))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_keep_the_contrast_of_wcag_aa(palette: Palette) -> None:
    ground = luminance(palette.ground)
    for colour in (palette.text, palette.heart, palette.music, palette.rr, palette.corrected):
        light, dark = sorted((luminance(colour), ground), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_a_marker_keeps_the_moment(opened) -> None:
    window, handle = running(opened)
    window.marker_button.click()
    assert handle.commands[-1] == (CommandKind.MARKER, "marker")
    assert window.message.text() == "Marked at 1:00."


def test_what_comes_from_outside_is_never_taken_for_html(opened) -> None:
    window, _ = opened()
    labels = window.findChildren(QtWidgets.QLabel)
    assert len(labels) > 10
    assert {label.textFormat() for label in labels} == {QtCore.Qt.TextFormat.PlainText}


def test_what_was_cut_off_is_said_before_the_session_and_over_one_that_starts_at_once(qtbot) -> None:
    said = "Your last session was cut off at 12:31; it is saved (18 min 20 s)."
    launcher = Launcher(ScriptedSession())
    window = MainWindow(INITIAL, PROTOCOLS, launcher, said)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_handle", None))
    assert window.message.text() == said
    window.main_button.click()
    assert window.message.text() == said
    window.mark()
    assert window.message.text().startswith("Marked")
