"""How far two keys are apart: steps on the circle of fifths.

Decision: a key stands where the major key of the same notes does ("A minor" and "D dorian" are no step from "C major"), because
what is heard as a clash is the notes that two keys do not share.
"""

from __future__ import annotations

import functools

_PITCH = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHIFT = {"#": 1, "♯": 1, "b": -1, "♭": -1}
# Semitones up to the tonic of the major key of the same notes.
_MODES = {"major": 0, "minor": 3, "dorian": 10, "phrygian": 8, "lydian": 7, "mixolydian": 5}


@functools.lru_cache(maxsize=256)
def circle_place(key: str | None) -> int | None:
    """Place of a key ("C major", "F# minor", "Bb major") on the circle, 0 (C major) to 11 (F major); None: not known."""
    name, _, mode = (key or "").strip().partition(" ")
    if mode not in _MODES or name[:1] not in _PITCH or any(sign not in _SHIFT for sign in name[1:]):
        return None
    pitch = _PITCH[name[0]] + sum(_SHIFT[sign] for sign in name[1:]) + _MODES[mode]
    return pitch * 7 % 12


def fifths_apart(one: str | None, other: str | None) -> int | None:
    """Steps between two keys, 0 to 6; None where one of them is not known."""
    first, second = circle_place(one), circle_place(other)
    if first is None or second is None:
        return None
    steps = abs(first - second)
    return min(steps, 12 - steps)
