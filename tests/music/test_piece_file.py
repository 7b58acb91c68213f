from __future__ import annotations

import pytest

from relaxlisten.music.notation import Unreadable
from relaxlisten.music.piece_file import Mood, read_piece
from relaxlisten.music.plan import FreePlan, Layer, Singing, Step

PULSED = """
title = "A Small One"
mood = "warm"
good_for = "tests"
instruments = "keys"
key = "C major"
outside = ["Bb"]
metre = "6/8"
tempo_bpm = 60
chord_range = ["E3", "A4"]
bass_low = "E2"
level = 0.5
room = 0.2

[themes.A]
chords = "C F"
tune = "E5:3 G5:3 | A5:6"

[singers.k]
voice = "keys"
level = 0.7
range = ["C5", "C6"]

[figures.o]
voice = "keys"
level = 0.4
bars = [[[0, -1, 5.7, 1.0], [3, 1, 2.7, 0.5]]]

[[form]]
name = "All of it"
theme = "A"
figures = "o"
sing = "k:plain k:echo+12 k:second-12"
level = 0.9
"""
FREE = """
title = "Nothing to Count"
mood = "deep"
good_for = "tests"
instruments = "a bowl"
key = "D major"
duration_s = 60
level = 1.0
room = 0.2
rain = 0.05
parts = [["All of it", 0]]

[[layers]]
kind = "strikes"
voice = "bowl"
level = 0.6
from_s = 1.0
to_s = 50.0
gap_s = [7.0, 12.0]
what = ["D3 A3"]
"""


def test_a_piece_is_what_its_file_says():
    piece = read_piece(PULSED, "small.toml")
    assert (piece.title, piece.mood, piece.key, piece.metre) == ("A Small One", Mood.WARM, "C major", "6/8")
    assert piece.plan.tempo_bpm == 60.0
    assert piece.plan.outside == (10,)
    assert (piece.plan.chord_range, piece.plan.bass_low) == ((52, 69), 40)
    assert piece.plan.bars == 3  # two of the theme and the closing chord's
    assert piece.plan.form[0].singing == (
        Singing(singer="k", manner="plain"),
        Singing(singer="k", manner="echo", shift=12),
        Singing(singer="k", manner="second", shift=-12),
    )


def test_steps_are_written_in_eighths_where_the_metre_says_eight():
    (bar,) = read_piece(PULSED, "small.toml").plan.figures["o"].bars
    assert bar == (Step(0.0, -1, 5.7 / 3, 1.0), Step(1.0, 1, 2.7 / 3, 0.5))


def test_a_piece_without_a_tempo_floats():
    plan = read_piece(FREE, "free.toml").plan
    assert isinstance(plan, FreePlan)
    assert (plan.duration_s, plan.rain, plan.waves, plan.parts) == (60.0, 0.05, 0.0, (("All of it", 0.0),))
    (layer,) = plan.layers
    assert isinstance(layer, Layer)
    assert [tone.pitch for tone in layer.what[0]] == [50, 57]


@pytest.mark.parametrize(
    ("text", "changed", "told"),
    [
        (PULSED, ("title =", "name ="), "there is no 'title'"),
        (PULSED, ('mood = "warm"', 'mood = "wild"'), "'wild' is not a valid Mood"),
        (PULSED, ('metre = "6/8"', 'metre = "5/4"'), "there is no '5/4'"),
        (PULSED, ('"C F"', '"C F G"'), "a tune of 2 bars over 3 chords"),
        (PULSED, ('"C F"', '"C H"'), "'H' is not a chord"),
        (PULSED, ("A5:6", "A5:5"), "bar 2"),
        (PULSED, ('voice = "keys"', 'voice = "kazoo"'), "there is no voice 'kazoo'"),
        (PULSED, ('theme = "A"', 'theme = "B"'), "names the theme 'B'"),
        (PULSED, ('figures = "o"', 'figures = "ox"'), "names the figure 'x'"),
        (PULSED, ("k:plain", "z:plain"), "names the singer 'z'"),
        (PULSED, ("k:plain", "k:yodelled"), "names the manner 'yodelled'"),
        (FREE, ('"strikes"', '"gongs"'), "there is no layer 'gongs'"),
        (FREE, ('"D3 A3"', '"D3 X3"'), "'X3' is not a note"),
        (FREE, ("[7.0, 12.0]", "7.0"), "not iterable|unpack"),
        (FREE, ("title =", "title"), "line 2"),
    ],
)
def test_what_is_missing_or_is_no_music_is_told_with_the_files_name(text, changed, told):
    with pytest.raises(Unreadable, match=f"small.toml: .*({told})"):
        read_piece(text.replace(*changed), "small.toml")
