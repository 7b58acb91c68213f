"""The window: welcome, Start, a session, its end.

Decision: one window with one big button for what comes next. Closing it ends the session gently first: no record is cut off by a
click. Whoever has been here before finds the choices of last time and the big button in focus.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6 import QtCore, QtGui, QtWidgets

from relaxlisten.errors import RelaxListenError
from relaxlisten.terms import CommandKind, SessionStage
from relaxlisten.window.chooser import Chooser, Offers
from relaxlisten.window.controls import Controls
from relaxlisten.window.controls_model import Place, Situation
from relaxlisten.window.fields import page_of, stacked, words
from relaxlisten.window.getting_ready import session_ready
from relaxlisten.window.keys import KEYS, KeysDialog, make_shortcuts
from relaxlisten.window.languages import speak
from relaxlisten.window.liking_dialog import LikingDialog
from relaxlisten.window.plain_text import show_plain_text
from relaxlisten.window.remembered import Memory
from relaxlisten.window.running import Running
from relaxlisten.window.session_pages import SessionPages
from relaxlisten.window.view_model import clock_text
from relaxlisten.window.welcome import Welcome
from relaxlisten.window.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from relaxlisten.window.choices import Liking, SessionChoices
    from relaxlisten.window.pages import Opening

VOLUME_STEP = 5


class MainWindow(QtWidgets.QMainWindow):
    """Welcome, Start and a session's pages, with one row of controls below."""

    def __init__(self, opening: Opening) -> None:
        super().__init__()
        self.setWindowTitle("RelaxListen")
        self.resize(1000, 720)
        self.failed = False
        self._opening = opening
        self._memory = Memory(opening.settings_file)
        self._initial = self._memory.now.chosen or opening.initial
        self.running = Running(self)
        self._closing = False
        self._chosen: SessionChoices = self._initial
        self._record: Path | None = None
        self._greeting = opening.greeting
        self._build()
        show_plain_text(self)
        self.running.points.connect(lambda: self._pages.show_points(self.running.model))
        self.running.facts.connect(self._show_facts)
        self.running.moved.connect(lambda now_s: None if self.isMinimized() else self._pages.move_to(now_s))
        self.running.finished.connect(self._end)
        self._shortcuts = make_shortcuts(self, self._key_actions())
        app = cast("QtWidgets.QApplication", QtWidgets.QApplication.instance())
        app.focusChanged.connect(self._focus_moved)  # methods, not lambdas: they end with the window
        QtGui.QGuiApplication.styleHints().colorSchemeChanged.connect(self._look_changed)
        self._go(Place.WELCOME if self._liking.store is None else Place.START)

    @property
    def _liking(self) -> Liking:
        return self._memory.now.liking

    # ---- what a person does ----

    def start_or_pause(self) -> None:
        """The big button: start, pause, resume or a new session, whichever comes next."""
        if self._place is Place.START:
            self._begin()
        elif self._place is Place.ENDED:
            self._go(Place.START)
        else:
            paused = self.running.stage is SessionStage.PAUSED
            self.running.ask(CommandKind.RESUME if paused else CommandKind.PAUSE)

    def stop(self) -> None:
        """End the session gently."""
        if self.running.handle is not None:
            self.running.ask(CommandKind.STOP)
            self.say(tr("Ending gently …"))

    def mark(self) -> None:
        """Keep this moment in the record (a memory was told, somebody came in)."""
        if self.running.handle is not None:
            self.running.ask(CommandKind.MARKER, "marker")
            self.say(tr("Marked at {time}.", time=clock_text(self.running.model.facts.now_s)))

    def settings(self) -> None:
        """Let somebody say how they like the window."""
        dialog = LikingDialog(self, self._liking, self._pages.titles)
        if dialog.exec() != QtWidgets.QDialog.DialogCode.Accepted:
            return
        before, liking = self._liking, dialog.liking
        self._memory.like(liking)
        self.chooser.keep(liking.store is not False)
        if liking.language != before.language and self._place is Place.START:
            self._speak_anew()
        self._pages.like(liking)

    def report(self) -> None:
        """Write the report of the session that was, and show it."""
        if self._record is None or self._opening.hooks.report is None:
            return
        try:
            page = self._opening.hooks.report(self._record)
        except RelaxListenError as fault:
            self.say(str(fault))
            return
        QtGui.QDesktopServices.openUrl(QtCore.QUrl.fromLocalFile(str(page)))
        self.say(tr("The report is {file}.", file=page))

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """End the session first, then close."""
        if self.running.handle is not None:
            self._closing = True
            self.stop()
            event.ignore()
            return
        self.chooser.end_looking()
        self._pages.close_second()
        event.accept()

    # ---- what a session does ----

    def _show_facts(self) -> None:
        self._pages.show_facts(self.running.model.facts)
        self._show_controls()

    def _begin(self) -> None:
        choices = self._answered(self.chooser.choices(self.controls.volume.value() / 100.0))
        if choices is None:
            return
        self.chooser.end_looking()
        try:
            handle = session_ready(self, self.say, partial(self._opening.launch, choices))
        except RelaxListenError as fault:
            self.failed = True
            self.say(str(fault))
            self.chooser.begin_looking()
            return
        self.failed = False
        self._chosen, self._record = choices, None
        self._memory.choose(choices, self.chooser.sensor_name)
        self.running.begin(handle)
        self._go(Place.SESSION)
        self._pages.begin(self.running.model)

    def _answered(self, choices: SessionChoices) -> SessionChoices | None:
        """The choices with what was answered before the session; None where it is not to begin."""
        if problem := self.chooser.problem():
            self.say(problem)
            return None
        if self._opening.hooks.ask_before is None:
            return choices
        answers = self._opening.hooks.ask_before(self, choices)
        return None if answers is None else replace(choices, ratings=answers)

    def _end(self) -> None:
        handle, self.running.handle = self.running.handle, None
        assert handle is not None
        failure, path = handle.failure, handle.record_path
        self.failed = failure is not None
        self._pages.end()
        self._record = path
        said = tr("The session is recorded in {place}.", place=path) if path else tr("Nothing of this session was kept.")
        self._go(Place.ENDED)
        self.say(f"{failure} {said}" if failure else said)
        if self._closing:
            self.close()
        elif path is not None and self._opening.hooks.ask_after is not None:
            self._opening.hooks.ask_after(self, self._chosen, path)

    # ---- where we are ----

    def say(self, text: str) -> None:
        """A sentence above the controls."""
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def _go(self, place: Place) -> None:
        self._place = place
        self.say(self._greeting)
        self._greeting = "" if place is Place.SESSION else self._greeting
        pages: dict[Place, QtWidgets.QWidget] = {Place.WELCOME: self.welcome, Place.START: self.chooser}
        self._stack.setCurrentWidget(pages.get(place, self._pages))
        if place is Place.START:
            self.chooser.keep(self._liking.store is not False)
            self.chooser.begin_looking()
        self._show_controls()
        self._pages.apply_look()
        (self.welcome.keep if place is Place.WELCOME else self.controls.buttons["main"]).setFocus()

    def _show_controls(self) -> None:
        can_report = self._opening.hooks.report is not None and self._record is not None
        has_people = self._opening.hooks.people is not None
        situation = Situation(place=self._place, stage=self.running.stage, can_report=can_report, has_people=has_people)
        self.controls.show_situation(situation)
        self.controls.name_view(self._pages.other_title)

    @property
    def on_session_page(self) -> bool:
        """Whether a page of a session is seen."""
        return self._place in (Place.SESSION, Place.ENDED)

    def _look_changed(self) -> None:
        self._pages.apply_look()

    def _focus_moved(self, _before: QtWidgets.QWidget | None, focus: QtWidgets.QWidget | None) -> None:
        """Space pauses, but a button or a field that is in focus keeps it."""
        takes_it = isinstance(focus, QtWidgets.QAbstractButton | QtWidgets.QLineEdit | QtWidgets.QComboBox)
        self._shortcuts["pause"].setEnabled(not takes_it)

    # ---- how it is made ----

    def _build(self) -> None:
        opening = self._opening
        self.welcome = Welcome()
        self.welcome.answered.connect(self._consent)
        offers = Offers(
            presets=opening.presets,
            places=self._memory.now.places,
            sensor_name=self._memory.now.sensor_name,
            people=opening.people,
            finder=opening.finder,
        )
        self.chooser = Chooser(self._initial, offers)
        self.controls = Controls(self._actions(), self._initial.volume, self._initial.volume_cap)
        self.controls.volume.valueChanged.connect(lambda percent: self.running.ask(CommandKind.VOLUME, percent / 100.0))
        self._pages = SessionPages(self, opening.pages, self._liking)
        self._stack = stacked(self.welcome, self.chooser, self._pages)
        self.message = words()
        self.message.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setCentralWidget(page_of(self._stack, self.message, self.controls))

    def _actions(self) -> dict[str, Callable[[], object]]:
        people = self._opening.hooks.people
        return {
            "main": self.start_or_pause,
            "end": self.stop,
            "skip": lambda: self.running.ask(CommandKind.SKIP),
            "marker": self.mark,
            "view": lambda: self._pages.turn(),
            "report": self.report,
            "people": lambda: people(self) if people else None,
            "settings": self.settings,
            "keys": lambda: KeysDialog(self).exec(),
        }

    def _key_actions(self) -> dict[str, Callable[[], object]]:
        """What each key of `keys.KEYS` does: what its button would, where that is there and enabled."""
        pressed: dict[str, Callable[[], object]] = {
            name: partial(self._press, name) for name in self.controls.buttons if name in KEYS
        }
        return pressed | {
            "start": partial(self._press, "main", Place.START),
            "pause": partial(self._press, "main", Place.SESSION),
            "new": partial(self._press, "main", Place.ENDED),
            "softer": lambda: self.controls.volume.setValue(self.controls.volume.value() - VOLUME_STEP),
            "louder": lambda: self.controls.volume.setValue(self.controls.volume.value() + VOLUME_STEP),
            "second_screen": lambda: self._pages.toggle_second(),
            "full_screen": lambda: self._pages.toggle_full_screen(),
        }

    def _press(self, name: str, place: Place | None = None) -> None:
        if place in (None, self._place):
            self.controls.buttons[name].click()

    def _consent(self, keep: bool) -> None:  # a signal's slot
        self._memory.like(replace(self._liking, store=keep))
        self._go(Place.START)

    def show_people(self) -> None:
        """Look again at who there is."""
        self.chooser.show_people()

    def forget_person(self, name: str) -> None:
        """Somebody was deleted: their name is remembered nowhere."""
        self.chooser.forget_person(name)
        self._memory.forget_person(name)

    def _speak_anew(self) -> None:
        self._initial = self.chooser.choices(self.controls.volume.value() / 100.0)
        self.chooser.end_looking()
        app = QtWidgets.QApplication.instance()
        assert app is not None
        speak(app, self._liking.language)
        self._build()
        self._go(Place.START)
