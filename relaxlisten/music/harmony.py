"""Chords, scales and voice-leading, as pitch-class arithmetic.

Decision: chords are written as musicians write them ("Bbmaj7", "C/E"), and each is voiced as near as possible to the one before:
inner voices move by step and nothing leaps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NOTE_NAMES = {"C": 0, "Db": 1, "D": 2, "Eb": 3, "E": 4, "F": 5, "Gb": 6, "G": 7, "Ab": 8, "A": 9, "Bb": 10, "B": 11}
NOTE_NAMES |= {"C#": 1, "D#": 3, "F#": 6, "G#": 8, "A#": 10}
# Semitones above the root. A major seventh is voiced without its root, which the bass has: no semitone rubs inside a chord.
QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "m7": (0, 3, 7, 10),
    "maj7": (4, 7, 11),
    "add9": (0, 2, 4, 7),
    "sus4": (0, 5, 7),
    "sus2": (0, 2, 7),
    "6": (0, 4, 7, 9),
    "5": (0, 7),
}
_FIFTH = 7
_CHORD = re.compile(r"([A-G][b#]?)([a-z0-9]*)(?:/([A-G][b#]?))?")
_MAJOR_STEPS = (0, 2, 4, 5, 7, 9, 11)


@dataclass(frozen=True, slots=True)
class Chord:
    """Pitch classes 0 to 11 of the upper voices, of the bass, and of the fifth above the root."""

    tones: tuple[int, ...]
    bass: int
    fifth: int


def parse_chord(name: str) -> Chord:
    """The chord that a name stands for; ValueError for a name that is not one."""
    found = _CHORD.fullmatch(name)
    if found is None or found[2] not in QUALITIES:
        raise ValueError(f"{name!r} is not a chord")
    root = NOTE_NAMES[found[1]]
    bass = NOTE_NAMES[found[3]] if found[3] else root
    return Chord(tuple((root + step) % 12 for step in QUALITIES[found[2]]), bass, (root + _FIFTH) % 12)


def major_scale(tonic: str) -> tuple[int, ...]:
    """Pitch classes of the major scale (its relative minor has the same ones)."""
    return tuple(sorted((NOTE_NAMES[tonic] + step) % 12 for step in _MAJOR_STEPS))


def pitches_of(classes: tuple[int, ...], low: int, high: int) -> list[int]:
    """All MIDI pitches of the given classes from low to high, rising."""
    return [pitch for pitch in range(low, high + 1) if pitch % 12 in classes]


def nearest(pitches: list[int], wanted: float) -> int:
    """The pitch nearest to the wanted one; the lower of two equally near."""
    return min(pitches, key=lambda pitch: (abs(pitch - wanted), pitch))


def bass_pitch(chord: Chord, low: int) -> int:
    """The chord's bass in the octave that begins at `low`."""
    return low + (chord.bass - low) % 12


def voicings(chord: Chord, low: int, high: int) -> list[tuple[int, ...]]:
    """Close positions of the chord in all inversions, each rising, within low to high."""
    tones = pitches_of(chord.tones, low, high)
    size = len(chord.tones)
    return [tuple(tones[start : start + size]) for start in range(len(tones) - size + 1)]


def voice_leading(chords: list[Chord], low: int, high: int) -> list[tuple[int, ...]]:
    """One voicing a chord; each moves as little as it can from the one before, the first lies in the middle of the range."""
    middle = (low + high) / 2
    led: list[tuple[int, ...]] = []
    for chord in chords:
        candidates = voicings(chord, low, high)
        before = led[-1] if led else None
        led.append(min(candidates, key=lambda voicing: movement(before, voicing) if before else abs(_centre(voicing) - middle)))
    return led


def movement(before: tuple[int, ...], after: tuple[int, ...]) -> float:
    """Semitones moved: each tone of either chord to the nearest one of the other."""
    there = sum(min(abs(tone - other) for other in before) for tone in after)
    back = sum(min(abs(tone - other) for other in after) for tone in before)
    return there + back


def _centre(voicing: tuple[int, ...]) -> float:
    return sum(voicing) / len(voicing)
