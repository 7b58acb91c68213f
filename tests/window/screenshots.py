"""python -m tests.window.screenshots FOLDER [PART]: pictures of every view of the window in every state.

Light and dark, English and German, at 100 % and 200 %; with PART only those whose name has it in it (`client`, `start-found`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import wait
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6 import QtGui, QtWidgets

from relaxlisten.control.scales import chosen
from relaxlisten.messages import BreathCue, Notice
from relaxlisten.scale_files import shipped_scales
from relaxlisten.sensor.ble_faults import BY_REASON
from relaxlisten.sensor.seen import SeenStrap, Sighting
from relaxlisten.terms import BreathPart, CommandKind, SensorKind, Severity, When
from relaxlisten.window.choices import Light, Liking, Motion, Pacing, Remembered
from relaxlisten.window.keys import KeysDialog
from relaxlisten.window.languages import NAMES, speak
from relaxlisten.window.liking_dialog import LikingDialog
from relaxlisten.window.main_window import MainWindow
from relaxlisten.window.opened import PAGES, larger_text
from relaxlisten.window.people_dialog import PeopleDialog
from relaxlisten.window.people_questions import PassphraseQuestion, consent_question, deletion_question
from relaxlisten.window.ratings_dialog import RatingsDialog
from relaxlisten.window.ratings_model import form_for
from relaxlisten.window.remembered import write_remembered
from tests.window.opening import CHOICES, Launcher, ScriptedFinder, opening
from tests.window.people_book import MemoryBook
from tests.window.scripted_session import ScriptedSession
from tests.window.therapist_scenes import SCENES, therapist_scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SCALES = ("1", "2")
H10 = SeenStrap(address="A0:9E:1A:12:34:56", name="Polar H10 A1B2C3D4", rssi_dbm=-58, battery_percent=87, heart_rate_bpm=68)
TICKR = SeenStrap(address="C4:6E:22:00:11:22", name="TICKR 4F2A", rssi_dbm=-77, battery_percent=64)
LOOKING, FOUND, NONE = Sighting(looking=True), Sighting(looking=False, straps=(H10, TICKR)), Sighting(looking=False)
SIGHTINGS = {
    "scanning": LOOKING,
    "found": FOUND,
    "not-found": NONE,
    **{
        name: Sighting(looking=False, problem=BY_REASON[reason].sentence)
        for name, reason in {"no-bluetooth": "NO_BLUETOOTH", "off": "POWERED_OFF", "denied": "DENIED_BY_USER"}.items()
    },
}


def dark_palette() -> QtGui.QPalette:
    """What a dark desktop would give; the offscreen platform has no dark scheme of its own."""
    palette = QtGui.QPalette(QtGui.QColor("#2b3036"), QtGui.QColor("#1d2126"))
    for role in (QtGui.QPalette.ColorRole.WindowText, QtGui.QPalette.ColorRole.Text, QtGui.QPalette.ColorRole.ButtonText):
        palette.setColor(role, QtGui.QColor("#e6e6e3"))
    return palette


# ---- views, each a window in a state ----


def start(sighting: Sighting, folder: Path, *, music: str = "builtin", sensor: str = "ble") -> MainWindow:
    """Start, with what the search for straps has seen."""
    file = folder / "window.json"
    choices = replace(CHOICES, sensor=sensor, music=music)
    write_remembered(file, Remembered(chosen=choices, sensor_name=H10.name, liking=Liking(store=True)))
    finder = ScriptedFinder(sighting)
    window = MainWindow(opening(Launcher(ScriptedSession()), settings_file=file, finder=lambda: finder, people=lambda: ["kim"]))
    window.show()
    if music != "builtin":
        wait([window.chooser._look._asked], 10.0)
    window.chooser.refresh()
    return window


def welcome(folder: Path) -> MainWindow:
    """The first visit."""
    window = MainWindow(opening(Launcher(ScriptedSession()), settings_file=folder / "none-yet.json"))
    window.show()
    return window


def session(
    folder: Path, second: int = 250, *, view: str = "client", kind: SensorKind = SensorKind.ECG, after: CommandKind | None = None,
    breath: float | None = None, prompt: str = "", **liking: object,
) -> MainWindow:  # fmt: skip
    """A session after so many seconds. breath: how many seconds ago an in-breath of four seconds began."""
    file = folder / f"{view}.json"
    write_remembered(file, Remembered(liking=replace(Liking(store=True, view=view), **liking)))  # type: ignore[arg-type]
    handle = ScriptedSession(kind)
    window = MainWindow(opening(Launcher(handle), settings_file=file))
    window.show()
    window.start_or_pause()
    window.running._timer.stop()  # the picture is of that second
    handle.play_to(second)
    if breath is not None:
        at_s = second - breath
        handle.say(BreathCue(time_s=at_s - 1.0, at_s=at_s, part=BreathPart.IN, length_s=4.0, by_music=True))
    if prompt:
        handle.say(Notice(time_s=float(second), severity=Severity.INFO, code="prompt", text=prompt))
    window.running.advance()
    if breath is not None:
        for frame in range(60):
            window._pages.move_to(second - 2.0 + frame / 30.0)
    if after is not None:
        handle.command(after)
        window.running.advance()
    return window


def with_dialog(folder: Path, make: Callable[[MainWindow], QtWidgets.QDialog]) -> QtWidgets.QWidget:
    """A dialog over Start."""
    dialog = make(start(FOUND, folder))
    dialog.show()
    return dialog


def people_at(window: MainWindow, person: str = "p-1", *, low: bool = False) -> PeopleDialog:
    """The people, with one of them chosen. low: scrolled down to their sessions and pieces."""
    dialog = PeopleDialog(window, MemoryBook())
    dialog.people.choose(person)
    dialog.refresh()
    if low:
        dialog.show()
        QtWidgets.QApplication.processEvents()
        dialog.view.verticalScrollBar().setValue(dialog.view.verticalScrollBar().maximum())
    return dialog


def questions(window: MainWindow) -> RatingsDialog:
    """Three scales, of which one is answered."""
    asked = chosen(shipped_scales(), ["relaxation", "suds", "pleasure"])
    dialog = RatingsDialog(window, form_for(asked, When.BEFORE), When.BEFORE)
    dialog.sliders["relaxation"].answer(7)
    return dialog


def views(folder: Path) -> Mapping[str, Callable[[], QtWidgets.QWidget]]:
    """Every view and state by name."""
    empty = folder / "no music"
    empty.mkdir(exist_ok=True)
    shown = {f"start-{name}": partial(start, sighting, folder) for name, sighting in SIGHTINGS.items()}
    shown |= {
        "welcome": partial(welcome, folder),
        "start-empty-library": partial(start, FOUND, folder, music=str(empty)),
        "start-remembered": partial(start, LOOKING, folder, sensor=f"ble:{H10.address}"),
        "client-breathing": partial(
            session, folder, breath=3.2, prompt="Breathe with the music: in for four beats, out for six."
        ),
        "client-resting": partial(session, folder, trend=True),
        "client-low-light": partial(session, folder, breath=3.2, light=Light.LOW),
        "client-reduced-motion": partial(session, folder, breath=3.2, motion=Motion.REDUCED),
        "client-paused": partial(session, folder, after=CommandKind.PAUSE),
        "client-lost": partial(session, folder, 335, pacing=Pacing.NONE),
        "client-simulated": partial(session, folder, kind=SensorKind.SIMULATED),
        "client-ended": partial(session, folder, 590, after=CommandKind.STOP),
        "settings": partial(with_dialog, folder, lambda w: LikingDialog(w, Liking(), w._pages.titles)),
        "keys": partial(with_dialog, folder, KeysDialog),
        "people": partial(with_dialog, folder, lambda w: PeopleDialog(w, MemoryBook())),
        "people-history": partial(with_dialog, folder, lambda w: people_at(w, low=True)),
        "people-new": partial(with_dialog, folder, lambda w: people_at(w, "p-2")),
        "people-locked": partial(with_dialog, folder, lambda w: people_at(w, "p-3")),
        "people-consent": partial(with_dialog, folder, lambda w: consent_question(w, "kim")),
        "people-delete": partial(with_dialog, folder, lambda w: deletion_question(w, "kim", MemoryBook().going("kim"))),
        "people-passphrase": partial(with_dialog, folder, lambda w: PassphraseQuestion(w, "kim")),
        "questions": partial(with_dialog, folder, questions),
    }
    shown |= {f"therapist-{name}": partial(therapist_scene, name, folder) for name in SCENES}
    for page in (maker.name for maker in PAGES):
        shown |= {
            f"{page}-live": partial(session, folder, view=page),
            f"{page}-lost": partial(session, folder, 335, view=page),
            f"{page}-simulated": partial(session, folder, view=page, kind=SensorKind.SIMULATED),
            f"{page}-paused": partial(session, folder, view=page, after=CommandKind.PAUSE),
            f"{page}-ended": partial(session, folder, 590, view=page, after=CommandKind.STOP),
        }
    return shown


# ---- taking them ----


def looks(app: QtWidgets.QApplication) -> Iterator[str]:
    """Each look of the window, set: its name."""
    light = QtGui.QPalette(app.palette())
    for code in NAMES:
        speak(app, code)
        for theme, palette in (("light", light), ("dark", dark_palette())):
            app.setPalette(palette)
            yield f"{theme}-{code}"


def close(widget: QtWidgets.QWidget) -> None:
    for window in QtWidgets.QApplication.topLevelWidgets():
        if isinstance(window, MainWindow):
            window.running.handle = None
    widget.close()
    for window in QtWidgets.QApplication.topLevelWidgets():
        window.close()
        window.deleteLater()
    QtWidgets.QApplication.processEvents()


def take_all(folder: Path, part: str, scale: str) -> None:
    app = QtWidgets.QApplication([])
    app.setStyle("Fusion")
    larger_text(app)
    with tempfile.TemporaryDirectory() as scratch:
        for look in looks(app):
            for name, make in views(Path(scratch)).items():
                file = folder / f"{name}-{look}-{scale}00.png"
                if part not in file.name:
                    continue
                widget = make()
                QtWidgets.QApplication.processEvents()
                widget.grab().save(str(file))
                close(widget)


def main(folder: Path, part: str = "") -> None:
    """All of them; a scale is set when a program starts, so that each has one of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    if "QT_SCALE_FACTOR" in os.environ:
        take_all(folder, part, os.environ["QT_SCALE_FACTOR"])
        return
    for scale in SCALES:
        command = [sys.executable, "-m", "tests.window.screenshots", str(folder), part]
        subprocess.run(command, env={**os.environ, "QT_SCALE_FACTOR": scale}, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
