"""People for pictures and tests of the window: a book that holds everything in memory."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING

from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.people_facts import (
    Change,
    Consent,
    Effect,
    Need,
    Note,
    PersonCard,
    PersonLine,
    PersonPage,
    PieceEffects,
    SessionSummary,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DAY = datetime.date(2026, 3, 1)
PASSPHRASE = "correct horse battery"


def row(number: int, before: float, after: float, calm: tuple[float, float], *, withheld: str = "") -> SessionSummary:
    variability = Change(withheld=withheld) if withheld else Change(before=3.1, after=3.1 + 0.05 * number)
    return SessionSummary(
        session=f"2026-03-{number:02d}-190000", started_utc=f"2026-03-{number:02d}T19:00:00+00:00", title="Settle, 20 minutes",
        minutes=20.0, simulated=False, condition="adaptive", ratings={"calm": Change(before=calm[0], after=calm[1])},
        measures={"heart_rate_bpm": Change(before=before, after=after), "ln_rmssd": variability},
    )  # fmt: skip


SESSIONS = (
    row(2, 74.0, 68.0, (4, 6)), row(5, 71.0, 66.0, (5, 7)),
    row(9, 77.0, 78.0, (3, 4), withheld="after: 22 s of 30 s of clean beats"),
    row(12, 72.0, 64.0, (4, 8)), row(16, 70.0, 63.0, (5, 8)),
)  # fmt: skip
PIECES = (
    PieceEffects(
        title="Harbour at Night", heard=6, heart=Effect(mean=-2.4, low=-3.9, high=-0.9),
        variability=Effect(mean=0.11, low=0.02, high=0.2), felt=Effect(mean=0.06, low=-0.01, high=0.13),
    ),
    PieceEffects(title="Slow Water", heard=2, heart=None, variability=None, felt=None),
)  # fmt: skip
CARD = PersonCard(
    goals=("Fall asleep more easily",), preferences=("Piano", "Rain outside"), avoid=("Requiem*",),
    plan="Twice a week in the evening, 20 minutes; in April look at the history together.",
    consents=(Consent(version="relaxlisten-1", given=DAY),),
)  # fmt: skip
NOTES = (
    Note(written="2026-03-02T19:30:00+00:00", text="Fidgety for the first ten minutes."),
    Note(written="2026-03-12T19:25:00+00:00", text="Wept at the second piece, in a good way."),
)


class MemoryBook:
    """people_facts.PeopleBook without a disk. fault: raised by the next thing that is asked for."""

    def __init__(self) -> None:
        self.pages = {
            "p-1": page("p-1", "kim", CARD, NOTES, SESSIONS, PIECES),
            "p-2": page("p-2", "lee", PersonCard()),
            "p-3": page("p-3", "quiet-river", CARD, NOTES),
        }
        self.locked = {"p-3"}
        self.added = 0
        self.exported: list[Path] = []
        self.fault: RelaxListenError | None = None

    def lines(self) -> Sequence[PersonLine]:
        return [dataclasses.replace(one.line, locked=one.line.person_id in self.locked) for one in self.pages.values()]

    def need(self, name: str) -> Need:
        known = [one for one in self.pages.values() if one.line.name == name]
        if not known:
            return Need.NEW
        if known[0].line.person_id in self.locked:
            return Need.PASSPHRASE
        return Need.NOTHING if known[0].card.consent else Need.CONSENT

    def find(self, text: str) -> dict[str, Sequence[str]]:
        return {key: [note.text] for key, one in self.pages.items() for note in one.notes if text in note.text}

    def add(self, name: str) -> str:
        if "/" in name:
            message = f'"{name}" cannot be the name of a person.'
            raise UsageError(message)
        self.added += 1
        person_id = f"p-new-{self.added}"
        self.pages[person_id] = page(person_id, name, PersonCard())
        return person_id

    def open(self, person: str, passphrase: str) -> None:
        if passphrase != PASSPHRASE:
            raise UsageError("The passphrase does not open this folder.")
        self.locked.discard(self._id(person))

    def page(self, person: str) -> PersonPage:
        if self.fault is not None:
            raise self.fault
        return self.pages[self._id(person)]

    def write(self, person: str, card: PersonCard) -> None:
        self._change(person, card=card)

    def note(self, person: str, text: str) -> None:
        self._change(person, notes=(*self.page(person).notes, Note(written="2026-03-20T10:00:00+00:00", text=text)))

    def keep_until(self, person: str, day: datetime.date | None) -> None:
        self._change(person, line=dataclasses.replace(self.page(person).line, keep_until=day))

    def agree(self, person: str) -> None:
        card = self.page(person).card
        consents = (*card.consents, Consent(version="relaxlisten-1", given=DAY))
        self._change(person, card=dataclasses.replace(card, consents=consents))

    def take_back(self, person: str) -> None:
        card = self.page(person).card
        consents = tuple(dataclasses.replace(one, withdrawn=DAY) for one in card.consents)
        self._change(person, card=dataclasses.replace(card, consents=consents))

    def export(self, person: str, to: Path) -> int:
        self.exported.append(to)
        return 3

    def going(self, person: str) -> Sequence[str]:
        return [f"/data/people/{self._id(person)}/{name}" for name in ("notes.toml", "person.toml", "sessions/a/session.jsonl")]

    def delete(self, person: str) -> Sequence[str]:
        del self.pages[self._id(person)]
        return []

    def _id(self, person: str) -> str:
        return person if person in self.pages else next(key for key, one in self.pages.items() if one.line.name == person)

    def _change(self, person: str, **changes: object) -> None:
        key = self._id(person)
        self.pages[key] = dataclasses.replace(self.pages[key], **changes)  # type: ignore[arg-type]


def page(
    person_id: str, name: str, card: PersonCard, notes: tuple[Note, ...] = (), sessions: tuple[SessionSummary, ...] = (),
    pieces: tuple[PieceEffects, ...] = (),
) -> PersonPage:  # fmt: skip
    line = PersonLine(person_id=person_id, name=name, sessions=len(sessions))
    return PersonPage(line=line, made=DAY, card=card, notes=notes, sessions=sessions, pieces=pieces)
