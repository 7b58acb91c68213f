"""python -m tests.window.screenshots FOLDER: pictures of the window in its states, light and dark."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6 import QtGui, QtWidgets

from relaxlisten.terms import CommandKind, SensorKind
from relaxlisten.window.choices import SessionChoices
from relaxlisten.window.main_window import MainWindow
from tests.window.scripted_session import ScriptedSession
from tests.window.therapist_scenes import pictures as therapist_pictures

CHOICES = SessionChoices(sensor="simulated", music="builtin", protocol="settle-20", volume=0.8)
PROTOCOLS = [("settle-20", "Settle, 20 minutes"), ("short-5", "Short, 5 minutes")]
STATES = {"running": 250, "lost": 335, "back": 480}


def dark_palette() -> QtGui.QPalette:
    """What a dark desktop would give; the offscreen platform has no dark scheme of its own."""
    palette = QtGui.QPalette(QtGui.QColor("#2b3036"), QtGui.QColor("#1d2126"))
    for role in (QtGui.QPalette.ColorRole.WindowText, QtGui.QPalette.ColorRole.Text, QtGui.QPalette.ColorRole.ButtonText):
        palette.setColor(role, QtGui.QColor("#e6e6e3"))
    return palette


def picture(folder: Path, name: str, second: int | None, kind: SensorKind = SensorKind.ECG, *, stop: bool = False) -> None:
    """One picture of the window after so many seconds of the scripted session; None before its start."""
    session = ScriptedSession(kind)
    window = MainWindow(CHOICES, PROTOCOLS, lambda _: session)
    window.show()
    if second is not None:
        window.start_or_pause()
        session.play_to(second)
        window.advance()
    if stop:
        session.command(CommandKind.STOP)
        window.advance()
    QtWidgets.QApplication.processEvents()
    window.grab().save(str(folder / f"{name}.png"))
    window._handle = None
    window.close()


def main(folder: Path) -> None:
    """All states."""
    folder.mkdir(parents=True, exist_ok=True)
    app = QtWidgets.QApplication([])
    app.setStyle("Fusion")
    light = app.palette()
    for theme, palette in (("light", light), ("dark", dark_palette())):
        app.setPalette(palette)
        picture(folder, f"idle-{theme}", None)
        for name, second in STATES.items():
            picture(folder, f"{name}-{theme}", second)
        picture(folder, f"simulated-{theme}", 250, SensorKind.SIMULATED)
        picture(folder, f"ended-{theme}", 590, stop=True)
    app.setPalette(light)
    therapist_pictures(folder, app, dark_palette())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
