"""A methods text as data: sentences with places for figures, and the figures with where they come from.

Decision: a sentence holds no digit of its own; every figure in the text is a `Figure`, shown in one way and traced to one place:
a field of the record, a count of its events, or a constant of the program that is named. A sentence whose figures are not all
known is left out, so that nothing is ever made up; what only a person knows is asked for in so many words.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.report.columns import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TO_COMPLETE = "TO COMPLETE"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!&$^])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure (a number, a name, a list). shown: as in the text. source: where it comes from, and how."""

    key: str
    shown: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a checklist. asks: what is to be reported. answers: sentences that a record fills. person: what it cannot."""

    number: str
    asks: str
    answers: tuple[str, ...] = ()
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """title and source of a guideline, and its items in our words."""

    title: str
    source: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodsText:
    """A whole text. warning: what must stand above it ("" where nothing must). paragraphs: of sentences with places."""

    title: str
    warning: str
    paragraphs: tuple[tuple[str, ...], ...]
    checklists: tuple[Checklist, ...]
    figures: Mapping[str, Figure]


def keys_of(sentence: str) -> tuple[str, ...]:
    """The places of a sentence."""
    return tuple(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


def fillable(sentences: Sequence[str], figures: Mapping[str, Figure]) -> tuple[str, ...]:
    """Those sentences whose every figure is known."""
    return tuple(sentence for sentence in sentences if all(key in figures for key in keys_of(sentence)))


def filled(sentence: str, figures: Mapping[str, Figure]) -> str:
    """A sentence with its figures, as Markdown: what comes from a record stays text."""
    return sentence.format(**{key: escaped(figures[key].shown) for key in keys_of(sentence)})


def escaped(text: str) -> str:
    """A text in one line in which Markdown sees nothing but letters."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text_of(text).split()))
