"""The people of this machine: who there is, and what is kept of each.

Decision: a person's sessions lie in the person's folder, so that one folder is all there is of somebody: it can be locked,
handed over and deleted as a whole. A record that `--out` put elsewhere is named in the key. Whatever was cut off (a deletion, a
locking, a session of a locked person) is finished by `resume`, which every start calls.
"""

from __future__ import annotations

import dataclasses
import difflib
from typing import TYPE_CHECKING

from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.session.people_key import (
    Entry,
    add_elsewhere,
    change_entry,
    change_key,
    checked_name,
    is_id,
    new_id,
    read_key,
)
from relaxlisten.session.person_card import CARD_NAME, NOTES_NAME, card_text, notes_text, parse_card, parse_notes
from relaxlisten.session.person_folder import PersonFolder, open_folder
from relaxlisten.session.private import private_folder

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from relaxlisten.people_facts import Note, PersonCard

PEOPLE, SESSIONS = "people", "sessions"


class People:
    """Everybody who is known in a data folder."""

    def __init__(self, data_folder: Path) -> None:
        self.data_folder = data_folder

    def everybody(self) -> tuple[Entry, ...]:
        """Those who are not being deleted, by name. Raises UsageError where the key is not as it should be."""
        return tuple(sorted((one for one in read_key(self.data_folder) if not one.deleting), key=lambda one: one.name.casefold()))

    def find(self, name: str) -> Entry:
        """A person by name or ID. Raises UsageError with the nearest name."""
        everybody = self.everybody()
        for entry in everybody:
            if name.casefold() == entry.name.casefold() or name == entry.id:
                return entry
        names = {entry.name.casefold(): entry.name for entry in everybody}
        near = difflib.get_close_matches(name.casefold(), names, n=1)
        hint = f'did you mean "{names[near[0]]}"?' if near else f'`relaxlisten person new "{name}"` makes them known.'
        message = f'There is no person "{name}": {hint}'
        raise UsageError(message)

    def new(self, name: str, today: datetime.date) -> Entry:
        """Make a person known. Raises UsageError for a name that cannot be, or is taken."""
        entry = Entry(name=checked_name(name), id=new_id(), made=today)

        def added(everybody: tuple[Entry, ...]) -> tuple[Entry, ...]:
            self._check_free(everybody, name)
            return (*everybody, entry)

        change_key(self.data_folder, added)
        try:
            private_folder(self.path(entry))
        except OSError as fault:
            message = f"The folder of this person could not be made ({fault.strerror or fault}: {self.path(entry)})."
            raise RelaxListenError(message) from fault
        return entry

    def rename(self, entry: Entry, name: str) -> None:
        """Give a person another pseudonym; nothing else changes, for it stands in the key only."""
        self._check_free(tuple(one for one in read_key(self.data_folder) if one.id != entry.id), checked_name(name))
        change_entry(self.data_folder, entry.id, lambda one: dataclasses.replace(one, name=name))

    def keep_until(self, entry: Entry, day: datetime.date | None) -> None:
        """Say until when a person is to be kept; None for no end."""
        change_entry(self.data_folder, entry.id, lambda one: dataclasses.replace(one, keep_until=day))

    def past(self, today: datetime.date) -> tuple[Entry, ...]:
        """Those who were to be kept until a day before today."""
        return tuple(entry for entry in self.everybody() if entry.is_past(today))

    def path(self, entry: Entry) -> Path:
        """A person's folder; it may not exist yet."""
        return self.data_folder / PEOPLE / entry.id

    def folder(self, entry: Entry, passphrase: str | None = None) -> PersonFolder:
        """A person's files. Raises WrongPassphrase."""
        return open_folder(self.path(entry), passphrase)

    def note_place(self, entry: Entry, record: Path) -> None:
        """Remember where a record of this person lies, if not in their folder."""
        if not record.resolve().is_relative_to(self.path(entry).resolve()):
            add_elsewhere(self.data_folder, entry.id, record)

    def adopt(self, today: datetime.date) -> None:
        """Give an ID to each folder from before there were IDs; its name goes into the key, and what it holds stays."""
        folders = sorted((self.data_folder / PEOPLE).glob("*/")) if (self.data_folder / PEOPLE).is_dir() else []
        for folder in (one for one in folders if not is_id(one.name)):
            known = [entry for entry in read_key(self.data_folder) if entry.name == folder.name]
            entry = known[0] if known else Entry(name=checked_name(folder.name), id=new_id(), made=today)
            if not known:
                change_key(self.data_folder, lambda everybody, one=entry: (*everybody, one))  # type: ignore[misc]
            if not self.path(entry).exists():
                folder.rename(self.path(entry))

    @staticmethod
    def _check_free(everybody: tuple[Entry, ...], name: str) -> None:
        if any(one.name.casefold() == name.casefold() for one in everybody):
            message = f'There is a person "{name}" already: choose another name.'
            raise UsageError(message)


# ---- what is written about a person ----


def read_card(folder: PersonFolder) -> PersonCard:
    """Assessment, plan and consent. Raises UsageError that names the line, Locked without the passphrase."""
    return parse_card(_text(folder, CARD_NAME), str(folder.path / CARD_NAME))


def write_card(folder: PersonFolder, card: PersonCard) -> None:
    """Keep a card. Raises UsageError for what could not be read back: nothing is changed then."""
    text = card_text(card)
    parse_card(text, CARD_NAME)
    folder.write(CARD_NAME, text.encode())


def read_notes(folder: PersonFolder) -> tuple[Note, ...]:
    """Notes, oldest first. Raises UsageError that names the line, Locked without the passphrase."""
    return parse_notes(_text(folder, NOTES_NAME), str(folder.path / NOTES_NAME))


def add_note(folder: PersonFolder, note: Note) -> None:
    """Add a note. Raises UsageError for one that is empty or too long: nothing is changed then."""
    text = notes_text((*read_notes(folder), note))
    parse_notes(text, NOTES_NAME)
    folder.write(NOTES_NAME, text.encode())


def _text(folder: PersonFolder, name: str) -> str:
    return (folder.read(name) or b"").decode("utf-8", "replace").replace("\r\n", "\n")
