"""The people of this machine, as a window works with them (people_facts.PeopleBook).

Decision: a passphrase that was given is kept in memory until the program ends, as the person's opened folder and as what a
session needs; it is written nowhere.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING

from relaxlisten.control.values import values
from relaxlisten.listener import add_answers, open_with, whose
from relaxlisten.messages import Track
from relaxlisten.people_facts import Effect, Need, Note, PersonCard, PersonLine, PersonPage, PieceEffects
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.people import read_memory
from relaxlisten.session.people_delete import delete, resume, still_named, what_goes
from relaxlisten.session.people_export import export_person
from relaxlisten.session.people_history import history, mentions
from relaxlisten.session.people_store import People, add_note, read_card, read_notes, write_card
from relaxlisten.session.person_card import CONSENT_VERSION, agreed, taken_back
from relaxlisten.terms import TempoSource, When

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from relaxlisten.control.memory import Memory
    from relaxlisten.control.response import Effects
    from relaxlisten.people_facts import SessionSummary
    from relaxlisten.session.people_key import Entry
    from relaxlisten.session.person_folder import PersonFolder


class PeopleDesk:
    """See people_facts.PeopleBook, which says what each of these does."""

    def __init__(self, data_folder: Path) -> None:
        self._people = People(data_folder)
        self._passphrases: dict[str, str] = {}
        self._opened: dict[str, PersonFolder] = {}

    def start(self) -> list[str]:
        """Finish what was cut off; sentences about that, and about who is past their date."""
        said = resume(self._people, _today())
        return said + [f"{one.name} was to be kept until {one.keep_until}." for one in self._people.past(_today())]

    def lines(self) -> tuple[PersonLine, ...]:
        """Everybody, by name."""
        return tuple(self._line(entry) for entry in self._people.everybody())

    def need(self, name: str) -> Need:
        """What is missing before a session can begin."""
        if not any(name.casefold() == entry.name.casefold() for entry in self._people.everybody()):
            return Need.NEW
        entry = self._people.find(name)
        if self._line(entry).locked:
            return Need.PASSPHRASE
        return Need.NOTHING if read_card(self._folder(entry)).consent else Need.CONSENT

    def find(self, text: str) -> dict[str, Sequence[str]]:
        """Where a text stands, by ID."""
        found = {entry.id: self._mentions(entry, text) for entry in self._people.everybody()}
        return {person_id: places for person_id, places in found.items() if places}

    def add(self, name: str) -> str:
        """Make a person known."""
        return self._people.new(name, _today()).id

    def open(self, person: str, passphrase: str) -> None:
        """Give a passphrase."""
        entry = self._people.find(person)
        self._opened[entry.id] = self._people.folder(entry, passphrase)
        self._passphrases[entry.id] = passphrase

    def passphrase(self, person: str | None) -> str | None:
        """The passphrase that was given, for a session; None where none was, or none is needed."""
        return None if person is None else self._passphrases.get(self._people.find(person).id)

    def page(self, person: str) -> PersonPage:
        """All of one person."""
        entry, folder = self._found(person)
        sessions = history(folder, entry)
        return PersonPage(
            line=self._line(entry),
            made=entry.made,
            card=read_card(folder),
            notes=read_notes(folder),
            sessions=tuple(sessions),
            pieces=piece_effects(read_memory(folder), sessions),
        )

    def write(self, person: str, card: PersonCard) -> None:
        """Keep assessment and plan."""
        _, folder = self._found(person)
        write_card(folder, dataclasses.replace(card, consents=read_card(folder).consents))

    def note(self, person: str, text: str) -> None:
        """Add a note."""
        written = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        add_note(self._found(person)[1], Note(written=written, text=text))

    def keep_until(self, person: str, day: datetime.date | None) -> None:
        """Say until when a person is kept."""
        self._people.keep_until(self._people.find(person), day)

    def agree(self, person: str) -> None:
        """Keep a consent."""
        _, folder = self._found(person)
        write_card(folder, agreed(read_card(folder), CONSENT_VERSION, _today()))

    def take_back(self, person: str) -> None:
        """Keep that the consent is withdrawn."""
        _, folder = self._found(person)
        write_card(folder, taken_back(read_card(folder), _today()))

    def export(self, person: str, to: Path) -> int:
        """Write the zip."""
        entry, folder = self._found(person)
        return export_person(folder, entry, to)

    def going(self, person: str) -> list[str]:
        """What a deletion would take."""
        return [str(file) for file in what_goes(self._people, self._people.find(person))]

    def delete(self, person: str) -> list[str]:
        """Delete a person for good."""
        entry = self._people.find(person)
        delete(self._people, entry)
        self._opened.pop(entry.id, None)
        self._passphrases.pop(entry.id, None)
        return [str(file) for file in still_named(self._people, [entry.id, entry.name])]

    def rate(self, record: Path, answers: Sequence[str]) -> None:
        """Keep what was answered after a session, in its record and for its person. Raises RelaxListenError."""
        entry = whose(self._people, record)
        add_answers(record, answers, When.AFTER, None if entry is None else (entry, self._folder(entry)))

    def _found(self, person: str) -> tuple[Entry, PersonFolder]:
        entry = self._people.find(person)
        return entry, self._folder(entry)

    def _folder(self, entry: Entry) -> PersonFolder:
        opened = self._opened.get(entry.id)
        return open_with(self._people, entry, None) if opened is None else opened

    def _line(self, entry: Entry) -> PersonLine:
        folder = self._people.folder(entry)
        return PersonLine(
            person_id=entry.id,
            name=entry.name,
            sessions=sum(name.endswith(f"/{RECORD_NAME}") for name in folder.names()) + len(entry.elsewhere),
            locked=folder.is_locked and entry.id not in self._opened,
            keep_until=entry.keep_until,
            past=entry.is_past(_today()),
        )

    def _mentions(self, entry: Entry, text: str) -> list[str]:
        if self._line(entry).locked:
            return [f"name: {entry.name}"] if text.casefold() in entry.name.casefold() else []
        return mentions(self._folder(entry), entry, text)


def piece_effects(memory: Memory, sessions: Sequence[SessionSummary]) -> tuple[PieceEffects, ...]:
    """The pieces of these sessions, those that settle most first, with how sure that is."""
    heard = {piece.track_id: piece for row in sessions for piece in row.pieces}
    tracks = [
        Track(
            track_id=one.track_id, title=one.title, duration_s=0.0, tempo_bpm=one.tempo_bpm, tempo_source=TempoSource.NONE,
            arousal=one.arousal,
        )
        for one in heard.values()
    ]  # fmt: skip
    if not tracks or not memory.sessions:
        return ()
    known = values(memory, tracks)
    places = {track_id: place for place, track_id in enumerate(known.heart.track_ids)}
    return tuple(
        PieceEffects(
            title=track.title,
            heard=int(known.heart.hearings[places[track.track_id]]),
            heart=_effect(known.heart, places[track.track_id]),
            variability=_effect(known.variability, places[track.track_id]),
            felt=_effect(known.feeling, places[track.track_id]),
        )
        for track in sorted(tracks, key=lambda one: -known.mean[one.track_id])
    )


def _effect(effects: Effects, place: int) -> Effect | None:
    if not effects.enough(place):
        return None
    low, high = effects.interval(place)
    return Effect(mean=float(effects.mean[place]), low=low, high=high)


def _today() -> datetime.date:
    return datetime.datetime.now().astimezone().date()
