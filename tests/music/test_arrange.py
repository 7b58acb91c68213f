from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from relaxlisten.music.arrange import LATEST_S, arrange, breath_bars, chords_of, sing
from relaxlisten.music.pieces import PIECES
from relaxlisten.music.plan import Plan
from relaxlisten.music.voices import VOICES

PULSED = {name: piece.plan for name, piece in PIECES.items() if isinstance(piece.plan, Plan)}
_SEMITONE, _MINOR_NINTH = 1, 13


@pytest.fixture(params=PULSED.values(), ids=list(PULSED))
def plan(request):
    return request.param


def sections_of(plan):
    """Each section with its first beat."""
    bar = 0
    for section in plan.form:
        yield section, float(bar * plan.metre.beats_per_bar)
        bar += len(plan.themes[section.theme].chords)


def chord_at(plan, beat):
    chords = [chord for section in plan.form for chord in chords_of(plan, section)]
    return chords[int((beat + 1e-9) // plan.metre.beats_per_bar)]


def test_one_seed_is_one_score_and_another_differs_in_touch_and_ornament_only(plan):
    first, other = arrange(plan, 1), arrange(plan, 2)
    assert first == arrange(plan, 1)
    assert first.notes != other.notes
    assert (first.duration_s, first.beat_s) == (other.duration_s, other.beat_s)
    there, here = ({(note.beat, note.pitch, note.voice) for note in score.notes} for score in (first, other))
    assert len(there & here) > 0.8 * len(there | here)


def test_all_notes_lie_within_the_piece_and_are_within_reach(plan):
    score = arrange(plan, 1)
    end = plan.bars * plan.metre.beats_per_bar
    assert score.notes == tuple(sorted(score.notes, key=lambda note: note.beat))
    assert all(0 <= note.beat < end for note in score.notes)
    assert all(note.voice in VOICES and 36 <= note.pitch <= 96 for note in score.notes)
    assert all(0 < note.velocity <= 1.2 and abs(note.pan) <= 1 for note in score.notes)


def test_the_grid_is_exact_and_no_note_is_early_or_later_than_a_hand(plan):
    late_s = np.array([note.late_s for note in arrange(plan, 1).notes])
    assert late_s.min() >= 0.0
    assert late_s.max() <= LATEST_S <= 0.015
    assert np.std(late_s) > 0.001
    fractions = {
        round(note.beat * 12) - note.beat * 12
        for note in arrange(plan, 1).notes
        if note.beat < plan.metre.beats_per_bar * (plan.bars - 1)
    }
    assert max(map(abs, fractions)) < 1e-6  # every onset is written on a twelfth of a beat


def test_every_second_bar_at_least_has_a_note_on_its_first_beat(plan):
    starts = {round(note.beat, 6) for note in arrange(plan, 1).notes}
    on_the_bar = [bar * plan.metre.beats_per_bar in starts for bar in range(plan.bars)]
    assert all(one or other for one, other in pairwise(on_the_bar))
    assert np.mean(on_the_bar) > 0.9


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_sounds_on_the_first_beat_belongs_to_the_chord(plan, seed):
    last = (plan.bars - 1) * plan.metre.beats_per_bar
    for note in arrange(plan, seed).notes:
        if note.beat < last and note.beat % plan.metre.beats_per_bar < 1e-9:
            chord = chord_at(plan, note.beat)
            assert note.pitch % 12 in {*chord.tones, chord.bass, chord.fifth}


def test_nothing_leaves_the_key_but_what_is_stated(plan):
    heard = {note.pitch % 12 for note in arrange(plan, 1).notes}
    assert heard - set(plan.scale) == set(plan.outside)
    away = [note for note in arrange(plan, 1).notes if note.pitch % 12 in plan.outside]
    assert len(away) < 0.05 * len(arrange(plan, 1).notes)


def test_tunes_stay_in_their_singers_range(plan):
    for section, _ in sections_of(plan):
        for singing in section.singing:
            singer = plan.singers[singing.singer]
            pitches = [note.pitch for note in sing(plan, section, singing, np.random.default_rng(1))]
            assert pitches
            assert singer.low - 5 <= min(pitches)
            assert max(pitches) <= singer.high + 2


def test_tunes_move_by_steps_and_small_leaps(plan):
    for theme in plan.themes.values():
        steps = [abs(later.pitch - note.pitch) for note, later in pairwise(theme.tune)]
        if steps:
            assert max(steps) <= 9  # a major sixth
            assert np.mean(steps) <= 4.5


def test_no_two_notes_struck_together_rub_in_the_low_register(plan):
    # Below middle C even a tone is mud: nothing closer than a minor third starts together there, in any part.
    struck = {}
    for note in arrange(plan, 1).notes:
        struck.setdefault(round(note.beat, 4), set()).add(note.pitch)
    for together in struck.values():
        low = sorted(pitch for pitch in together if pitch < 52)
        assert all(upper - lower >= 3 for lower, upper in pairwise(low))


def test_semitones_and_minor_ninths_between_notes_struck_together_are_rare(plan):
    struck = {}
    for note in arrange(plan, 1).notes:
        struck.setdefault(round(note.beat, 4), set()).add(note.pitch)
    rubs = [1 for together in struck.values() if any(b - a in (_SEMITONE, _MINOR_NINTH) for a in together for b in together)]
    assert len(rubs) <= 0.03 * len(struck)


def test_loudness_breathes_at_the_pace_of_slow_breathing(plan):
    bar_s = plan.metre.beats_per_bar * 60.0 / plan.tempo_bpm
    assert 7.0 <= breath_bars(plan) * bar_s <= 12.0


def test_it_begins_and_ends_with_less_than_it_has_in_the_middle(plan):
    score = arrange(plan, 1)
    edges = [start for _, start in sections_of(plan)]
    fullness = [
        sum(note.velocity for note in score.notes if start <= note.beat < end) / (end - start) for start, end in pairwise(edges)
    ]
    fullness.append(
        sum(note.velocity for note in score.notes if note.beat >= edges[-1]) / (plan.bars * plan.metre.beats_per_bar - edges[-1])
    )
    assert fullness[0] < 0.75 * max(fullness)
    assert fullness[-1] < 0.75 * max(fullness)
    assert 0 < fullness.index(max(fullness)) < len(fullness) - 1


def test_no_section_is_told_twice_alike(plan):
    score = arrange(plan, 1)
    bars = [len(plan.themes[section.theme].chords) for section in plan.form]
    told = []
    for (_, start), length in zip(sections_of(plan), bars, strict=True):
        end = start + length * plan.metre.beats_per_bar
        told.append({(round(note.beat - start, 4), note.pitch, note.voice) for note in score.notes if start <= note.beat < end})
    for here, first in enumerate(told[1:-1], start=1):
        for other in told[here + 1 : -1]:
            assert len(first & other) < 0.8 * len(first | other)


def test_no_twenty_seconds_come_twice(plan):
    score = arrange(plan, 1)
    bar_beats = plan.metre.beats_per_bar
    span = int(np.ceil(20.0 / (bar_beats * score.beat_s)))
    windows = [
        frozenset(
            (round(note.beat - first * bar_beats, 4), note.pitch, note.voice)
            for note in score.notes
            if first <= note.beat / bar_beats < first + span
        )
        for first in range(plan.bars - span)
    ]
    assert len(set(windows)) == len(windows)
