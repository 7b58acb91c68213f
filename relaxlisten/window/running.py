"""A session while it runs, taken in frame by frame.

Decision: a timer of 30 frames a second drains the session's events into the view model; points are handed on once a second, words
whenever an event has come, and between them only the view moves. The timer rests while no session runs.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6 import QtCore

from relaxlisten.window.view_model import ViewModel

if TYPE_CHECKING:
    from relaxlisten.ports import SessionHandle
    from relaxlisten.terms import CommandKind, SessionStage

FRAME_MS = 33
_AHEAD_S = 2.0  # the picture runs on for so long when nothing comes


class Running(QtCore.QObject):
    """`points` once a second, `facts` after events, `moved` every frame (session time in s), `finished` once."""

    points = QtCore.Signal()
    facts = QtCore.Signal()
    moved = QtCore.Signal(float)
    finished = QtCore.Signal()

    def __init__(self, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self.handle: SessionHandle | None = None
        self.model = ViewModel()
        self._seen_s, self._seen_at_s = 0.0, 0.0
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.advance)

    @property
    def stage(self) -> SessionStage:
        """Where the session stands."""
        return self.model.facts.stage

    def begin(self, handle: SessionHandle) -> None:
        """Take in this session from now on."""
        self.handle, self.model = handle, ViewModel()
        self._seen_s, self._seen_at_s = 0.0, time.monotonic()
        self._timer.start()

    def ask(self, what: CommandKind, value: float | str | None = None) -> None:
        """Ask the session for something, if one runs."""
        if self.handle is not None:
            self.handle.command(what, value)

    def advance(self) -> None:
        """One frame: take in what has come, and tell it."""
        if self.handle is None:
            return
        over = self.handle.finished  # before its events are taken: none is missed
        events = self.handle.drain()
        for event in events:
            self.model.feed(event)
        now_s = self.model.facts.now_s
        if now_s != self._seen_s:
            self._seen_s, self._seen_at_s = now_s, time.monotonic()
            self.points.emit()
        if events:
            self.facts.emit()
        self.moved.emit(self._seen_s + min(time.monotonic() - self._seen_at_s, _AHEAD_S))
        if over:
            self._timer.stop()
            self.finished.emit()
