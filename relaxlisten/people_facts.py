"""What is known of people, as plain values, and what a window may do with it.

Decision: the window knows nothing of folders, keys and locks: it holds a `PeopleBook`, and shows what that gives.
"""

from __future__ import annotations

import datetime  # noqa: TC003  # the fields are read while the program runs
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What somebody agreed to, and when; withdrawn: when it was taken back."""

    version: str
    given: datetime.date
    withdrawn: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note. written: in UTC. session: the folder's name of the one that it is about."""

    written: str
    text: str
    session: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCard:
    """Assessment, plan and consents, oldest first. avoid: titles, files or patterns that are never played."""

    goals: tuple[str, ...] = ()
    preferences: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    plan: str = ""
    consents: tuple[Consent, ...] = ()

    @property
    def consent(self) -> Consent | None:
        """The one that holds; None where none was given, or the last one was taken back."""
        last = self.consents[-1] if self.consents else None
        return None if last is None or last.withdrawn else last


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One measure before and after; None where it is not known, for the reason in `withheld` where there is one."""

    before: float | None = None
    after: float | None = None
    withheld: str = ""

    @property
    def difference(self) -> float | None:
        """After less before."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardPiece:
    """A piece of a session, as far as its record knows it."""

    track_id: str
    title: str
    tempo_bpm: float | None = None
    arousal: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummary:
    """One session. session: its folder's name. measures: "heart_rate_bpm" and "ln_rmssd". ratings: by scale.

    felt: how much calmer after than before, as a share of the scales.
    """

    session: str
    started_utc: str
    title: str
    minutes: float
    simulated: bool
    condition: str
    measures: dict[str, Change] = field(default_factory=dict)
    ratings: dict[str, Change] = field(default_factory=dict)
    felt: float | None = None
    pieces: tuple[HeardPiece, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How much more than this person's average piece, with its 90 % credible interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceEffects:
    """What a piece does to a person, those that settle most first; None where there is not enough to say so.

    heart: in bpm. variability: of ln RMSSD. felt: share of the scale.
    """

    title: str
    heard: int
    heart: Effect | None
    variability: Effect | None
    felt: Effect | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A person in the list. locked: until their passphrase is given. past: to be deleted, by their date."""

    person_id: str
    name: str
    sessions: int
    locked: bool = False
    keep_until: datetime.date | None = None
    past: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """All that is shown of one person; sessions and notes oldest first."""

    line: PersonLine
    made: datetime.date
    card: PersonCard
    notes: tuple[Note, ...] = ()
    sessions: tuple[SessionSummary, ...] = ()
    pieces: tuple[PieceEffects, ...] = ()


class Need(StrEnum):
    """What is missing before a session of a person can begin."""

    NOTHING = "nothing"
    NEW = "new"  # nobody is known by this name
    PASSPHRASE = "passphrase"
    CONSENT = "consent"


class PeopleBook(Protocol):
    """The people of this machine, for a window. Everything may raise RelaxListenError with one sentence."""

    def lines(self) -> Sequence[PersonLine]:
        """Everybody, by name."""

    def need(self, name: str) -> Need:
        """What is missing before a session of this person can begin."""

    def find(self, text: str) -> dict[str, Sequence[str]]:
        """By ID, the places where a text stands in what is kept of a person; of those who are locked, the name only."""

    def add(self, name: str) -> str:
        """Make a person known; gives the ID."""

    def open(self, person: str, passphrase: str) -> None:
        """Give the passphrase of a person, by name or ID, for as long as the program runs."""

    def page(self, person: str) -> PersonPage:
        """All of one person, by name or ID."""

    def write(self, person: str, card: PersonCard) -> None:
        """Keep assessment and plan; consents stay as they are kept."""

    def note(self, person: str, text: str) -> None:
        """Add a note."""

    def keep_until(self, person: str, day: datetime.date | None) -> None:
        """Say until when a person is kept."""

    def agree(self, person: str) -> None:
        """Keep a consent to the shipped text, given today."""

    def take_back(self, person: str) -> None:
        """Keep that the consent is withdrawn, today."""

    def export(self, person: str, to: Path) -> int:
        """Write everything into a zip; gives how many files."""

    def going(self, person: str) -> Sequence[str]:
        """What a deletion would take."""

    def delete(self, person: str) -> Sequence[str]:
        """Delete a person for good; gives files that still hold the name."""
