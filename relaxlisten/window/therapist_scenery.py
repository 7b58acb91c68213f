"""What stands around and behind the curves: phases, pauses, pieces, markers, grids and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtGui

from relaxlisten.window import therapist_axis as axis
from relaxlisten.window import therapist_lanes as lanes
from relaxlisten.window.therapist_course import CAUSES
from relaxlisten.window.therapist_words import CAUSE_WORDS
from relaxlisten.window.traces import blended, draw_mark, faint, pen
from relaxlisten.window.view_model import clock_text
from relaxlisten.window.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relaxlisten.units import FloatArray
    from relaxlisten.window.therapist_course import Course, Label
    from relaxlisten.window.traces import Palette

_Align = QtCore.Qt.AlignmentFlag
_TINT = (0.08, 0.03)
_PIXELS_A_TICK = 90
_PIXELS_A_LINE = 26
_LABEL_HEIGHT = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenery:
    """One picture: its painter, its colours, and where in time its left edge lies. step_s: seconds a pixel."""

    painter: QtGui.QPainter
    palette: Palette
    course: Course
    start_s: float
    step_s: float
    width: int
    height: int

    @property
    def end_s(self) -> float:
        """Time of the right edge."""
        return self.start_s + self.step_s * self.width

    def x(self, times_s: FloatArray) -> FloatArray:
        """Pixels of times."""
        return lanes.LEFT + (times_s - self.start_s) / self.step_s

    def time(self, x: FloatArray) -> FloatArray:
        """Times of pixels."""
        return self.start_s + (x - lanes.LEFT) * self.step_s

    def x_of(self, time_s: float) -> float:
        """Pixel of a time, not left of the picture and not right of it."""
        return min(max(lanes.LEFT + (time_s - self.start_s) / self.step_s, lanes.LEFT), lanes.LEFT + self.width)


def draw_strips(scenery: Scenery) -> None:
    """Phases as bands over the whole height, pauses hatched, pieces and markers as labels, and the time below."""
    _draw_phases(scenery)
    _draw_pauses(scenery)
    pieces = [(label.time_s, f"♪ {label.text}") for label in scenery.course.pieces]
    _draw_labels(scenery, pieces, lanes.PHASES_HEIGHT, lanes.PIECES_HEIGHT, scenery.palette.music)
    _draw_markers(scenery)
    _draw_times(scenery)


def _draw_phases(scenery: Scenery) -> None:
    painter, palette = scenery.painter, scenery.palette
    phases = list(scenery.course.phases)
    ends = [*(phase.start_s for phase in phases[1:]), scenery.end_s][: len(phases)]
    for number, (phase, end_s) in enumerate(zip(phases, ends, strict=True)):
        if end_s <= scenery.start_s or phase.start_s >= scenery.end_s:
            continue
        left, right = scenery.x_of(phase.start_s), scenery.x_of(end_s)
        box = QtCore.QRectF(left, 0, right - left, scenery.height - lanes.BOTTOM)
        painter.fillRect(box, blended(palette.ground, palette.text, _TINT[number % 2]))
        painter.setPen(QtGui.QColor(palette.text))
        words = QtCore.QRectF(left + 5, 0, right - left - 6, lanes.PHASES_HEIGHT)
        painter.drawText(words, _Align.AlignVCenter, _elided(painter, tr(phase.name), words.width()))


def _draw_pauses(scenery: Scenery) -> None:
    hatched = QtGui.QBrush(faint(scenery.palette.text, 0.35), QtCore.Qt.BrushStyle.BDiagPattern)
    for start_s, ended_s in scenery.course.pauses:
        end_s = scenery.course.now_s if ended_s is None else ended_s
        if end_s <= scenery.start_s or start_s >= scenery.end_s:
            continue
        left, right = scenery.x_of(start_s), scenery.x_of(end_s)
        box = QtCore.QRectF(left, lanes.PHASES_HEIGHT, right - left, scenery.height - lanes.BOTTOM - lanes.PHASES_HEIGHT)
        scenery.painter.fillRect(box, hatched)


def _draw_markers(scenery: Scenery) -> None:
    top = lanes.PHASES_HEIGHT + lanes.PIECES_HEIGHT
    inside = [label for label in scenery.course.markers if scenery.start_s <= label.time_s <= scenery.end_s]
    scenery.painter.setPen(pen(blended(scenery.palette.ground, scenery.palette.corrected, 0.55)))
    for x in {round(scenery.x_of(label.time_s)) for label in inside}:
        scenery.painter.drawLine(QtCore.QPointF(x + 0.5, top), QtCore.QPointF(x + 0.5, scenery.height - lanes.BOTTOM))
    _draw_labels(scenery, _flags(inside), top, lanes.MARKERS_HEIGHT, scenery.palette.corrected)


def _flags(labels: Iterable[Label]) -> list[tuple[float, str]]:
    return [(label.time_s, f"▸ {label.text}") for label in labels]


def _draw_labels(scenery: Scenery, labels: list[tuple[float, str]], top: float, height: float, colour: str) -> None:
    """Labels from their moment on, each up to the next one."""
    painter = scenery.painter
    painter.setPen(QtGui.QColor(colour))
    ends = [*(time_s for time_s, _ in labels[1:]), scenery.end_s][: len(labels)]
    for (time_s, text), end_s in zip(labels, ends, strict=True):
        if end_s <= scenery.start_s or time_s >= scenery.end_s:
            continue
        left, right = scenery.x_of(time_s), scenery.x_of(end_s)
        if right - left > height:
            box = QtCore.QRectF(left + 3, top, right - left - 4, height)
            painter.drawText(box, _Align.AlignVCenter, _elided(painter, text, box.width()))


def _draw_times(scenery: Scenery) -> None:
    painter, palette = scenery.painter, scenery.palette
    bottom = scenery.height - lanes.BOTTOM
    for time_s, text in axis.ticks(scenery.start_s, scenery.end_s, max(scenery.width // _PIXELS_A_TICK, 2)):
        x = round(scenery.x_of(time_s)) + 0.5
        painter.setPen(pen(palette.grid))
        painter.drawLine(QtCore.QPointF(x, lanes.TOP), QtCore.QPointF(x, bottom))
        painter.setPen(QtGui.QColor(palette.text))
        painter.drawText(QtCore.QRectF(x - 40, bottom, 80, lanes.BOTTOM), _Align.AlignCenter, text)


def draw_moment(scenery: Scenery, x: float) -> None:
    """The time of a pixel, on the axis below it."""
    words = clock_text(max(scenery.start_s + (x - lanes.LEFT) * scenery.step_s, 0.0))
    box = QtCore.QRectF(x - 28, scenery.height - lanes.BOTTOM + 1, 56, lanes.BOTTOM - 2)
    scenery.painter.fillRect(box, QtGui.QColor(scenery.palette.text))
    scenery.painter.setPen(QtGui.QColor(scenery.palette.ground))
    scenery.painter.drawText(box, _Align.AlignCenter, words)


def draw_stamp(scenery: Scenery, words: str) -> None:
    """What the picture is stamped with, so that a copy of it tells that no live heart was heard."""
    painter = scenery.painter
    usual = QtGui.QFont(painter.font())
    font = QtGui.QFont(usual)
    font.setPointSizeF(usual.pointSizeF() * 1.5)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QtGui.QColor(scenery.palette.corrected))
    first = lanes.placed(scenery.height)[0]
    box = QtCore.QRectF(lanes.LEFT, first.top + 2, scenery.width - 8, 24)
    painter.drawText(box, _Align.AlignRight | _Align.AlignTop, words)
    painter.setFont(usual)


def draw_lane_frame(scenery: Scenery, place: lanes.Placed, shown: tuple[float, float]) -> None:
    """A lane's grid, with values on its left."""
    painter, palette = scenery.painter, scenery.palette
    low, high = shown
    bottom = place.top + place.height
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing, on=False)
    labelled = bottom + _LABEL_HEIGHT
    for value in lanes.round_values(low, high, max(int(place.height // _PIXELS_A_LINE), 2)):
        y = round(bottom - (value - low) * place.height / (high - low)) + 0.5
        painter.setPen(pen(palette.grid))
        painter.drawLine(QtCore.QPointF(lanes.LEFT, y), QtCore.QPointF(lanes.LEFT + scenery.width, y))
        if labelled - y >= _LABEL_HEIGHT and y - place.top > -3:
            labelled = y
            painter.setPen(QtGui.QColor(palette.text))
            painter.drawText(QtCore.QRectF(0, y - 8, lanes.LEFT - 5, 16), _Align.AlignRight | _Align.AlignVCenter, f"{value:g}")


def draw_lane_title(scenery: Scenery, place: lanes.Placed) -> None:
    """A lane's name over its curves and, for the intervals, what the shapes mean."""
    unit = f" ({tr(place.lane.unit)})" if place.lane.unit else ""
    words = tr(place.lane.title) + unit
    width = scenery.painter.fontMetrics().horizontalAdvance(words)
    scenery.painter.fillRect(QtCore.QRectF(lanes.LEFT + 2, place.top, width + 6, 15), faint(scenery.palette.ground, 0.7))
    scenery.painter.setPen(QtGui.QColor(scenery.palette.text))
    scenery.painter.drawText(QtCore.QRectF(lanes.LEFT + 5, place.top, width + 2, 15), _Align.AlignVCenter, words)
    if place.lane.name == "rates":
        _draw_keys(scenery, lanes.LEFT + width + 16, place.top + 7.5)
    if place.lane.name == "rr":
        _draw_legend(scenery, place)


def _draw_keys(scenery: Scenery, left: float, middle: float) -> None:
    """Which line is whose."""
    painter = scenery.painter
    for words, colour in ((tr("Heart"), scenery.palette.heart), (tr("Music"), scenery.palette.music)):
        painter.setPen(pen(colour, 2.0))
        painter.drawLine(QtCore.QPointF(left, middle), QtCore.QPointF(left + 18, middle))
        width = painter.fontMetrics().horizontalAdvance(words)
        painter.setPen(QtGui.QColor(colour))
        painter.drawText(QtCore.QRectF(left + 22, middle - 8, width + 2, 16), _Align.AlignVCenter, words)
        left += width + 38


def _draw_legend(scenery: Scenery, place: lanes.Placed) -> None:
    """The shapes of the causes that are in sight."""
    causes = scenery.course.mark_causes.between(scenery.start_s, scenery.end_s)[1]
    right = lanes.LEFT + scenery.width - 6.0
    for cause in sorted({int(cause) for cause in causes}, reverse=True):
        words = tr(CAUSE_WORDS[CAUSES[cause]])
        width = scenery.painter.fontMetrics().horizontalAdvance(words)
        scenery.painter.setPen(QtGui.QColor(scenery.palette.text))
        scenery.painter.drawText(QtCore.QRectF(right - width, place.top, width + 2, 15), _Align.AlignVCenter, words)
        draw_mark(scenery.painter, CAUSES[cause], right - width - 10, place.top + 8, scenery.palette.causes[cause])
        right -= width + 26


def _elided(painter: QtGui.QPainter, text: str, width: float) -> str:
    return painter.fontMetrics().elidedText(text, QtCore.Qt.TextElideMode.ElideRight, int(width))
