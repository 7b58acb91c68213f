"""What a key of a file that people write may hold: a number, a text, a word, a date ..., each with what it means.

Decision: a file's keys are a table of these rules, from which its reader (`toml_check.py`), its schema and its documentation
are made; so none of them can disagree.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A number from low to high, both allowed."""

    low: float
    high: float
    meaning: str

    @property
    def allows(self) -> str:
        """What is allowed, to be read after "must be"."""
        return f"a number from {self.low:g} to {self.high:g}"

    def fits(self, value: object) -> bool:
        """Whether a value of a file is such a number."""
        return isinstance(value, int | float) and not isinstance(value, bool) and self.low <= float(value) <= self.high


@dataclass(frozen=True, slots=True)
class Text:
    """Text of some length."""

    most_characters: int
    meaning: str

    @property
    def allows(self) -> str:
        """What is allowed, to be read after "must be"."""
        return f"text of 1 to {self.most_characters} characters"

    def fits(self, value: object) -> bool:
        """Whether a value of a file is such a text."""
        return isinstance(value, str) and 0 < len(value) <= self.most_characters


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a closed set."""

    words: tuple[str, ...]
    meaning: str

    @property
    def allows(self) -> str:
        """What is allowed, to be read after "must be"."""
        return "one of " + ", ".join(self.words)

    def fits(self, value: object) -> bool:
        """Whether a value of a file is such a word."""
        return isinstance(value, str) and value in self.words


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    meaning: str
    allows: str = "true or false"

    def fits(self, value: object) -> bool:
        """Whether a value of a file is one."""
        return isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts."""

    most: int
    most_characters: int
    meaning: str

    @property
    def allows(self) -> str:
        """What is allowed, to be read after "must be"."""
        return f'a list of at most {self.most} texts of 1 to {self.most_characters} characters, as ["one", "two"]'

    def fits(self, value: object) -> bool:
        """Whether a value of a file is such a list."""
        text = Text(self.most_characters, "")
        return isinstance(value, list) and len(value) <= self.most and all(text.fits(item) for item in value)


@dataclass(frozen=True, slots=True)
class Day:
    """A date without a time."""

    meaning: str
    allows: str = "a date without quotes, as 2027-01-31"

    def fits(self, value: object) -> bool:
        """Whether a value of a file is one."""
        return isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)


Rule = Number | Text | Word | Flag | Texts | Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the file. repeated: written as [[name]], as often as wanted."""

    keys: dict[str, Rule]
    meaning: str
    required: tuple[str, ...] = ()
    repeated: bool = False
