"""The language of the window: every text that a person reads goes through `tr`.

Decision: one catalogue for all of `window/`, keyed by the English text, because the view models must speak without Qt; Qt's own
`tr()` is led to the same catalogue (`languages.Words`). A language is one readable TOML file, `languages/CODE.toml`: nothing is
compiled, so a wheel and a checkout behave alike. What has no translation is shown in English; a test allows that for no text of
the window. Sentences that the engine writes into the record (why the tempo moves, why a value is withheld) stay English: a
record reads alike everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_catalogue: dict[str, str] = {}


def use(catalogue: Mapping[str, str]) -> None:
    """Speak by this catalogue from now on; an empty one is English."""
    _catalogue.clear()
    _catalogue.update(catalogue)


def tr(text: str, **values: object) -> str:
    """A text in the language of the window, with its {values} filled in."""
    translated = _catalogue.get(text, text)
    return translated.format(**values) if values else translated


def later(text: str) -> str:
    """Marks a text of a table that is translated where it is shown, `tr(text)`."""
    return text


def is_known(text: str) -> bool:
    """Whether the language has this text."""
    return text in _catalogue
