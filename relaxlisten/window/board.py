"""During a session: the numbers, the plots and the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore, QtWidgets

from relaxlisten.terms import SessionStage, Severity
from relaxlisten.window.traces import Palette, Traces
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
    from collections.abc import Iterable

_STAGES = {
    SessionStage.READY: later("getting ready"),
    SessionStage.PAUSED: later("paused"),
    SessionStage.ENDED: later("ended"),
}


class Number(QtWidgets.QWidget):
    """A big value with its name above and a word below."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.title = QtWidgets.QLabel(name)
        self.value = QtWidgets.QLabel("-")
        self.below = QtWidgets.QLabel("")
        font = self.value.font()
        font.setPointSize(font.pointSize() + 20)
        font.setBold(True)
        self.value.setFont(font)
        self.below.setWordWrap(True)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for label in (self.title, self.value, self.below):
            column.addWidget(label)

    def show_text(self, value: str, below: str) -> None:
        """Change what has changed."""
        _set(self.value, value)
        _set(self.below, below)
        self.setAccessibleName(f"{self._name}: {value} {below}")


class Board(QtWidgets.QWidget):
    """All that is seen while a session runs."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.heart, self.music, self.phase, self.left = (
            Number(tr("Heart")),
            Number(tr("Music")),
            Number(tr("Phase")),
            Number(tr("Session")),
        )
        self.traces = Traces(palette)
        self.mark = QtWidgets.QLabel("")
        self.piece, self.reason = QtWidgets.QLabel(""), QtWidgets.QLabel("")
        self.signal, self.sensor, self.notice = QtWidgets.QLabel(""), QtWidgets.QLabel(""), QtWidgets.QLabel("")
        self._palette = palette
        font = self.reason.font()
        font.setPointSize(font.pointSize() + 3)
        self.reason.setFont(font)
        self.piece.setFont(font)
        self.mark.setAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.mark)
        column.addLayout(_row((self.heart, self.music, self.phase, self.left)))
        column.addWidget(self.traces, 1)
        for label in (self.piece, self.reason, self.signal, self.sensor, self.notice):
            label.setWordWrap(True)
            column.addWidget(label)
        self.set_palette(palette)

    def set_palette(self, palette: Palette) -> None:
        """Colours for light or dark."""
        self._palette = palette
        self.traces.set_palette(palette)
        self.heart.value.setStyleSheet(f"color: {palette.heart}")
        self.music.value.setStyleSheet(f"color: {palette.music}")
        self.mark.setStyleSheet(f"background: {palette.corrected}; color: {palette.ground}; font-weight: bold; padding: 3px")

    def show_facts(self, facts: Facts) -> None:
        """Bring the words and numbers up to date."""
        mark = is_not_a_live_heart(facts)
        _set(self.mark, tr("{mark}: this is not the heart of a listener", mark=mark) if mark else "")
        self.mark.setVisible(bool(mark))
        heart = "-" if facts.heart_rate_bpm is None else f"{facts.heart_rate_bpm:.0f}"
        self.heart.show_text(heart, "bpm" if facts.heart_rate_bpm is not None else facts.heart_why_not)
        music = "-" if facts.tempo_bpm is None else f"{facts.tempo_bpm:.1f}"
        self.music.show_text(music, "BPM" if facts.tempo_bpm is not None else tr("no pulse") if facts.audible else tr("silent"))
        stage = _STAGES.get(facts.stage)
        left = tr("{time} left", time=clock_text(facts.phase_left_s))
        self.phase.show_text(tr(facts.phase) if facts.phase else "-", tr(stage) if stage else left)
        self.left.show_text(clock_text(facts.session_left_s), tr("left in all"))
        _set(self.piece, f"♪ {facts.piece}" if facts.piece else "")
        _set(self.reason, facts.reason)
        breaks = " · " + tr("{count} breaks in the sound", count=facts.breaks) if facts.breaks else ""
        _set(self.signal, f"{quality_line(facts)} · {rmssd_line(facts)}{breathing_line(facts)}{breaks}")
        _set(self.sensor, sensor_line(facts))
        self._show_notice(facts)

    def show_points(self, model: ViewModel) -> None:
        """Bring the plots up to date, and say in words what they show."""
        self.traces.show_model(model)
        facts = model.facts
        heart = tr("not known") if facts.heart_rate_bpm is None else f"{facts.heart_rate_bpm:.0f} bpm"
        music = tr("without pulse") if facts.tempo_bpm is None else f"{facts.tempo_bpm:.1f} BPM"
        self.traces.setAccessibleName(tr("Heart rate {heart}, music {music}", heart=heart, music=music))

    def move_to(self, now_s: float) -> None:
        """Move the plots along."""
        self.traces.move_to(now_s)

    def _show_notice(self, facts: Facts) -> None:
        if self.notice.text() == facts.notice:
            return
        self.notice.setText(facts.notice)
        calm = facts.notice_severity is Severity.INFO
        self.notice.setStyleSheet("" if calm else f"color: {self._palette.corrected}; font-weight: bold")


def _set(label: QtWidgets.QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)


def _row(widgets: Iterable[QtWidgets.QWidget]) -> QtWidgets.QHBoxLayout:
    row = QtWidgets.QHBoxLayout()
    row.setSpacing(24)
    for widget in widgets:
        row.addWidget(widget, 1)
    return row
