"""What a therapist writes about a person: goals, preferences, pieces to avoid, plan and consent.

Decision: two TOML files in the person's folder, `person.toml` and `notes.toml`, that can be read and changed by hand; each is
checked key by key whenever it is read. Consents are never changed, only withdrawn: a new one stands below the old ones, and
the last one counts.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from relaxlisten.control.toml_check import check_top, entries, parse_toml
from relaxlisten.control.toml_rules import Day, Table, Text, Texts
from relaxlisten.people_facts import Consent, Note, PersonCard
from relaxlisten.session.toml_text import toml_lines, toml_tables

if TYPE_CHECKING:
    import datetime

CARD_NAME, NOTES_NAME = "person.toml", "notes.toml"
CONSENT_VERSION = "relaxlisten-1"
CONSENT_TEXT = """\
What is kept of you: each session's heart beats, what was measured in them, which music was played, what you answered, and the
notes that are written about you. It is kept on this computer only, under a random number; your name here may be invented. It
serves to choose music that settles you, and to look back. You may stop at any time, see all of it, take it with you, and have
all of it deleted, without giving a reason. RelaxListen is for general wellness: it does not diagnose and does not treat.
"""
CARD = Table(
    meaning="A person.",
    keys={
        "goals": Texts(20, 500, "what the sessions are for, in the person's own words"),
        "preferences": Texts(50, 200, "music and circumstances that the person likes"),
        "avoid": Texts(500, 200, "pieces that are never played: title, file, or a pattern with *"),
        "plan": Text(8000, "what is planned"),
    },
)
CONSENT = Table(
    meaning="What the person agreed to.",
    repeated=True,
    required=("version", "given"),
    keys={
        "version": Text(40, "which text was agreed to"),
        "given": Day("when"),
        "withdrawn": Day("when it was taken back"),
    },
)
NOTE = Table(
    meaning="A note.",
    repeated=True,
    required=("written", "text"),
    keys={
        "written": Text(40, "when, in UTC"),
        "text": Text(8000, "the note"),
        "session": Text(200, "the session that it is about: the name of its folder"),
    },
)


def parse_card(text: str, file_name: str) -> PersonCard:
    """A card from TOML text. Raises TomlFault, which names the line."""
    data, source = parse_toml(text, "a person", file_name)
    check_top(data, CARD, {"consent": CONSENT}, source)
    consents = entries(data, "consent", CONSENT, source)
    for index, consent in enumerate(consents):
        if consent.get("withdrawn", consent["given"]) < consent["given"]:
            raise source.fault("consent", index, "withdrawn", '"withdrawn" must not be before "given".')
    return PersonCard(
        goals=tuple(data.get("goals", ())),
        preferences=tuple(data.get("preferences", ())),
        avoid=tuple(data.get("avoid", ())),
        plan=data.get("plan", ""),
        consents=tuple(Consent(**consent) for consent in consents),
    )


def card_text(card: PersonCard) -> str:
    """A card as TOML; `parse_card` is its inverse."""
    data = dataclasses.asdict(card)
    consents = data.pop("consents")
    return "\n".join([*toml_lines({**data, "plan": card.plan or None}), *toml_tables("consent", consents)]) + "\n"


def parse_notes(text: str, file_name: str) -> tuple[Note, ...]:
    """Notes from TOML text, oldest first. Raises TomlFault, which names the line."""
    data, source = parse_toml(text, "a file of notes", file_name)
    check_top(data, Table(meaning="", keys={}), {"note": NOTE}, source)
    return tuple(Note(**note) for note in entries(data, "note", NOTE, source))


def notes_text(notes: tuple[Note, ...]) -> str:
    """Notes as TOML; `parse_notes` is its inverse."""
    return "\n".join(toml_tables("note", [dataclasses.asdict(note) for note in notes])).lstrip("\n") + "\n"


def agreed(card: PersonCard, version: str, today: datetime.date) -> PersonCard:
    """The card with a consent given today."""
    return dataclasses.replace(card, consents=(*card.consents, Consent(version=version, given=today)))


def taken_back(card: PersonCard, today: datetime.date) -> PersonCard:
    """The card with its consent withdrawn today; the same where none holds."""
    if card.consent is None:
        return card
    return dataclasses.replace(card, consents=(*card.consents[:-1], dataclasses.replace(card.consents[-1], withdrawn=today)))
