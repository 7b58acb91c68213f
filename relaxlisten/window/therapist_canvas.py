"""The therapist's picture: everything of a session on one axis of time.

Decision: one widget paints all lanes, and paints only when something has changed by a pixel at least: a new second, or the view
having moved. What a frame costs does not depend on how long the session has lasted, only on the width of the picture. The mouse
drags and zooms; so do keys; and what is seen is told in words to those who cannot see it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6 import QtCore, QtGui, QtWidgets

from relaxlisten.window import therapist_axis as axis
from relaxlisten.window import therapist_lanes as lanes
from relaxlisten.window.therapist_course import CAUSES, Course
from relaxlisten.window.therapist_scenery import Scenery, draw_lane_frame, draw_lane_title, draw_moment, draw_stamp, draw_strips
from relaxlisten.window.therapist_series import drawn, fitted
from relaxlisten.window.therapist_words import latest, spoken
from relaxlisten.window.traces import Lines, draw_mark, faint, pen

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.units import FloatArray
    from relaxlisten.window.traces import Palette

_CURVES = {
    "rates": (("heart", "heart"), ("tempo", "music")),
    "rmssd": (("rmssd", "rmssd"),),
    "coherence": (("coherence", "coherence"),),
    "breathing": (("breathing", "breathing"),),
}
_BAND_ALPHA, _CLEAR_ALPHA = 0.22, 0.30
_WHEEL_NOTCH = 120.0


class Canvas(QtWidgets.QWidget):
    """Shows a Course through a View. view_changed: after it was moved, zoomed, or went back to now."""

    view_changed = QtCore.Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.view = axis.View()
        self.course = Course()
        self._palette = palette
        self._mark = ""
        self._now_s = 0.0
        self._painted: tuple[int, float] | None = None
        self._lines = {name: Lines() for curves in _CURVES.values() for name, _ in curves} | {"rr": Lines()}
        self._band = Lines()
        self._ranges = {lane.name: (lane.low, lane.high) for lane in lanes.LANES}
        self._pressed: tuple[float, axis.View] | None = None
        self._cursor_x: float | None = None
        self.setMinimumSize(420, 240)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Expanding)

    # ---- what is shown ----

    def set_palette(self, palette: Palette) -> None:
        """Colours for light or dark."""
        self._palette = palette
        self.update()

    def show_course(self, course: Course, mark: str) -> None:
        """A second has passed. mark: what the picture is stamped with where no live heart is heard; empty otherwise."""
        self.course, self._mark = course, mark
        self._now_s = max(self._now_s, course.now_s) if course.now_s else 0.0
        self.setAccessibleName(spoken(course, self.view, self._now_s))
        self.update()

    def move_to(self, now_s: float) -> None:
        """Time goes on; a view that follows moves along, by a pixel at least."""
        self._now_s = now_s
        if self._position() != self._painted:
            self.update()

    @property
    def end_s(self) -> float:
        """The newest moment that is seen."""
        return min(axis.seen(self.view, self._now_s)[1], self._now_s)

    # ---- what is seen of it ----

    def zoom(self, factor: float, at: float = 1.0) -> None:
        """Nearer or further."""
        self._look(axis.zoomed(self.view, self._now_s, factor, at))

    def shift(self, share: float) -> None:
        """Back or on by a share of what is seen."""
        self._look(axis.moved(self.view, self._now_s, share))

    def back_to_now(self) -> None:
        """Follow the session again."""
        self._look(axis.back_to_now(self.view))

    def _look(self, view: axis.View) -> None:
        if view != self.view:
            self.view = view
            self.setAccessibleName(spoken(self.course, view, self._now_s))
            self.view_changed.emit()
            self.update()

    def _position(self) -> tuple[int, float]:
        start_s, _ = axis.seen(self.view, self._now_s)
        step_s = axis.column_s(self.view, self._width())
        return math.floor(start_s / step_s), step_s

    def _width(self) -> int:
        return max(self.width() - lanes.LEFT - lanes.RIGHT, 1)

    # ---- painting ----

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """All of it."""
        self._painted = self._position()
        column, step_s = self._painted
        painter = QtGui.QPainter(self)
        painter.fillRect(self.rect(), QtGui.QColor(self._palette.ground))
        scenery = Scenery(
            painter=painter, palette=self._palette, course=self.course, start_s=column * step_s, step_s=step_s,
            width=self._width(), height=self.height(),
        )  # fmt: skip
        draw_strips(scenery)
        for place in lanes.placed(self.height()):
            self._draw_lane(scenery, place)
        self._draw_cursor(scenery)
        if self._mark:
            draw_stamp(scenery, self._mark)
        if self.hasFocus():
            painter.setPen(pen(self._palette.text, 2.0))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _draw_lane(self, scenery: Scenery, place: lanes.Placed) -> None:
        lane = place.lane
        thinned = self._thinned(scenery, lane.name)
        seen = [values for _, values in thinned.values()]
        if seen and lane.name != "clear":
            shown = fitted(self._ranges[lane.name], np.concatenate(seen), lane.room, lane.least_span)
            self._ranges[lane.name] = lanes.bounded(lane, shown)
        draw_lane_frame(scenery, place, self._ranges[lane.name])
        scenery.painter.save()
        scenery.painter.setClipRect(QtCore.QRectF(lanes.LEFT, place.top, scenery.width, place.height))
        pixels = self._pixels(place)
        if lane.name == "clear":
            self._draw_clear(scenery, place)
        if lane.name == "rates":
            self._draw_band(scenery, pixels)
        for name, colour in _CURVES.get(lane.name, (("rr", "rr"),) if lane.name == "rr" else ()):
            times_s, values = thinned[name]
            self._lines[name].draw(scenery.painter, scenery.x(times_s), pixels(values), getattr(self._palette, colour))
        if lane.name == "rr":
            self._draw_corrections(scenery, pixels)
        scenery.painter.restore()
        draw_lane_title(scenery, place)
        self._draw_values(scenery, place)

    def _thinned(self, scenery: Scenery, lane: str) -> dict[str, tuple[FloatArray, FloatArray]]:
        names = [name for name, _ in _CURVES.get(lane, ())]
        traces = {"rr": self.course.rr} if lane == "rr" else {name: self.course.series[name] for name in names}
        return {
            name: drawn(*trace.between(scenery.start_s, scenery.end_s), scenery.start_s, scenery.step_s, scenery.width)
            for name, trace in traces.items()
        }

    def _pixels(self, place: lanes.Placed) -> Callable[[FloatArray], FloatArray]:
        low, high = self._ranges[place.lane.name]
        scale = place.height / (high - low)
        return lambda values: place.top + place.height - (values - low) * scale

    def _draw_band(self, scenery: Scenery, pixels: Callable[[FloatArray], FloatArray]) -> None:
        x = np.arange(lanes.LEFT, lanes.LEFT + scenery.width, dtype=np.float64)
        times_s = scenery.time(x)
        edges = []
        for name in ("heart_low", "heart_high"):
            known_s, values = self.course.series[name].between(scenery.start_s, scenery.end_s)
            if not known_s.size:
                return
            edges.append(pixels(np.interp(times_s, known_s, values, left=math.nan, right=math.nan)))
        self._band.fill(scenery.painter, x, edges[0], edges[1], faint(self._palette.heart, _BAND_ALPHA))

    def _draw_clear(self, scenery: Scenery, place: lanes.Placed) -> None:
        x = np.arange(lanes.LEFT, lanes.LEFT + scenery.width, dtype=np.float64)
        known_s, values = self.course.series["clear"].between(scenery.start_s, scenery.end_s)
        if not known_s.size:
            return
        share = np.interp(scenery.time(x), known_s, values, left=math.nan, right=math.nan)
        floor = np.full(x.size, place.top + place.height)
        self._band.fill(scenery.painter, x, floor, floor - share * place.height, faint(self._palette.text, _CLEAR_ALPHA))

    def _draw_corrections(self, scenery: Scenery, pixels: Callable[[FloatArray], FloatArray]) -> None:
        times_s, values = self.course.marks.between(scenery.start_s, scenery.end_s)
        causes = self.course.mark_causes.between(scenery.start_s, scenery.end_s)[1]
        if not times_s.size:
            return
        x, y = scenery.x(times_s), pixels(values)
        # Of marks of one cause on the same few pixels one is enough.
        _, keep = np.unique(np.column_stack((causes, np.floor(x / 4.0), np.floor(y / 4.0))), axis=0, return_index=True)
        for index in keep.tolist():
            cause = int(causes[index])
            draw_mark(scenery.painter, CAUSES[cause], float(x[index]), float(y[index]), self._palette.causes[cause])

    def _draw_values(self, scenery: Scenery, place: lanes.Placed) -> None:
        """The values at the cursor or, without one, the newest that are seen; in the margin on the right."""
        at_s = self.end_s if self._cursor_x is None else float(scenery.time(np.array([self._cursor_x]))[0])
        words = latest(self.course, place.lane, at_s)
        height = place.height / max(len(words), 1)
        for row, (colour, text) in enumerate(words):
            scenery.painter.setPen(QtGui.QColor(getattr(self._palette, colour)))
            box = QtCore.QRectF(lanes.LEFT + scenery.width + 6, place.top + row * height, lanes.RIGHT - 8, height)
            scenery.painter.drawText(box, QtCore.Qt.AlignmentFlag.AlignVCenter | QtCore.Qt.AlignmentFlag.AlignLeft, text)

    def _draw_cursor(self, scenery: Scenery) -> None:
        if self._cursor_x is None:
            return
        scenery.painter.setPen(pen(faint(self._palette.text, 0.5), 1.0, QtCore.Qt.PenStyle.DashLine))
        x = round(self._cursor_x) + 0.5
        scenery.painter.drawLine(QtCore.QPointF(x, lanes.TOP), QtCore.QPointF(x, self.height() - lanes.BOTTOM))
        draw_moment(scenery, x)

    # ---- the mouse and the keys ----

    def wheelEvent(self, event: QtGui.QWheelEvent) -> None:  # noqa: N802  # Qt's name
        """Zoom about the pointer; sideways, or with Shift: move."""
        turned = event.angleDelta()
        if turned.x() or event.modifiers() & QtCore.Qt.KeyboardModifier.ShiftModifier:
            self.shift(-(turned.x() or turned.y()) / _WHEEL_NOTCH * axis.STEP / 2.0)
        else:
            at = (event.position().x() - lanes.LEFT) / self._width()
            self.zoom(axis.ZOOM ** (-turned.y() / _WHEEL_NOTCH), min(max(at, 0.0), 1.0))
        event.accept()

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Take hold of the picture."""
        if event.button() is QtCore.Qt.MouseButton.LeftButton:
            self._pressed = (event.position().x(), self.view)

    def mouseMoveEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Drag it, or point at a moment."""
        x = event.position().x()
        inside = lanes.LEFT <= x <= lanes.LEFT + self._width()
        self._cursor_x = x if inside else None
        if self._pressed is not None:
            pressed_x, view = self._pressed
            self._look(axis.moved(view, self._now_s, (pressed_x - x) / self._width()))
        self.update()

    def mouseReleaseEvent(self, _event: QtGui.QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Let go of it."""
        self._pressed = None

    def leaveEvent(self, _event: QtCore.QEvent) -> None:  # noqa: N802  # Qt's name
        """Point at nothing."""
        self._cursor_x = None
        self.update()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """While the picture has the focus, its arrows move and zoom it."""
        key = QtCore.Qt.Key
        actions: dict[int, Callable[[], None]] = {
            key.Key_Left: lambda: self.shift(-axis.STEP),
            key.Key_Right: lambda: self.shift(axis.STEP),
            key.Key_Up: lambda: self.zoom(1.0 / axis.ZOOM),
            key.Key_Down: lambda: self.zoom(axis.ZOOM),
            key.Key_End: self.back_to_now,
        }
        action = actions.get(event.key()) if not event.modifiers() else None
        if action is None:
            super().keyPressEvent(event)
        else:
            action()
