"""Variation on a theme of four bars in C, all numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from relaxlisten.music.harmony import major_scale, parse_chord
from relaxlisten.music.notation import METRES, Sung, read_tune
from relaxlisten.music.plan import Plan, Theme
from relaxlisten.music.tunes import MANNERS

METRE = METRES["4/4"]
THEME = Theme(chords=("C", "F", "C", "G"), tune=read_tune("E5:4 | F5:2 A5:2 | G5:4 | D5:3 r:1", METRE))
PLAN = Plan(
    tempo_bpm=60.0, metre=METRE, scale=major_scale("C"), outside=(), themes={"A": THEME}, figures={}, singers={}, form=(),
    chord_range=(52, 69), bass_low=40, level=1.0, room=0.0,
)  # fmt: skip


def told(manner: str, seed: int = 1) -> list[Sung]:
    return MANNERS[manner](PLAN, THEME, np.random.default_rng(seed))


def test_plain_is_what_was_written():
    assert told("plain") == list(THEME.tune)


def test_sparse_is_the_first_note_of_each_bar_through_the_bar():
    assert told("sparse") == [Sung(0.0, 4.0, 76), Sung(4.0, 4.0, 77), Sung(8.0, 4.0, 79), Sung(12.0, 4.0, 74)]


def test_call_and_answer_share_the_phrase_between_them():
    assert [note.beat for note in told("call")] == [0.0, 4.0, 6.0]
    assert sorted(told("call") + told("answer"), key=lambda note: note.beat) == told("plain")


def test_the_second_voice_goes_below_on_chord_tones_never_nearer_than_a_third():
    below = told("second")
    # C under E, A under F (a sixth, rather than the fourth to C), F under A, E under G, B under D.
    assert [note.pitch for note in below] == [72, 69, 77, 76, 71]
    assert [note.beat for note in below] == [note.beat for note in THEME.tune]


def test_an_echo_is_one_beat_late_and_gone_within_the_bar():
    assert told("echo") == [Sung(5.0, 1.0, 77), Sung(13.0, 1.5, 74)]


def test_drawn_out_holds_a_note_over_two_bars_only_where_the_next_chord_has_it():
    # E over C is not in F: let go within its bar. G over C is in G: held on.
    assert told("drawn") == [Sung(0.0, 3.6, 76), Sung(8.0, 7.6, 79)]


@pytest.mark.parametrize("seed", range(20))
def test_ornaments_keep_every_written_note_in_its_place_and_stay_in_key(seed):
    sung = told("ornamented", seed)
    starts = {(note.beat, note.pitch) for note in sung}
    assert {(note.beat, note.pitch) for note in THEME.tune} <= starts
    assert all(note.pitch % 12 in PLAN.scale for note in sung)
    ends = [note.beat + note.length_beats for note in sung]
    assert all(end <= later.beat + 1e-9 for end, later in zip(ends, sung[1:], strict=False))  # one voice: never two at once
    assert ends[-1] == 15.0


def test_ornaments_differ_from_seed_to_seed():
    assert len({tuple(told("ornamented", seed)) for seed in range(8)}) > 2


@pytest.mark.parametrize("manner", sorted(MANNERS))
def test_what_falls_on_a_bar_line_belongs_to_the_chord(manner):
    for note in told(manner):
        if note.beat % 4 == 0:
            assert note.pitch % 12 in parse_chord(THEME.chords[int(note.beat // 4)]).tones
