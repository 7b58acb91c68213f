"""The calm picture, and the pages around it."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6 import QtCore, QtGui, QtTest

from relaxlisten.messages import BreathCue, Notice
from relaxlisten.terms import BreathPart, CommandKind, SensorKind, SessionStage, Severity
from relaxlisten.window.choices import Liking, Motion, Pacing, Remembered
from relaxlisten.window.client_model import DIMMEST, client_words, dimming
from relaxlisten.window.client_view import ClientOptions, ClientView
from relaxlisten.window.main_window import MainWindow
from relaxlisten.window.remembered import write_remembered
from relaxlisten.window.theme import DAY
from relaxlisten.window.view_model import Facts, ViewModel
from tests.window.opening import Launcher, opening
from tests.window.scripted_session import ScriptedSession, events_of_second, phase

PROMPT = "Breathe in for four beats and out for six, without effort."


def breath_cue(at_s: float, part: BreathPart = BreathPart.IN, length_s: float = 4.0) -> BreathCue:
    return BreathCue(time_s=at_s - 1.0, at_s=at_s, part=part, length_s=length_s, by_music=True)


def model_after(seconds: int, *more: object) -> ViewModel:
    model = ViewModel()
    for second in range(1, seconds + 1):
        for event in events_of_second(second):
            model.feed(event)
    for event in more:
        model.feed(event)
    return model


def shown(qtbot, model: ViewModel, **options: Any) -> ClientView:
    view = ClientView(DAY, ClientOptions(**options))
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show_points(model)
    view.show_facts(model.facts)
    return view


def read_aloud(view: ClientView) -> str:
    interface = QtGui.QAccessible.queryAccessibleInterface(view)
    return str(interface.text(QtGui.QAccessible.Text.Name))


def brightness(view: ClientView) -> np.ndarray:
    image = view.grab().toImage().convertToFormat(QtGui.QImage.Format.Format_Grayscale8)
    return np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())[:, : image.width()]


def test_the_words_are_few_and_hold_no_number() -> None:
    words = client_words(model_after(60, Notice(time_s=60.0, severity=Severity.INFO, code="prompt", text=PROMPT)).facts)
    assert (words.state, words.piece, words.prompt) == ("", "Slow Keys", PROMPT)
    assert not any(letter.isdigit() for letter in words.state + words.piece + words.prompt)


def test_a_prompt_holds_for_its_phase() -> None:
    model = model_after(60, Notice(time_s=60.0, severity=Severity.INFO, code="prompt", text=PROMPT), phase(61.0))
    assert model.facts.prompt == PROMPT
    model.feed(phase(62.0, name="Close"))
    assert model.facts.prompt == ""


def test_the_prompt_of_a_phase_may_come_before_or_after_its_first_word_of_it() -> None:
    prompt = Notice(time_s=62.0, severity=Severity.INFO, code="prompt", text=PROMPT)
    for order in ((prompt, phase(62.0, name="Close")), (phase(62.0, name="Close"), prompt)):
        assert model_after(60, *order).facts.prompt == PROMPT


def test_a_lost_strap_worries_nobody() -> None:
    words = client_words(model_after(330).facts)
    assert words.prompt == "The strap is being looked for; the music goes on."


@pytest.mark.parametrize(
    ("stage", "left_s", "light"),
    [
        (SessionStage.RUNNING, 300.0, 1.0),
        (SessionStage.RUNNING, 30.0, (1.0 + DIMMEST) / 2.0),
        (SessionStage.RUNNING, 0.0, DIMMEST),
        (SessionStage.ENDED, 300.0, DIMMEST),
        (SessionStage.PAUSED, 5.0, 1.0),
    ],
)
def test_the_picture_dims_gently_in_the_last_minute(stage: SessionStage, left_s: float, light: float) -> None:
    assert dimming(Facts(stage=stage, session_left_s=left_s)) == pytest.approx(light)


def test_the_light_follows_the_breath_that_is_asked_for_and_says_it(qtbot) -> None:
    view = shown(qtbot, model_after(60, breath_cue(60.0), breath_cue(64.0, BreathPart.OUT, 6.0)))
    sizes, said = [], []
    for frame in range(300):
        view.move_to(60.0 + frame / 30.0)
        sizes.append(view._fullness)
        said.append(view.breath_word)
    assert np.argmax(sizes) == pytest.approx(4.0 * 30.0, abs=12)
    assert (said[30], said[200]) == ("breathe in", "breathe out")
    assert read_aloud(view).startswith("breathe out, Slow Keys")


def test_nothing_changes_quickly_not_even_where_a_cue_begins_in_mid_breath(qtbot) -> None:
    view = shown(qtbot, model_after(60, breath_cue(57.0)))
    view.move_to(59.0)
    sizes = []
    for frame in range(120):
        view.move_to(59.0 + frame / 30.0)
        sizes.append(view._fullness)
    assert np.abs(np.diff(sizes)).max() < 0.04  # of the whole range, in a thirtieth of a second


def test_with_reduced_motion_the_light_keeps_its_place_and_only_its_brightness_changes(qtbot) -> None:
    view = shown(qtbot, model_after(60, breath_cue(60.0)), still=True)
    pictures = []
    for now_s in (60.0, 64.0):
        for step in range(60):
            view.move_to(now_s - 2.0 + step / 30.0)
        pictures.append(brightness(view).astype(int))
    edges = [np.flatnonzero(picture[264] < picture[0, 0] - 8) for picture in pictures]
    assert abs(pictures[0][264, 400] - pictures[1][264, 400]) > 10
    assert len(edges[0]) == pytest.approx(len(edges[1]), rel=0.35)
    moving = shown(qtbot, model_after(60, breath_cue(60.0)))
    for step in range(60):
        moving.move_to(62.0 + step / 30.0)
    assert len(np.flatnonzero(brightness(moving)[264] < pictures[0][0, 0] - 8)) > 1.2 * len(edges[0])


def test_nobody_is_paced_who_does_not_want_it(qtbot) -> None:
    view = shown(qtbot, model_after(60, breath_cue(60.0)), paced=False)
    view.move_to(61.0)
    assert view.breath_word == ""


def test_a_simulated_heart_is_marked_here_too(qtbot) -> None:
    model = ViewModel()
    for event in (*events_of_second(1, SensorKind.SIMULATED), *events_of_second(2, SensorKind.SIMULATED)):
        model.feed(event)
    assert read_aloud(shown(qtbot, model)).startswith("SIMULATED")


def test_the_trend_is_drawn_by_choice_only(qtbot) -> None:
    model = model_after(250)
    with_trend, without = brightness(shown(qtbot, model, trend=True)), brightness(shown(qtbot, model))
    changed = np.flatnonzero((with_trend != without).any(axis=1))
    assert changed.size
    assert changed.min() > 0.8 * 600


# ---- in the window ----


@pytest.fixture
def opened(qtbot, tmp_path: Path):
    def open_window(**liking: Any) -> tuple[MainWindow, ScriptedSession]:
        file = tmp_path / "window.json"
        write_remembered(file, Remembered(liking=dataclasses.replace(Liking(store=True), **liking)))
        handle = ScriptedSession()
        window = MainWindow(opening(Launcher(handle), settings_file=file))
        qtbot.addWidget(window, before_close_func=lambda w: setattr(w.running, "handle", None))
        window.show()
        window.start_or_pause()
        handle.play_to(60)
        window.running.advance()
        return window, handle

    return open_window


def test_a_session_opens_with_the_calm_picture_and_turns_to_the_details_and_back(opened) -> None:
    window, _ = opened()
    pages = window._pages
    assert pages.currentWidget() is pages.client
    assert window.controls.buttons["view"].text() == "Details"
    window.controls.buttons["view"].click()
    assert pages.currentWidget() is pages.pages["details"]
    assert pages.pages["details"].heart.value.text() == "70"  # shown at once, not with the next second
    window.controls.buttons["view"].click()
    assert pages.currentWidget() is pages.client


def test_controls_step_back_when_nobody_moves_and_come_back_with_any_key(opened) -> None:
    window, handle = opened()
    window._pages._step_back()
    assert not window.controls.isVisible()
    window.activateWindow()
    QtTest.QTest.keyClick(window._pages.client, QtCore.Qt.Key.Key_Shift)
    assert window.controls.isVisible()
    window._pages.turn()
    window._pages._step_back()
    assert window.controls.isVisible()  # the details are worked with
    assert handle.commands == []


def test_keys_work_while_the_controls_have_stepped_back(opened, qtbot) -> None:
    window, handle = opened()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window._pages._step_back()
    for key in (QtCore.Qt.Key.Key_M, QtCore.Qt.Key.Key_Space, QtCore.Qt.Key.Key_Escape):
        QtTest.QTest.keyClick(window.windowHandle(), key)
    assert [what for what, _ in handle.commands] == [CommandKind.MARKER, CommandKind.PAUSE, CommandKind.STOP]


def test_the_controls_are_there_once_the_session_has_ended(opened) -> None:
    window, handle = opened()
    window._pages._step_back()
    handle.command(CommandKind.STOP)
    window.running.advance()
    assert window.controls.isVisible()
    assert window._pages.client._words.state.startswith("That was it")


def test_the_second_screen_shows_the_picture_beside_the_details(opened) -> None:
    window, handle = opened(view="details")
    window._pages.toggle_second()
    second = window._pages.second_view
    assert second is not None
    handle.play_to(61)
    window.running.advance()
    assert "Slow Keys" in read_aloud(second)
    QtTest.QTest.keyClick(window._pages._second, QtCore.Qt.Key.Key_Escape)
    assert not window._pages._second.isVisible()
    assert handle.commands == []  # it closes the picture, not the session
    window._pages.close_second()


def test_how_somebody_likes_the_picture_is_kept_to(opened) -> None:
    window, _ = opened(pacing=Pacing.MUSIC, motion=Motion.REDUCED, trend=True)
    assert window._pages.client.options == ClientOptions(paced=True, with_music=True, trend=True, still=True)


def test_every_button_tells_its_key_to_those_who_hear_it(opened) -> None:
    window, _ = opened()
    for name in ("end", "skip", "marker", "view", "settings", "keys"):
        interface = QtGui.QAccessible.queryAccessibleInterface(window.controls.buttons[name])
        assert interface.text(QtGui.QAccessible.Text.Name)
        assert interface.text(QtGui.QAccessible.Text.Description)
    volume = QtGui.QAccessible.queryAccessibleInterface(window.controls.volume)
    window.controls.volume.setValue(35)
    assert volume.text(QtGui.QAccessible.Text.Name) == "Volume 35 %"
