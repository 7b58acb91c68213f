"""Pieces without a pulse: layers of chords, strikes, phrases and drops, laid over each other in seconds.

Decision: nothing may be counted. Gaps are drawn anew each time, no pitch is struck twice in a row, and loudness rises and falls
over each layer's span, so that the piece has a shape without a beat. One beat of such a score is one second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.score import Note, Score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from relaxlisten.music.plan import FreePlan, Layer

RISE_S = 3.0


def float_freely(plan: FreePlan, seed: int) -> Score:
    """Every note of the piece; each layer draws from a generator of its own."""
    notes = [
        note
        for number, layer in enumerate(plan.layers)
        for note in _KINDS[layer.kind](layer, np.random.default_rng((seed, 3, number)))
    ]
    return Score(
        notes=tuple(sorted(notes, key=lambda note: (note.beat, note.pitch))),
        beat_s=1.0,
        first_beat_s=0.0,
        duration_s=plan.duration_s,
        level=plan.level,
        room=plan.room,
        rain=plan.rain,
        waves=plan.waves,
        rise_s=RISE_S,
    )


def _chords(layer: Layer, chance: np.random.Generator) -> Iterator[Note]:
    """Chords that follow each other slowly enough to overlap by their edges; the voices do not come in all at once."""
    time_s, number = layer.from_s, 0
    while time_s + layer.hold_s <= layer.to_s:
        for place, tone in enumerate(layer.what[number % len(layer.what)]):
            pan = layer.width * (place - (len(layer.what[0]) - 1) / 2.0)
            yield _note(layer, time_s + float(chance.uniform(0.0, 0.8)), layer.hold_s, tone.pitch, pan, 1.0)
        time_s += float(chance.uniform(*layer.gap_s))
        number += 1


def _strikes(layer: Layer, chance: np.random.Generator) -> Iterator[Note]:
    """Single pitches, never the same twice in a row; higher ones softer and further to the right."""
    pitches = [tone.pitch for tone in layer.what[0]]
    time_s, last = layer.from_s, -1
    while time_s < layer.to_s:
        choices = [place for place in range(len(pitches)) if place != last]
        last = choices[int(chance.integers(len(choices)))]
        weight = float(chance.uniform(0.75, 1.0)) * (1.15 - 0.1 * last)
        yield _note(layer, time_s, layer.hold_s, pitches[last], layer.width * (last - (len(pitches) - 1) / 2.0), weight)
        time_s += float(chance.uniform(*layer.gap_s))


def _phrases(layer: Layer, chance: np.random.Generator) -> Iterator[Note]:
    """Short tunes as one would hum them: in turn, each at a pace of its own, its last note fading, and then a breath."""
    time_s, number = layer.from_s, 0
    while True:
        phrase = layer.what[number % len(layer.what)]
        count_s = layer.count_s * float(chance.uniform(0.9, 1.12))
        length_s = (phrase[-1].beat + phrase[-1].length_beats) * count_s
        if time_s + length_s > layer.to_s:
            return
        for tone in phrase:
            arch = float(np.sin(np.pi * (0.2 + 0.65 * tone.beat * count_s / length_s)))
            yield _note(
                layer, time_s + tone.beat * count_s, tone.length_beats * count_s, tone.pitch, layer.width, 0.65 + 0.35 * arch
            )
        time_s += length_s + float(chance.uniform(*layer.gap_s))
        number += 1


def _drops(layer: Layer, chance: np.random.Generator) -> Iterator[Note]:
    """Single drops at random, on any of the pitches, quiet, all around."""
    pitches = [tone.pitch for tone in layer.what[0]]
    mean_s = sum(layer.gap_s) / 2.0
    time_s = layer.from_s + float(chance.exponential(mean_s))
    while time_s < layer.to_s:
        pitch = pitches[int(chance.integers(len(pitches)))]
        pan = layer.width * float(chance.uniform(-1.0, 1.0))
        yield _note(layer, time_s, layer.hold_s, pitch, pan, float(chance.uniform(0.25, 1.0)))
        time_s += float(chance.exponential(mean_s))


def _note(layer: Layer, time_s: float, hold_s: float, pitch: int, pan: float, weight: float) -> Note:
    """A note with the layer's level and the arch of its span."""
    through = min(1.0, max(0.0, (time_s - layer.from_s) / (layer.to_s - layer.from_s)))
    arch = 1.0 - layer.swell + layer.swell * float(np.sin(np.pi * through))
    return Note(beat=time_s, length_beats=hold_s, pitch=pitch, velocity=layer.level * arch * weight, voice=layer.voice, pan=pan)


_KINDS: dict[str, Callable[[Layer, np.random.Generator], Iterator[Note]]] = {
    "chords": _chords,
    "strikes": _strikes,
    "phrases": _phrases,
    "drops": _drops,
}
