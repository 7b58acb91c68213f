"""Scans of real folders with small files; what is heard is scripted where it does not matter."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from relaxlisten.music import catalogue as catalogue_module
from relaxlisten.music.catalogue import Catalogue
from relaxlisten.piece_work import Failed, Heard, Recognise
from relaxlisten.scanning import Scan
from relaxlisten.terms import Pulse
from tests.music.making import pluck, train
from tests.music.pieces import piece
from tests.music.tagging import id3v2, retagged_flac
from tests.workers import HereAndNow, sounds_alike

RATE = 8000


@pytest.fixture
def music(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    return folder


@pytest.fixture
def catalogue():
    opened = Catalogue(None)
    yield opened
    opened.close()


def write(path, seed=0, seconds=0.1):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.1 * np.random.default_rng(seed).standard_normal(round(seconds * RATE)), RATE)
    return path


def scan(catalogue, *places, pool=None, **how):
    """A scan, and the pool that did it."""
    pool = pool or HereAndNow(sounds_alike)
    report = Scan([Path(place) for place in places], catalogue, **how).run(pool, lambda path: None)
    return report, pool


def counts(report):
    return {"unchanged": report.unchanged, "heard": report.heard, "recognised": report.recognised, "gone": report.gone}


def test_each_file_is_heard_once_and_a_second_scan_opens_none(music, catalogue):
    for number in range(3):
        write(music / f"{number}.wav", number)
    first, pool = scan(catalogue, music)
    assert counts(first) == {"unchanged": 0, "heard": 3, "recognised": 0, "gone": 0}
    assert sorted(pool.names_heard) == ["0.wav", "1.wav", "2.wav"]
    second, pool = scan(catalogue, music)
    assert counts(second) == {"unchanged": 3, "heard": 0, "recognised": 0, "gone": 0}
    assert pool.jobs == []


def test_what_is_really_heard_is_kept(music, catalogue):
    sound = 0.1 * train(72.0, 0.4, 30.0, 22050, pluck(22050))
    soundfile.write(music / "a.flac", sound, 22050)
    report, _ = scan(catalogue, music, pool=HereAndNow())
    assert report.heard == 1
    heard = catalogue.file(music / "a.flac").known.analysis
    assert heard.duration_s == pytest.approx(30.0)
    assert heard.pulse is Pulse.PULSED
    assert heard.tempo_bpm == pytest.approx(72.0, rel=0.01)
    assert len(heard.beats_s) == pytest.approx(36, abs=2)


def test_a_file_that_was_moved_or_renamed_is_recognised(music, catalogue):
    write(music / "a.wav")
    scan(catalogue, music)
    (music / "sub").mkdir()
    (music / "a.wav").rename(music / "sub" / "b.wav")
    report, pool = scan(catalogue, music)
    assert counts(report) == {"unchanged": 0, "heard": 0, "recognised": 1, "gone": 1}
    assert pool.jobs == [Recognise(music / "sub" / "b.wav")]
    assert catalogue.paths() == [music / "sub" / "b.wav"]


def test_a_file_that_was_tagged_anew_is_recognised_and_its_tags_are_taken_up(music, catalogue):
    path = write(music / "a.flac")
    scan(catalogue, music)
    catalogue.wish(catalogue.file(path).content, {"tempo_bpm": 62.0})
    path.write_bytes(retagged_flac(path.read_bytes(), ["BPM=61", "TITLE=Evening"]))
    report, pool = scan(catalogue, music)
    assert counts(report) == {"unchanged": 0, "heard": 0, "recognised": 1, "gone": 0}
    assert pool.names_heard == []
    known = catalogue.file(path).known
    assert (known.tags.title, known.tags.tempo_bpm, known.overrides.tempo_bpm) == ("Evening", 61.0, 62.0)


def test_copies_of_a_piece_are_heard_once(music, catalogue):
    write(music / "a.wav")
    shutil.copy(music / "a.wav", music / "b.wav")
    report, pool = scan(catalogue, music)
    assert counts(report) == {"unchanged": 0, "heard": 1, "recognised": 1, "gone": 0}
    assert len(pool.names_heard) == 1
    assert catalogue.count() == 2


def test_a_file_whose_sound_changed_is_heard_again(music, catalogue):
    write(music / "a.wav", 0)
    scan(catalogue, music)
    write(music / "a.wav", 1, seconds=0.2)
    assert counts(scan(catalogue, music)[0]) == {"unchanged": 0, "heard": 1, "recognised": 0, "gone": 0}


def test_a_newer_analysis_hears_all_of_it_again(music, catalogue, monkeypatch):
    write(music / "a.wav")
    (music / "empty.wav").write_bytes(b"")
    scan(catalogue, music, pool=HereAndNow())
    monkeypatch.setattr(catalogue_module, "ANALYSIS_VERSION", catalogue_module.ANALYSIS_VERSION + 1)
    report, pool = scan(catalogue, music, pool=HereAndNow())
    assert report.heard == 1
    assert {job.path.name for job in pool.jobs} == {"a.wav", "empty.wav"}


def test_broken_files_are_told_with_their_reasons_and_stop_nothing(music, catalogue):
    write(music / "whole.wav")
    (music / "empty.mp3").write_bytes(b"")
    (music / "text.mp3").write_text("not music\n" * 50)
    (music / "cut.flac").write_bytes(write(music / "a.flac").read_bytes()[:30])
    soundfile.write(music / "nothing.wav", np.zeros(0), RATE)
    report, _ = scan(catalogue, music, pool=HereAndNow())
    assert report.heard == 2
    assert report.problems == [
        (music / "cut.flac", "is not a sound file that can be played"),
        (music / "empty.mp3", "is empty"),
        (music / "nothing.wav", "holds no sound"),
        (music / "text.mp3", "is not a sound file that can be played"),
    ]
    again, pool = scan(catalogue, music)
    assert again.problems == report.problems  # told again, not tried again
    assert pool.jobs == []
    _, pool = scan(catalogue, music, again=True)
    assert len(pool.jobs) >= 4


def test_a_truncated_file_is_another_piece_that_plays_as_far_as_it_goes(music, catalogue):
    whole = write(music / "whole.wav", seconds=20.0)
    (music / "cut.wav").write_bytes(whole.read_bytes()[:-100_000])
    report, _ = scan(catalogue, music, pool=HereAndNow())
    assert report.heard == 2
    lengths_s = {file.path.name: file.known.analysis.duration_s for file in catalogue.files(with_beats=False)}
    assert lengths_s == pytest.approx({"whole.wav": 20.0, "cut.wav": 13.75}, abs=0.01)


@pytest.mark.parametrize(
    "failed", [Failed("cannot be read (no disk)", lasting=False), Failed("Something is missing.", lasting=False)]
)
def test_what_is_not_the_files_own_fault_is_tried_again(music, catalogue, failed):
    write(music / "a.wav")
    report, _ = scan(catalogue, music, pool=HereAndNow(lambda job: failed))
    assert [reason for _, reason in report.problems] == [failed.reason]
    report, _ = scan(catalogue, music)
    assert (report.heard, report.problems) == (1, [])


def test_copies_of_a_broken_piece_are_all_told(music, catalogue):
    write(music / "a.wav")
    shutil.copy(music / "a.wav", music / "b.wav")
    report, pool = scan(catalogue, music, pool=HereAndNow(lambda job: Failed("made the decoder break down")))
    assert [path.name for path, _ in report.problems] == ["a.wav", "b.wav"]
    assert len(pool.names_heard) == 1


def test_a_scan_that_ends_anywhere_goes_on_there(music, catalogue):
    for number in range(6):
        write(music / f"{number}.wav", number)
    heard = []

    def hear_two(job):
        if len(heard) == 2:
            raise KeyboardInterrupt
        heard.append(job.path)
        return Heard(piece())

    with pytest.raises(KeyboardInterrupt):
        scan(catalogue, music, pool=HereAndNow(hear_two))
    assert catalogue.count() == 2
    report, pool = scan(catalogue, music)
    assert (report.unchanged, report.heard) == (2, 4)
    assert not set(pool.names_heard) & {path.name for path in heard}


def test_two_scans_at_once_hear_no_piece_twice_that_one_of_them_has_finished(music, tmp_path):
    for number in range(8):
        write(music / f"{number}.wav", number)
    one, two = Catalogue(tmp_path / "c.sqlite"), Catalogue(tmp_path / "c.sqlite")
    second = Scan([music], two)
    first_heard = scan(one, music)[1].names_heard
    pool = HereAndNow(sounds_alike)
    report = second.run(pool, lambda path: None)
    assert len(first_heard) == 8
    assert pool.names_heard == []
    assert report.recognised == 8
    one.close()
    two.close()


def test_only_what_lies_in_the_scanned_folder_can_be_gone(music, catalogue, tmp_path):
    write(music / "a.wav", 0)
    other = write(tmp_path / "other" / "b.wav", 1)
    scan(catalogue, music, tmp_path / "other")
    (music / "a.wav").unlink()
    other.unlink()
    report, _ = scan(catalogue, music)
    assert report.gone == 1
    assert catalogue.paths() == [other]


def test_sidecars_are_read_at_every_scan_and_faulty_ones_told(music, catalogue):
    path = write(music / "a.wav")
    (music / "a.toml").write_text("tempo_bpm = 62\n")
    scan(catalogue, music)
    assert catalogue.file(path).known.sidecar.tempo_bpm == 62.0
    (music / "a.toml").write_text("tempo_bpm = 64\n")
    scan(catalogue, music)
    assert catalogue.file(path).known.sidecar.tempo_bpm == 64.0
    (music / "a.toml").write_text("tempo_bmp = 64\n")
    report, _ = scan(catalogue, music)
    assert [note for note in report.notes if "a.toml" in note and "'tempo_bpm'" in note]
    assert catalogue.file(path).known.sidecar.tempo_bpm is None


def test_names_with_any_letters_are_scanned(music, catalogue):
    names = ["Ännchen von Tharau.wav", "静かな夜.wav", "a 'b' \"c\" [d].wav"]
    if sys.platform not in ("win32", "darwin"):
        names += [os.fsdecode(b"\xc4nne.wav"), "two\nlines.wav"]
    for number, name in enumerate(names):
        write(music / "plain.wav", number).rename(music / name)
    report, _ = scan(catalogue, music, pool=HereAndNow())
    assert (report.heard, report.problems) == (len(names), [])
    assert {path.name for path in catalogue.paths()} == set(names)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_that_lead_in_a_circle_end(music, catalogue):
    write(music / "sub" / "a.wav")
    (music / "sub" / "loop").symlink_to(music, target_is_directory=True)
    (music / "self.wav").symlink_to(music / "self.wav")
    report, _ = scan(catalogue, music)
    assert (report.files, report.heard) == (1, 1)


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs another user's rights"
)
def test_a_file_that_may_not_be_read_is_told_and_tried_again_later(music, catalogue):
    write(music / "a.wav").chmod(0)
    for parent in (music, *music.parents[:-2]):
        parent.chmod(0o755)
    user = os.geteuid()
    os.seteuid(65534)
    try:
        report, _ = scan(catalogue, music)
    finally:
        os.seteuid(user)
    assert report.problems == [(music / "a.wav", "cannot be read (Permission denied)")]
    assert scan(catalogue, music)[0].heard == 1


def test_a_file_that_goes_away_meanwhile_is_told(music, catalogue):
    path = write(music / "a.wav")
    prepared = Scan([music], catalogue)
    path.unlink()
    report = prepared.run(HereAndNow(sounds_alike), lambda path: None)
    assert report.problems == [(path, "cannot be read (No such file or directory)")]


def test_a_single_file_can_be_scanned(music, catalogue):
    path = write(music / "a.wav", 0)
    write(music / "b.wav", 1)
    report, pool = scan(catalogue, path)
    assert (report.files, pool.names_heard) == (1, ["a.wav"])


def test_the_files_of_a_playlist_can_be_scanned_and_what_is_not_there_is_told(music, catalogue):
    write(music / "a.wav", 0)
    write(music / "b.wav", 1)
    (music / "list.m3u8").write_text("b.wav\nnone.wav\n")
    report, pool = scan(catalogue, music / "list.m3u8")
    assert (report.files, pool.names_heard) == (1, ["b.wav"])
    assert report.notes == ["none.wav in list.m3u8 was not found; it is left out."]


def test_the_tags_of_an_mp3_that_was_scanned(music, catalogue):
    path = music / "a.mp3"
    soundfile.write(path, 0.1 * np.random.default_rng(0).standard_normal(48000), 48000, format="MP3")
    path.write_bytes(id3v2({"TBPM": b"62", "TKEY": b"8A"}) + path.read_bytes())
    scan(catalogue, music)
    assert (catalogue.file(path).known.tags.tempo_bpm, catalogue.file(path).known.tags.key) == (62.0, "A minor")
