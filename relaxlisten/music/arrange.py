"""From a piece's plan (harmony, patterns, form) to its notes.

Decision: a pulsed piece is data (`Plan`): chords, figures for each instrument, rhythms for the tune, and a form of sections. One
arranger plays every plan. The tune is made once a theme and comes back varied, because it is return that lets a listener settle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from relaxlisten.music.harmony import Chord, bass_pitch, nearest, parse_chord, pitches_of, voice_leading
from relaxlisten.music.score import Note, Score

Rhythm = tuple[tuple[float, float], ...]  # (beat in the bar, length in beats) of each note of a bar
_BREATH_BARS = 8  # loudness swells and sinks once in eight bars
_BREATH_DEPTH = 0.16
FIRST_BEAT_S = 0.25
TAIL_S = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What an instrument plays in every bar. steps: (beat in the bar, tone, length in beats, weight).

    A tone 0 and up counts upwards through the chord, octave after octave; -1 is the chord's bass, -2 the fifth above it.
    """

    voice: str
    level: float
    steps: tuple[tuple[float, int, float, float], ...]
    pan: float = 0.0
    width: float = 0.0  # higher tones lie further to the right, as on an instrument seen by its player
    octave: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tune:
    """The instrument of the melody, its range, and the bar rhythms it may use (the last one closes a phrase)."""

    voice: str
    level: float
    low: int
    high: int
    rhythms: tuple[Rhythm, ...]
    pan: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the form. theme: whose chords. figures: which of the plan's are heard. tune: 0 none, 1 as made, 2 varied."""

    theme: str
    figures: str
    tune: int
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A pulsed piece. tempo_bpm: beats a minute, beats as counted in beats_per_bar. themes: chord names, one a bar."""

    name: str
    title: str
    tempo_bpm: float
    beats_per_bar: int
    scale: tuple[int, ...]
    themes: dict[str, str]
    figures: dict[str, Figure]
    tune: Tune
    form: tuple[Section, ...]
    chord_range: tuple[int, int]
    bass_low: int
    level: float
    room: float


def bars_of(plan: Plan) -> int:
    """Bars of the whole form, the closing chord's bar included."""
    return 1 + sum(len(plan.themes[section.theme].split()) for section in plan.form)


def arrange(plan: Plan, seed: int) -> Score:
    """Every note of the piece; the seed chooses the tune, its variations and the touch, never the form or the tempo."""
    beat_s = 60.0 / plan.tempo_bpm
    notes: list[Note] = []
    bar = 0
    for number, section in enumerate(plan.form):
        chords = [parse_chord(name) for name in plan.themes[section.theme].split()]
        chance = np.random.default_rng((seed, 1, number))
        played = [note for key in section.figures for note in play_figure(plan, plan.figures[key], chords)]
        if section.tune:
            theme_chance = np.random.default_rng((seed, 2, ord(section.theme)))
            line = make_tune(plan, chords, theme_chance)
            played += vary_tune(plan, line, chords, chance) if section.tune > 1 else line
        notes += [_placed(note, bar * plan.beats_per_bar, section.level, plan, chance) for note in played]
        bar += len(chords)
    notes += closing_chord(plan, bar * plan.beats_per_bar)
    return Score(
        notes=tuple(sorted(notes, key=lambda note: (note.beat, note.pitch, note.voice))),
        beat_s=beat_s,
        first_beat_s=FIRST_BEAT_S,
        duration_s=FIRST_BEAT_S + bars_of(plan) * plan.beats_per_bar * beat_s + TAIL_S,
        level=plan.level,
        room=plan.room,
    )


def play_figure(plan: Plan, figure: Figure, chords: list[Chord]) -> list[Note]:
    """A figure over the chords of a section, from beat 0."""
    low, high = plan.chord_range
    notes = []
    for bar, (chord, voicing) in enumerate(zip(chords, voice_leading(chords, low, high), strict=True)):
        for beat, tone, length, weight in figure.steps:
            pitch = _tone(chord, voicing, tone, plan.bass_low) + 12 * figure.octave
            pan = figure.pan + figure.width * (pitch - 60) / 24.0
            notes.append(
                Note(
                    beat=bar * plan.beats_per_bar + beat,
                    length_beats=length,
                    pitch=pitch,
                    velocity=figure.level * weight,
                    voice=figure.voice,
                    pan=max(-0.8, min(0.8, pan)),
                )
            )
    return notes


def make_tune(plan: Plan, chords: list[Chord], chance: np.random.Generator) -> list[Note]:
    """A melody in four-bar phrases: the second phrase answers in the rhythm of the first; each rises and comes home."""
    tune = plan.tune
    opening = [int(chance.integers(len(tune.rhythms) - 1)) for _ in range(3)]
    pitch = float(tune.low + tune.high) / 2
    notes = []
    for bar, chord in enumerate(chords):
        in_phrase = bar % 4
        rhythm = tune.rhythms[opening[in_phrase] if in_phrase < 3 else -1]
        for place, (beat, length) in enumerate(rhythm):
            arch = math.sin(math.pi * (in_phrase + beat / plan.beats_per_bar) / 3.6)
            goal = tune.low + (tune.high - tune.low) * (0.25 + 0.55 * arch) + chance.normal(0.0, 1.2)
            pitch = _next_pitch(pitch, goal, pitches_of(chord.tones if place == 0 else plan.scale, tune.low, tune.high))
            notes.append(_sung(plan, bar * plan.beats_per_bar + beat, length, int(pitch), arch))
    return notes


def vary_tune(plan: Plan, line: list[Note], chords: list[Chord], chance: np.random.Generator) -> list[Note]:
    """The same tune told again: here and there a long note gets a chord tone after it, an offbeat is left out."""
    varied = []
    for note in line:
        on_bar = note.beat % plan.beats_per_bar < 1e-9
        if not on_bar and chance.random() < 0.15:
            continue
        varied.append(note)
        if note.length_beats >= 2.0 and chance.random() < 0.35:
            chord = chords[int(note.beat // plan.beats_per_bar)]
            tones = [p for p in pitches_of(chord.tones, plan.tune.low, plan.tune.high) if 2 < abs(p - note.pitch) < 9]
            if tones:
                answer = tones[int(chance.integers(len(tones)))]
                varied.append(replace(note, beat=note.beat + 1.0, length_beats=1.0, pitch=answer, velocity=note.velocity * 0.7))
    return varied


def closing_chord(plan: Plan, beat: float) -> list[Note]:
    """The tonic, spread upwards once and left to ring."""
    first = parse_chord(plan.themes[plan.form[-1].theme].split()[0])
    figure = plan.figures[plan.form[-1].figures[0]]
    pitches = [bass_pitch(first, plan.bass_low), *voice_leading([first], *plan.chord_range)[0]]
    length = plan.beats_per_bar * 1.5
    return [
        Note(
            beat=beat + 0.06 * place,
            length_beats=length,
            pitch=pitch,
            velocity=figure.level * 0.6 * plan.form[-1].level,
            voice=figure.voice,
            pan=0.25 * (place / 2.0 - 1.0),
        )
        for place, pitch in enumerate(pitches)
    ]


def _tone(chord: Chord, voicing: tuple[int, ...], tone: int, bass_low: int) -> int:
    """The pitch that a figure's tone number means over this chord."""
    if tone == -1:
        return bass_pitch(chord, bass_low)
    if tone == -2:
        return bass_pitch(chord, bass_low) + ((chord.fifth - chord.bass) % 12 or 12)
    octave, place = divmod(tone, len(voicing))
    return voicing[place] + 12 * octave


def _next_pitch(before: float, goal: float, allowed: list[int]) -> int:
    """Towards the goal, by no more than a fifth, and not on the same spot unless the goal is there."""
    step = max(-5.0, min(5.0, goal - before))
    return nearest(allowed, before + step)


def _sung(plan: Plan, beat: float, length: float, pitch: int, arch: float) -> Note:
    """A note of the tune, a little fuller in the middle of its phrase."""
    velocity = plan.tune.level * (0.8 + 0.2 * arch)
    return Note(beat=beat, length_beats=length, pitch=pitch, velocity=velocity, voice=plan.tune.voice, pan=plan.tune.pan)


def _placed(note: Note, offset: float, level: float, plan: Plan, chance: np.random.Generator) -> Note:
    """The note at its place in the piece, with the section's level, the slow breath of the whole, and a human touch of 8 %."""
    beat = note.beat + offset
    breath = 1.0 - _BREATH_DEPTH * math.cos(2.0 * math.pi * beat / (_BREATH_BARS * plan.beats_per_bar))
    touch = 1.0 + 0.08 * float(chance.uniform(-1.0, 1.0))
    return replace(note, beat=beat, velocity=note.velocity * level * breath * touch)
