from __future__ import annotations

from pathlib import Path

import pytest

from relaxlisten.errors import UsageError
from relaxlisten.music.sidecar import Sidecar, parse_sidecar, sidecar_paths


def test_all_keys_are_read():
    text = 'tempo_bpm = 66\nfirst_beat_s = 0.5\nbeats_per_bar = 3\ntitle = "Evening"\n'
    assert parse_sidecar(text, "a.toml") == Sidecar(tempo_bpm=66.0, first_beat_s=0.5, beats_per_bar=3, title="Evening")


def test_an_empty_file_says_nothing():
    assert parse_sidecar("", "a.toml") == Sidecar()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tempo_bmp = 66", ["a.flac.toml", "tempo_bmp", "nearest is 'tempo_bpm'"]),
        ("first_beat = 0.5", ["first_beat", "nearest is 'first_beat_s'"]),
        ("tempo_bpm = 0", ["tempo_bpm", "20 to 300", "not 0"]),
        ("tempo_bpm = 301.5", ["20 to 300"]),
        ("tempo_bpm = nan", ["20 to 300"]),
        ("tempo_bpm = true", ["20 to 300"]),
        ('tempo_bpm = "66"', ["20 to 300", "'66'"]),
        ("first_beat_s = -0.1", ["0 or more"]),
        ("first_beat_s = inf", ["0 or more"]),
        ("beats_per_bar = 3.5", ["whole number from 1 to 16"]),
        ("beats_per_bar = 0", ["whole number from 1 to 16"]),
        ("title = 7", ["a text"]),
        ('title = " "', ["a text"]),
        ("tempo_bpm 66", ["a.flac.toml", "TOML", "line 1"]),
    ],
)
def test_a_fault_is_one_sentence_with_file_key_and_remedy(text, words):
    with pytest.raises(UsageError) as fault:
        parse_sidecar(text, "a.flac.toml")
    sentence = str(fault.value)
    assert all(word in sentence for word in [*words, "a.flac.toml"])
    assert "\n" not in sentence


def test_it_lies_beside_the_music_under_either_name():
    assert sidecar_paths(Path("music/a.b.flac")) == (Path("music/a.b.flac.toml"), Path("music/a.b.toml"))
