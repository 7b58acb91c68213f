"""Before a session: which heart, which music, which session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtWidgets

from relaxlisten.terms import Bed
from relaxlisten.window.choices import SessionChoices

if TYPE_CHECKING:
    from collections.abc import Sequence

_PICK = "pick"
_BEDS = (("Nothing", ""), ("Rain", Bed.RAIN.value), ("Waves", Bed.WAVES.value))
_SENSORS = (("Bluetooth strap", "ble"), ("Simulated heart (demonstration)", "simulated"))


class Chooser(QtWidgets.QWidget):
    """Three choices, each with something sensible chosen already."""

    def __init__(self, initial: SessionChoices, protocols: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.sensor = self._box("Heart", _SENSORS, initial.sensor)
        self.music = self._box("Music", (("Built-in music", "builtin"), ("A folder of my own …", _PICK)), initial.music)
        self.protocol = self._box("Session", tuple((title, name) for name, title in protocols), initial.protocol)
        self.bed = self._box("Under pieces without a pulse", _BEDS, initial.bed or "")
        self._volume_cap = initial.volume_cap
        self.music.activated.connect(self._pick_folder)
        title = QtWidgets.QLabel("Settle down with your heart and your music")
        font = title.font()
        font.setPointSize(font.pointSize() + 10)
        title.setFont(font)
        words = QtWidgets.QLabel(
            "Put your headphones and your strap on, sit or lie comfortably, and press Start.\n"
            "The music begins where your heart is and leads it gently, as far as it follows. Stop whenever you like."
        )
        words.setWordWrap(True)
        form = QtWidgets.QFormLayout()
        form.setVerticalSpacing(16)
        form.setHorizontalSpacing(18)
        rows = (
            ("&Heart", self.sensor),
            ("&Music", self.music),
            ("&Under beatless music", self.bed),
            ("&Session", self.protocol),
        )
        for label, box in rows:
            form.addRow(label, box)
        column = QtWidgets.QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(title)
        column.addSpacing(8)
        column.addWidget(words)
        column.addSpacing(24)
        column.addLayout(form)
        column.addStretch(2)

    def choices(self, volume: float) -> SessionChoices:
        """What is chosen now."""
        bed = self.bed.currentData()
        return SessionChoices(
            sensor=self.sensor.currentData(),
            music=self.music.currentData(),
            protocol=self.protocol.currentData(),
            volume=volume,
            volume_cap=self._volume_cap,
            bed=Bed(bed) if bed else None,
        )

    def _box(self, name: str, entries: Sequence[tuple[str, str]], chosen: str) -> QtWidgets.QComboBox:
        box = QtWidgets.QComboBox()
        box.setAccessibleName(name)
        box.setMinimumHeight(40)
        box.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        for text, data in entries:
            box.addItem(text, data)
        if box.findData(chosen) < 0:
            box.addItem(chosen, chosen)
        box.setCurrentIndex(box.findData(chosen))
        return box

    def _pick_folder(self, index: int) -> None:
        if self.music.itemData(index) != _PICK:
            return
        folder = QtWidgets.QFileDialog.getExistingDirectory(self, "A folder with music", QtCore.QDir.homePath())
        if folder and self.music.findData(folder) < 0:
            self.music.addItem(Path(folder).name, folder)
        self.music.setCurrentIndex(self.music.findData(folder) if folder else 0)
