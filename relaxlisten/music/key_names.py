"""Musical keys as taggers write them, in one form: "C major", "A minor", with sharps.

Decision: understood are names (TKEY: "Am", "C#m", "Bbm"; in words), Camelot ("8A") and Open Key ("1m", "1d"). Letters are read
with their case only where the case tells ("Cm" is minor, "CM" is major). What is none of these is not known.
"""

from __future__ import annotations

import re

PITCHES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_STEP = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
_NAME = re.compile(r"([A-Ga-g])\s*([#♯b♭]?)\s*[-_]?\s*(.*)")
_MINOR, _MAJOR = frozenset({"min", "minor", "moll", "mineur"}), frozenset({"", "maj", "major", "dur", "majeur"})
_WHEEL = re.compile(r"(\d{1,2})\s*([ABabDMdm])")
# One step on either wheel is a fifth up. Camelot 8A is A minor, 8B is C major; Open Key 1m and 1d are the same two.
_FIFTH = 7
_WHEELS = {"a": (8, 9, "minor"), "b": (8, 0, "major"), "m": (1, 9, "minor"), "d": (1, 0, "major")}
_HOURS = 12


def normal_key(text: str) -> str | None:
    """A key in any of the forms as "A minor"; None where it is none."""
    text = text.strip()
    wheel = _WHEEL.fullmatch(text)
    if wheel is not None:
        return _from_wheel(int(wheel[1]), wheel[2].lower())
    named = _NAME.fullmatch(text)
    return None if named is None else _from_name(*named.groups())


def _from_wheel(hour: int, letter: str) -> str | None:
    home, pitch, mode = _WHEELS[letter]
    return f"{PITCHES[(pitch + (hour - home) * _FIFTH) % 12]} {mode}" if 1 <= hour <= _HOURS else None


def _from_name(letter: str, accidental: str, rest: str) -> str | None:
    if rest == "m" or rest.lower() in _MINOR:
        mode = "minor"
    elif rest == "M" or rest.lower() in _MAJOR:
        mode = "major"
    else:
        return None
    return f"{PITCHES[(_NATURAL[letter.upper()] + _STEP[accidental]) % 12]} {mode}"
