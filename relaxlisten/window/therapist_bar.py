"""The rows below the picture: overriding the music, and writing down what is seen of the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore, QtWidgets

from relaxlisten.terms import CommandKind, SessionStage
from relaxlisten.window.keys import native
from relaxlisten.window.therapist_keys import KEYS
from relaxlisten.window.view_model import clock_text
from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from relaxlisten.window.therapist_keys import Observation
    from relaxlisten.window.view_model import Facts

    Ask = Callable[[CommandKind, float | str | None], None]

STEP_BPM = 1.0
LONGEST_NOTE = 500
_OVERRIDES: dict[str, tuple[str, CommandKind, float | None]] = {
    "hold": (later("Hold tempo"), CommandKind.HOLD, None),
    "match_again": (later("Meet again"), CommandKind.MATCH_AGAIN, None),
    "slower": (later("Slower"), CommandKind.TEMPO, -STEP_BPM),
    "faster": (later("Faster"), CommandKind.TEMPO, STEP_BPM),
    "next_phase": (later("Next phase"), CommandKind.NEXT_PHASE, None),
    "end_gently": (later("Fade out"), CommandKind.END_GENTLY, None),
}


def small_button(text: str, key: str, hint: str) -> QtWidgets.QPushButton:
    """A button that tells its key."""
    button = QtWidgets.QPushButton(text)
    button.setMinimumHeight(30)
    button.setToolTip(f"{hint} ({native(key)})")
    button.setAccessibleName(text)
    button.setAccessibleDescription(f"{hint}. {tr('Key: {key}', key=native(key))}")
    return button


class OverrideBar(QtWidgets.QWidget):
    """What a person may ask of the music; each is a command."""

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._ask = ask
        self._held = False
        self.buttons = {name: small_button(tr(text), *_key(name)) for name, (text, _, _) in _OVERRIDES.items()}
        self.buttons["hold"].setCheckable(True)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _checked, name=name: self.press(name))
            row.addWidget(button)
        row.addStretch(1)

    def press(self, name: str) -> None:
        """Ask for it."""
        _, what, value = _OVERRIDES[name]
        if name == "hold" and self._held:
            what = CommandKind.RELEASE
        self._ask(what, value)

    def show_facts(self, facts: Facts) -> None:
        """What makes sense now, and whether the tempo is held."""
        self._held = facts.held
        hold = self.buttons["hold"]
        hold.setChecked(facts.held)
        text = tr("Let tempo go") if facts.held else tr("Hold tempo")
        if hold.text() != text:
            hold.setText(text)
            hold.setAccessibleName(text)
        running = facts.stage is SessionStage.RUNNING
        for name, button in self.buttons.items():
            button.setEnabled(running or (name == "end_gently" and facts.stage is SessionStage.PAUSED))


def _key(name: str) -> tuple[str, str]:
    key, hint = KEYS[name]
    return key, tr(hint)


class ObservationBar(QtWidgets.QWidget):
    """A key and a button for each thing that is seen often, and a line for everything else; each is a marker."""

    noted = QtCore.Signal(str)

    def __init__(self, observations: Sequence[Observation], ask: Ask) -> None:
        super().__init__()
        self._ask = ask
        self._now_s = 0.0
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.buttons: dict[str, QtWidgets.QPushButton] = {}
        for one in observations:
            words = tr(one.words)
            button = small_button(f"{one.key}  {words}", one.key, tr("Write down: {words}", words=words))
            button.setAccessibleName(words)
            button.clicked.connect(lambda _checked, words=words: self.write(words))
            self.buttons[one.key] = button
            row.addWidget(button)
        self.note = QtWidgets.QLineEdit()
        self.note.setMaxLength(LONGEST_NOTE)
        self.note.setMinimumHeight(30)
        self.note.setMinimumWidth(120)
        self.note.setPlaceholderText(tr("Note ({key}), Enter keeps it", key=native(KEYS["note"][0])))
        self.note.setAccessibleName(tr("Note"))
        self.note.returnPressed.connect(self._keep_note)
        row.addWidget(self.note, 1)

    def show_facts(self, facts: Facts) -> None:
        """Only a session that is on can be written about."""
        self._now_s = facts.now_s
        there = facts.stage is not SessionStage.ENDED
        for part in (*self.buttons.values(), self.note):
            part.setEnabled(there)

    def write(self, words: str) -> None:
        """Keep it in the record, at this moment."""
        self._ask(CommandKind.MARKER, words)
        self.noted.emit(f"{clock_text(self._now_s)} {words}")

    def _keep_note(self) -> None:
        words = " ".join(self.note.text().split())
        if words:
            self.write(words)
        self.note.clear()
