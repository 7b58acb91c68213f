from __future__ import annotations

import math

import numpy as np
import pytest

from tests.bench.music import measures, timing
from tests.bench.music.midi import midi_file
from tests.bench.music.score import Music, Note, placed


@pytest.mark.parametrize(
    ("found_bpm", "a1", "a2"),
    [
        (60.0, True, True),
        (62.3, True, True),
        (62.5, False, False),
        (120.0, False, True),
        (20.0, False, True),
        (90.0, False, False),
    ],
)
def test_a_tempo_is_right_within_four_percent_or_at_another_level(found_bpm, a1, a2):
    assert measures.is_tempo(found_bpm, 60.0) is a1
    assert measures.is_tempo_at_some_level(found_bpm, 60.0) is a2


def test_no_tempo_is_never_right():
    assert not measures.is_tempo_at_some_level(None, 60.0)


def test_beatless_pieces_above_the_limit_that_keeps_most_of_the_pulsed_are_counted():
    pulsed = [0.1, *np.linspace(0.5, 1.0, 19)]
    assert measures.called_pulsed(pulsed, [0.0, 0.2, 0.6, 0.9]) == pytest.approx(75.0)
    assert math.isnan(measures.called_pulsed([], [0.1]))


@pytest.mark.parametrize(
    ("found", "score"),
    [("A minor", 1.0), ("E minor", 0.5), ("C major", 0.3), ("A major", 0.2), ("F# major", 0.0), (None, 0.0)],
)
def test_a_key_that_is_nearly_right_counts_in_part(found, score):
    pytest.importorskip("mir_eval", reason="only the benchmark needs it")
    assert measures.key_score(found, "A minor") == score


def test_a_midi_file_has_its_notes_at_their_milliseconds():
    note = Note(at=1.5, length=0.25, pitch=60, velocity=80)
    file = midi_file(Music(notes=(note,), programs={0: 11}))
    assert file[:14] == b"MThd\0\0\0\x06\0\0\0\x01\x01\xf4"
    # Program at once, the note after 1500 ms (0x8B 0x5C), its end after 250 (0x81 0x7A), the end of the track a second later.
    events = b"\0\xc0\x0b" + b"\x8b\x5c\x90\x3c\x50" + b"\x81\x7a\x80\x3c\0" + b"\x87\x68\xff\x2f\0"
    assert file[14:] == b"MTrk" + len(events).to_bytes(4, "big") + events


def test_notes_between_beats_lie_between_them_however_these_are_played():
    beats_s = np.array([1.0, 2.0, 4.0])
    notes = tuple(Note(at=at, length=0.5, pitch=60, velocity=80) for at in (0.0, 0.5, 1.5, 2.5))
    assert [note.at for note in placed(Music(notes=notes), beats_s).notes] == pytest.approx([1.0, 1.5, 3.0, 5.0])


def test_rubato_stays_within_its_depth_and_performances_are_never_steady():
    chance = np.random.default_rng(3)
    periods_s = np.diff(timing.rubato(chance, 60.0, 100))
    assert 1 / 1.0501 <= periods_s.min() < 0.97
    assert 1.03 < periods_s.max() <= 1 / 0.9499
    assert np.std(np.log(np.diff(timing.expressive(chance, 60.0, 100, phrase=16)))) > 0.01
