from __future__ import annotations

from itertools import pairwise

import pytest

from relaxlisten.music.pieces import PIECES
from relaxlisten.music.plan import FreePlan
from relaxlisten.music.voices import VOICES

FREE = {name: piece for name, piece in PIECES.items() if isinstance(piece.plan, FreePlan)}


@pytest.fixture(params=FREE.values(), ids=list(FREE))
def piece(request):
    return request.param


def test_bowls_are_never_struck_in_a_rhythm_nor_the_same_one_twice_and_leave_time_to_ring_out():
    score = PIECES["bowls-and-rain"].compose(4)
    bowls = [note for note in score.notes if note.voice == "bowl"]
    gaps = [later.beat - earlier.beat for earlier, later in pairwise(bowls)]
    assert min(gaps) >= 7.0
    assert max(gaps) <= 12.0
    assert max(gaps) - min(gaps) > 2.0
    assert all(earlier.pitch != later.pitch for earlier, later in pairwise(bowls))
    assert score.duration_s - bowls[-1].beat >= 12.0


def test_the_tide_comes_once_in_nine_to_eleven_seconds():
    strings = [note.beat for note in PIECES["slow-tide"].compose(1).notes if note.voice == "tide"]
    assert all(8.0 < later - earlier < 12.0 for earlier, later in pairwise(strings[::3]))


def test_the_seed_changes_when_and_one_seed_is_one_music(piece):
    assert piece.compose(1) == piece.compose(1)
    assert piece.compose(1).notes != piece.compose(2).notes


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_all_notes_lie_within_the_piece_its_key_and_reach(piece, seed):
    score = piece.compose(seed)
    assert score.duration_s == piece.duration_s
    for note in score.notes:
        assert 0.0 <= note.beat < score.duration_s - 3.0
        assert note.pitch % 12 in {*piece.plan.scale, *piece.plan.outside}
        assert note.voice in VOICES
        assert 36 <= note.pitch <= 98
        assert 0.0 < note.velocity <= 1.0
        assert abs(note.pan) <= 1.0


def test_nothing_comes_at_equal_steps(piece):
    onsets = [note.beat for note in piece.compose(1).notes if note.voice in ("bowl", "flute")]
    gaps = [round(later - earlier, 2) for earlier, later in pairwise(onsets)]
    assert len(set(gaps)) > 0.8 * len(gaps)
