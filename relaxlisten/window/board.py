"""The therapist's screen: the whole session on one axis of time, why it goes as it does, and what may be asked of it.

Decision: one screen and no menus. Numbers on top, the picture in the middle, beside it what is asked for now and then (spectrum,
Poincaré plot, the group), below it the reason, the overrides and the observations. Everything has a key; single letters, because
one hand is enough for them, and they rest while a note is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore, QtGui, QtWidgets

from relaxlisten.terms import SessionStage, Severity
from relaxlisten.window import therapist_axis as axis
from relaxlisten.window.group_view import GroupView
from relaxlisten.window.therapist_bar import ObservationBar, OverrideBar, small_button
from relaxlisten.window.therapist_canvas import Canvas
from relaxlisten.window.therapist_detail import poincare_at, spectrum_at
from relaxlisten.window.therapist_keys import KEYS, USUAL
from relaxlisten.window.therapist_number import Number, set_text
from relaxlisten.window.therapist_panels import PoincarePanel, SpectrumPanel
from relaxlisten.window.therapist_why import Why
from relaxlisten.window.view_model import (
    Facts,
    ViewModel,
    breathing_line,
    clock_text,
    is_not_a_live_heart,
    quality_line,
    rmssd_line,
    sensor_line,
)
from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from relaxlisten.window.therapist_bar import Ask
    from relaxlisten.window.therapist_keys import Observation
    from relaxlisten.window.traces import Palette

_STAGES = {
    SessionStage.READY: later("getting ready"),
    SessionStage.PAUSED: later("paused"),
    SessionStage.ENDED: later("ended"),
}
_VIEW_BUTTONS = {"earlier": "◀", "later": "▶", "further": "-", "nearer": "+"}
_TITLES = {"spectrum": later("Spectrum"), "poincare": later("Poincaré"), "group": later("Group")}
_SIDE_WIDTH = 300
_VIEW_BUTTON_WIDTH = 48


class Board(QtWidgets.QWidget):
    """All that is seen while a session runs."""

    def __init__(self, palette: Palette, ask: Ask, observations: Sequence[Observation] = USUAL) -> None:
        super().__init__()
        names = (tr("Heart"), tr("Music"), tr("Phase"), tr("Session"))
        self.heart, self.music, self.phase, self.left = (Number(name) for name in names)
        self.canvas = Canvas(palette)
        self.group = GroupView(palette)
        self.panels = {"spectrum": SpectrumPanel(palette), "poincare": PoincarePanel(palette)}
        self.why = Why()
        self.overrides = OverrideBar(ask)
        self.observations = ObservationBar(observations, ask)
        self.mark, self.piece = QtWidgets.QLabel(""), QtWidgets.QLabel("")
        self.signal, self.sensor, self.notice = QtWidgets.QLabel(""), QtWidgets.QLabel(""), QtWidgets.QLabel("")
        self._palette = palette
        self._model = ViewModel()
        self._noticed = ""
        self._build()
        self._make_shortcuts(observations)
        self.canvas.view_changed.connect(self._show_view)
        self.observations.noted.connect(lambda words: set_text(self.notice, tr("Written down: {words}", words=words)))
        self._show_view()
        self.set_palette(palette)

    @property
    def reason(self) -> QtWidgets.QLabel:
        """The sentence about the last decision."""
        return self.why.line

    # ---- what is shown ----

    def set_palette(self, palette: Palette) -> None:
        """Colours for light or dark."""
        self._palette = palette
        self.canvas.set_palette(palette)
        self.group.set_palette(palette)
        for panel in self.panels.values():
            panel.set_palette(palette)
        self.heart.value.setStyleSheet(f"color: {palette.heart}")
        self.music.value.setStyleSheet(f"color: {palette.music}")
        self.mark.setStyleSheet(f"background: {palette.corrected}; color: {palette.ground}; font-weight: bold; padding: 3px")

    def show_facts(self, facts: Facts) -> None:
        """Bring the words and numbers up to date."""
        mark = is_not_a_live_heart(facts)
        set_text(self.mark, tr("{mark}: this is not the heart of a listener", mark=mark) if mark else "")
        self.mark.setVisible(bool(mark))
        heart = "-" if facts.heart_rate_bpm is None else f"{facts.heart_rate_bpm:.0f}"
        self.heart.show_text(heart, tr("bpm, over a breath") if facts.heart_rate_bpm is not None else facts.heart_why_not)
        music = "-" if facts.tempo_bpm is None else f"{facts.tempo_bpm:.1f}"
        quiet = tr("no pulse") if facts.audible else tr("silent")
        self.music.show_text(music, "BPM" if facts.tempo_bpm is not None else quiet)
        stage = _STAGES.get(facts.stage)
        self.phase.show_text(
            tr(facts.phase) if facts.phase else "-",
            tr(stage) if stage else tr("{time} left", time=clock_text(facts.phase_left_s)),
        )
        self.left.show_text(clock_text(facts.session_left_s), tr("left in all"))
        set_text(self.piece, f"♪ {facts.piece}" if facts.piece else "")
        self.why.show_reason(facts.reason)
        breaks = " · " + tr("{count} breaks in the sound", count=facts.breaks) if facts.breaks else ""
        set_text(self.signal, f"{quality_line(facts)} · {rmssd_line(facts)}{breathing_line(facts)}{breaks}")
        set_text(self.sensor, sensor_line(facts))
        self.overrides.show_facts(facts)
        self.observations.show_facts(facts)
        self._show_notice(facts)

    def show_points(self, model: ViewModel) -> None:
        """Bring the plots up to date."""
        self._model = model
        self.canvas.show_course(model.course, is_not_a_live_heart(model.facts))
        self.why.show_course(model.course)
        self.toggles["group"].setVisible(model.group.is_group)
        self._show_panels()
        if self.group.isVisible():
            self.group.show_group(model.group, model.course)

    def move_to(self, now_s: float) -> None:
        """Move the plots along."""
        self.canvas.move_to(now_s)
        if self.group.isVisible():
            self.group.move_to(self.canvas.view, now_s)

    def _show_panels(self) -> None:
        course, end_s, live = self._model.course, self.canvas.end_s, self.canvas.view.follows
        spectrum, poincare = self.panels["spectrum"], self.panels["poincare"]
        if isinstance(spectrum, SpectrumPanel) and spectrum.isVisible():
            spectrum.show_spectrum(spectrum_at(course, end_s), end_s, live=live)
        if isinstance(poincare, PoincarePanel) and poincare.isVisible():
            poincare.show_poincare(poincare_at(course, end_s), end_s, live=live)

    def _show_view(self) -> None:
        view = self.canvas.view
        self.now_button.setEnabled(not view.follows)
        span = tr("{minutes} min seen", minutes=f"{view.span_s / 60.0:.3g}")
        set_text(self.span, span if view.follows else f"{span} · {tr('looking back')}")
        self._show_panels()

    def _show_notice(self, facts: Facts) -> None:
        if facts.notice == self._noticed:
            return
        self._noticed = facts.notice
        set_text(self.notice, facts.notice)
        calm = facts.notice_severity is Severity.INFO
        self.notice.setStyleSheet("" if calm else f"color: {self._palette.corrected}; font-weight: bold")

    # ---- how it is made ----

    def _build(self) -> None:
        self.mark.setAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
        middle = QtWidgets.QHBoxLayout()
        middle.setSpacing(8)
        self._pictures = QtWidgets.QStackedWidget()
        for picture in (self.canvas, self.group):
            self._pictures.addWidget(picture)
        middle.addWidget(self._pictures, 1)
        middle.addWidget(self._make_side())
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.mark)
        column.addLayout(_row((self.heart, self.music, self.phase, self.left)))
        column.addLayout(middle, 1)
        column.addLayout(self._make_view_row())
        column.addWidget(self.why)
        column.addWidget(self.overrides)
        column.addWidget(self.observations)
        foot = QtWidgets.QHBoxLayout()
        foot.setSpacing(24)
        for label in (self.signal, self.sensor):
            label.setWordWrap(True)
            foot.addWidget(label, 1)
        column.addLayout(foot)
        self.notice.setWordWrap(True)
        column.addWidget(self.notice)

    def _make_side(self) -> QtWidgets.QWidget:
        self.side = QtWidgets.QWidget()
        self.side.setFixedWidth(_SIDE_WIDTH)
        column = QtWidgets.QVBoxLayout(self.side)
        column.setContentsMargins(0, 0, 0, 0)
        for panel in self.panels.values():
            panel.setVisible(False)
            column.addWidget(panel, 1)
        self.side.setVisible(False)
        return self.side

    def _make_view_row(self) -> QtWidgets.QHBoxLayout:
        row = QtWidgets.QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.piece, 1)
        self.span = QtWidgets.QLabel("")
        row.addWidget(self.span)
        actions = self._view_actions()
        for name, text in _VIEW_BUTTONS.items():
            button = small_button(text, KEYS[name][0], tr(KEYS[name][1]))
            button.setAccessibleName(tr(KEYS[name][1]))
            button.setFixedWidth(_VIEW_BUTTON_WIDTH)
            button.clicked.connect(lambda _checked, action=actions[name]: action())
            row.addWidget(button)
        self.now_button = small_button(tr("Back to now"), KEYS["now"][0], tr(KEYS["now"][1]))
        self.now_button.clicked.connect(lambda _checked: self.canvas.back_to_now())
        row.addWidget(self.now_button)
        self.toggles = {name: small_button(tr(text), KEYS[name][0], tr(KEYS[name][1])) for name, text in _TITLES.items()}
        for name, button in self.toggles.items():
            button.setCheckable(True)
            button.toggled.connect(lambda on, name=name: self._open(name, on=on))
            row.addWidget(button)
        self.toggles["group"].setVisible(False)
        return row

    def _open(self, name: str, *, on: bool) -> None:
        if name == "group":
            self._pictures.setCurrentWidget(self.group if on else self.canvas)
            self.show_points(self._model)
            return
        self.panels[name].setVisible(on)
        self.side.setVisible(any(self.toggles[panel].isChecked() for panel in self.panels))
        self._show_panels()

    def _view_actions(self) -> dict[str, Callable[[], None]]:
        return {
            "earlier": lambda: self.canvas.shift(-axis.STEP),
            "later": lambda: self.canvas.shift(axis.STEP),
            "nearer": lambda: self.canvas.zoom(1.0 / axis.ZOOM),
            "further": lambda: self.canvas.zoom(axis.ZOOM),
            "now": self.canvas.back_to_now,
        }

    def _make_shortcuts(self, observations: Sequence[Observation]) -> None:
        """The keys; they rest while the board is not seen, and letters while a note is written."""
        actions = self._view_actions()
        buttons = self.overrides.buttons | self.toggles | {"why": self.why.button}
        actions |= {name: button.click for name, button in buttons.items()}
        actions["note"] = self.observations.note.setFocus
        for name, action in actions.items():
            QtGui.QShortcut(QtGui.QKeySequence(KEYS[name][0]), self).activated.connect(action)
        for one in observations:
            QtGui.QShortcut(QtGui.QKeySequence(one.key), self).activated.connect(self.observations.buttons[one.key].click)
        # Whoever has written goes on watching: the single letters are keys again.
        self.observations.note.returnPressed.connect(self.canvas.setFocus)
        escape = QtGui.QShortcut(QtGui.QKeySequence("Esc"), self.observations.note)
        escape.setContext(QtCore.Qt.ShortcutContext.WidgetShortcut)
        escape.activated.connect(self.canvas.setFocus)


def _row(widgets: Iterable[QtWidgets.QWidget]) -> QtWidgets.QHBoxLayout:
    row = QtWidgets.QHBoxLayout()
    row.setSpacing(24)
    for widget in widgets:
        row.addWidget(widget, 1)
    return row
