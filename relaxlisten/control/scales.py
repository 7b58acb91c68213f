"""Questions to a listener from a file of scales: those that ship, and those that somebody wrote.

Decision: a scale is written as a protocol's question is ([[rating]]), and becomes one of the session's protocol when it is asked:
so it stands in the record with its words and its bounds, and nothing needs the file afterwards.
"""

from __future__ import annotations

import dataclasses
import difflib
from typing import TYPE_CHECKING

from relaxlisten.control.protocol import Protocol, rating_from_data
from relaxlisten.control.protocol_file import check_bounds
from relaxlisten.control.protocol_rules import RATING
from relaxlisten.control.toml_check import check_top, entries, parse_toml
from relaxlisten.control.toml_rules import Table, Text
from relaxlisten.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.control.protocol import RatingQuestion

_TOP = Table(meaning="A file of scales.", keys={"title": Text(80, "what the scales are called together")})


def parse_scales(text: str, file_name: str) -> tuple[RatingQuestion, ...]:
    """The scales of a TOML text, in their order. Raises TomlFault with one sentence."""
    data, source = parse_toml(text, "a file of scales", file_name)
    check_top(data, _TOP, {"rating": RATING}, source)
    found = entries(data, "rating", RATING, source)
    if not found:
        raise source.fault(None, 0, "rating", "a file of scales needs at least one [[rating]] with scale and question.")
    check_bounds({"rating": found}, source)
    names = [entry["scale"] for entry in found]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise source.fault("rating", index, "scale", f'there is a scale "{name}" above already: give this one another name.')
    return tuple(rating_from_data(entry) for entry in found)


def chosen(scales: Sequence[RatingQuestion], names: Sequence[str]) -> tuple[RatingQuestion, ...]:
    """Some of the scales, by name. Raises UsageError for one that there is not."""
    known = {question.scale: question for question in scales}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(known)}, or a .toml file of your own."
            message = f'There is no scale "{name}": {hint}'
            raise UsageError(message)
    return tuple(known[name] for name in dict.fromkeys(names))


def with_scales(protocol: Protocol, scales: Sequence[RatingQuestion]) -> Protocol:
    """The protocol with more questions; its own come first, and stay as they are where a scale has the same name."""
    own = {question.scale for question in protocol.ratings}
    more = {question.scale: question for question in scales if question.scale not in own}
    return dataclasses.replace(protocol, ratings=(*protocol.ratings, *more.values()))
