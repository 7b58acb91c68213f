from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from relaxlisten.errors import UsageError
from relaxlisten.music.playlist import find_music, list_music, relative_name


@pytest.fixture
def folder(tmp_path):
    names = ["b.wav", "a.MP3", "notes.txt", ".hidden.mp3", "sub/c.flac", "sub/deep/d.opus", ".cache/e.mp3", "cover.jpg"]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return tmp_path


def names(paths, folder):
    return [path.relative_to(folder).as_posix() for path in paths]


def test_a_folder_is_searched_to_its_depth_sorted_and_without_hidden_files(folder):
    assert names(find_music(folder, pytest.fail), folder) == ["a.MP3", "b.wav", "sub/c.flac", "sub/deep/d.opus"]


def test_links_in_a_circle_end(folder):
    (folder / "sub" / "again").symlink_to(folder, target_is_directory=True)
    (folder / "broken.mp3").symlink_to(folder / "nowhere.mp3")
    assert [path.name for path in find_music(folder, pytest.fail)] == ["a.MP3", "b.wav", "c.flac", "d.opus"]


def test_a_linked_folder_is_searched(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "z.ogg").write_bytes(b"")
    (folder / "link").symlink_to(elsewhere, target_is_directory=True)
    assert "link/z.ogg" in names(find_music(folder, pytest.fail), folder)


def test_a_playlist_keeps_its_order_and_tells_what_is_missing(folder):
    playlist = folder / "evening.m3u8"
    absolute = folder / "a.MP3"
    lines = ["\ufeff#EXTM3U", "sub/c.flac", "#EXTINF:3,Title", str(absolute), "", "gone.mp3", "https://x.org/r.mp3", "sub/c.flac"]
    playlist.write_text("\n".join(lines), encoding="utf-8")
    found = list_music(playlist)
    assert names(found.paths, folder) == ["sub/c.flac", "a.MP3"]
    assert found.folder == folder
    assert len(found.problems) == 2
    assert "gone.mp3" in found.problems[0]
    assert "not found" in found.problems[0]
    assert "https://x.org/r.mp3" in found.problems[1]
    assert "not on this computer" in found.problems[1]


def test_a_playlist_from_windows_in_latin_1(folder):
    (folder / "sub" / "für.mp3").write_bytes(b"")
    playlist = folder / "w.m3u"
    playlist.write_bytes("sub\\für.mp3\r\n".encode("latin-1"))
    assert names(list_music(playlist).paths, folder) == ["sub/für.mp3"]


def test_a_single_file_is_a_list_of_one(folder):
    assert list_music(folder / "b.wav").paths == (folder / "b.wav",)


def test_an_empty_folder_says_what_to_do(tmp_path):
    with pytest.raises(UsageError) as fault:
        list_music(tmp_path)
    assert str(fault.value) == (
        f"No music was found in {tmp_path}: put WAV, FLAC, OGG, MP3 or M4A files there, or use --music builtin."
    )
    assert fault.value.exit_code == 2


def test_a_playlist_with_nothing_to_play_says_why(folder):
    playlist = folder / "radio.m3u"
    playlist.write_text("http://x.org/stream\n")
    with pytest.raises(UsageError, match="not on this computer"):
        list_music(playlist)


@pytest.mark.parametrize(("name", "words"), [("nowhere", "There is no"), ("notes.txt", "is no folder, playlist")])
def test_what_is_no_music_is_refused_in_a_sentence(folder, name, words):
    with pytest.raises(UsageError, match=words):
        list_music(folder / name)


def stale(monkeypatch, name):
    """A network share has lost this file or folder."""
    state = Path.stat

    def lost(path, **how):
        if path.name == name:
            raise OSError(errno.ESTALE, "Stale file handle", str(path))
        return state(path, **how)

    monkeypatch.setattr(Path, "stat", lost)


def test_a_place_that_the_system_cannot_look_at_is_refused_with_the_reason(folder, monkeypatch):
    stale(monkeypatch, folder.name)
    with pytest.raises(UsageError, match=r"cannot be looked at \(Stale file handle\): see that it is connected"):
        list_music(folder)


def test_a_file_that_the_system_cannot_look_at_is_told_and_left_out_and_the_others_are_played(folder, monkeypatch):
    stale(monkeypatch, "b.wav")
    found = list_music(folder)
    assert names(found.paths, folder) == ["a.MP3", "sub/c.flac", "sub/deep/d.opus"]
    assert found.problems == ("b.wav cannot be looked at (Stale file handle); it is left out.",)


def test_of_many_files_that_cannot_be_looked_at_twenty_are_named_and_the_others_counted(tmp_path, monkeypatch):
    for number in range(24):
        (tmp_path / f"{number}.flac").touch()
    state = Path.stat

    def lost(path, **how):
        if path.suffix == ".flac" and path.stem != "0":
            raise OSError(errno.ESTALE, "Stale file handle", str(path))
        return state(path, **how)

    monkeypatch.setattr(Path, "stat", lost)
    problems = list_music(tmp_path).problems
    assert len(problems) == 21
    assert problems[-1] == f"3 more files or folders of {tmp_path.name} cannot be played; they are left out."


def test_folders_that_cannot_be_listed_are_told_and_the_chosen_one_is_refused(folder, monkeypatch):
    listed = os.scandir

    def refused(path):
        if Path(path).name == locked.name:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refused)
    locked = folder / "sub"
    found = list_music(folder)
    assert names(found.paths, folder) == ["a.MP3", "b.wav"]
    assert found.problems == ("sub cannot be looked at (Permission denied); it is left out.",)
    locked = folder
    with pytest.raises(UsageError, match=r"cannot be looked at \(Permission denied\)"):
        list_music(folder)


def test_names_are_relative_with_forward_slashes():
    assert relative_name(Path("/m/sub/a.mp3"), Path("/m")) == "sub/a.mp3"
    assert relative_name(Path("/other/a.mp3"), Path("/m")) == "../other/a.mp3"
