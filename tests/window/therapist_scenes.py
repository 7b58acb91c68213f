"""Pictures of the therapist's screen: python -m tests.window.therapist_scenes FOLDER (screenshots.py makes them too)."""

from __future__ import annotations

import functools
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6 import QtGui, QtWidgets

from relaxlisten.sensor.person import PersonSettings
from relaxlisten.terms import CommandKind, SensorKind
from relaxlisten.window.board import Board
from relaxlisten.window.traces import DARK, LIGHT, Palette
from relaxlisten.window.view_model import ViewModel
from tests.window.lived_session import lived
from tests.window.scripted_session import events_of_second

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from relaxlisten.messages import Event, FromCompanion

SIZE = (1280, 800)
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


def board_after(events: Iterable[Event | FromCompanion], palette: Palette) -> Board:
    """The screen as it stands after these events."""
    model = ViewModel()
    for event in events:
        model.feed(event)
    board = Board(palette, lambda _what, _value: None)
    board.resize(*SIZE)
    board.show()
    board.show_facts(model.facts)
    board.show_points(model)
    board.move_to(model.facts.now_s)
    return board


def look_back(board: Board) -> None:
    board.canvas.zoom(2.0)
    board.canvas.move(-0.6)


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


def therapist_scene(name: str) -> Board:
    """The screen in a state, in the colours of the application's palette."""
    events, act = SCENES[name]
    dark = QtGui.QGuiApplication.palette().color(QtGui.QPalette.ColorRole.Window).lightness() < 128
    board = board_after(events(), DARK if dark else LIGHT)
    act(board)
    return board


def main(folder: Path) -> None:
    from tests.window.screenshots import dark_palette

    folder.mkdir(parents=True, exist_ok=True)
    app = QtWidgets.QApplication.instance() or QtWidgets.QApplication([])
    assert isinstance(app, QtWidgets.QApplication)
    app.setStyle("Fusion")
    for theme, palette in (("light", app.palette()), ("dark", dark_palette())):
        app.setPalette(palette)
        for name in SCENES:
            board = therapist_scene(name)
            app.processEvents()
            board.grab().save(str(folder / f"therapist-{name}-{theme}.png"))
            board.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
