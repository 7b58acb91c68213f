"""Questions before or after a session, each on a scale, each to be answered or left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore, QtWidgets

from relaxlisten.terms import When
from relaxlisten.window.answer_slider import AnswerSlider
from relaxlisten.window.fields import link, say, words
from relaxlisten.window.ratings_model import answered, answers, taken_back
from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from relaxlisten.control.protocol import RatingQuestion
    from relaxlisten.window.ratings_model import RatingForm

TITLES = {When.BEFORE: later("Before the session"), When.AFTER: later("After the session")}
INTRO = later("As you feel right now. Leave out whatever you like: only what you touch is kept.")


class RatingsDialog(QtWidgets.QDialog):
    """`answers` are what was answered, as "SCALE=VALUE"; shown with `exec`, which is accepted in either case but for Back."""

    def __init__(self, parent: QtWidgets.QWidget | None, form: RatingForm, when: When) -> None:
        super().__init__(parent)
        self.form = form
        self.sliders: dict[str, AnswerSlider] = {}
        self.setWindowTitle(tr(TITLES[when]))
        self.setMinimumWidth(560)
        inner = QtWidgets.QWidget()
        inner.setObjectName("page")
        column = QtWidgets.QVBoxLayout(inner)
        column.setSpacing(14)
        column.addWidget(words(tr(TITLES[when]), factor=1.6, bold=True))
        column.addWidget(words(tr(INTRO), "muted"))
        for question in form.questions:
            column.addWidget(self._question(question))
        column.addStretch(1)
        area = QtWidgets.QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        area.setWidget(inner)
        area.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)
        outer = QtWidgets.QVBoxLayout(self)
        outer.setContentsMargins(18, 14, 18, 14)
        outer.addWidget(area, 1)
        outer.addLayout(self._buttons(when))
        self.resize(620, min(170 + 140 * len(form.questions), 720))
        next(iter(self.sliders.values())).setFocus()

    @property
    def answers(self) -> tuple[str, ...]:
        """What was answered."""
        return answers(self.form)

    def leave_out(self) -> None:
        """Go on without any answer."""
        for slider in self.sliders.values():
            slider.answer(None)
        self.accept()

    def _question(self, question: RatingQuestion) -> QtWidgets.QFrame:
        slider = AnswerSlider(question)
        self.sliders[question.scale] = slider
        answer = words(slider.words, "muted")
        back = link(tr("Take back"), lambda: slider.answer(None))
        back.setAccessibleName(tr("Take back: {question}", question=tr(question.question)))
        keeps_its_place = back.sizePolicy()
        keeps_its_place.setRetainSizeWhenHidden(True)
        back.setSizePolicy(keeps_its_place)
        back.hide()
        slider.changed.connect(lambda: self._changed(question.scale, answer, back))
        frame = QtWidgets.QFrame()
        frame.setProperty("role", "card")
        column = QtWidgets.QVBoxLayout(frame)
        column.setContentsMargins(14, 10, 14, 10)
        top = QtWidgets.QHBoxLayout()
        top.addWidget(words(tr(question.question), factor=1.1, bold=True), 1)
        top.addWidget(back)
        column.addLayout(top)
        column.addWidget(slider)
        ends = QtWidgets.QHBoxLayout()
        low, high = words(tr(question.low_label), "muted"), words(tr(question.high_label), "muted")
        sides = QtCore.Qt.AlignmentFlag
        for label, side in ((low, sides.AlignLeft), (answer, sides.AlignHCenter), (high, sides.AlignRight)):
            label.setAlignment(side | sides.AlignTop)
        for label in (low, answer, high):
            ends.addWidget(label, 1)
        column.addLayout(ends)
        return frame

    def _changed(self, scale: str, answer: QtWidgets.QLabel, back: QtWidgets.QPushButton) -> None:
        step = self.sliders[scale].step
        self.form = taken_back(self.form, scale) if step is None else answered(self.form, scale, step)
        say(answer, self.sliders[scale].words, "muted" if step is None else "")
        back.setVisible(step is not None)
        self.keep.setEnabled(bool(self.form.values))

    def _buttons(self, when: When) -> QtWidgets.QHBoxLayout:
        self.keep = QtWidgets.QPushButton(tr("Keep the answers"))
        self.keep.setProperty("role", "main")
        self.keep.setEnabled(False)
        self.keep.setDefault(True)
        self.keep.clicked.connect(self.accept)
        row = QtWidgets.QHBoxLayout()
        if when is When.BEFORE:
            back = QtWidgets.QPushButton(tr("Back"))
            back.setAutoDefault(False)
            back.clicked.connect(self.reject)
            row.addWidget(back)
        row.addStretch(1)
        self.leave = QtWidgets.QPushButton(tr("Leave all out"))
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.leave_out)
        row.addWidget(self.leave)
        row.addWidget(self.keep)
        return row
