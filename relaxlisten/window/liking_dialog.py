"""How somebody likes the window: language, the client's screen, motion, and whether sessions are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtWidgets

from relaxlisten.window.choices import Light, Liking, Motion, Pacing
from relaxlisten.window.fields import Box, Tick
from relaxlisten.window.languages import NAMES
from relaxlisten.window.words import tr

if TYPE_CHECKING:
    from collections.abc import Sequence


class LikingDialog(QtWidgets.QDialog):
    """`liking` is what is chosen; shown with `exec`."""

    def __init__(self, parent: QtWidgets.QWidget, liking: Liking, views: Sequence[tuple[str, str]]) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Settings"))
        as_system = tr("As the system")
        pacings = [
            (Pacing.SESSION.value, tr("Where the session asks for it")),
            (Pacing.MUSIC.value, tr("Always, with the beat of the music")),
            (Pacing.NONE.value, tr("Never")),
        ]
        motions = [
            (Motion.SYSTEM.value, as_system),
            (Motion.FULL.value, tr("Moving")),
            (Motion.REDUCED.value, tr("Reduced: only the brightness changes")),
        ]
        lights = [(Light.SYSTEM.value, as_system), (Light.LOW.value, tr("Dim, for a dark room"))]
        self.language = Box([("", as_system), *NAMES.items()], liking.language)
        self.view = Box(views, liking.view)
        self.full_screen = Tick(tr("Fill the whole screen"), ticked=liking.full_screen)
        self.pacing = Box(pacings, liking.pacing.value)
        self.trend = Tick(tr("Show a calm line of how the heart went"), ticked=liking.trend)
        self.light = Box(lights, liking.light.value)
        self.motion = Box(motions, liking.motion.value)
        self.store = Tick(tr("Keep sessions on this computer"), ticked=liking.store is not False)
        self._lay_out()

    @property
    def liking(self) -> Liking:
        """What is chosen now."""
        return Liking(
            language=self.language.currentData(),
            view=self.view.currentData(),
            full_screen=self.full_screen.isChecked(),
            pacing=Pacing(self.pacing.currentData()),
            trend=self.trend.isChecked(),
            light=Light(self.light.currentData()),
            motion=Motion(self.motion.currentData()),
            store=self.store.isChecked(),
        )

    def _lay_out(self) -> None:
        form = QtWidgets.QFormLayout()
        form.setVerticalSpacing(12)
        form.addRow(tr("&Language"), self.language)
        form.addRow(tr("A session &opens with"), self.view)
        form.addRow("", self.full_screen)
        form.addRow(tr("&Breathing light"), self.pacing)
        form.addRow(tr("&Motion"), self.motion)
        form.addRow(tr("B&rightness of the calm picture"), self.light)
        form.addRow("", self.trend)
        form.addRow(tr("&Privacy"), self.store)
        for box in (self.language, self.view, self.pacing, self.motion, self.light):
            words = form.labelForField(box)
            assert isinstance(words, QtWidgets.QLabel)
            box.setAccessibleName(words.text().replace("&", ""))
        buttons = QtWidgets.QDialogButtonBox()
        buttons.addButton(tr("Done"), QtWidgets.QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(tr("Cancel"), QtWidgets.QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.addLayout(form)
        column.addSpacing(10)
        column.addWidget(buttons)
