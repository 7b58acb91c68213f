"""Tunes and chords as they are written in a piece's file, read into numbers.

Decision: a tune is written the way one would sing it to a colleague: note name, octave (C4 is middle C) and length, bar by bar
("C5:2 A4:2 | G4:3 r:1"), "r" for a rest and "-" for the note before going on. Lengths are counted in the metre's lower number,
as musicians count: quarters in 4/4 and 3/4, eighths in 6/8, where three of them make a beat. A bar that does not add up is
refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from relaxlisten.music.harmony import NOTE_NAMES, major_scale

_TOKEN = re.compile(r"([A-G][b#]?)(-?\d):(\d+(?:\.\d+)?)|([r-]):(\d+(?:\.\d+)?)")
_PITCH = re.compile(r"([A-G][b#]?)(-?\d)")
# Steps from the scale's tonic down to the tonic of the major scale that has the same notes.
_MODES = {"major": 0, "minor": 9, "dorian": 2, "lydian": 5}


class Unreadable(ValueError):
    """What stands in a piece's file is not music; the message names the place."""


@dataclass(frozen=True, slots=True)
class Metre:
    """How a bar is counted. units_per_bar: of the lower number; units_per_beat: how many of them make one beat."""

    units_per_bar: int
    units_per_beat: int

    @property
    def beats_per_bar(self) -> int:
        """Beats as the tempo counts them."""
        return self.units_per_bar // self.units_per_beat


METRES = {"4/4": Metre(4, 1), "3/4": Metre(3, 1), "6/8": Metre(6, 3)}


@dataclass(frozen=True, slots=True)
class Sung:
    """One note of a tune, in beats from the theme's first beat."""

    beat: float
    length_beats: float
    pitch: int


def read_pitch(name: str) -> int:
    """MIDI number of "A4" (69) or "Bb3" (58)."""
    found = _PITCH.fullmatch(name)
    if found is None:
        raise Unreadable(f"{name!r} is not a note")
    # C flat lies in the octave above the B that it sounds like; no piece needs it, so B is written.
    return 12 * (int(found[2]) + 1) + NOTE_NAMES[found[1]]


def read_tune(text: str, metre: Metre) -> tuple[Sung, ...]:
    """The notes of a tune; Unreadable for a word that is no note and for a bar of another length than the metre's."""
    notes: list[Sung] = []
    for number, bar in enumerate(text.split("|")):
        units = number * float(metre.units_per_bar)
        for word in bar.split():
            units = _take(word, units, metre, notes)
        if abs(units - (number + 1) * metre.units_per_bar) > 1e-9:
            raise Unreadable(f"bar {number + 1} of the tune ({bar.strip()}) does not fill {metre.units_per_bar} counts")
    return tuple(notes)


def read_phrase(text: str) -> tuple[Sung, ...]:
    """A tune without bars or beats: one count is one beat."""
    notes: list[Sung] = []
    counts = 0.0
    for word in text.split():
        counts = _take(word, counts, Metre(1, 1), notes)
    return tuple(notes)


def _take(word: str, units: float, metre: Metre, notes: list[Sung]) -> float:
    """Read one word that begins at `units`, into `notes`; where the next one begins."""
    found = _TOKEN.fullmatch(word)
    if found is None:
        raise Unreadable(f"{word!r} is neither a note with its length nor a rest")
    length = float(found[3] or found[5])
    beats = length / metre.units_per_beat
    if found[1]:
        notes.append(Sung(units / metre.units_per_beat, beats, read_pitch(found[1] + found[2])))
    elif found[4] == "-" and notes:
        notes[-1] = Sung(notes[-1].beat, notes[-1].length_beats + beats, notes[-1].pitch)
    return units + length


def read_chords(text: str) -> tuple[str, ...]:
    """Chord names, one a bar; "%" repeats the one before, "|" only helps the eye."""
    names: list[str] = []
    for word in text.replace("|", " ").split():
        if word == "%" and not names:
            raise Unreadable("a theme cannot begin with %")
        names.append(names[-1] if word == "%" else word)
    return tuple(names)


def read_key(text: str) -> tuple[int, ...]:
    """Pitch classes of "F major", "E minor", "D dorian" or "A lydian"."""
    tonic, _, mode = text.partition(" ")
    if tonic not in NOTE_NAMES or mode not in _MODES:
        raise Unreadable(f"{text!r} is not a key: give one of {', '.join(_MODES)}, such as F major")
    below = (NOTE_NAMES[tonic] - _MODES[mode]) % 12
    return major_scale(next(name for name, place in NOTE_NAMES.items() if place == below))
