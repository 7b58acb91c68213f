"""Piano pieces as people play them: textures of the classical repertoire, with expressive timing of our own making.

Decision: recorded human performances with known beats cannot be had under a free licence here; the ways in which players depart
from the score (phrase-final lengthening, melody lead, rolled chords, uneven beats) are imitated, with wide ranges drawn by
chance.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.bench.music.styles import ALBERTI, PIANO, TUNES3, TUNES4, TUNES68, UP_DOWN, WIDE, Hand, Style, block, compose, even

if TYPE_CHECKING:
    import numpy as np

    from tests.bench.music.harmony import Key
    from tests.bench.music.score import Music, Note

_TUNES = (*TUNES4, (0.0, 0.75, 1.0, 2.0, 3.0), (0.0, 0.5, 1.0, 1.5, 2.0, 3.0), (0.0, 1.0, 2.0, 2.5, 3.0, 3.5))


def _style(bar: int, hands: tuple[Hand, ...], tunes: tuple[tuple[float, ...], ...], tempi: tuple[float, float]) -> Style:
    return Style(
        subset="expressive piano", tempi_bpm=tempi, beats_per_bar=bar, hands=(hands,), tunes=tunes, tune_programs=(PIANO,)
    )


def _piano(*figures: tuple[tuple[float, int, float], ...], accent: int = 5) -> Hand:
    return Hand(program=PIANO, figures=figures, accent=accent, velocity=(42, 70), base=(48, 58))


STYLES = (
    _style(4, (_piano(even(8, 4, ALBERTI, 1.0), even(16, 4, ALBERTI, 1.0)),), _TUNES, (56, 112)),
    _style(4, (_piano(block((0.0, 1.0, 2.0, 3.0), (-1, 0, 1, 2), 4)),), TUNES4, (44, 84)),
    _style(3, (_piano(block((1.0, 2.0), (0, 1, 2), 3)), _piano(block((0.0,), (-1,), 3))), TUNES3, (72, 118)),
    _style(4, (_piano(even(12, 4, (-1, 1, 2), 2.0), even(12, 4, (-1, 2, 3), 2.0)),), _TUNES, (44, 76)),
    _style(4, (_piano(even(16, 4, WIDE, 1.5), even(16, 4, UP_DOWN, 1.5), accent=3),), _TUNES, (48, 80)),
    _style(2, (_piano(even(6, 2, (-1, 1, 2, 3, 2, 1)), even(6, 2, (-1, 1, 2))),), TUNES68, (40, 64)),
    _style(
        4, (_piano(block((0.5, 1.5, 2.5, 3.5), (0, 1, 2), 4)), _piano(block((0.0, 1.0, 2.0, 3.0), (-1,), 4))), TUNES4, (48, 90)
    ),
    _style(4, (_piano(block((0.0, 2.0), (-1, 0, 1, 2), 4), block((0.0,), (-1, 0, 1, 2, 3), 4)),), _TUNES, (44, 76)),
)


def perform(chance: np.random.Generator, style: Style, beats: int) -> tuple[Music, Key]:
    """A piece with melody lead, rolled chords and uneven loudness."""
    music, key = compose(chance, style, beats)
    lead_s, roll_s, rolls = chance.uniform(0.0, 0.03), chance.uniform(0.0, 0.04), chance.random() < 0.5
    notes: list[Note] = []
    for note in music.notes:
        together = sum(other.at == note.at and other.channel == note.channel for other in notes[-6:])
        late_s = note.late_s - (lead_s if note.channel == 6 else 0.0) + (roll_s * together if rolls else 0.0)
        loud = note.velocity + (12 if note.channel == 6 else 0) + int(chance.integers(-8, 9))
        notes.append(replace(note, late_s=late_s + float(chance.normal(0.0, 0.008)), velocity=loud))
    return replace(music, notes=tuple(notes)), key
