from __future__ import annotations

import pytest

from relaxlisten.music.harmony import major_scale
from relaxlisten.music.notation import METRES, Sung, Unreadable, read_chords, read_key, read_phrase, read_pitch, read_tune


@pytest.mark.parametrize(("name", "pitch"), [("A4", 69), ("C4", 60), ("Bb3", 58), ("F#5", 78), ("C-1", 0)])
def test_a_note_name_is_its_midi_number(name, pitch):
    assert read_pitch(name) == pitch


@pytest.mark.parametrize("name", ["H4", "A", "4", "a4", "A4:2", "A#b4"])
def test_what_is_no_note_is_refused(name):
    with pytest.raises(Unreadable, match="is not a note"):
        read_pitch(name)


def test_a_tune_in_quarters_counts_quarters():
    assert read_tune("C5:2 A4:1.5 r:0.5 | G4:4", METRES["4/4"]) == (Sung(0.0, 2.0, 72), Sung(2.0, 1.5, 69), Sung(4.0, 4.0, 67))


def test_in_six_eight_three_eighths_are_a_beat():
    notes = read_tune("C5:3 Eb5:2 C5:1 | Bb4:6", METRES["6/8"])
    assert [note.beat for note in notes] == pytest.approx([0.0, 1.0, 5 / 3, 2.0])
    assert [note.length_beats for note in notes] == pytest.approx([1.0, 2 / 3, 1 / 3, 2.0])


def test_a_dash_holds_the_note_across_the_bar_line():
    assert read_tune("r:1 C5:2 | -:2 A4:1", METRES["3/4"]) == (Sung(1.0, 4.0, 72), Sung(5.0, 1.0, 69))


@pytest.mark.parametrize("bar", ["C5:2 A4:1", "C5:2 A4:3", ""])
def test_a_bar_that_does_not_add_up_is_refused_with_its_number(bar):
    with pytest.raises(Unreadable, match="bar 2"):
        read_tune(f"C5:4 | {bar}", METRES["4/4"])


@pytest.mark.parametrize("word", ["C5", "C5:", "x:2", "C5:-1", "c5:4"])
def test_a_word_that_is_no_note_is_named(word):
    with pytest.raises(Unreadable, match=word):
        read_tune(word, METRES["4/4"])


def test_a_phrase_has_no_bars():
    assert read_phrase("Ab4:3 Bb4:1 Db5:4") == (Sung(0.0, 3.0, 68), Sung(3.0, 1.0, 70), Sung(4.0, 4.0, 73))


def test_a_per_cent_sign_repeats_the_chord():
    assert read_chords("Em % | Am7 %") == ("Em", "Em", "Am7", "Am7")
    with pytest.raises(Unreadable, match="begin with %"):
        read_chords("% Em")


@pytest.mark.parametrize(
    ("key", "major"), [("F major", "F"), ("E minor", "G"), ("D dorian", "C"), ("A lydian", "E"), ("F minor", "Ab")]
)
def test_a_mode_has_the_notes_of_its_major_scale(key, major):
    assert read_key(key) == major_scale(major)


@pytest.mark.parametrize("key", ["F", "H major", "F locrian", ""])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(Unreadable, match="is not a key"):
        read_key(key)
