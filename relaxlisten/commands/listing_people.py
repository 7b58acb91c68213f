"""What the commands about people print."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.people_facts import Change, Note, PersonCard, SessionSummary
    from relaxlisten.session.people_key import Entry

_WITHHELD = "withheld"
_NAMES = {"heart_rate_bpm": ("Heart rate (bpm)", ".0f"), "ln_rmssd": ("ln RMSSD", ".2f")}


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def print_people(rows: Sequence[tuple[Entry, int, bool]], today: datetime.date) -> None:
    """rows: each with the number of sessions, and whether the folder is locked."""
    table = Table("Name", "ID", "Since", "Sessions", "", box=None)
    for entry, sessions, locked in rows:
        marks = [*(["locked"] if locked else []), *([f"keep until {entry.keep_until}"] if entry.keep_until else [])]
        marks += ["past its date"] if entry.is_past(today) else []
        table.add_row(entry.name, entry.id, str(entry.made), str(sessions), ", ".join(marks))
    _console().print(table)


def print_person(entry: Entry, card: PersonCard, notes: Sequence[Note], sessions: int) -> None:
    """Everything that is written about a person."""
    console = _console()

    def say(text: str) -> None:
        console.print(text, markup=False)

    say(f"{entry.name}  ({entry.id}, since {entry.made}, {sessions} sessions)")
    say(consent_words(card))
    if entry.keep_until:
        say(f"To be kept until {entry.keep_until}.")
    for title, texts in (("Goals", card.goals), ("Preferences", card.preferences), ("Never played", card.avoid)):
        for number, text in enumerate(texts):
            say(f"{title if number == 0 else '':<14}{text}")
    if card.plan:
        say(f"{'Plan':<14}{card.plan}")
    for note in notes:
        about = f"  (session {note.session})" if note.session else ""
        say(f"{local_time(note.written)}  {note.text}{about}")


def consent_words(card: PersonCard) -> str:
    """Where the consent stands, in a sentence."""
    if card.consent is not None:
        return f"Consent to {card.consent.version} since {card.consent.given}."
    if card.consents:
        return f"The consent of {card.consents[-1].given} was withdrawn on {card.consents[-1].withdrawn}: no session is recorded."
    return "No consent was given yet: no session is recorded."


def local_time(utc: str) -> str:
    """A time of the day here, to the minute; as it stands where it is no time."""
    try:
        return datetime.datetime.fromisoformat(utc).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return utc


def print_history(rows: Sequence[SessionSummary]) -> None:
    """Sessions over time with what changed in each."""
    console = _console()
    if not rows:
        console.print("There is no session yet.")
        return
    table = Table("When", "Session", "Min", *(title for title, _ in _NAMES.values()), "Answers", "Felt", box=None)
    whys: dict[str, None] = {}
    for row in rows:
        told = [_change(row.measures[name], digits) for name, (_, digits) in _NAMES.items()]
        whys.update(dict.fromkeys(one.withheld for one in row.measures.values() if one.withheld))
        answers = ", ".join(f"{scale} {_change(one, 'g')}" for scale, one in row.ratings.items())
        felt = "" if row.felt is None else f"{100.0 * row.felt:+.0f} %"
        mark = " (simulated)" if row.simulated else ""
        table.add_row(local_time(row.started_utc), row.title + mark, f"{row.minutes:.0f}", *told, answers, felt)
    console.print(table)
    for why in whys:
        console.print(f"{_WITHHELD}: {why}", markup=False)
    console.print("Beginning of the session -> its last three minutes. General wellness only: no diagnosis.", markup=False)


def _change(one: Change, digits: str) -> str:
    if one.withheld:
        return _WITHHELD
    before, after = ("-" if value is None else format(value, digits) for value in (one.before, one.after))
    return f"{before} -> {after}" + ("" if one.difference is None else f" ({one.difference:+{digits}})")
