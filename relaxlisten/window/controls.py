"""The row of buttons at the window's foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore, QtWidgets

from relaxlisten.window.controls_model import enabled, main_text, shown
from relaxlisten.window.keys import KEYS, key_text
from relaxlisten.window.styles import scaled
from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from relaxlisten.window.controls_model import Situation

_BUTTONS = {
    "main": "",
    "end": later("End gently"),
    "skip": later("Next piece"),
    "marker": later("Marker"),
    "report": later("Report"),
    "view": later("Details"),
    "people": later("People"),
    "settings": later("Settings"),
    "keys": later("Keys"),
}
_ICONIC = 3  # the first ones stand left, the others right


class Controls(QtWidgets.QWidget):
    """Buttons by name in `buttons`, and `volume`."""

    def __init__(self, actions: Mapping[str, Callable[[], object]], volume: float, volume_cap: float) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.buttons = {name: self._button(name, text, actions[name]) for name, text in _BUTTONS.items()}
        self.volume = QtWidgets.QSlider(QtCore.Qt.Orientation.Horizontal)
        self.volume.setRange(0, round(volume_cap * 100))
        self.volume.setValue(round(volume * 100))
        self.volume.setFixedSize(100, 28)
        self.volume.setPageStep(5)
        self._volume_words = QtWidgets.QLabel(tr("Volume"))
        self.volume.valueChanged.connect(lambda _: self._name_volume())
        self._name_volume()
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for index, button in enumerate(self.buttons.values()):
            if index == _ICONIC:
                row.addStretch(1)
            row.addWidget(button)
        row.addWidget(self._volume_words)
        row.addWidget(self.volume)
        keep = self.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.setSizePolicy(keep)

    def show_situation(self, situation: Situation) -> None:
        """The controls that make sense now."""
        there = shown(situation)
        for name, button in self.buttons.items():
            button.setVisible(name in there)
            button.setEnabled(enabled(name, situation))
        for part in (self.volume, self._volume_words):
            part.setVisible("volume" in there)
        if text := main_text(situation):
            self._name(self.buttons["main"], tr(text), {"Start": "start", "New session": "new"}.get(text, "pause"))

    def name_view(self, other: str) -> None:
        """The view that the button leads to."""
        self._name(self.buttons["view"], other, "view")

    def _button(self, name: str, text: str, action: Callable[[], object]) -> QtWidgets.QPushButton:
        button = QtWidgets.QPushButton()
        button.clicked.connect(lambda _checked: action())
        button.setMinimumHeight(46 if name in ("main", "end") else 36)
        if name == "main":
            button.setProperty("role", "main")
            button.setMinimumWidth(132)
            button.setFont(scaled(button.font(), 1.25, bold=True))
        if text:
            self._name(button, tr(text), name)
        return button

    @staticmethod
    def _name(button: QtWidgets.QPushButton, text: str, key: str) -> None:
        if button.text() != text:
            button.setText(text)
        hint = f"{text} ({key_text(key)})" if key in KEYS else text
        button.setToolTip(hint)
        button.setAccessibleDescription(key_text(key) if key in KEYS else "")

    def _name_volume(self) -> None:
        self.volume.setAccessibleName(tr("Volume {percent} %", percent=self.volume.value()))
