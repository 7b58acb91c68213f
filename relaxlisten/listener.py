"""The person whose session it is: what is known of them before it, and what is kept of it for them.

Decision: without a consent that holds, nothing of a person is recorded, and the session is refused before it starts. While it
runs, its record is plain and the folder is claimed; when it ends, a locked folder is sealed again. What a crash leaves plain is
sealed at the next start, without the passphrase.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.control.protocol import protocol_from_data
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.messages import PieceResponse, Rating
from relaxlisten.preparing import ratings
from relaxlisten.session.format import RECORD_NAME, read_record
from relaxlisten.session.load import record_file
from relaxlisten.session.people import read_memory, remember, remember_feeling
from relaxlisten.session.people_store import SESSIONS, People, read_card
from relaxlisten.session.person_lock import Locked
from relaxlisten.session.records import append_ratings, load_record, rating_lines
from relaxlisten.unwaited import answered, unwaited

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from relaxlisten.control.memory import Memory
    from relaxlisten.control.protocol import RatingQuestion
    from relaxlisten.messages import Event
    from relaxlisten.people_facts import PersonCard
    from relaxlisten.session.people_key import Entry
    from relaxlisten.session.person_folder import PersonFolder
    from relaxlisten.session.private import Claim
    from relaxlisten.settings import SessionSettings
    from relaxlisten.terms import When

_KEPT_WITHIN_S = 30.0  # the record of an hour is 7 MB: a network of 0.5 MB/s has time to take it, locked, and to give it back


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A person while a session of theirs runs."""

    people: People
    entry: Entry
    folder: PersonFolder
    card: PersonCard
    memory: Memory
    claim: Claim

    def let_go(self) -> None:
        """Let others at the folder, of which nothing was needed; nobody waits for a folder that does not answer."""
        unwaited("let-go", self.claim.release)

    @property
    def sessions(self) -> Path:
        """Where their sessions lie."""
        return self.folder.path / SESSIONS


@contextlib.contextmanager
def begun_or_let_go(whose: Listener | Keeper | None) -> Iterator[None]:
    """Where what is done here fails, no session begins: a fault keeps alive what it came through, and a claim with it."""
    try:
        yield
    except BaseException:
        if whose is not None:
            whose.let_go()
        raise


def open_listener(settings: SessionSettings, data_folder: Path) -> Listener | None:
    """The person of these settings; None for nobody. Raises UsageError without a consent, Locked without the passphrase."""
    if settings.person is None:
        return None
    people = People(data_folder)
    entry = people.find(settings.person)
    folder = open_with(people, entry, settings.passphrase)
    card = read_card(folder)
    if card.consent is None:
        was = f"was withdrawn on {card.consents[-1].withdrawn}" if card.consents else "has not been given"
        message = (
            f"The consent of {entry.name} {was}, so nothing of theirs is recorded: ask, and keep the answer with "
            f'`relaxlisten person consent "{entry.name}" --give`; or start a session of nobody in particular.'
        )
        raise UsageError(message)
    memory = read_memory(folder)
    claim = folder.claim()
    if claim is None:
        message = f"A session of {entry.name} is running already: end it first."
        raise UsageError(message)
    return Listener(people=people, entry=entry, folder=folder, card=card, memory=memory, claim=claim)


def open_with(people: People, entry: Entry, passphrase: str | None) -> PersonFolder:
    """A person's files, readable. Raises Locked where the passphrase is missing, WrongPassphrase where it is not the one."""
    folder = people.folder(entry, passphrase)
    if folder.is_locked and passphrase is None:
        message = f"What is kept of {entry.name} is locked: give its passphrase."
        raise Locked(message)
    return folder


class Keeper:
    """An observer that remembers, for a person, what their session showed."""

    def __init__(self, listener: Listener, questions: Sequence[RatingQuestion], hour: float) -> None:
        self._listener, self._questions, self._hour = listener, questions, hour
        self._events: list[Event] = []
        self._given_up = threading.Event()

    def receive(self, event: Event, *, derived: bool) -> None:
        """Keep what is worth remembering."""
        if isinstance(event, PieceResponse | Rating):
            self._events.append(event)

    def let_go(self) -> None:
        """The session did not begin."""
        self._listener.let_go()

    def placed(self, record: Path) -> None:
        """The record lies in this folder."""
        self._listener.people.note_place(self._listener.entry, record)

    def close(self) -> None:
        """Write it down, lock what is to be locked, and let others at the folder.

        Raises RelaxListenError where that cannot be done, or where the folder gives no answer.
        """
        kept = unwaited("keeper", self._keep)
        if not answered(kept, _KEPT_WITHIN_S):
            self._given_up.set()
            message = (
                f"The folder of {self._listener.entry.name} does not answer, or too slowly: what this session showed of them may "
                "not be remembered for the next one."
            )
            raise RelaxListenError(message)
        kept.result()

    def _keep(self) -> None:
        try:
            remember(self._listener.folder, self._events, self._questions, self._hour)
            if not self._given_up.is_set():  # the next start seals it
                self._listener.folder.seal_plain()
        finally:
            self._listener.claim.release()

    def answer(self, session: Path, given: Sequence[Rating]) -> None:
        """Add what was answered after the session to its record, and remember how it felt."""
        _add(self._listener.folder, session, given)
        remember_feeling(self._listener.folder, [*self._events, *given], self._questions)


def whose(people: People, session: Path) -> Entry | None:
    """The person whose session lies here: by the folder, or by what its header says; None for nobody's."""
    place = session.resolve()
    for entry in people.everybody():
        if place.is_relative_to(people.path(entry).resolve()) or str(place) in entry.elsewhere:
            return entry
    person_id = load_record(session).header.person_id
    return next((entry for entry in people.everybody() if entry.id == person_id), None)


def add_answers(
    session: Path, answers: Sequence[str], when: When, of: tuple[Entry, PersonFolder] | None
) -> float | None:  # fmt: skip
    """Add answers to a session's record; gives how it felt, where that is known and remembered for a person.

    Raises UsageError for an answer that is none: nothing is added then.
    """
    folder = of[1] if of else None
    record = read_record(_read(folder, session).decode("utf-8", "replace").splitlines(keepends=True), str(session))
    protocol = protocol_from_data(record.header.protocol)
    events = [entry.event for entry in record.events]
    given = ratings(answers, protocol.ratings, when, events[-1].time_s if events else 0.0)
    _add(folder, session, given)
    return remember_feeling(folder, [*events, *given], protocol.ratings) if folder else None


def _read(folder: PersonFolder | None, session: Path) -> bytes:
    """A record's bytes. Raises UsageError for a place where there is none."""
    name = _name_in(folder, session)
    content = folder.read(name) if folder and name else None
    if content is not None:
        return content
    load_record(session)  # says what is wrong with it
    return record_file(session).read_bytes()


def _add(folder: PersonFolder | None, session: Path, given: Sequence[Rating]) -> None:
    name = _name_in(folder, session)
    if folder is None or name is None:
        append_ratings(session, given)
    else:
        folder.append(name, rating_lines(folder.read(name) or b"", given))


def _name_in(folder: PersonFolder | None, session: Path) -> str | None:
    """A record's name in the person's folder; None where it lies elsewhere."""
    if folder is None:
        return None
    file = session if session.name == RECORD_NAME else session / RECORD_NAME
    place, home = file.resolve(), folder.path.resolve()
    return place.relative_to(home).as_posix() if place.is_relative_to(home) else None
