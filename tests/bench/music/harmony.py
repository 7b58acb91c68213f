"""Keys, chords and tunes for generated pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
# Four or eight bars by degree (0 is the tonic); all begin or end at home, as songs to settle with do.
_MAJOR_WAYS = (
    (0, 5, 3, 4), (0, 3, 0, 4), (0, 4, 5, 3), (0, 2, 3, 4), (0, 3, 1, 4), (0, 5, 1, 4),
    (0, 0, 3, 3, 0, 5, 4, 0), (0, 3, 4, 0, 5, 1, 4, 0), (3, 0, 4, 0),
)  # fmt: skip
_MINOR_WAYS = (
    (0, 5, 2, 6), (0, 3, 4, 0), (0, 5, 3, 4), (0, 6, 5, 4), (0, 3, 6, 2), (0, 2, 5, 4),
    (0, 0, 3, 3, 0, 5, 4, 0), (0, 3, 6, 2, 5, 3, 4, 0),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    tonic: int
    is_major: bool

    @property
    def name(self) -> str:
        return f"{NAMES[self.tonic]} {'major' if self.is_major else 'minor'}"

    def pitch(self, degree: int, base: int) -> int:
        """MIDI pitch of a degree of the scale, 0 being the tonic at or above `base`."""
        octave, step = divmod(degree, 7)
        low = base + (self.tonic - base) % 12
        return low + 12 * octave + (MAJOR if self.is_major else MINOR)[step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chord:
    """degrees: of the scale, root first; raised: the third is a semitone higher (the dominant in minor)."""

    key: Key
    degrees: tuple[int, ...]
    raised: bool = False

    def pitches(self, base: int, count: int) -> list[int]:
        """The chord's notes at and above a pitch, ascending."""
        classes = {(self.key.pitch(degree, 0) + (self.raised and place == 1)) % 12 for place, degree in enumerate(self.degrees)}
        return [pitch for pitch in range(base, base + 60) if pitch % 12 in classes][:count]

    def root(self, base: int) -> int:
        return base + (self.key.pitch(self.degrees[0], 0) - base) % 12


def any_key(chance: np.random.Generator) -> Key:
    return Key(tonic=int(chance.integers(12)), is_major=bool(chance.random() < 0.6))


def chords(chance: np.random.Generator, key: Key, bars: int) -> list[Chord]:
    """One chord a bar: two ways that alternate, in phrases; sevenths and ninths now and then."""
    ways = _MAJOR_WAYS if key.is_major else _MINOR_WAYS
    chosen = [ways[int(chance.integers(len(ways)))] for _ in range(2)]
    rich = chance.random() < 0.4
    out: list[Chord] = []
    while len(out) < bars:
        for degree in chosen[(len(out) // 16) % 2]:
            raised = not key.is_major and degree == 4 and chance.random() < 0.7
            extra = (degree + 6,) if rich and not raised and chance.random() < 0.5 else ()
            out.append(Chord(key=key, degrees=(degree, degree + 2, degree + 4, *extra), raised=raised))
    home = Chord(key=key, degrees=(0, 2, 4))
    return [*out[: bars - 1], home]


def tune(chance: np.random.Generator, chord: Chord, steps: int, last: int, base: int) -> list[int]:
    """Degrees of the scale that walk from `last`, with a note of the chord on the first step."""
    line = []
    for step in range(steps):
        move = int(chance.choice([-2, -1, -1, 0, 1, 1, 2]))
        last = min(max(last + move, 0), 10)
        if step == 0:
            classes = {degree % 7 for degree in chord.degrees}
            last = min((d for d in range(11) if d % 7 in classes), key=lambda d, now=last: abs(d - now))
        line.append(last)
    return line
