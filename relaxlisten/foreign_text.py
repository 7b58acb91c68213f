"""Text that comes from outside (tags, names of straps, playlists) as one plain line.

Decision: what could steer a terminal or break a line is taken out where text comes in, so that nothing behind has to think of it.
"""

from __future__ import annotations

import unicodedata

LONGEST = 300
_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # controls, invisible marks (also those that turn the direction), halves
_HARMLESS = frozenset("\u200c\u200d\ufe0f")  # needed to write some languages, and emoji


def plain_line(text: str, longest: int = LONGEST) -> str:
    """The text without control characters, invisible marks and doubled blanks, cut to a length."""
    kept = (
        letter if letter in _HARMLESS or unicodedata.category(letter) not in _STEERING else " " for letter in text[: 4 * longest]
    )
    return " ".join("".join(kept).split())[:longest]
