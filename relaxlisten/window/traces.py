"""The plots: heart rate and music tempo on one axis of time, and the RR intervals below it.

Decision: cheap enough for 30 frames a second beside a session: ranges are set by hand with hysteresis and never searched for
live, lines are thin and drawn in segments, and only the visible minutes are handed over. New points are set once a second;
between them only the view moves, and only where that shows: four minutes on a thousand pixels move by four pixels a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6 import QtGui, QtWidgets

# isort: split
# After PySide6: pyqtgraph names the wrong library when one is missing.
import pyqtgraph

from relaxlisten.window.words import tr

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray
    from relaxlisten.window.view_model import ViewModel

SPAN_S = 240.0
_AHEAD_S = 6.0
_ROOM = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours with at least 4.5 : 1 of contrast on their ground, told apart by every kind of colour vision."""

    ground: str
    text: str
    grid: str
    heart: str
    music: str
    rr: str
    corrected: str


LIGHT = Palette(
    ground="#fbfaf7", text="#2b2f33", grid="#c9c6bf", heart="#b3261e", music="#0b5c9e", rr="#4a5157", corrected="#9a5b00"
)
DARK = Palette(
    ground="#15181c", text="#e6e6e3", grid="#3a4047", heart="#ff8a7a", music="#7db8f0", rr="#b7bec5", corrected="#f0b54a"
)


class Traces(QtWidgets.QWidget):
    """Both plots. `show_model` sets the points, `move_to` moves the view."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._rates = pyqtgraph.PlotWidget()
        self._rr = pyqtgraph.PlotWidget()
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._rates, 3)
        layout.addWidget(self._rr, 1)
        self._heart = self._curve(self._rates)
        self._music = self._curve(self._rates)
        self._rr_curve = self._curve(self._rr)
        self._corrected = pyqtgraph.ScatterPlotItem(size=6, pxMode=True)
        self._rr.addItem(self._corrected)
        self._legend = (pyqtgraph.TextItem("heart (bpm)", anchor=(0, 0)), pyqtgraph.TextItem("music (BPM)", anchor=(0, 0)))
        for item in self._legend:
            self._rates.addItem(item, ignoreBounds=True)
        self._ranges: dict[pyqtgraph.PlotWidget, tuple[float, float]] = {}
        self._shown: tuple[float, float] | None = None
        self._prepare(self._rates, "per minute")
        self._prepare(self._rr, "RR (ms)")
        self._rates.getAxis("bottom").setStyle(showValues=False)
        self._rates.getAxis("bottom").setHeight(8)
        self._rr.setLabel("bottom", "minutes")
        self._rr.getAxis("bottom").setHeight(40)
        self._rates.setAccessibleName(tr("Heart rate and music tempo over the last minutes"))
        self._rr.setAccessibleName(tr("RR intervals over the last minutes"))
        self._set_range(self._rates, 50.0, 90.0)
        self._set_range(self._rr, 600.0, 1100.0)
        self.set_palette(palette)

    def set_palette(self, palette: Palette) -> None:
        """Colours for light or dark."""
        pens = ((self._heart, palette.heart, 2), (self._music, palette.music, 2), (self._rr_curve, palette.rr, 1))
        for curve, colour, width in pens:
            curve.setPen(pyqtgraph.mkPen(colour, width=width))
        self._corrected.setBrush(pyqtgraph.mkBrush(palette.corrected))
        self._corrected.setPen(pyqtgraph.mkPen(None))
        for item, colour in zip(self._legend, (palette.heart, palette.music), strict=True):
            item.setColor(QtGui.QColor(colour))
        for plot in (self._rates, self._rr):
            plot.setBackground(palette.ground)
            for side in ("left", "bottom"):
                plot.getAxis(side).setPen(palette.grid)
                plot.getAxis(side).setTextPen(palette.text)

    def show_model(self, model: ViewModel) -> None:
        """Hand over the visible part of each trace."""
        start_s = model.facts.now_s - SPAN_S - _AHEAD_S
        heart, music, rr = model.heart.since(start_s), model.tempo.since(start_s), model.rr.since(start_s)
        for curve, (times_s, values) in ((self._heart, heart), (self._music, music), (self._rr_curve, rr)):
            curve.setData(times_s / 60.0, values, connect="finite")
        self._corrected.setData(*(part[...] for part in _finite(model.corrected.since(start_s))))
        self._fit(self._rates, np.concatenate((heart[1], music[1])), _ROOM, 20.0)
        self._fit(self._rr, rr[1], 40.0, 200.0)

    def move_to(self, now_s: float) -> None:
        """Move the view so that now_s is near its right edge, once there is more than fills it; by half a pixel at least."""
        step_s = SPAN_S / max(self._rates.width(), 1) / 2.0
        start_min = max(round((now_s + _AHEAD_S - SPAN_S) / step_s) * step_s, 0.0) / 60.0
        _, high = self._ranges[self._rates]
        if (start_min, high) == self._shown:
            return
        self._shown = (start_min, high)
        for plot in (self._rates, self._rr):
            plot.setXRange(start_min, start_min + SPAN_S / 60.0, padding=0)
        self._legend[0].setPos(start_min, high)
        self._legend[1].setPos(start_min + SPAN_S / 60.0 * 0.13, high)

    @staticmethod
    def _curve(plot: pyqtgraph.PlotWidget) -> pyqtgraph.PlotCurveItem:
        curve = pyqtgraph.PlotCurveItem(antialias=True)
        curve.setSegmentedLineMode("on")
        plot.addItem(curve)
        return curve

    @staticmethod
    def _prepare(plot: pyqtgraph.PlotWidget, label: str) -> None:
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.disableAutoRange()
        plot.setLabel("left", label)
        plot.getAxis("left").setWidth(58)
        plot.getAxis("bottom").setHeight(22)
        plot.showGrid(x=False, y=True, alpha=0.25)

    def _fit(self, plot: pyqtgraph.PlotWidget, values: FloatArray, room: float, least_span: float) -> None:
        """Widen at once where a value leaves the range, narrow only where much of it is empty."""
        seen = values[np.isfinite(values)]
        if not seen.size:
            return
        low, high = self._ranges[plot]
        least, most = float(seen.min()) - room, float(seen.max()) + room
        middle, span = (least + most) / 2.0, max(most - least, least_span)
        if least < low or most > high or span < 0.5 * (high - low):
            self._set_range(plot, middle - 0.6 * span, middle + 0.6 * span)

    def _set_range(self, plot: pyqtgraph.PlotWidget, low: float, high: float) -> None:
        self._ranges[plot] = (low, high)
        plot.setYRange(low, high, padding=0)


def _finite(trace: tuple[FloatArray, FloatArray]) -> tuple[FloatArray, FloatArray]:
    keep = np.isfinite(trace[1])
    return trace[0][keep] / 60.0, trace[1][keep]
