"""The therapist's screen as a person uses it."""

import math

import pytest
from PySide6 import QtCore, QtGui, QtTest, QtWidgets

from relaxlisten.messages import Decision, Tick
from relaxlisten.terms import CommandKind, DecisionKind, SensorKind, SessionStage
from relaxlisten.window.board import Board
from relaxlisten.window.traces import LIGHT
from relaxlisten.window.view_model import ViewModel
from tests.window.scripted_session import beat, events_of_second, phase

Key = QtCore.Qt.Key


class Screen:
    def __init__(self, board: Board, model: ViewModel, asked: list) -> None:
        self.board, self.model, self.asked = board, model, asked

    def feed(self, *events: object) -> None:
        for event in events:
            self.model.feed(event)
        self.board.show_facts(self.model.facts)
        self.board.show_points(self.model)
        self.board.move_to(self.model.facts.now_s)

    def play(self, first: int, last: int, kind: SensorKind = SensorKind.ECG) -> None:
        self.feed(*(event for second in range(first, last + 1) for event in events_of_second(second, kind)))

    def press(self, key: QtCore.Qt.Key, modifier: QtCore.Qt.KeyboardModifier = QtCore.Qt.KeyboardModifier.NoModifier) -> None:
        QtTest.QTest.keyClick(self.board.windowHandle(), key, modifier)


@pytest.fixture
def screen(qtbot):
    asked: list = []
    board = Board(LIGHT, lambda what, value: asked.append((what, value)))
    qtbot.addWidget(board)
    board.resize(1100, 760)
    board.show()
    board.activateWindow()
    qtbot.waitUntil(board.isActiveWindow)
    made = Screen(board, ViewModel(), asked)
    made.play(1, 120)
    return made


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        (Key.Key_H, (CommandKind.HOLD, None)),
        (Key.Key_A, (CommandKind.MATCH_AGAIN, None)),
        (Key.Key_Minus, (CommandKind.TEMPO, -1.0)),
        (Key.Key_Plus, (CommandKind.TEMPO, 1.0)),
        (Key.Key_P, (CommandKind.NEXT_PHASE, None)),
        (Key.Key_E, (CommandKind.END_GENTLY, None)),
        (Key.Key_1, (CommandKind.MARKER, "sighs")),
        (Key.Key_3, (CommandKind.MARKER, "eyes closed")),
    ],
)
def test_one_key_asks_for_one_thing(screen, key, asked) -> None:
    screen.press(key)
    assert screen.asked == [asked]


def test_a_held_tempo_is_let_go_by_the_same_key(screen) -> None:
    from relaxlisten.messages import Command

    screen.feed(Command(time_s=120.0, what=CommandKind.HOLD))
    assert screen.board.overrides.buttons["hold"].text() == "Let tempo go"
    screen.press(Key.Key_H)
    assert screen.asked == [(CommandKind.RELEASE, None)]


def test_letters_in_a_note_are_letters_and_enter_keeps_it(screen) -> None:
    screen.press(Key.Key_N)
    assert screen.board.observations.note.hasFocus()
    QtTest.QTest.keyClicks(screen.board.observations.note, "hears 1 + 2, as before")
    assert screen.asked == []
    QtTest.QTest.keyClick(screen.board.observations.note, Key.Key_Return)
    assert screen.asked == [(CommandKind.MARKER, "hears 1 + 2, as before")]
    assert screen.board.observations.note.text() == ""
    screen.press(Key.Key_2)
    assert screen.asked[-1] == (CommandKind.MARKER, "moves")
    assert "2:00 moves" in screen.board.notice.text()


def test_an_empty_note_is_none(screen) -> None:
    screen.press(Key.Key_N)
    QtTest.QTest.keyClicks(screen.board.observations.note, "   ")
    QtTest.QTest.keyClick(screen.board.observations.note, Key.Key_Return)
    assert screen.asked == []


def test_looking_back_stands_still_while_the_session_goes_on_and_one_key_comes_back(screen) -> None:
    screen.play(121, 280)
    canvas = screen.board.canvas
    screen.press(Key.Key_Plus, QtCore.Qt.KeyboardModifier.ControlModifier)
    screen.press(Key.Key_Plus, QtCore.Qt.KeyboardModifier.ControlModifier)
    assert canvas.view.span_s == pytest.approx(300.0 / 1.5**2)
    screen.press(Key.Key_Left, QtCore.Qt.KeyboardModifier.AltModifier)
    at_s = canvas.end_s
    assert not canvas.view.follows
    assert "looking back" in screen.board.span.text()
    screen.play(281, 300)
    assert canvas.end_s == at_s
    screen.press(Key.Key_End, QtCore.Qt.KeyboardModifier.AltModifier)
    assert canvas.view.follows
    assert canvas.end_s == 300.0
    assert not screen.board.now_button.isEnabled()


def turn_wheel(canvas, x: float, notches: int) -> None:
    place = QtCore.QPointF(x, canvas.height() / 2.0)
    event = QtGui.QWheelEvent(
        place, QtCore.QPointF(canvas.mapToGlobal(place.toPoint())), QtCore.QPoint(), QtCore.QPoint(0, 120 * notches),
        QtCore.Qt.MouseButton.NoButton, QtCore.Qt.KeyboardModifier.NoModifier, QtCore.Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QtWidgets.QApplication.sendEvent(canvas, event)


def test_the_picture_is_zoomed_by_the_wheel_and_dragged_with_the_mouse(screen) -> None:
    screen.play(121, 290)
    canvas = screen.board.canvas
    turn_wheel(canvas, 500.0, 3)
    assert canvas.view.span_s == pytest.approx(300.0 / 1.5**3)
    assert canvas.view.follows
    middle = canvas.rect().center()
    QtTest.QTest.mousePress(canvas, QtCore.Qt.MouseButton.LeftButton, pos=middle)
    QtTest.QTest.mouseMove(canvas, middle + QtCore.QPoint(300, 0))
    QtTest.QTest.mouseRelease(canvas, QtCore.Qt.MouseButton.LeftButton)
    assert not canvas.view.follows
    assert canvas.end_s < 270.0


def test_values_are_told_of_the_moment_under_the_pointer(screen) -> None:
    canvas = screen.board.canvas
    before = canvas.grab().toImage()
    QtTest.QTest.mouseMove(canvas, QtCore.QPoint(200, 150))
    assert canvas.grab().toImage() != before


def test_the_panels_open_on_demand_and_say_in_words_what_they_show(screen) -> None:
    board = screen.board
    assert not board.side.isVisible()
    screen.press(Key.Key_S)
    screen.press(Key.Key_O)
    assert board.panels["spectrum"].isVisible()
    assert "withheld" in board.panels["spectrum"].accessibleName() or "peak" in board.panels["spectrum"].accessibleName()
    time_s = 120.0
    for number in range(200):
        nn_ms = 850.0 + 40.0 * math.sin(number * 0.55)
        time_s += nn_ms / 1000.0
        screen.model.feed(beat(time_s, nn_ms))
    screen.feed(Tick(time_s=time_s))
    assert "peak" in board.panels["spectrum"].accessibleName()
    assert "SD1" in board.panels["poincare"].accessibleName()
    screen.press(Key.Key_S)
    screen.press(Key.Key_O)
    assert not board.side.isVisible()


def test_earlier_decisions_are_listed_newest_first_and_told_as_whose_they_are(screen) -> None:
    asked = Decision(time_s=119.0, kind=DecisionKind.PERSON, chosen="hold", reason="You asked to hold the tempo: it stays.")
    chosen = Decision(time_s=30.0, kind=DecisionKind.PIECE, chosen="Slow Keys", reason="Slow Keys is near.")
    screen.feed(chosen, asked)
    assert screen.board.reason.text() == "You asked to hold the tempo: it stays."
    screen.press(Key.Key_W)
    screen.play(121, 121)
    rows = [screen.board.why.list.item(row).text() for row in range(screen.board.why.list.count())]
    assert rows == ["1:59  you: You asked to hold the tempo: it stays.", "0:30  piece: Slow Keys is near."]


def test_a_paused_session_can_only_be_ended(screen) -> None:
    screen.feed(phase(121.0, SessionStage.PAUSED))
    enabled = {name for name, button in screen.board.overrides.buttons.items() if button.isEnabled()}
    assert enabled == {"end_gently"}
    screen.feed(phase(122.0, SessionStage.ENDED))
    assert not any(button.isEnabled() for button in screen.board.observations.buttons.values())


def test_a_simulated_heart_is_stamped_on_the_picture_itself(screen) -> None:
    before = screen.board.canvas.grab().toImage()
    screen.play(121, 121, SensorKind.SIMULATED)
    screen.feed(*[event for event in events_of_second(1, SensorKind.SIMULATED) if type(event).__name__ == "SensorState"])
    assert screen.board.mark.isVisible()
    colour = LIGHT.corrected
    after = screen.board.canvas.grab().toImage()

    def stamped(image) -> int:
        place = range(image.width() - 260, image.width() - 70, 1)
        return sum(image.pixelColor(x, y).name() == colour for x in place for y in range(58, 86))

    assert stamped(before) == 0
    assert stamped(after) > 100


def test_everything_has_a_name_and_a_key_for_those_who_cannot_see_or_point(screen) -> None:
    board = screen.board
    for button in board.findChildren(QtWidgets.QPushButton):
        assert button.accessibleName()
        assert "Key: " in button.accessibleDescription()
    assert "Heart rate 70 bpm" in board.canvas.accessibleName()
    assert board.observations.note.accessibleName()


def test_what_is_painted_shows_every_curve(screen) -> None:
    screen.play(121, 200)
    image = screen.board.canvas.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 1) for y in range(0, image.height(), 1)}
    assert {LIGHT.rmssd, LIGHT.causes[0], LIGHT.ground} <= colours


def test_a_frame_in_which_nothing_moved_paints_nothing(screen, monkeypatch) -> None:
    screen.play(121, 400)
    canvas = screen.board.canvas
    screen.board.grab()
    painted = []
    monkeypatch.setattr(canvas, "update", lambda: painted.append(1))
    for step in range(10):
        canvas.move_to(400.0 + step / 1000.0)
    assert len(painted) <= 1
    canvas.move_to(400.0 + 3.0 * 300.0 / canvas.width())
    assert painted
    assert math.isfinite(canvas.end_s)
