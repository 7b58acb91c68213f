"""A session's music from a playlist: what the playlist says of order and phases comes with each piece."""

from __future__ import annotations

import contextlib

import pytest

from relaxlisten.finding import FoundTrack
from relaxlisten.library_feed import LibraryFeed
from relaxlisten.music.catalogue import Catalogue, state_of
from relaxlisten.music.sidecar import Sidecar
from relaxlisten.music.tags import Tags
from tests.music.pieces import piece


@pytest.fixture
def folder(tmp_path):
    catalogue = Catalogue(tmp_path / "music.sqlite")
    for name in ("a", "b", "c"):
        path = tmp_path / f"{name}.flac"
        path.write_bytes(b"")
        catalogue.keep_piece(name, piece())
        catalogue.keep_file(path, state_of(path), name, Tags(), Sidecar())
    catalogue.close()
    return tmp_path


def found(folder, name):
    feed = LibraryFeed(str(folder / name), folder / "music.sqlite", open_pool=lambda: contextlib.nullcontext(None))
    feed.scan()
    return {one.track.title: one.track for one in feed.poll() if isinstance(one, FoundTrack)}


def test_pieces_of_a_plan_know_their_place(folder):
    entries = ", ".join(
        f'{{"location": ["{name}.flac"], "extension": {{"urn:x-relaxlisten:plan:1": [{{}}]}}}}' for name in ("c", "gone", "a")
    )
    (folder / "plan.jspf").write_text(f'{{"playlist": {{"track": [{entries}]}}}}')
    assert {title: track.place for title, track in found(folder, "plan.jspf").items()} == {"c": 0, "a": 1}


def test_pieces_of_another_playlist_and_of_a_folder_have_no_place(folder):
    (folder / "list.m3u8").write_text("c.flac\na.flac\n")
    assert {track.place for track in found(folder, "list.m3u8").values()} == {None}
    assert {track.place for track in found(folder, ".").values()} == {None}


def test_pieces_know_the_phases_that_they_are_meant_for(folder):
    (folder / "evening.toml").write_text(
        'in_order = true\npieces = ["a.flac"]\n[[phase]]\nname = "Lead"\npieces = ["b.flac", "a.flac"]\n'
    )
    tracks = found(folder, "evening.toml")
    assert {title: (track.place, track.phases) for title, track in tracks.items()} == {"a": (0, ()), "b": (1, ("Lead",))}
