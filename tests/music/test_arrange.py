from __future__ import annotations

from itertools import pairwise

import pytest

from relaxlisten.music.arrange import arrange, bars_of
from relaxlisten.music.harmony import parse_chord
from relaxlisten.music.instruments import VOICES
from relaxlisten.music.pieces import LULLABY, PADS, PIECES, bowls_and_rain
from relaxlisten.music.plans import HARP, PLUCKED, SLOW_KEYS

PLANS = [LULLABY, PADS, SLOW_KEYS, HARP, PLUCKED]


@pytest.fixture(params=PLANS, ids=[plan.name for plan in PLANS])
def plan(request):
    return request.param


def chord_at(plan, beat):
    chords = [name for section in plan.form for name in plan.themes[section.theme].split()]
    return parse_chord(chords[int((beat + 1e-9) // plan.beats_per_bar)])


def test_the_seed_changes_the_tune_but_not_the_form(plan):
    first, other = arrange(plan, 1), arrange(plan, 2)
    assert first == arrange(plan, 1)
    assert first.notes != other.notes
    assert (first.duration_s, first.beat_s) == (other.duration_s, other.beat_s)
    fixed = [[(n.beat, n.pitch) for n in score.notes if n.voice in ("bass", "pad", "harp", "pluck")] for score in (first, other)]
    assert fixed[0] == fixed[1]


def test_all_notes_lie_within_the_piece_and_are_within_reach(plan):
    score = arrange(plan, 1)
    end = bars_of(plan) * plan.beats_per_bar
    assert score.notes == tuple(sorted(score.notes, key=lambda note: note.beat))
    assert all(0 <= note.beat < end for note in score.notes)
    assert all(note.voice in VOICES and 36 <= note.pitch <= 96 for note in score.notes)
    assert all(0 < note.velocity <= 1 and abs(note.pan) <= 1 for note in score.notes)


def test_every_bar_has_a_note_on_its_first_beat(plan):
    starts = {round(note.beat, 6) for note in arrange(plan, 1).notes}
    assert all(bar * plan.beats_per_bar in starts for bar in range(bars_of(plan)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_sounds_on_the_first_beat_belongs_to_the_chord(plan, seed):
    last = (bars_of(plan) - 1) * plan.beats_per_bar
    for note in arrange(plan, seed).notes:
        if note.beat < last and note.beat % plan.beats_per_bar < 1e-9:
            chord = chord_at(plan, note.beat)
            assert note.pitch % 12 in {*chord.tones, chord.bass}


def test_nothing_leaves_the_key(plan):
    assert all(note.pitch % 12 in plan.scale for note in arrange(plan, 1).notes)


def test_the_tune_comes_back(plan):
    # Sections of one theme with the tune as made are note for note the same.
    told = [section for section in plan.form if section.tune == 1]
    score = arrange(plan, 1)
    bar, heard = 0, {}
    for section in plan.form:
        bars = len(plan.themes[section.theme].split())
        begin, end = bar * plan.beats_per_bar, (bar + bars) * plan.beats_per_bar
        if section.tune == 1:
            sung = [note for note in score.notes if note.voice == plan.tune.voice and begin <= note.beat < end]
            line = [(round(note.beat - begin, 6), note.pitch) for note in sung]
            heard.setdefault((section.theme, section.figures), set()).add(tuple(line))
        bar += bars
    assert told
    assert all(len(lines) == 1 for lines in heard.values())


def test_bowls_are_never_struck_in_a_rhythm_and_leave_time_to_ring_out():
    score = bowls_and_rain(4)
    strikes = [note.beat for note in score.notes if note.voice == "bowl"]
    gaps = [later - earlier for earlier, later in pairwise(strikes)]
    assert min(gaps) >= 7.0
    assert max(gaps) <= 12.0
    assert max(gaps) - min(gaps) > 2.0
    assert score.duration_s - strikes[-1] >= 12.0


def test_the_listed_facts_are_those_of_the_score():
    for piece in PIECES.values():
        score = piece.compose(1)
        assert score.duration_s == piece.duration_s
        assert score.first_beat_s == piece.first_beat_s
        if piece.tempo_bpm is not None:
            assert score.beat_s == 60.0 / piece.tempo_bpm
