"""Ratings of a session beside the questions of its protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.control.protocol import RatingQuestion, rating_from_data
from relaxlisten.report.columns import floats, number, text_of, words
from relaxlisten.report.facts import RatingFacts
from relaxlisten.terms import When

if TYPE_CHECKING:
    from collections.abc import Mapping

    from relaxlisten.session.tables import LoadedSession


def ratings(session: LoadedSession) -> tuple[RatingFacts, ...]:
    """Each scale that was answered, the last answer of each occasion; in the order of the protocol, then of the answers."""
    table = session["Rating"]
    rows = zip(words(table, "scale"), words(table, "when"), floats(table, "value").tolist(), strict=True)
    given = {(scale, when): value for scale, when, value in rows}
    asked = questions(session)
    scales = dict.fromkeys([scale for scale in asked if any(key[0] == scale for key in given)] + [scale for scale, _ in given])
    return tuple(
        _facts(scale, asked.get(scale), given.get((scale, When.BEFORE.value)), given.get((scale, When.AFTER.value)))
        for scale in scales
    )


def questions(session: LoadedSession) -> Mapping[str, RatingQuestion]:
    """The questions of the protocol that can be read, by scale."""
    listed = session.header.protocol.get("ratings", ()) if session.header else ()
    found = {}
    for data in listed if isinstance(listed, list | tuple) else ():
        try:
            question = rating_from_data(data)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
        if number(question.low) is not None and number(question.high) is not None:
            found[text_of(question.scale)] = question
    return found


def _facts(scale: str, asked: RatingQuestion | None, before: float | None, after: float | None) -> RatingFacts:
    calmer = None
    if asked is not None and asked.tells_calm and before is not None and after is not None:
        calmer = after - before if asked.calm_is_high else before - after
    return RatingFacts(
        scale=scale,
        question=text_of(asked.question) if asked else "",
        low=asked.low if asked else None,
        high=asked.high if asked else None,
        low_label=text_of(asked.low_label) if asked else "",
        high_label=text_of(asked.high_label) if asked else "",
        before=before,
        after=after,
        calmer=calmer,
    )
