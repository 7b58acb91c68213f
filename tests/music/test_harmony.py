from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.music.harmony import QUALITIES, bass_pitch, major_scale, movement, parse_chord, voice_leading, voicings

ROOTS = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
chord_names = st.builds(str.__add__, st.sampled_from(ROOTS), st.sampled_from(sorted(QUALITIES)))


@pytest.mark.parametrize(
    ("name", "tones", "bass"),
    [
        ("C", (0, 4, 7), 0),
        ("Am7", (9, 0, 4, 7), 9),
        ("C/E", (0, 4, 7), 4),
        ("Bbmaj7", (2, 5, 9), 10),  # D F A over B flat
        ("Gsus4", (7, 0, 2), 7),
        ("D/F#", (2, 6, 9), 6),
    ],
)
def test_a_chord_name_means_its_notes(name, tones, bass):
    chord = parse_chord(name)
    assert chord.tones == tones
    assert chord.bass == bass


@pytest.mark.parametrize("name", ["H", "C13", "", "c", "C/", "Cmaj7/H"])
def test_a_name_that_is_no_chord_is_refused(name):
    with pytest.raises(ValueError, match="is not a chord"):
        parse_chord(name)


def test_the_scale_of_f_has_one_flat():
    assert major_scale("F") == (0, 2, 4, 5, 7, 9, 10)


@given(chord_names, st.integers(30, 60))
def test_the_bass_is_the_chords_bass_within_an_octave(name, low):
    pitch = bass_pitch(parse_chord(name), low)
    assert low <= pitch < low + 12
    assert pitch % 12 == parse_chord(name).bass


@given(st.lists(chord_names, min_size=1, max_size=12))
def test_voices_stay_in_range_and_sing_the_chord(names):
    chords = [parse_chord(name) for name in names]
    for chord, voicing in zip(chords, voice_leading(chords, 50, 72), strict=True):
        assert {pitch % 12 for pitch in voicing} == set(chord.tones)
        assert all(50 <= pitch <= 72 for pitch in voicing)
        assert all(upper - lower >= 2 for lower, upper in pairwise(voicing))


@given(chord_names, chord_names)
def test_each_voicing_is_the_nearest_there_is(first, second):
    chords = [parse_chord(first), parse_chord(second)]
    before, after = voice_leading(chords, 48, 74)
    assert movement(before, after) == min(movement(before, other) for other in voicings(chords[1], 48, 74))


def test_common_tones_stay_and_the_others_step():
    # C E G -> C E A: two tones stay, one moves by a whole tone (counted from both sides).
    before, after = voice_leading([parse_chord("C"), parse_chord("Am")], 55, 70)
    assert len(set(before) & set(after)) == 2
    assert movement(before, after) == 4
