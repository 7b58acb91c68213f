"""The client's screen: something calm to look at, or to look away from.

Decision: a round light that breathes, the name of the piece, and nothing else that wants to be read. It asks for a breath only
where the protocol does, or where the listener wishes to breathe with the music; else it rests. Everything changes slowly (a
breath is the quickest thing on it), so nothing can flash. With reduced motion the light keeps its size and only its brightness
follows the breath. In the last minute the picture dims, and stays dim. Eyes may be closed: nothing here has to be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6 import QtCore, QtGui, QtWidgets

from relaxlisten.terms import BreathPart, SessionStage
from relaxlisten.window.calm_model import calm_trend
from relaxlisten.window.client_model import ClientWords, client_words, dimming
from relaxlisten.window.styles import scaled
from relaxlisten.window.words import tr

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray
    from relaxlisten.window.breath_model import Breath
    from relaxlisten.window.theme import Theme
    from relaxlisten.window.traces import Palette
    from relaxlisten.window.view_model import Facts, ViewModel

REST, LEAST, MOST = 0.20, 0.13, 0.27  # radius of the light, as a share of the shorter side
_GLOW = 1.9  # its halo, in radii
_HALO = ((0.0, 0.0), (0.526, 0.34), (0.64, 0.20), (0.80, 0.07), (1.0, 0.0))  # place in the halo, strength
_DISC = ((0.0, 0.62), (0.6, 0.52), (1.0, 0.36))
_SOFT_S = 1.2  # how long the light takes to its rest when nobody asks for a breath any more


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """with_music: breathe with the music where the protocol asks for no breath. paced: whether a breath is shown at all."""

    paced: bool = True
    with_music: bool = False
    trend: bool = False
    still: bool = False


class ClientView(QtWidgets.QWidget):
    """A page of a running session (pages.SessionPage)."""

    def __init__(self, theme: Theme, options: ClientOptions) -> None:
        super().__init__()
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._theme, self.options = theme, options
        self._model: ViewModel | None = None
        self._words = ClientWords()
        self._breath: Breath | None = None
        self._fullness, self._now_s, self._light = 0.5, 0.0, 1.0
        self._trend: tuple[FloatArray, FloatArray] = (np.zeros(0), np.zeros(0))
        self.setMinimumSize(320, 240)
        self._tell_reader()

    # ---- pages.SessionPage ----

    def show_facts(self, facts: Facts) -> None:
        """Words of the moment."""
        self._words, self._light = client_words(facts), dimming(facts)
        self._tell_reader()
        self.update()

    def show_points(self, model: ViewModel) -> None:
        """Once a second: the calm trend."""
        self._model = model
        if self.options.trend:
            self._trend = calm_trend(*model.heart.since(0.0), model.facts.now_s)

    def move_to(self, now_s: float) -> None:
        """Once a frame: the breath."""
        passed_s, self._now_s = max(now_s - self._now_s, 0.0), now_s
        running = self._model is not None and self._model.facts.stage is SessionStage.RUNNING
        asked = running and self.options.paced and self._model is not None
        before = self._breath
        self._breath = self._model.breath.breath(now_s, with_music=self.options.with_music) if asked and self._model else None
        wanted = self._breath.fullness if self._breath else 0.5
        most = min(passed_s / _SOFT_S, 1.0)  # never a jump, not even where a cue begins in mid-breath
        self._fullness += max(min(wanted - self._fullness, most), -most)
        if (before and before.part) != (self._breath and self._breath.part):
            self._tell_reader()
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """The plots' colours are not used here."""

    def set_theme(self, theme: Theme) -> None:
        """Colours for the room."""
        self._theme = theme
        self.update()

    # ---- words ----

    @property
    def breath_word(self) -> str:
        """What the pacer asks for."""
        if self._breath is None:
            return ""
        return tr("breathe in") if self._breath.part is BreathPart.IN else tr("breathe out")

    def _tell_reader(self) -> None:
        said = (self._words.mark, self._words.state, self.breath_word, self._words.piece, self._words.prompt)
        name = ", ".join(part for part in said if part) or tr("A calm picture")
        if name != self.accessibleName():
            self.setAccessibleName(name)

    # ---- drawing ----

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draw all of it."""
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QtGui.QColor(self._theme.ground))
        if self.options.trend:
            self._paint_trend(painter)
        self._paint_light(painter)
        self._paint_words(painter)
        painter.end()

    def _paint_light(self, painter: QtGui.QPainter) -> None:
        side, strength = min(self.width(), self.height()), self._light
        if self.options.still:
            share, strength = REST, strength * (0.35 + 0.65 * self._fullness)
        else:
            share = LEAST + (MOST - LEAST) * self._fullness
        centre, radius = QtCore.QPointF(self.width() / 2.0, self.height() * 0.44), share * side
        painter.setPen(QtCore.Qt.PenStyle.NoPen)
        for reach, stops in ((_GLOW, _HALO), (1.0, _DISC)):
            shading = QtGui.QRadialGradient(centre, radius * reach)
            for place, alpha in stops:
                shading.setColorAt(place, _faint(self._theme.glow, alpha * strength))
            painter.setBrush(shading)
            painter.drawEllipse(centre, radius * reach, radius * reach)
        painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
        painter.setPen(QtGui.QPen(_faint(self._theme.rim, 0.55 * strength), 1.5))
        painter.drawEllipse(centre, radius, radius)

    def _paint_trend(self, painter: QtGui.QPainter) -> None:
        across, heights = self._trend
        bottom, rise = self.height() * 0.97, self.height() * 0.10
        pen = QtGui.QPen(_faint(self._theme.trend, 0.9 * self._light), 2.5)
        painter.setPen(pen)
        margin, width = self.width() * 0.1, self.width() * 0.8
        known = np.isfinite(heights)
        for first, last in _runs(known):
            points = [
                QtCore.QPointF(margin + width * across[i], bottom - rise * float(np.clip(heights[i], 0.0, 1.0)))
                for i in range(first, last)
            ]
            painter.drawPolyline(points)

    def _paint_words(self, painter: QtGui.QPainter) -> None:
        font, words, height = self.font(), self._words, self.height()
        lines = (
            (0.03, scaled(font, 1.0, bold=True), self._theme.notice, words.mark),
            (0.735, scaled(font, 1.7), self._theme.text, words.state or self.breath_word),
            (0.80, scaled(font, 1.15), self._theme.muted, words.prompt),
            (0.85, scaled(font, 1.15), self._theme.muted, f"♪ {words.piece}" if words.piece else ""),
        )
        for place, line_font, colour, text in lines:
            painter.setFont(line_font)
            painter.setPen(QtGui.QColor(colour))
            box = QtCore.QRectF(self.width() * 0.08, height * place, self.width() * 0.84, height * 0.08)
            painter.drawText(box, QtCore.Qt.AlignmentFlag.AlignHCenter | QtCore.Qt.TextFlag.TextWordWrap, text)


def _faint(colour: str, alpha: float) -> QtGui.QColor:
    faint = QtGui.QColor(colour)
    faint.setAlphaF(min(max(alpha, 0.0), 1.0))
    return faint


def _runs(known: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """Where values are known without a break: first index and the one after the last."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]
