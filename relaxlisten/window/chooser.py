"""Start: which heart, which music, which session, and who listens.

Decision: four cards, each with something sensible chosen already (that of last time, where there is one), so that whoever comes
back only presses Start. Nothing here waits: what is found out in the background is asked for by a timer while Start is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtWidgets

from relaxlisten.terms import Bed
from relaxlisten.window.fields import Box, card, link, say, words
from relaxlisten.window.looking import MusicLook
from relaxlisten.window.rows import RowList
from relaxlisten.window.start_model import (
    BUILTIN,
    STRAP,
    Preset,
    music_rows,
    music_sentence,
    person_sentence,
    preset_rows,
    preset_words,
    search_sentence,
    sensor_rows,
)
from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from relaxlisten.sensor.seen import Sighting
    from relaxlisten.window.choices import SessionChoices
    from relaxlisten.window.looking import Finder
    from relaxlisten.window.theme import Theme

LOOK_MS = 200
PROMISE = later("The music begins where your heart is and leads it gently, as far as it follows. Stop whenever you like.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What can be chosen. people: pseudonyms that are known. finder: begins a search for straps; None: nobody searches."""

    presets: Sequence[Preset]
    places: tuple[str, ...] = ()
    sensor_name: str = ""
    people: Callable[[], Sequence[str]] = tuple
    finder: Callable[[], Finder] | None = None


class Chooser(QtWidgets.QWidget):
    """The page before a session."""

    def __init__(self, initial: SessionChoices, offers: Offers) -> None:
        super().__init__()
        self.setObjectName("page")
        self._initial, self._offers = initial, offers
        self._sensor, self.sensor_name = initial.sensor, offers.sensor_name
        self._finder: Finder | None = None
        self._kept = True
        self._look = MusicLook()
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.refresh)
        self._make_fields()
        self._lay_out()
        self.refresh()

    # ---- what is chosen ----

    def choices(self, volume: float) -> SessionChoices:
        """What is chosen now."""
        bed = self.bed.currentData()
        return replace(
            self._initial,
            sensor=self._sensor,
            music=self.music.chosen,
            protocol=self.protocol.chosen,
            volume=volume,
            bed=Bed(bed) if bed else None,
            person=(self.person_name or None) if self._kept else None,
            keep=self._kept,
        )

    @property
    def person_name(self) -> str:
        """The pseudonym as it stands there."""
        typed = self.person.currentText().strip()
        return "" if typed == self.person.itemText(0) else typed

    def keep(self, kept: bool) -> None:  # a state, as Qt's setEnabled
        """Whether a session is recorded, and anything remembered of anybody."""
        self._kept = kept
        self.person.setEnabled(kept)
        self._note_person()

    def problem(self) -> str:
        """Why no session can begin with this; "" where one can."""
        return person_sentence(self.person_name)

    # ---- what is found out meanwhile ----

    def begin_looking(self) -> None:
        """Look for straps, for as long as Start is shown."""
        if self._finder is None and self._offers.finder is not None:
            self._finder = self._offers.finder()
            self._tell_finder()
        self._timer.start()
        self.refresh()

    def end_looking(self) -> None:
        """Let go of what was looked at; returns once no strap is held any more."""
        self._timer.stop()
        if self._finder is not None:
            self._finder.stop()
            self._finder = None

    def refresh(self) -> None:
        """Show what has been found out."""
        sighting = self._finder.sighting if self._finder else None
        self._adopt_first_strap(sighting)
        self.sensor.show_rows(sensor_rows(sighting, self._sensor, self.sensor_name), self._sensor)
        wrong = sighting is not None and bool(sighting.problem)
        say(self.search, search_sentence(sighting) if self._sensor.startswith("ble") else "", "notice" if wrong else "muted")
        self.again.setVisible(self._finder is not None and self._sensor.startswith("ble"))
        self.again.setEnabled(sighting is not None and not sighting.looking)
        say(self.words, preset_words(self._offers.presets, self.protocol.chosen))
        if self.music.chosen == BUILTIN:
            say(self.found, "")
        else:
            self._look.ask(self.music.chosen)
            known = self._look.known
            words_found = music_sentence(self._look.pieces) if known else tr("Looking for music …")
            say(self.found, words_found, "notice" if known and not self._look.pieces else "muted")

    def set_theme(self, theme: Theme) -> None:
        """Colours for light or dark."""
        for rows in (self.sensor, self.music, self.protocol):
            rows.drawing.theme = theme
            rows.viewport().update()

    def _adopt_first_strap(self, sighting: Sighting | None) -> None:
        """Whoever left the choice open gets the strap that shows a heartbeat first."""
        beating = [strap for strap in sighting.straps if strap.heart_rate_bpm is not None] if sighting else []
        if self._sensor == "ble" and beating:
            self._sensor, self.sensor_name = STRAP + beating[0].address, beating[0].name
            self._tell_finder()

    def _pick_sensor(self, sensor: str) -> None:
        self._sensor = sensor
        if sensor.startswith(STRAP):
            item = self.sensor.currentItem()
            self.sensor_name = item.text() if item else ""
        self._tell_finder()
        self.refresh()

    def _tell_finder(self) -> None:
        if self._finder is not None:
            self._finder.choose(self._sensor.removeprefix(STRAP) if self._sensor.startswith(STRAP) else None)

    def _look_again(self) -> None:
        if self._finder is not None:
            self._finder.look_again()

    # ---- how it is made ----

    def _make_fields(self) -> None:
        initial, offers = self._initial, self._offers
        self.sensor, self.search = RowList(tr("Heart")), words("", "muted")
        self.again = link(tr("Look again"), self._look_again)
        self.music, self.found = RowList(tr("Music")), words("", "muted")
        self.music.show_rows(music_rows(initial.music, offers.places), initial.music)
        self.folder = link(tr("Folder …"), self._pick_folder)
        self.playlist = link(tr("Playlist …"), self._pick_playlist)
        self.bed = Box(_beds(), initial.bed or "", tr("Under pieces without a pulse"))
        self.protocol, self.words = RowList(tr("Session")), words("", "muted")
        self.protocol.show_rows(preset_rows(offers.presets, initial.protocol), initial.protocol)
        self.words.setMinimumHeight(2 * self.words.fontMetrics().lineSpacing())
        self.person = Box([("", tr("Nobody in particular")), *((name, name) for name in offers.people())], "", tr("Who listens"))
        self.person.setEditable(True)
        self.person.setCurrentText(initial.person or self.person.itemText(0))
        self.person_note = words("", "muted")
        self.sensor.picked.connect(self._pick_sensor)
        self.music.picked.connect(lambda _: self.refresh())
        self.protocol.picked.connect(lambda _: self.refresh())
        self.person.currentTextChanged.connect(lambda _: self._note_person())
        self._note_person()

    def show_people(self) -> None:
        """Look again at who there is; who is chosen stays chosen."""
        typed = self.person.currentText()
        while self.person.count() > 1:
            self.person.removeItem(1)
        for name in self._offers.people():
            self.person.addItem(name, name)
        self.person.setCurrentText(typed)

    def forget_person(self, name: str) -> None:
        """Nobody in particular listens, where this person was chosen."""
        self._initial = replace(self._initial, person=None)
        if self.person_name.casefold() == name.casefold():
            self.person.setCurrentText(self.person.itemText(0))

    def _note_person(self) -> None:
        wrong = self.problem()
        optional = tr("Optional: a pseudonym, so that the music learns what settles you.")
        optional = optional if self._kept else tr("Nothing is kept of your sessions, so nothing is learned of anybody.")
        say(self.person_note, wrong or optional, "notice" if wrong else "muted")

    def _lay_out(self) -> None:
        left, right, cards = QtWidgets.QVBoxLayout(), QtWidgets.QVBoxLayout(), QtWidgets.QHBoxLayout()
        left.addWidget(card(tr("&Heart"), self.sensor, [self.search], [self.again]), 3)
        bed = QtWidgets.QLabel(tr("Under pieces without a pulse"))
        left.addWidget(card(tr("&Music"), self.music, [self.found, bed, self.bed], [self.folder, self.playlist]), 2)
        right.addWidget(card(tr("&Session"), self.protocol, [self.words]), 1)
        right.addWidget(card(tr("&Who listens"), self.person, [self.person_note]), 0)
        for column in (left, right):
            column.setSpacing(14)
            cards.addLayout(column, 1)
        cards.setSpacing(14)
        title = words(tr("Settle down with your heart and your music"), factor=1.9, bold=True)
        promise = words(tr(PROMISE), "muted")
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(title)
        column.addWidget(promise)
        column.addSpacing(10)
        column.addLayout(cards, 1)

    def _pick_folder(self) -> None:
        self._add_place(QtWidgets.QFileDialog.getExistingDirectory(self, tr("A folder with music"), QtCore.QDir.homePath()))

    def _pick_playlist(self) -> None:
        kinds = tr("Playlists") + " (*.m3u8 *.m3u *.pls *.xspf *.jspf *.toml)"
        place, _ = QtWidgets.QFileDialog.getOpenFileName(self, tr("A playlist"), QtCore.QDir.homePath(), kinds)
        self._add_place(place)

    def _add_place(self, place: str) -> None:
        if place:
            self.music.show_rows(music_rows(place, self._offers.places), place)
            self.refresh()


def _beds() -> list[tuple[str, str]]:
    return [("", tr("Nothing")), (Bed.RAIN.value, tr("Rain")), (Bed.WAVES.value, tr("Waves"))]


__all__ = ["Chooser", "Offers"]
