"""Languages of a report: its words, and how each writes numbers, times and dates.

Decision: every word of a report is in one table a language (`english.py`, `german.py`), so that another language is one more
table; a test holds them to the same keys and places. What the record itself says (reasons, notices, titles) stays as recorded.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.errors import UsageError
from relaxlisten.report.english import WORDS as ENGLISH
from relaxlisten.report.german import WORDS as GERMAN

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = "–"
MINUS = "−"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """code: as in HTML's lang. decimal: the mark before tenths. date: for strftime."""

    code: str
    words: Mapping[str, str]
    decimal: str
    date: str

    def say(self, key: str, **values: object) -> str:
        """The words under a key, with these values in their places."""
        return self.words[key].format(**values)

    def named(self, group: str, name: str) -> str:
        """The word for a recorded term ("phase", "lead"), or the term itself where there is none."""
        return self.words.get(f"{group}_{name}", name)

    def number(self, value: float | None, digits: int = 1) -> str:
        """A number with so many digits; a dash where it is not known."""
        if value is None:
            return UNKNOWN
        return f"{value:.{digits}f}".replace("-", MINUS).replace(".", self.decimal)

    def signed(self, value: float | None, digits: int = 1) -> str:
        """A change, with its sign; no sign where it rounds to nothing."""
        if value is None:
            return UNKNOWN
        if float(f"{value:.{digits}f}") == 0.0:
            return self.number(0.0, digits)
        return "+" * (value > 0.0) + self.number(value, digits)

    def share(self, value: float | None, digits: int = 0) -> str:
        """A share as a percentage."""
        return UNKNOWN if value is None else f"{self.number(100.0 * value, digits)} %"

    def plain(self, value: float | None) -> str:
        """A number as short as it is: 7, 7.5."""
        return UNKNOWN if value is None else f"{value:g}".replace("-", MINUS).replace(".", self.decimal)

    def length(self, seconds: float) -> str:
        """A length of time in minutes, or in seconds where it is short."""
        if seconds < 90.0:
            return self.say("seconds", n=self.number(seconds, 0))
        minutes = seconds / 60.0
        return self.say("minutes", n=self.number(minutes, 0 if abs(minutes - round(minutes)) < 0.05 else 1))

    def moment(self, started_utc: str | None) -> str:
        """Date and time of day, UTC."""
        try:
            at = datetime.datetime.fromisoformat(started_utc or "")
        except ValueError:
            return self.say("date_unknown")
        return self.say("date", date=at.strftime(self.date), time=at.strftime("%H:%M"))


def clock(time_s: float | None) -> str:
    """Minutes and seconds, as 07:30."""
    return UNKNOWN if time_s is None else f"{int(time_s) // 60:02d}:{int(time_s) % 60:02d}"


LANGUAGES = {
    "en": Language(code="en", words=ENGLISH, decimal=".", date="%Y-%m-%d"),
    "de": Language(code="de", words=GERMAN, decimal=",", date="%d.%m.%Y"),
}


def language(code: str) -> Language:
    """A language by its code. Raises UsageError for one that there is not."""
    if code not in LANGUAGES:
        message = f'There is no report in "{code}": choose one of {", ".join(LANGUAGES)}.'
        raise UsageError(message)
    return LANGUAGES[code]
