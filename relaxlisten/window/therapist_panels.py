"""The spectrum and the Poincaré plot, drawn when somebody asks for them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6 import QtCore, QtGui, QtWidgets

from relaxlisten.physiology.frequency_domain import HF_HZ, LF_HZ
from relaxlisten.window.therapist_detail import HIGHEST_HZ, PoincareShown, SpectrumShown
from relaxlisten.window.therapist_lanes import round_values
from relaxlisten.window.traces import Lines, faint, pen, polygon
from relaxlisten.window.view_model import clock_text
from relaxlisten.window.words import tr

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray
    from relaxlisten.window.traces import Palette

_LEFT, _TOP, _RIGHT, _BOTTOM = 46, 40, 12, 34
_DOT = 1.7
_TICKS = 5
_NOTHING: FloatArray = np.zeros(0)


class Panel(QtWidgets.QWidget):
    """A titled square plot with two axes, or a sentence that says why it is empty."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._lines = Lines()
        self._at = ""
        self._bottom = (0.0, 1.0)
        self._side = (0.0, 1.0)
        self.setMinimumSize(230, 190)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Expanding)

    def set_palette(self, palette: Palette) -> None:
        """Colours for light or dark."""
        self._palette = palette
        self.update()

    def _tell(self, title: str, words: str, end_s: float, *, live: bool) -> None:
        self._at = tr("now") if live else tr("at {time}", time=clock_text(end_s))
        self.setAccessibleName(f"{title}, {self._at}: {words}")
        self.update()

    def _begin(self, title: str, words: str, why_not: str) -> QtGui.QPainter:
        painter = QtGui.QPainter(self)
        painter.fillRect(self.rect(), QtGui.QColor(self._palette.ground))
        painter.setPen(QtGui.QColor(self._palette.text))
        align = QtCore.Qt.AlignmentFlag
        painter.drawText(QtCore.QRectF(6, 2, self.width() - 12, 18), align.AlignVCenter, f"{title} · {self._at}")
        painter.setPen(faint(self._palette.text, 0.85))
        painter.drawText(QtCore.QRectF(6, 19, self.width() - 12, 18), align.AlignVCenter, "" if why_not else words)
        if why_not:
            wrapped = int(align.AlignCenter) | int(QtCore.Qt.TextFlag.TextWordWrap)
            painter.drawText(
                QtCore.QRectF(16, 30, self.width() - 32, self.height() - 60), wrapped, f"{tr('withheld')}: {why_not}"
            )
        return painter

    def _axes(self, painter: QtGui.QPainter, bottom_title: str, side_title: str) -> None:
        align = QtCore.Qt.AlignmentFlag
        painter.setPen(pen(self._palette.grid))
        painter.drawRect(QtCore.QRectF(_LEFT, _TOP, self._plot_width, self._plot_height))
        painter.setPen(QtGui.QColor(self._palette.text))
        for value in round_values(*self._bottom, _TICKS):
            x = float(self._x(np.array([value]))[0])
            painter.drawText(QtCore.QRectF(x - 30, self.height() - _BOTTOM, 60, 16), align.AlignCenter, f"{value:g}")
        for value in round_values(*self._side, _TICKS):
            y = float(self._y(np.array([value]))[0])
            painter.drawText(QtCore.QRectF(0, y - 8, _LEFT - 4, 16), align.AlignRight | align.AlignVCenter, f"{value:g}")
        painter.drawText(QtCore.QRectF(_LEFT, self.height() - 18, self._plot_width, 16), align.AlignCenter, bottom_title)
        painter.drawText(QtCore.QRectF(_LEFT + 4, _TOP + 1, 120, 15), align.AlignLeft, side_title)

    @property
    def _plot_width(self) -> float:
        return max(self.width() - _LEFT - _RIGHT, 10)

    @property
    def _plot_height(self) -> float:
        return max(self.height() - _TOP - _BOTTOM, 10)

    def _x(self, values: FloatArray) -> FloatArray:
        low, high = self._bottom
        return _LEFT + (values - low) / (high - low) * self._plot_width

    def _y(self, values: FloatArray) -> FloatArray:
        low, high = self._side
        return _TOP + self._plot_height - (values - low) / (high - low) * self._plot_height


class SpectrumPanel(Panel):
    """Power over frequency of two minutes, with the bands of the Task Force and the highest peak."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette)
        self._shown = SpectrumShown(frequency_hz=_NOTHING, density=_NOTHING, why_not="-")
        self._bottom = (0.0, HIGHEST_HZ)

    def show_spectrum(self, shown: SpectrumShown, end_s: float, *, live: bool) -> None:
        """Another spectrum."""
        self._shown = shown
        if shown.density.size:
            most = float(shown.density.max()) / 1000.0
            if most > self._side[1] or most < 0.3 * self._side[1]:
                self._side = (0.0, max(1.25 * most, 0.01))
        self._tell(tr("Spectrum"), self._words(), end_s, live=live)

    def _words(self) -> str:
        shown = self._shown
        if shown.why_not:
            return f"{tr('withheld')}: {shown.why_not}"
        if math.isnan(shown.peak_hz):
            return tr("no peak")
        return tr("peak {hz} Hz ({minute} a minute)", hz=f"{shown.peak_hz:.2f}", minute=f"{60.0 * shown.peak_hz:.1f}")

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """All of it."""
        painter = self._begin(tr("Spectrum"), self._words(), self._shown.why_not)
        if not self._shown.why_not:
            for name, (low_hz, high_hz), alpha in (("LF", LF_HZ, 0.10), ("HF", HF_HZ, 0.05)):
                left, right = self._x(np.array([low_hz, high_hz])).tolist()
                box = QtCore.QRectF(left, _TOP, right - left, self._plot_height)
                painter.fillRect(box, faint(self._palette.text, alpha))
                painter.setPen(QtGui.QColor(self._palette.text))
                painter.drawText(box.adjusted(3, 14, 0, 0), QtCore.Qt.AlignmentFlag.AlignHCenter, name)
            self._axes(painter, "Hz", tr("s² per Hz"))
            x, y = self._x(self._shown.frequency_hz), self._y(self._shown.density / 1000.0)
            self._lines.draw(painter, x, y, self._palette.coherence)
        painter.end()


class PoincarePanel(Panel):
    """Each interval against the one before it, over five minutes, with the ellipse of SD1 and SD2."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette)
        self._shown = PoincareShown(first_ms=_NOTHING, second_ms=_NOTHING, why_not="-")
        self._bottom = self._side = (600.0, 1100.0)

    def show_poincare(self, shown: PoincareShown, end_s: float, *, live: bool) -> None:
        """Other pairs."""
        self._shown = shown
        if shown.first_ms.size:
            low = float(min(shown.first_ms.min(), shown.second_ms.min()))
            high = float(max(shown.first_ms.max(), shown.second_ms.max()))
            middle, half = (low + high) / 2.0, max((high - low) * 0.58, 100.0)
            if low < self._side[0] or high > self._side[1] or 2.0 * half < 0.6 * (self._side[1] - self._side[0]):
                self._bottom = self._side = (middle - half, middle + half)
        self._tell(tr("Poincaré plot"), self._words(), end_s, live=live)

    def _words(self) -> str:
        shown = self._shown
        if shown.why_not:
            return f"{tr('withheld')}: {shown.why_not}"
        return f"SD1 {shown.sd1_ms:.0f} ms · SD2 {shown.sd2_ms:.0f} ms"

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """All of it."""
        painter = self._begin(tr("Poincaré plot"), self._words(), self._shown.why_not)
        if not self._shown.why_not:
            self._axes(painter, tr("RR (ms)"), tr("next RR (ms)"))
            painter.setClipRect(QtCore.QRectF(_LEFT, _TOP, self._plot_width, self._plot_height))
            painter.setPen(pen(self._palette.grid, 1.0, QtCore.Qt.PenStyle.DashLine))
            edge = np.array(self._bottom)
            (left, right), (low, high) = self._x(edge).tolist(), self._y(edge).tolist()
            painter.drawLine(QtCore.QPointF(left, low), QtCore.QPointF(right, high))
            self._draw_dots(painter)
            self._draw_ellipse(painter)
        painter.end()

    def _draw_dots(self, painter: QtGui.QPainter) -> None:
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing, on=True)
        dot = pen(faint(self._palette.rr, 0.75), 2.0 * _DOT)
        dot.setCapStyle(QtCore.Qt.PenCapStyle.RoundCap)
        painter.setPen(dot)
        painter.drawPoints(polygon(self._x(self._shown.first_ms), self._y(self._shown.second_ms)))

    def _draw_ellipse(self, painter: QtGui.QPainter) -> None:
        shown = self._shown
        turn = np.linspace(0.0, 2.0 * math.pi, 73)
        along, across = shown.sd2_ms * np.cos(turn) / math.sqrt(2.0), shown.sd1_ms * np.sin(turn) / math.sqrt(2.0)
        first_ms = float(shown.first_ms.mean()) + along - across
        second_ms = float(shown.second_ms.mean()) + along + across
        self._lines.draw(painter, self._x(first_ms), self._y(second_ms), self._palette.heart, 2.0)
