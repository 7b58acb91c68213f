from __future__ import annotations

import dataclasses
import os
import sqlite3
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.music import catalogue as catalogue_module
from relaxlisten.music.catalogue import Catalogue, FileState, state_of
from relaxlisten.music.catalogue_file import CatalogueFault
from relaxlisten.music.described import Overrides
from relaxlisten.music.sidecar import Sidecar
from relaxlisten.music.tags import Tags
from tests.music.pieces import beatless, piece

STATE = FileState(size=1000, changed_ns=1_700_000_000_000_000_001)
TAGS = Tags(title="Evening", tempo_bpm=61.0, key="A minor", has_lyrics=True)
SIDECAR = Sidecar(tempo_bpm=62.0, title="Mine")


@pytest.fixture
def place(tmp_path):
    return tmp_path / "data" / "music.sqlite"


@pytest.fixture
def catalogue(place):
    opened = Catalogue(place)
    yield opened
    opened.close()


def filled(catalogue, path="/music/a.flac", content="c1", analysis=None):
    catalogue.keep_piece(content, analysis or piece())
    catalogue.keep_file(Path(path), STATE, content, TAGS, SIDECAR)


def test_what_was_kept_comes_back_from_another_opening(place):
    first = Catalogue(place)
    filled(first)
    first.wish("c1", {"tempo_bpm": 64.0})
    first.close()
    second = Catalogue(place)
    (file,) = second.files(with_beats=True)
    assert file.path == Path("/music/a.flac")
    assert (file.state, file.content, file.problem) == (STATE, "c1", None)
    assert (file.known.tags, file.known.sidecar) == (TAGS, SIDECAR)
    assert file.known.overrides == Overrides(tempo_bpm=64.0)
    assert file.known.analysis == piece()
    assert second.file(Path("/music/a.flac")) == file
    assert second.count() == 1
    second.close()


@given(st.lists(st.floats(0.0, 36_000.0), max_size=30), st.sampled_from([None, "C# minor"]), st.floats(-60.0, 0.0))
def test_an_analysis_comes_back_to_the_last_bit(beats_s, key, loudness_lufs):
    catalogue = Catalogue(None)
    kept = piece(beats_s=tuple(beats_s), key=key, loudness_lufs=loudness_lufs)
    filled(catalogue, analysis=kept)
    assert catalogue.files(with_beats=True)[0].known.analysis == kept
    assert catalogue.files(with_beats=False)[0].known.analysis == dataclasses.replace(kept, beats_s=())
    catalogue.close()


def test_a_beatless_piece_comes_back_without_a_tempo(catalogue):
    filled(catalogue, analysis=beatless(loudness_lufs=None))
    assert catalogue.files(with_beats=True)[0].known.analysis == beatless(loudness_lufs=None)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are Unicode")
def test_names_in_any_encoding_are_kept(catalogue):
    paths = [Path("/m/Ä — 静か.flac"), Path(os.fsdecode(b"/m/\xc4nne.flac")), Path("/m/a\nb.flac")]
    for path in paths:
        catalogue.keep_file(path, STATE, "c1", Tags(), Sidecar())
    assert set(catalogue.paths()) == set(paths)


def test_a_file_is_looked_at_once_more_when_its_size_or_time_changes(catalogue, tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(b"one")
    catalogue.keep_piece("c1", piece())
    catalogue.keep_file(path, state_of(path), "c1", Tags(), Sidecar())
    assert catalogue.looked_at()[path].is_still(path)
    os.utime(path, ns=(1, 1))
    assert not catalogue.looked_at()[path].is_still(path)
    path.unlink()
    assert not catalogue.looked_at()[path].is_still(path)


def test_a_newer_analysis_hears_everything_again_and_the_old_one_serves_till_then(catalogue, monkeypatch):
    filled(catalogue)
    catalogue.keep_problem(Path("/music/b.wav"), STATE, "is empty")
    assert {found.is_current for found in catalogue.looked_at().values()} == {True}
    assert len(catalogue.looked_at()) == 2
    assert catalogue.is_heard("c1")
    monkeypatch.setattr(catalogue_module, "ANALYSIS_VERSION", catalogue_module.ANALYSIS_VERSION + 1)
    assert {found.is_current for found in catalogue.looked_at().values()} == {False}
    assert not catalogue.is_heard("c1")
    assert catalogue.file(Path("/music/a.flac")).known.analysis == piece()


def test_a_problem_takes_the_place_of_what_was_known_and_the_other_way_round(catalogue):
    filled(catalogue)
    catalogue.keep_problem(Path("/music/a.flac"), STATE, "is empty")
    (file,) = catalogue.files(with_beats=True)
    assert (file.problem, file.known.analysis) == ("is empty", None)
    assert catalogue.looked_at()[file.path].problem == "is empty"
    filled(catalogue)
    assert catalogue.files(with_beats=True)[0].problem is None


def test_what_the_listener_said_adds_up_stays_with_the_piece_and_can_be_taken_back(catalogue):
    filled(catalogue)
    catalogue.wish("c1", {"tempo_bpm": 62.0})
    catalogue.wish("c1", {"excluded": True})
    catalogue.keep_piece("c1", piece())
    catalogue.forget([Path("/music/a.flac")])
    filled(catalogue, path="/elsewhere/b.flac")
    assert catalogue.file(Path("/elsewhere/b.flac")).known.overrides == Overrides(tempo_bpm=62.0, excluded=True)
    assert catalogue.wish("c1", {"beats_per_bar": 3}, forget=True) == Overrides(beats_per_bar=3)


def test_a_first_beat_at_zero_is_something_that_was_said(catalogue):
    filled(catalogue)
    catalogue.wish("c1", {"first_beat_s": 0.0})
    assert catalogue.files(with_beats=False)[0].known.overrides.first_beat_s == 0.0


def test_sidecars_are_taken_up_without_looking_at_the_sound(catalogue):
    filled(catalogue)
    catalogue.keep_sidecars([(Path("/music/a.flac"), Sidecar(tempo_bpm=50.0)), (Path("/music/none.flac"), SIDECAR)])
    assert [file.known.sidecar for file in catalogue.files(with_beats=False)] == [Sidecar(tempo_bpm=50.0)]


def test_a_catalogue_that_is_written_is_read_meanwhile(place):
    writer, reader = Catalogue(place), Catalogue(place)
    filled(writer)
    held = sqlite3.connect(place)
    held.execute("BEGIN IMMEDIATE")  # a third one is in the midst of writing
    assert reader.count() == 1
    held.close()
    writer.close()
    reader.close()


# ---- what may be wrong with it ----


def test_a_locked_catalogue_is_one_sentence(place):
    first = Catalogue(place, 0.05)
    held = sqlite3.connect(place)
    held.execute("BEGIN EXCLUSIVE")
    with pytest.raises(CatalogueFault, match=r"^The catalogue .*music\.sqlite cannot be used \(database is locked\): close "):
        filled(first)
    held.close()
    filled(first)
    first.close()


@pytest.mark.parametrize(
    "content", [b"no database at all" * 400, b"SQLite format 3\0" + bytes(range(256)) * 40], ids=["text", "head"]
)
def test_what_is_no_catalogue_is_moved_aside_and_made_anew(place, content):
    place.parent.mkdir()
    place.write_bytes(content)
    for number in (1, 2):
        catalogue = Catalogue(place)
        assert f"moved to {place}.damaged-{number}" in catalogue.notice
        filled(catalogue)
        assert catalogue.count() == 1
        catalogue.close()
        assert place.with_name(f"music.sqlite.damaged-{number}").read_bytes() == content
        place.write_bytes(content)


def damage(place, table):
    """Overwrite all of a table's pages but the schema."""
    database = sqlite3.connect(place)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = database.execute("PRAGMA page_size").fetchone()[0]
    (root,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()
    database.close()
    content = bytearray(place.read_bytes())
    content[(root - 1) * size : root * size] = b"\xff" * size
    place.write_bytes(content)


def test_a_catalogue_that_is_damaged_inside_is_made_anew_and_keeps_what_the_listener_said(place):
    first = Catalogue(place)
    filled(first)
    first.wish("c1", {"tempo_bpm": 62.0})
    first.close()
    damage(place, "pieces")
    second = Catalogue(place)
    if second.notice is None:
        second.check()
    assert "what you had set for 1 pieces was kept" in second.notice
    assert second.count() == 0
    filled(second)
    assert second.file(Path("/music/a.flac")).known.overrides == Overrides(tempo_bpm=62.0)
    second.close()


def test_damage_that_is_met_on_the_way_is_one_sentence_and_the_next_try_works(place):
    first = Catalogue(place)
    for number in range(200):
        filled(first, path=f"/music/{number}.flac", content=f"c{number}")
    first.close()
    content = place.read_bytes()
    place.write_bytes(content[: len(content) // 4] + b"\xff" * (len(content) * 3 // 4))
    second = Catalogue(place)
    assert second.notice is None
    with pytest.raises(CatalogueFault, match=r"^The catalogue of your music was damaged: it was moved to "):
        second.files(with_beats=True)
    filled(second)
    assert second.count() == 1
    second.close()


def test_a_catalogue_of_a_newer_program_is_left_alone(place):
    place.parent.mkdir()
    database = sqlite3.connect(place)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(CatalogueFault, match="was written by a newer RelaxListen"):
        Catalogue(place)
    assert not list(place.parent.glob("*.damaged*"))


def test_a_place_where_nothing_can_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CatalogueFault, match=r"cannot be used \(.*\): close"):
        Catalogue(tmp_path / "file" / "music.sqlite")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CatalogueFault, match="cannot be used"):
        Catalogue(tmp_path / "folder")
