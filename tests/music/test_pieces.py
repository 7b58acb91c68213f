"""The twelve built-in pieces as a collection: what their files promise, and that the promises are kept."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from relaxlisten.music.piece_file import Mood
from relaxlisten.music.pieces import PIECES

DOCUMENT = Path(__file__).parents[2] / "docs" / "music.md"


@pytest.fixture(params=PIECES.values(), ids=list(PIECES))
def piece(request):
    return request.param


def test_three_moods_have_four_pieces_each():
    assert Counter(piece.mood for piece in PIECES.values()) == dict.fromkeys(Mood, 4)


def test_together_they_are_worth_far_more_than_twenty_minutes_of_listening():
    assert sum(piece.duration_s for piece in PIECES.values()) > 2 * 20 * 60
    for mood in Mood:
        assert sum(piece.duration_s for piece in PIECES.values() if piece.mood is mood) > 14 * 60


def test_metres_and_keys_differ():
    assert {piece.metre for piece in PIECES.values()} == {"4/4", "3/4", "6/8", None}
    assert len({piece.key for piece in PIECES.values()}) >= 10


def test_every_piece_says_what_it_is_good_for_and_what_plays(piece):
    assert 10 <= len(piece.good_for) <= 90
    assert len(piece.instruments.split(",")) >= 3
    assert not any(word in piece.good_for.lower() for word in ("treat", "cure", "heal", "therap", "pressure"))


def test_the_form_has_sections_that_begin_where_they_say(piece):
    names, starts_s = zip(*piece.sections, strict=True)
    assert len(names) >= 3
    assert len(set(names)) == len(names)
    assert all(later > start for start, later in pairwise(starts_s))
    assert starts_s[0] == piece.first_beat_s
    assert starts_s[-1] < piece.duration_s


def test_sections_of_a_pulsed_piece_begin_on_a_bar_line(piece):
    if piece.tempo_bpm is not None:
        bar_s = piece.beats_per_bar * 60.0 / piece.tempo_bpm
        bars = [(start_s - piece.first_beat_s) / bar_s for _, start_s in piece.sections]
        assert bars == pytest.approx([round(bar) for bar in bars], abs=1e-6)
        assert len(piece.sections) >= 8


def test_the_listed_facts_are_those_of_the_score(piece):
    score = piece.compose(1)
    assert score.duration_s == piece.duration_s
    assert score.first_beat_s == piece.first_beat_s
    assert piece.tempo_bpm is None or score.beat_s == 60.0 / piece.tempo_bpm


def test_the_page_on_the_music_lists_each_piece_with_its_facts(piece):
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {piece.title} |")]
    tempo = "none" if piece.tempo_bpm is None else f"{piece.tempo_bpm:.0f}"
    minutes, seconds = divmod(round(piece.duration_s), 60)
    expected = [
        piece.title,
        tempo,
        piece.metre or "free",
        piece.key,
        f"{minutes}:{seconds:02d}",
        piece.instruments,
        piece.good_for,
    ]
    assert [cell.strip() for cell in rows[0].strip("|").split("|")] == expected


def test_how_stirring_a_piece_is_was_measured_and_only_where_there_is_a_pulse(piece):
    table = DOCUMENT.read_text(encoding="utf-8").partition("# As measured")[2].splitlines()
    heading, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table if line.startswith("|")]
    (measured,) = [row[heading.index("arousal")] for row in rows if row[0] == piece.name]
    assert measured == ("-" if piece.tempo_bpm is None else f"{piece.arousal:.2f}")
    assert (piece.arousal is None) is (piece.tempo_bpm is None)
