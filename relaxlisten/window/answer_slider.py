"""A scale to answer on: no handle until somebody touches it.

Decision: a handle that stands somewhere before anybody has answered pulls answers towards it, and might be taken for one. So
there is none: the first click sets it where the click was, the first arrow key in the middle, a digit at that share of the scale.
Delete takes the answer back. A mouse wheel changes nothing: it would answer while somebody scrolls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore, QtGui, QtWidgets

from relaxlisten.window.ratings_model import steps, value_at
from relaxlisten.window.styles import theme_at
from relaxlisten.window.words import tr

if TYPE_CHECKING:
    from relaxlisten.control.protocol import RatingQuestion

_GROOVE, _HANDLE, _MOST_MARKS = 6.0, 12.0, 20
_STEP_KEYS = {
    QtCore.Qt.Key.Key_Left: -1, QtCore.Qt.Key.Key_Down: -1, QtCore.Qt.Key.Key_Right: 1, QtCore.Qt.Key.Key_Up: 1,
}  # fmt: skip


class AnswerSlider(QtWidgets.QWidget):
    """`step` is the answer as a step of `ratings_model`, None without one; `changed` tells of each change."""

    changed = QtCore.Signal()

    def __init__(self, question: RatingQuestion) -> None:
        super().__init__()
        self._count = steps(question)
        self._question = question
        self.step: int | None = None
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(260, 40)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr(question.question))
        self._describe()

    def answer(self, step: int | None) -> None:
        """Set the answer, or take it back; steps beyond the ends are the ends."""
        wanted = None if step is None else min(max(step, 0), self._count)
        if wanted != self.step:
            self.step = wanted
            self._describe()
            self.update()
            self.changed.emit()

    @property
    def words(self) -> str:
        """The answer in words."""
        return tr("no answer") if self.step is None else f"{value_at(self._question, self.step):g}"

    def _describe(self) -> None:
        """What a screen reader says beside the question."""
        one = self._question
        self.setAccessibleDescription(
            tr(
                "{answer}; from {low} {low_label} to {high} {high_label}",
                answer=self.words,
                low=f"{one.low:g}",
                low_label=tr(one.low_label),
                high=f"{one.high:g}",
                high_label=tr(one.high_label),
            )
        )  # fmt: skip
        change = QtGui.QAccessibleEvent(self, QtGui.QAccessible.Event.DescriptionChanged)
        QtGui.QAccessible.updateAccessibility(change)

    # ---- by hand ----

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Arrows, page keys, Home, End and digits answer; Delete takes back."""
        wanted = self._asked_by(QtCore.Qt.Key(event.key()), event.text())
        if wanted is None:
            super().keyPressEvent(event)
        else:
            self.answer(None if wanted < 0 else wanted)

    def _asked_by(self, key: QtCore.Qt.Key, text: str) -> int | None:
        """The step that a key asks for; -1 for no answer, None for a key that asks for nothing."""
        key_names = QtCore.Qt.Key
        if key in _STEP_KEYS:
            return self._moved(_STEP_KEYS[key])
        if key in (key_names.Key_PageUp, key_names.Key_PageDown):
            return self._moved(max(self._count // 10, 1) * (1 if key == key_names.Key_PageUp else -1))
        if key in (key_names.Key_Home, key_names.Key_End):
            return 0 if key == key_names.Key_Home else self._count
        if key in (key_names.Key_Delete, key_names.Key_Backspace):
            return -1
        return round(int(text) / 10 * self._count) if text.isdecimal() and len(text) == 1 else None

    def _moved(self, by: int) -> int:
        return self._count // 2 if self.step is None else min(max(self.step + by, 0), self._count)

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Answer where the click is."""
        self.answer(self._step_at(event.position().x()))

    def mouseMoveEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Follow a held button."""
        self.answer(self._step_at(event.position().x()))

    def _step_at(self, x: float) -> int:
        groove = self._groove()
        return round((x - groove.left()) / max(groove.width(), 1.0) * self._count)

    # ---- how it looks ----

    def _groove(self) -> QtCore.QRectF:
        box = QtCore.QRectF(self.rect()).adjusted(_HANDLE + 3.0, 0.0, -_HANDLE - 3.0, 0.0)
        return QtCore.QRectF(box.left(), box.center().y() - _GROOVE / 2.0, box.width(), _GROOVE)

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """A line with marks, and a handle once there is an answer."""
        theme = theme_at(self)
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        accent, muted = QtGui.QColor(theme.accent), QtGui.QColor(theme.muted)
        groove = self._groove()
        if self.hasFocus():
            painter.setPen(QtGui.QPen(accent, 2.0))
            painter.drawRoundedRect(QtCore.QRectF(self.rect()).adjusted(1.0, 1.0, -1.0, -1.0), 8.0, 8.0)
        painter.setPen(QtGui.QPen(muted, 1.4))
        painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(groove, _GROOVE / 2.0, _GROOVE / 2.0)
        for mark in range(1, self._count) if self._count <= _MOST_MARKS else ():
            x = groove.left() + mark / self._count * groove.width()
            painter.drawLine(QtCore.QPointF(x, groove.bottom() + 3.0), QtCore.QPointF(x, groove.bottom() + 7.0))
        if self.step is not None:
            self._paint_answer(painter, groove, accent)
        painter.end()

    def _paint_answer(self, painter: QtGui.QPainter, groove: QtCore.QRectF, accent: QtGui.QColor) -> None:
        assert self.step is not None
        x = groove.left() + self.step / self._count * groove.width()
        painter.setPen(QtCore.Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawRoundedRect(QtCore.QRectF(groove.topLeft(), QtCore.QPointF(x, groove.bottom())), 3.0, 3.0)
        painter.drawEllipse(QtCore.QPointF(x, groove.center().y()), _HANDLE, _HANDLE)
