"""The therapist's screen in its states, as screenshots.py takes them: whole sessions of simulated hearts, and one scripted."""

from __future__ import annotations

import functools
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.sensor.person import PersonSettings
from relaxlisten.terms import CommandKind, SensorKind
from relaxlisten.window.board import Board
from relaxlisten.window.choices import Liking, Remembered
from relaxlisten.window.main_window import MainWindow
from relaxlisten.window.remembered import write_remembered
from tests.window.lived_session import lived
from tests.window.opening import Launcher, opening
from tests.window.scripted_session import events_of_second

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from relaxlisten.messages import Event, FromCompanion

SIZE = (1280, 860)
ASKED = {
    80.0: (CommandKind.MARKER, "sighs"),
    131.0: (CommandKind.MARKER, "eyes closed"),
    300.0: (CommandKind.TEMPO, -1.0),
    340.0: (CommandKind.RELEASE, None),
    402.0: (CommandKind.MARKER, "speaks of the garden, laughs, and settles back into the chair"),
    520.0: (CommandKind.SKIP, None),
    560.0: (CommandKind.MARKER, "sighs"),
}


def scripted(seconds: int) -> list[Event]:
    return [event for second in range(1, seconds + 1) for event in events_of_second(second, SensorKind.ECG)]


class Past:
    """ports.SessionHandle of a session that has been: all of it is there at once."""

    def __init__(self, events: Sequence[Event | FromCompanion]) -> None:
        self.finished, self.failure, self.record_path = False, None, Path("sessions/monday")
        self._due = list(events)

    def command(self, what: CommandKind, value: float | str | None = None) -> None:
        pass

    def drain(self) -> list[Event | FromCompanion]:
        due, self._due = self._due, []
        return due


def window_after(events: Sequence[Event | FromCompanion], folder: Path) -> MainWindow:
    """The window with its details open, as it stands after these events."""
    file = folder / "therapist.json"
    write_remembered(file, Remembered(liking=Liking(store=True, view="details")))
    window = MainWindow(opening(Launcher(Past(events)), settings_file=file))
    window.resize(*SIZE)
    window.show()
    window.start_or_pause()
    window.running._timer.stop()
    window.running.advance()
    return window


def board_of(window: MainWindow) -> Board:
    page = window._pages.pages["details"]
    assert isinstance(page, Board)
    return page


def look_back(board: Board) -> None:
    board.canvas.zoom(2.0)
    board.canvas.shift(-0.6)


def open_panels(board: Board) -> None:
    for name in board.panels:
        board.toggles[name].click()


def open_list(board: Board) -> None:
    board.why.button.click()
    board.show_points(board._model)


def open_group(board: Board) -> None:
    board.toggles["group"].click()
    board.canvas.zoom(2.5)
    board.move_to(board._model.facts.now_s)


def zoom_out(board: Board) -> None:
    board.canvas.zoom(3.0)


def nothing(_board: Board) -> None:
    pass


PEOPLE = {
    "Kim": PersonSettings(resting_bpm=84.0, settle_bpm=8.0),
    "Noor": PersonSettings(resting_bpm=61.0),
    "Ilse": PersonSettings(resting_bpm=70.0, settle_bpm=0.0, follow_share=0.0),
}
PAUSED = {80.0: ASKED[80.0], 350.0: (CommandKind.PAUSE, None)}
ENDED = ASKED | {400.0: (CommandKind.END_GENTLY, None)}
whole = functools.cache(partial(lived, 620.0, ASKED))
SCENES: Mapping[str, tuple[Callable[[], Sequence[Event | FromCompanion]], Callable[[Board], None]]] = {
    "live": (whole, nothing),
    "whole": (whole, zoom_out),
    "back": (whole, look_back),
    "panels": (whole, open_panels),
    "decisions": (whole, open_list),
    "lost": (functools.cache(partial(scripted, 335)), nothing),
    "paused": (functools.cache(partial(lived, 400.0, PAUSED)), nothing),
    "ended": (functools.cache(partial(lived, 430.0, ENDED)), zoom_out),
    "group": (functools.cache(partial(lived, 620.0, ASKED, also=PEOPLE)), open_group),
}


def therapist_scene(name: str, folder: Path) -> MainWindow:
    """The window in a state. folder: for what it remembers."""
    events, act = SCENES[name]
    window = window_after(events(), folder)
    act(board_of(window))
    return window
