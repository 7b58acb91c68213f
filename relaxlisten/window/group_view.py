"""The group: a row a person, each a change from their own baseline, on the therapist's axis of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6 import QtCore, QtGui, QtWidgets

from relaxlisten.window import therapist_axis as axis
from relaxlisten.window.group_model import (
    SCALE_BPM,
    GroupModel,
    Member,
    change_words,
    heart_words,
    rmssd_words,
    signal_words,
    spoken,
)
from relaxlisten.window.therapist_course import Course
from relaxlisten.window.therapist_series import drawn
from relaxlisten.window.traces import Lines, blended, pen
from relaxlisten.window.words import tr

if TYPE_CHECKING:
    from relaxlisten.window.traces import Palette

LEFT, RIGHT, BOTTOM = 290, 44, 22
BETWEEN, TITLE, HEAD, MOST_ROW = 8, 20, 40, 170
_Align = QtCore.Qt.AlignmentFlag
_TINT = 0.05
_PIXELS_A_TICK = 90


class GroupView(QtWidgets.QWidget):
    """Shows a GroupModel through a View."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._model, self._course = GroupModel(), Course()
        self._view, self._now_s = axis.View(), 0.0
        self._painted: tuple[float, float] | None = None
        self._lines = Lines()
        self.setMinimumSize(420, 160)
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Expanding)

    def set_palette(self, palette: Palette) -> None:
        """Colours for light or dark."""
        self._palette = palette
        self.update()

    def show_group(self, model: GroupModel, course: Course) -> None:
        """A second has passed. course: of the session, for its phases."""
        self._model, self._course = model, course
        self.setAccessibleName(spoken(model))
        self.update()

    def move_to(self, view: axis.View, now_s: float) -> None:
        """Time goes on, or somebody looks elsewhere."""
        self._view, self._now_s = view, now_s
        if self._edges() != self._painted:
            self.update()

    def _edges(self) -> tuple[float, float]:
        start_s, end_s = axis.seen(self._view, self._now_s)
        column_s = axis.column_s(self._view, self._width)
        return start_s // column_s * column_s, end_s - start_s

    @property
    def _width(self) -> int:
        return max(self.width() - LEFT - RIGHT, 1)

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """All of it."""
        self._painted = self._edges()
        painter = QtGui.QPainter(self)
        painter.fillRect(self.rect(), QtGui.QColor(self._palette.ground))
        painter.setPen(QtGui.QColor(self._palette.text))
        title = tr("Change of heart rate from each one's own baseline (bpm); in the order in which people were added")
        painter.drawText(QtCore.QRectF(8, 0, self.width() - 16, TITLE), _Align.AlignVCenter, title)
        members = self._model.members
        free = (self.height() - HEAD - BOTTOM) / len(members)
        height = min(free, MOST_ROW)
        for row, member in enumerate(members):
            self._draw_row(painter, member, HEAD + row * height, height - BETWEEN, first=row == 0)
        self._draw_phases(painter, HEAD + len(members) * height - BETWEEN)
        self._draw_times(painter, HEAD + len(members) * height - BETWEEN)
        painter.end()

    def _draw_row(self, painter: QtGui.QPainter, member: Member, top: float, height: float, *, first: bool) -> None:
        palette = self._palette
        painter.fillRect(QtCore.QRectF(0, top, self.width(), height), blended(palette.ground, palette.text, _TINT))
        self._draw_words(painter, member, top, height, first=first)
        start_s, span_s = self._painted or self._edges()
        middle = top + height / 2.0
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(pen(palette.grid))
        for share in (-1.0, 0.0, 1.0):
            y = round(middle - share * (height / 2.0 - 6.0)) + 0.5
            painter.drawLine(QtCore.QPointF(LEFT, y), QtCore.QPointF(LEFT + self._width, y))
        painter.setPen(QtGui.QColor(palette.text))
        for share in (-1.0, 0.0, 1.0):
            box = QtCore.QRectF(LEFT + self._width + 4, middle - share * (height / 2.0 - 6.0) - 8, RIGHT - 6, 16)
            painter.drawText(box, _Align.AlignVCenter, f"{share * SCALE_BPM:+.0f}" if share else "0")
        column_s = span_s / self._width
        times_s, values = drawn(*member.change.between(start_s, start_s + span_s), start_s, column_s, self._width)
        x = LEFT + (times_s - start_s) / column_s
        heights = middle - np.clip(values / SCALE_BPM, -1.15, 1.15) * (height / 2.0 - 6.0)
        painter.save()
        painter.setClipRect(QtCore.QRectF(LEFT, top, self._width, height))
        self._lines.draw(painter, x, heights, palette.heart)
        painter.restore()

    def _draw_words(self, painter: QtGui.QPainter, member: Member, top: float, height: float, *, first: bool) -> None:
        name = member.name or tr("Person 1")
        steers = f" ({tr('the music listens here')})" if first and self._model.steered else ""
        usual = QtGui.QFont(painter.font())
        lines = [(name + steers, 1.0, True), (heart_words(member), 1.3, True), (change_words(member), 1.0, False),
                 (rmssd_words(member), 1.0, False), (signal_words(member), 1.0, False)]  # fmt: skip
        step = min(height / len(lines), 23.0)
        painter.setPen(QtGui.QColor(self._palette.text))
        for row, (text, size, bold) in enumerate(lines):
            font = QtGui.QFont(usual)
            font.setPointSizeF(usual.pointSizeF() * (size if step > 21.0 else min(size, 1.0)))
            font.setBold(bold)
            painter.setFont(font)
            box = QtCore.QRectF(10, top + row * step, LEFT - 20, step)
            shown = painter.fontMetrics().elidedText(text, QtCore.Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, _Align.AlignVCenter, shown)
        painter.setFont(usual)

    def _draw_phases(self, painter: QtGui.QPainter, bottom: float) -> None:
        """Where the session's phases begin."""
        start_s, span_s = self._painted or self._edges()
        for phase in self._course.phases:
            x = round(LEFT + (phase.start_s - start_s) / span_s * self._width) + 0.5
            if LEFT <= x <= LEFT + self._width:
                painter.setPen(pen(blended(self._palette.ground, self._palette.text, 0.4)))
                painter.drawLine(QtCore.QPointF(x, TITLE + 2), QtCore.QPointF(x, bottom))
                painter.setPen(QtGui.QColor(self._palette.text))
                painter.drawText(QtCore.QRectF(x + 4, TITLE, 200, HEAD - TITLE), _Align.AlignVCenter, tr(phase.name))

    def _draw_times(self, painter: QtGui.QPainter, top: float) -> None:
        start_s, span_s = self._painted or self._edges()
        painter.setPen(QtGui.QColor(self._palette.text))
        for time_s, text in axis.ticks(start_s, start_s + span_s, max(self._width // _PIXELS_A_TICK, 2)):
            x = LEFT + (time_s - start_s) / span_s * self._width
            painter.drawText(QtCore.QRectF(x - 40, top, 80, BOTTOM), _Align.AlignCenter, text)
