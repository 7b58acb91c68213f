"""Questions in the window: answered by keyboard or mouse, left out, taken back; nothing is an answer that nobody gave."""

import pytest
from PySide6 import QtCore
from pytestqt.qtbot import QtBot

from relaxlisten.control.protocol import RatingQuestion
from relaxlisten.terms import When
from relaxlisten.window.answer_slider import AnswerSlider
from relaxlisten.window.ratings_dialog import RatingsDialog
from relaxlisten.window.ratings_model import form_for

KEY = QtCore.Qt.Key
CALM = RatingQuestion(scale="calm", question="How calm?")
SUDS = RatingQuestion(scale="suds", question="How much distress?", high=100.0, step=5.0)


@pytest.fixture
def dialog(qtbot: QtBot) -> RatingsDialog:
    found = RatingsDialog(None, form_for([CALM, SUDS], When.BEFORE), When.BEFORE)
    qtbot.addWidget(found)
    found.show()
    return found


def test_nothing_is_answered_and_nothing_can_be_kept_before_somebody_touches_a_scale(dialog: RatingsDialog) -> None:
    assert dialog.answers == ()
    assert not dialog.keep.isEnabled()
    assert "no answer" in dialog.sliders["calm"].accessibleDescription()
    assert dialog.sliders["calm"].accessibleName() == "How calm?"


@pytest.mark.parametrize(
    ("keys", "step"),
    [
        ([KEY.Key_Right], 5), ([KEY.Key_Left], 5), ([KEY.Key_Right, KEY.Key_Right], 6), ([KEY.Key_Home], 0), ([KEY.Key_End], 10),
        ([KEY.Key_7], 7), ([KEY.Key_7, KEY.Key_Delete], None), ([KEY.Key_End, KEY.Key_Right], 10), ([KEY.Key_A], None),
        ([KEY.Key_Home, KEY.Key_PageUp], 1),
    ],
)  # fmt: skip
def test_a_scale_is_answered_by_keys(qtbot: QtBot, keys: list[KEY], step: int | None) -> None:
    slider = AnswerSlider(CALM)
    qtbot.addWidget(slider)
    slider.show()
    for key in keys:
        qtbot.keyClick(slider, key)
    assert slider.step == step


def test_a_click_answers_where_it_is_and_a_wheel_does_not(qtbot: QtBot) -> None:
    slider = AnswerSlider(SUDS)
    qtbot.addWidget(slider)
    slider.resize(430, 40)
    slider.show()
    qtbot.mouseClick(slider, QtCore.Qt.MouseButton.LeftButton, pos=QtCore.QPoint(415, 20))
    assert slider.words == "100"
    assert not hasattr(AnswerSlider, "wheelEvent") or "wheelEvent" not in vars(AnswerSlider)


def test_answers_are_kept_by_keyboard_alone(dialog: RatingsDialog, qtbot: QtBot) -> None:
    assert dialog.focusWidget() is dialog.sliders["calm"]
    qtbot.keyClick(dialog.sliders["calm"], KEY.Key_7)
    qtbot.keyClick(dialog.sliders["suds"], KEY.Key_3)
    assert dialog.answers == ("calm=7", "suds=30")
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog, KEY.Key_Return)


def test_all_may_be_left_out_whatever_was_touched(dialog: RatingsDialog, qtbot: QtBot) -> None:
    qtbot.keyClick(dialog.sliders["calm"], KEY.Key_7)
    with qtbot.waitSignal(dialog.accepted):
        dialog.leave.click()
    assert dialog.answers == ()


def test_escape_before_a_session_goes_back(dialog: RatingsDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, KEY.Key_Escape)
