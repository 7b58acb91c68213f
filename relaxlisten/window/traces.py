"""How curves and marks are drawn: colours, lines and shapes, shared by every plot.

Decision: our own painter, because what is drawn is known better here than in a general plot: lines are drawn as separate segments
(Qt joins a long antialiased polyline in hundreds of milliseconds, and the same as segments in six), points that are many are thin
and not antialiased, and no range is ever searched for. docs/therapist.md has the cost of a frame. A correction is told by shape
and by colour, so that neither alone has to be seen.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6 import QtCore, QtGui

# isort: split
# After PySide6: pyqtgraph names the wrong library when one is missing.
from pyqtgraph import functions
from pyqtgraph.Qt import internals

from relaxlisten.terms import Quality

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray

# More points than this on one line are drawn thin and without antialiasing.
MANY_POINTS = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours with at least 4.5 : 1 of contrast on their ground, told apart by every kind of colour vision.

    causes: of a correction, in the order of `therapist_course.CAUSES`.
    """

    ground: str
    text: str
    grid: str
    heart: str
    music: str
    rr: str
    corrected: str
    rmssd: str
    coherence: str
    breathing: str
    causes: tuple[str, ...]


LIGHT = Palette(
    ground="#fbfaf7", text="#2b2f33", grid="#c9c6bf", heart="#b3261e", music="#0b5c9e", rr="#4a5157", corrected="#9a5b00",
    rmssd="#6a3d9a", coherence="#00695c", breathing="#5b6500", causes=("#9a5b00", "#0b5c9e", "#8e24aa", "#00695c", "#b3261e"),
)  # fmt: skip
DARK = Palette(
    ground="#15181c", text="#e6e6e3", grid="#3a4047", heart="#ff8a7a", music="#7db8f0", rr="#b7bec5", corrected="#f0b54a",
    rmssd="#c4a1f0", coherence="#6fd0c0", breathing="#c8d16b", causes=("#f0b54a", "#7db8f0", "#e79be8", "#6fd0c0", "#ff8a7a"),
)  # fmt: skip

MARK_SIZE = 14.0
SHAPES: dict[Quality, tuple[tuple[float, float], ...]] = {
    Quality.ECTOPIC: ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),  # diamond
    Quality.MISSED: ((0, -1.1), (1.1, 0.9), (-1.1, 0.9)),  # triangle up: something is put in
    Quality.EXTRA: ((0, 1.1), (1.1, -0.9), (-1.1, -0.9)),  # triangle down: something is taken out
    Quality.MISPLACED: ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),  # square
    Quality.NOISE: ((-1, -0.35), (-0.35, -0.35), (-0.35, -1), (0.35, -1), (0.35, -0.35), (1, -0.35), (1, 0.35), (0.35, 0.35),
                    (0.35, 1), (-0.35, 1), (-0.35, 0.35), (-1, 0.35)),  # cross
}  # fmt: skip


class Lines:
    """A reusable buffer of segments: one a curve, so that nothing is allocated while it moves."""

    def __init__(self) -> None:
        self._segments = internals.PrimitiveArray(QtCore.QLineF, 4)

    def draw(self, painter: QtGui.QPainter, x: FloatArray, y: FloatArray, colour: str, width: float = 1.6) -> None:
        """Draw a line through points in pixels, broken at every NaN. x, y: shape (n,)."""
        joined = np.isfinite(y[1:]) & np.isfinite(y[:-1])
        count = int(joined.sum())
        if not count:
            return
        self._segments.resize(count)
        segments = self._segments.ndarray()
        segments[:, 0], segments[:, 1] = x[:-1][joined], y[:-1][joined]
        segments[:, 2], segments[:, 3] = x[1:][joined], y[1:][joined]
        many = count > MANY_POINTS
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing, not many)
        painter.setPen(pen(colour, 1.0 if many else width))
        painter.drawLines(*self._segments.drawargs())

    def fill(self, painter: QtGui.QPainter, x: FloatArray, low: FloatArray, high: FloatArray, colour: QtGui.QColor) -> None:
        """Fill between two lines, a pixel at a time, left open where either is NaN. x: whole pixels. All of shape (n,)."""
        known = np.isfinite(low) & np.isfinite(high)
        self._segments.resize(int(known.sum()))
        segments = self._segments.ndarray()
        segments[:, 0] = segments[:, 2] = x[known] + 0.5
        segments[:, 1], segments[:, 3] = low[known], high[known]
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(pen(colour))
        if known.any():
            painter.drawLines(*self._segments.drawargs())


def pen(colour: str | QtGui.QColor, width: float = 1.0, style: QtCore.Qt.PenStyle = QtCore.Qt.PenStyle.SolidLine) -> QtGui.QPen:
    """A pen of a colour."""
    return QtGui.QPen(QtGui.QColor(colour), width, style)


def faint(colour: str, alpha: float) -> QtGui.QColor:
    """A colour that lets its ground through. alpha: 0 to 1."""
    made = QtGui.QColor(colour)
    made.setAlphaF(alpha)
    return made


def polygon(x: FloatArray, y: FloatArray) -> QtGui.QPolygonF:
    """Points in pixels as Qt takes them. x, y: shape (n,)."""
    made: QtGui.QPolygonF = functions.create_qpolygonf(x.size)
    points = functions.ndarray_from_qpolygonf(made)
    points[:, 0], points[:, 1] = x, y
    return made


def blended(ground: str, colour: str, share: float) -> QtGui.QColor:
    """A colour mixed into the ground it lies on: to paint it costs a fraction of what to let the ground through would."""
    under, over = QtGui.QColor(ground), QtGui.QColor(colour)
    pairs = ((under.red(), over.red()), (under.green(), over.green()), (under.blue(), over.blue()))
    red, green, blue = (round(below + share * (above - below)) for below, above in pairs)
    return QtGui.QColor(red, green, blue)


@functools.cache
def mark(cause: Quality, colour: str, pixel_ratio: float) -> QtGui.QPixmap:
    """The shape of a correction, drawn once for each colour and each kind of screen."""
    made = QtGui.QPixmap(round(MARK_SIZE * pixel_ratio), round(MARK_SIZE * pixel_ratio))
    made.setDevicePixelRatio(pixel_ratio)
    made.fill(QtCore.Qt.GlobalColor.transparent)
    painter = QtGui.QPainter(made)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing, on=True)
    painter.setPen(QtCore.Qt.PenStyle.NoPen)
    painter.setBrush(QtGui.QColor(colour))
    middle, size = MARK_SIZE / 2.0, MARK_SIZE / 2.8
    painter.drawPolygon(QtGui.QPolygonF([QtCore.QPointF(middle + size * dx, middle + size * dy) for dx, dy in SHAPES[cause]]))
    painter.end()
    return made


def draw_mark(painter: QtGui.QPainter, cause: Quality, x: float, y: float, colour: str) -> None:
    """The shape of a correction about a pixel."""
    shape = mark(cause, colour, painter.device().devicePixelRatioF())
    painter.drawPixmap(QtCore.QPointF(x - MARK_SIZE / 2.0, y - MARK_SIZE / 2.0), shape)
