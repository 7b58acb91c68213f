"""What lists and the builder read stays true to what the catalogue knows, whatever changes and in whatever order."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaxlisten.commands import listing_music
from relaxlisten.commands.music_build import known_pieces
from relaxlisten.music.arousal import arousals
from relaxlisten.music.catalogue import Catalogue, FileState
from relaxlisten.music.sidecar import Sidecar
from relaxlisten.music.tags import Tags
from tests.music.pieces import beatless, piece

STATE = FileState(size=1000, changed_ns=1)
PATHS = [Path(f"/music/{number}.flac") for number in range(3)]
CONTENTS = ["c0", "c1"]


def hear(catalogue, path, content):
    catalogue.keep_file(path, STATE, content, Tags(title=path.stem, tempo_bpm=61.0, artist="X"), Sidecar())


CHANGES = [
    lambda catalogue, path, content: catalogue.keep_piece(content, piece(tempo_bpm=61.0)),
    lambda catalogue, path, content: catalogue.keep_piece(content, beatless()),
    hear,
    lambda catalogue, path, content: catalogue.keep_problem(path, STATE, "is damaged"),
    lambda catalogue, path, content: catalogue.keep_sidecars([(path, Sidecar(tempo_bpm=50.0, title="Mine"))]),
    lambda catalogue, path, content: catalogue.wish(content, {"tempo_bpm": 64.0}),
    lambda catalogue, path, content: catalogue.wish(content, {"excluded": True}),
    lambda catalogue, path, content: catalogue.wish(content, {}, forget=True),
    lambda catalogue, path, content: catalogue.forget([path]),
]


def agrees(catalogue):
    """Each fact of a list is the fact that the whole description gives."""
    brief, whole = listing_music.brief_facts(catalogue), listing_music.facts(catalogue)
    assert [one["path"] for one in brief] == [one["path"] for one in whole]
    for short, long in zip(brief, whole, strict=True):
        shared = set(short) & set(long)
        assert {name: short[name] for name in shared} == {name: long[name] for name in shared}
        assert shared >= {"title", "tempo_bpm", "pulse", "key", "arousal", "excluded", "problem", "loudness_lufs"}


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(CHANGES), st.sampled_from(PATHS), st.sampled_from(CONTENTS)), max_size=12))
def test_a_list_says_what_the_whole_description_says_whatever_was_changed(changes):
    catalogue = Catalogue(None)
    for change, path, content in changes:
        change(catalogue, path, content)
    agrees(catalogue)
    catalogue.close()


def test_a_catalogue_of_the_first_schema_gets_its_summaries_when_it_is_opened(tmp_path):
    place = tmp_path / "music.sqlite"
    catalogue = Catalogue(place)
    for path, content in zip(PATHS, ("c0", "c1", "c0"), strict=True):
        catalogue.keep_piece(content, piece())
        hear(catalogue, path, content)
    catalogue.close()
    database = sqlite3.connect(place)
    for trigger in ("file_came", "file_changed", "file_left", "piece_heard", "piece_wished"):
        database.execute(f"DROP TRIGGER {trigger}")
    database.executescript("DROP TABLE summaries; DROP TABLE unsummarised; PRAGMA user_version = 1")
    database.close()
    catalogue = Catalogue(place)
    assert [one.title for one in catalogue.summaries()] == ["0", "1", "2"]
    agrees(catalogue)
    catalogue.close()


def test_a_list_is_whole_while_another_program_writes(tmp_path):
    place = tmp_path / "music.sqlite"
    catalogue = Catalogue(place)
    catalogue.keep_piece("c0", piece())
    hear(catalogue, PATHS[0], "c0")
    other = sqlite3.connect(place, timeout=0.0)
    other.execute("UPDATE files SET tag_title = 'Renamed'")
    other.commit()
    other.execute("BEGIN IMMEDIATE")
    catalogue._database.execute("PRAGMA busy_timeout = 0")
    assert [one.title for one in catalogue.summaries()] == ["Renamed"]
    other.rollback()
    other.close()
    assert [one.title for one in catalogue.summaries()] == ["Renamed"]
    catalogue.close()


def test_arousal_counts_a_piece_once_however_often_it_lies_there():
    catalogue = Catalogue(None)
    heard = [piece(loudness_lufs=-30.0 + 2.0 * number) for number in range(6)]
    for number, one in enumerate(heard):
        catalogue.keep_piece(f"c{number}", one)
        hear(catalogue, Path(f"/music/{number}.flac"), f"c{number}")
    hear(catalogue, Path("/music/again.flac"), "c5")
    told = {Path(one["path"]).stem: one["arousal"] for one in listing_music.brief_facts(catalogue)}
    assert [told[f"{number}"] for number in range(6)] == pytest.approx(arousals(heard))
    assert told["again"] == told["5"]
    assert len(known_pieces(catalogue, None)) == 6
    catalogue.close()


def test_what_is_excluded_or_cannot_be_played_is_no_candidate():
    catalogue = Catalogue(None)
    for number in range(3):
        catalogue.keep_piece(f"c{number}", piece(centroid_hz=0.0 if number == 2 else 800.0))
        hear(catalogue, PATHS[number], f"c{number}")
    catalogue.wish("c0", {"excluded": True})
    catalogue.keep_problem(PATHS[1], STATE, "is damaged")
    (candidate,) = known_pieces(catalogue, None)
    assert (candidate.name, candidate.title, candidate.artist) == ("/music/2.flac", "2", "X")
    assert candidate.candidates_bpm == (60.0, 90.0, 80.0)
    assert candidate.brightness_hz is None  # silence has no brightness
    assert np.isfinite(candidate.duration_s)
    catalogue.close()
