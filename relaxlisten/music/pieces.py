"""The built-in pieces: five with a pulse, told as plans, and one without.

Decision: tempi 50, 56, 63, 72 and 84, a ratio of about 9/8 apart, so that a stretch of ±8 % reaches every tempo from 46 to 90.
In the lullaby in 6/8 a beat is a dotted quarter, two to the bar, because that is what one would rock a cradle to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.arrange import FIRST_BEAT_S, TAIL_S, Figure, Plan, Section, Tune, arrange, bars_of
from relaxlisten.music.harmony import major_scale
from relaxlisten.music.plans import HARP, PLUCKED, SLOW_KEYS
from relaxlisten.music.score import Note, Score

if TYPE_CHECKING:
    from collections.abc import Callable

_THIRD = 1.0 / 3.0

PADS = Plan(
    name="warm-pads",
    title="Warm Pads",
    tempo_bpm=56.0,
    beats_per_bar=4,
    scale=major_scale("Eb"),
    themes={
        "A": "Ebadd9 Ebadd9 Cm7 Cm7 Abmaj7 Abmaj7 Bbsus4 Bb",
        "B": "Fm7 Fm7 Gm7 Gm7 Abmaj7 Abmaj7 Bbsus2 Bb",
        "C": "Ebadd9 Abmaj7/Eb Bbsus4/Eb Ebadd9",
    },
    figures={
        "p": Figure(voice="pad", level=0.8, steps=((0.0, 0, 4.0, 1.0), (0.0, 1, 4.0, 0.9), (0.0, 2, 4.0, 0.9))),
        "h": Figure(voice="pad", level=0.40, steps=((0.0, 1, 4.0, 1.0), (0.0, 2, 4.0, 0.8)), octave=1, pan=0.1),
        "m": Figure(
            voice="mallet",
            level=0.75,
            steps=((0.0, 0, 1.0, 1.0), (1.0, 1, 1.0, 0.8), (2.0, 2, 1.0, 0.9), (3.0, 1, 1.0, 0.75)),
            width=0.4,
        ),
        "b": Figure(voice="bass", level=0.62, steps=((0.0, -1, 3.6, 1.0), (2.0, -1, 1.8, 0.6))),
    },
    tune=Tune(
        voice="breath",
        level=0.50,
        low=67,
        high=82,
        rhythms=(((0.0, 4.0),), ((0.0, 2.0), (2.0, 2.0)), ((1.0, 3.0),), ((0.0, 3.0),)),
        pan=-0.15,
    ),
    form=(
        Section(theme="C", figures="pm", tune=0, level=0.75),
        Section(theme="A", figures="pmb", tune=0, level=0.9),
        Section(theme="A", figures="pmb", tune=1, level=0.95),
        Section(theme="B", figures="phmb", tune=1, level=1.0),
        Section(theme="A", figures="phmb", tune=2, level=1.0),
        Section(theme="B", figures="pmb", tune=2, level=0.95),
        Section(theme="C", figures="pm", tune=0, level=0.8),
    ),
    chord_range=(53, 70),
    bass_low=39,
    level=0.454,
    room=0.24,
)

LULLABY = Plan(
    name="lullaby",
    title="Lullaby in Six-Eight",
    tempo_bpm=50.0,
    beats_per_bar=2,
    scale=major_scale("C"),
    themes={
        "A": "C G/B Am7 Fmaj7 C/E Dm7 Gsus4 G",
        "B": "Fmaj7 C/E Dm7 Am7 Fmaj7 G C/E Gsus4",
        "C": "Cadd9 Fmaj7/C Gsus4/C Cadd9",
    },
    figures={
        "l": Figure(
            voice="keys",
            level=0.44,
            steps=(
                (0.0, -1, 1.9, 1.0),
                (_THIRD, 0, 1.0, 0.42),
                (2 * _THIRD, 1, 1.0, 0.46),
                (1.0, 2, 0.9, 0.72),
                (1.0 + _THIRD, 1, 0.6, 0.42),
                (1.0 + 2 * _THIRD, 0, 0.3, 0.42),
            ),
            width=0.3,
        ),
        "s": Figure(voice="keys", level=0.42, steps=((0.0, -1, 1.9, 1.0), (1.0, 1, 0.9, 0.7), (1.0, 2, 0.9, 0.6)), width=0.3),
        "b": Figure(voice="bass", level=0.30, steps=((0.0, -1, 1.9, 1.0),)),
        "p": Figure(voice="pad", level=0.38, steps=((0.0, 0, 2.0, 1.0), (0.0, 1, 2.0, 0.9), (0.0, 2, 2.0, 0.9))),
    },
    tune=Tune(
        voice="box",
        level=0.62,
        low=72,
        high=88,
        rhythms=(
            ((0.0, 2 * _THIRD), (2 * _THIRD, _THIRD), (1.0, 1.0)),
            ((0.0, 1.0), (1.0, 2 * _THIRD), (1.0 + 2 * _THIRD, _THIRD)),
            ((0.0, 1.0), (1.0, 1.0)),
            ((0.0, 2.0),),
        ),
        pan=0.12,
    ),
    form=(
        Section(theme="C", figures="s", tune=0, level=0.75),
        Section(theme="A", figures="sb", tune=1, level=0.88),
        Section(theme="A", figures="lb", tune=2, level=0.94),
        Section(theme="B", figures="lb", tune=1, level=0.97),
        Section(theme="A", figures="lbp", tune=2, level=1.0),
        Section(theme="B", figures="lbp", tune=2, level=1.0),
        Section(theme="A", figures="lbp", tune=1, level=0.98),
        Section(theme="B", figures="lb", tune=2, level=0.94),
        Section(theme="A", figures="lb", tune=2, level=0.9),
        Section(theme="A", figures="s", tune=1, level=0.82),
        Section(theme="C", figures="s", tune=0, level=0.72),
    ),
    chord_range=(52, 69),
    bass_low=40,
    level=0.576,
    room=0.27,
)

_BOWLS_S = 252.0
_BOWL_PITCHES = (50, 57, 62, 64, 69)  # D A D E A: fifths and seconds, no third, neither glad nor sad
_DRONES = ((50, 57, 62), (50, 57, 64), (52, 59, 64), (50, 57, 62))


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The facts of a built-in piece and how to get its notes. tempo_bpm: None for the one without a pulse."""

    name: str
    title: str
    tempo_bpm: float | None
    first_beat_s: float
    beats_per_bar: int
    duration_s: float
    compose: Callable[[int], Score]


def bowls_and_rain(seed: int) -> Score:
    """Bowls struck every 7 to 12 s, never twice the same in a row, over a slow drone and soft rain. One beat is one second."""
    chance = np.random.default_rng((seed, 3))
    notes = _bowls(chance) + _drone() + _drops(chance)
    return Score(
        notes=tuple(sorted(notes, key=lambda note: (note.beat, note.pitch))),
        beat_s=1.0,
        first_beat_s=0.0,
        duration_s=_BOWLS_S,
        level=1.069,
        room=0.28,
        rain=0.055,
        rise_s=3.0,
    )


def _bowls(chance: np.random.Generator) -> list[Note]:
    """The bowls; loudness rises and falls over the piece, the last strike leaves time to ring out."""
    notes = []
    time_s, last = 0.6, -1
    while time_s < _BOWLS_S - 18.0:
        choices = [place for place in range(len(_BOWL_PITCHES)) if place != last]
        last = choices[int(chance.integers(len(choices)))]
        arch = 0.75 + 0.25 * np.sin(np.pi * time_s / _BOWLS_S)
        velocity = 0.68 * arch * float(chance.uniform(0.75, 1.0)) * (1.15 - 0.1 * last)
        pan = (last - 2) * 0.22
        notes.append(Note(beat=time_s, length_beats=1.0, pitch=_BOWL_PITCHES[last], velocity=velocity, voice="bowl", pan=pan))
        time_s += float(chance.uniform(7.0, 12.0))
    return notes


def _drone() -> list[Note]:
    """Chords of 10 s that overlap by their slow edges."""
    return [
        Note(beat=4.0 + 10.0 * number, length_beats=11.0, pitch=pitch, velocity=0.30, voice="pad", pan=0.2 * (place - 1))
        for number in range(int((_BOWLS_S - 26.0) / 10.0))
        for place, pitch in enumerate(_DRONES[number // 2 % len(_DRONES)])
    ]


def _drops(chance: np.random.Generator) -> list[Note]:
    """Single drops from the eaves: at random, on the notes of a pentatonic scale, quiet, all around."""
    times_s = np.cumsum(chance.exponential(1.9, 160)) + 3.0
    scale = (86, 88, 91, 93, 98)
    return [
        Note(
            beat=float(time_s),
            length_beats=0.3,
            pitch=scale[int(chance.integers(len(scale)))],
            velocity=float(chance.uniform(0.05, 0.22)),
            voice="drop",
            pan=float(chance.uniform(-0.7, 0.7)),
        )
        for time_s in times_s
        if time_s < _BOWLS_S - 8.0
    ]


def _pulsed(plan: Plan) -> Piece:
    return Piece(
        name=plan.name,
        title=plan.title,
        tempo_bpm=plan.tempo_bpm,
        first_beat_s=FIRST_BEAT_S,
        beats_per_bar=plan.beats_per_bar,
        duration_s=FIRST_BEAT_S + bars_of(plan) * plan.beats_per_bar * 60.0 / plan.tempo_bpm + TAIL_S,
        compose=partial(arrange, plan),
    )


_BOWLS = Piece(
    name="bowls-and-rain",
    title="Singing Bowls and Rain",
    tempo_bpm=None,
    first_beat_s=0.0,
    beats_per_bar=4,
    duration_s=_BOWLS_S,
    compose=bowls_and_rain,
)
PIECES = {piece.name: piece for piece in (*map(_pulsed, (LULLABY, PADS, SLOW_KEYS, HARP, PLUCKED)), _BOWLS)}
