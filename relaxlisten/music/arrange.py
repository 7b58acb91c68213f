"""From a piece's plan (themes, patterns, form) to its notes.

Decision: a pulsed piece is data (`Plan`), and one arranger plays every plan. Loudness breathes twice over: once in 7 to 12 s,
the pace of slow breathing, in whole bars so that it follows the phrases; and once a phrase in the tune. Hands are human within
bounds: touch by 8 %, and notes up to LATEST_S late, never early, on a grid that stays exact.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.harmony import Chord, bass_pitch, parse_chord, voice_leading
from relaxlisten.music.score import Note, Score
from relaxlisten.music.tunes import MANNERS, PHRASE_BARS

if TYPE_CHECKING:
    from relaxlisten.music.plan import Figure, Plan, Section, Singing

FIRST_BEAT_S = 0.25
TAIL_S = 7.0
LATEST_S = 0.012
_BREATH_S = 10.0  # six a minute: the middle of slow breathing
_BREATH_DEPTH = 0.13
_LIGHT = 0.6  # steps of less weight may be left out by a loose hand


def arrange(plan: Plan, seed: int) -> Score:
    """Every note of the piece; the seed chooses ornaments, omissions and touch, never the form, the themes or the tempo."""
    notes: list[Note] = []
    bar = 0
    for number, section in enumerate(plan.form):
        chance = np.random.default_rng((seed, 1, number))
        played = [note for key in section.figures for note in _play_figure(plan, section, plan.figures[key], chance)]
        for singing in section.singing:
            played += sing(plan, section, singing, chance)
        notes += [_placed(note, bar * plan.metre.beats_per_bar, section.level, plan, chance) for note in played]
        bar += len(plan.themes[section.theme].chords)
    notes += _closing_chord(plan, bar * plan.metre.beats_per_bar)
    return Score(
        notes=tuple(sorted(notes, key=lambda note: (note.beat, note.pitch, note.voice))),
        beat_s=60.0 / plan.tempo_bpm,
        first_beat_s=FIRST_BEAT_S,
        duration_s=duration_s(plan),
        level=plan.level,
        room=plan.room,
    )


def duration_s(plan: Plan) -> float:
    """From the first sample to the end of the silence in which the last chord has died away."""
    return FIRST_BEAT_S + plan.bars * plan.metre.beats_per_bar * 60.0 / plan.tempo_bpm + TAIL_S


def breath_bars(plan: Plan) -> int:
    """In how many bars loudness rises and sinks once: 1, 2, 4 or 8, whichever comes nearest to a slow breath."""
    bar_s = plan.metre.beats_per_bar * 60.0 / plan.tempo_bpm
    return min((1, 2, 4, 8), key=lambda bars: abs(math.log(bars * bar_s / _BREATH_S)))


def chords_of(plan: Plan, section: Section) -> list[Chord]:
    """The chords of a section, one a bar."""
    return [parse_chord(name) for name in plan.themes[section.theme].chords]


def _play_figure(plan: Plan, section: Section, figure: Figure, chance: np.random.Generator) -> list[Note]:
    """A figure over the chords of a section, from beat 0."""
    low, high = (edge + section.lift for edge in plan.chord_range)
    chords = chords_of(plan, section)
    notes = []
    for bar, (chord, voicing) in enumerate(zip(chords, voice_leading(chords, low, high), strict=True)):
        for step in figure.bars[bar % len(figure.bars)]:
            if step.weight < _LIGHT and chance.random() < figure.loose:
                continue
            pitch = _tone(chord, voicing, step.tone, plan.bass_low) + 12 * figure.octave
            notes.append(
                Note(
                    beat=bar * plan.metre.beats_per_bar + step.beat,
                    length_beats=step.length_beats,
                    pitch=pitch,
                    velocity=figure.level * step.weight,
                    voice=figure.voice,
                    pan=max(-0.8, min(0.8, figure.pan + figure.width * (pitch - 60) / 24.0)),
                )
            )
    return notes


def sing(plan: Plan, section: Section, singing: Singing, chance: np.random.Generator) -> list[Note]:
    """The section's tune as one singer has it, a little fuller in the middle of each phrase."""
    singer = plan.singers[singing.singer]
    notes = []
    for sung in MANNERS[singing.manner](plan, plan.themes[section.theme], chance):
        arch = math.sin(math.pi * ((sung.beat / plan.metre.beats_per_bar) % PHRASE_BARS) / (PHRASE_BARS - 0.4))
        notes.append(
            Note(
                beat=sung.beat,
                length_beats=sung.length_beats,
                pitch=sung.pitch + singing.shift,
                velocity=singer.level * (0.8 + 0.2 * arch),
                voice=singer.voice,
                pan=singer.pan,
            )
        )
    return notes


def _closing_chord(plan: Plan, beat: float) -> list[Note]:
    """The tonic, spread upwards once and left to ring."""
    section = plan.form[-1]
    first = parse_chord(plan.themes[section.theme].chords[-1])
    figure = plan.figures[section.figures[0]]
    pitches = [bass_pitch(first, plan.bass_low), *voice_leading([first], *plan.chord_range)[0]]
    return [
        Note(
            beat=beat + 0.06 * place,
            length_beats=plan.metre.beats_per_bar * 1.5,
            pitch=pitch,
            velocity=figure.level * 0.5 * section.level,
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


def _placed(note: Note, offset: float, level: float, plan: Plan, chance: np.random.Generator) -> Note:
    """The note at its place in the piece, with the section's level, the slow breath of the whole, and a human hand."""
    beat = note.beat + offset
    breath = 1.0 - _BREATH_DEPTH * math.cos(2.0 * math.pi * beat / (breath_bars(plan) * plan.metre.beats_per_bar))
    touch = 1.0 + 0.08 * float(chance.uniform(-1.0, 1.0))
    return replace(
        note, beat=beat, velocity=note.velocity * level * breath * touch, late_s=LATEST_S * float(chance.beta(2.0, 3.0))
    )
