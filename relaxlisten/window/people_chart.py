"""Heart rate at the beginning and at the end of each session, as a small picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore, QtGui, QtWidgets

from relaxlisten.window.people_model import chart_sentence
from relaxlisten.window.styles import theme_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.window.people_model import ChartPoint

_LEFT, _EDGE, _RING = 44.0, 12.0, 4.5
_LEAST_SPAN_BPM = 10.0


class SessionsChart(QtWidgets.QWidget):
    """A ring for the beginning, a dot for the end, a line between: told apart without colour."""

    def __init__(self) -> None:
        super().__init__()
        self._points: tuple[ChartPoint, ...] = ()
        self._sessions = 0
        self.setMinimumHeight(130)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)

    def show_points(self, points: Sequence[ChartPoint], sessions: int) -> None:
        """Show these. sessions: how many there are in all."""
        self._points, self._sessions = tuple(points), sessions
        self.setAccessibleName(chart_sentence(points, sessions))
        self.setVisible(bool(points))
        self.update()

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Axis and sessions."""
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        low, high = self._bounds()
        self._paint_axis(painter, low, high)
        for point in self._points:
            self._paint_point(painter, point, low, high)
        painter.end()

    def _bounds(self) -> tuple[float, float]:
        values = [value for point in self._points for value in (point.before, point.after)] or [60.0]
        middle, span = (min(values) + max(values)) / 2.0, max(max(values) - min(values), _LEAST_SPAN_BPM)
        return middle - span / 2.0, middle + span / 2.0

    def _paint_axis(self, painter: QtGui.QPainter, low: float, high: float) -> None:
        theme = theme_at(self)
        for value in (low, (low + high) / 2.0, high):
            y = self._y(value, low, high)
            painter.setPen(QtGui.QPen(QtGui.QColor(theme.line), 0.6))
            painter.drawLine(QtCore.QPointF(_LEFT, y), QtCore.QPointF(self.width() - _EDGE, y))
            painter.setPen(QtGui.QColor(theme.muted))
            box = QtCore.QRectF(0.0, y - 9.0, _LEFT - 8.0, 18.0)
            painter.drawText(box, QtCore.Qt.AlignmentFlag.AlignRight | QtCore.Qt.AlignmentFlag.AlignVCenter, f"{value:.0f}")

    def _paint_point(self, painter: QtGui.QPainter, point: ChartPoint, low: float, high: float) -> None:
        theme = theme_at(self)
        accent = QtGui.QColor(theme.accent)
        x = _LEFT + 14.0 + (self.width() - _LEFT - _EDGE - 28.0) * (point.place + 0.5) / max(self._sessions, 1)
        before, after = (QtCore.QPointF(x, self._y(value, low, high)) for value in (point.before, point.after))
        painter.setPen(QtGui.QPen(accent, 1.6))
        painter.drawLine(before, after)
        painter.setBrush(QtGui.QColor(theme.raised))
        painter.drawEllipse(before, _RING, _RING)
        painter.setBrush(accent)
        painter.drawEllipse(after, _RING, _RING)

    def _y(self, value: float, low: float, high: float) -> float:
        return _EDGE + (self.height() - 2.0 * _EDGE) * (high - value) / (high - low)
