"""What the pages about people say, without Qt."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.window.start_model import Row
from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from relaxlisten.people_facts import Change, Effect, Note, PersonCard, PersonLine, PieceEffects, SessionSummary

NOT_KNOWN = "-"
HISTORY_HEAD = (
    later("When"), later("Session"), later("Heart rate (bpm)"), later("ln RMSSD"), later("Answers"),
)  # fmt: skip
PIECES_HEAD = (
    later("Piece"), later("Heard"), later("Heart rate (bpm)"), later("ln RMSSD"), later("Felt (% of scale)"),
)  # fmt: skip
NOT_ENOUGH = later("not enough yet")


def list_rows(lines: Sequence[PersonLine], found: Mapping[str, Sequence[str]] | None) -> tuple[Row, ...]:
    """The list of people; of a search (None: nothing is searched) those who were found, each with the first place."""
    if found is None:
        return tuple(Row(data=line.person_id, text=line.name, more=line_words(line)) for line in lines)
    return tuple(
        Row(data=line.person_id, text=line.name, more=found[line.person_id][0]) for line in lines if line.person_id in found
    )


def line_words(line: PersonLine) -> str:
    """What is to be known of a person at a glance."""
    counted = tr("1 session") if line.sessions == 1 else tr("{count} sessions", count=line.sessions)
    parts = [counted, *([tr("locked")] if line.locked else [])]
    if line.past:
        parts.append(tr("was to be kept until {day}", day=line.keep_until))
    return " · ".join(parts)


def consent_sentence(card: PersonCard) -> str:
    """Where the consent stands."""
    if card.consent is not None:
        return tr("Consent to {version} since {day}.", version=card.consent.version, day=card.consent.given)
    if card.consents:
        return tr("The consent was withdrawn on {day}: no session is recorded.", day=card.consents[-1].withdrawn)
    return tr("No consent was given yet: no session is recorded.")


def kept_sentence(line: PersonLine) -> str:
    """Until when a person is kept; "" for no end."""
    return tr("To be kept until {day}.", day=line.keep_until) if line.keep_until else ""


def lines_of(text: str) -> tuple[str, ...]:
    """One entry a line, as it is typed; empty lines are none."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def local_time(utc: str) -> str:
    """A time of the day here, to the minute; as it stands where it is no time."""
    try:
        return datetime.datetime.fromisoformat(utc).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return utc


def note_lines(notes: Sequence[Note]) -> tuple[str, ...]:
    """Notes, newest first."""
    return tuple(f"{local_time(note.written)}  {note.text}" for note in reversed(notes))


def history_cells(row: SessionSummary) -> tuple[str, ...]:
    """A session's row, under HISTORY_HEAD."""
    title = f"{tr(row.title)} ({tr('simulated')})" if row.simulated else tr(row.title)
    answers = ", ".join(f"{scale} {change_words(one, 'g')}" for scale, one in row.ratings.items())
    heart, variability = (row.measures.get(name) for name in ("heart_rate_bpm", "ln_rmssd"))
    return (
        local_time(row.started_utc), title, change_words(heart, ".0f"), change_words(variability, ".2f"), answers or NOT_KNOWN,
    )  # fmt: skip


def withheld(rows: Sequence[SessionSummary]) -> tuple[str, ...]:
    """Why values are missing, each reason once."""
    return tuple(dict.fromkeys(one.withheld for row in rows for one in row.measures.values() if one.withheld))


def change_words(one: Change | None, digits: str) -> str:
    """Before and after, with the difference."""
    if one is None or one.withheld:
        return tr("withheld") if one and one.withheld else NOT_KNOWN
    before, after = (NOT_KNOWN if value is None else format(value, digits) for value in (one.before, one.after))
    return f"{before} → {after}" + ("" if one.difference is None else f" ({one.difference:+{digits}})")


def piece_cells(piece: PieceEffects) -> tuple[str, ...]:
    """A piece's row, under PIECES_HEAD."""
    effects = [_effect(piece.heart, 1.0, ".1f"), _effect(piece.variability, 1.0, ".2f"), _effect(piece.felt, 100.0, ".0f")]
    return (piece.title, str(piece.heard), *effects)


def _effect(effect: Effect | None, factor: float, digits: str) -> str:
    if effect is None:
        return tr(NOT_ENOUGH)
    mean, low, high = (factor * value for value in (effect.mean, effect.low, effect.high))
    return f"{mean:+{digits}} [{low:+{digits}}, {high:+{digits}}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPoint:
    """A session of the chart. place: counts all sessions from 0, so that one without a value leaves its place free."""

    place: int
    before: float
    after: float
    when: str


def chart_points(rows: Sequence[SessionSummary], measure: str) -> tuple[ChartPoint, ...]:
    """The sessions of which a measure is known before and after."""
    known = ((place, row, row.measures.get(measure)) for place, row in enumerate(rows))
    return tuple(
        ChartPoint(place=place, before=one.before, after=one.after, when=local_time(row.started_utc))
        for place, row, one in known
        if one is not None and one.before is not None and one.after is not None
    )


def chart_sentence(points: Sequence[ChartPoint], sessions: int) -> str:
    """The chart in words, for who does not see it."""
    if not points:
        return tr("No session has a heart rate before and after yet.")
    lower = sum(point.after < point.before for point in points)
    return tr(
        "Heart rate at the beginning (ring) and at the end (dot) of each session: lower at the end in {lower} of {known}; "
        "{sessions} sessions in all.",
        lower=lower, known=len(points), sessions=sessions,
    )  # fmt: skip


def going_words(name: str, files: Sequence[str]) -> str:
    """What a deletion takes."""
    return tr(
        "Everything of {name} is deleted for good: {count} files, records and notes among them. Exports and reports that you "
        "saved elsewhere stay.",
        name=name, count=len(files),
    )  # fmt: skip
