from __future__ import annotations

import pytest

from relaxlisten.music.described import Known
from relaxlisten.music.library import UnheardFile, soonest_first, track_id
from relaxlisten.music.sidecar import Sidecar
from relaxlisten.music.tags import Tags

FULL = Tags(tempo_bpm=62.0, duration_s=200.0, loudness_lufs=-18.0)


def order_of(tmp_path, monkeypatch, tags_of):
    monkeypatch.setattr("relaxlisten.music.library.read_tags", lambda path: tags_of.get(path.name, Tags()))
    return [file.path.name for file in soonest_first([tmp_path / name for name in tags_of], tmp_path, lambda problem: None)]


@pytest.mark.parametrize(
    ("tags", "sidecar", "is_ready"),
    [
        (FULL, Sidecar(), True),
        (Tags(duration_s=200.0, loudness_lufs=-18.0), Sidecar(tempo_bpm=62.0), True),
        (Tags(duration_s=200.0, loudness_lufs=-18.0), Sidecar(), False),
        (Tags(tempo_bpm=62.0, duration_s=200.0), Sidecar(), False),
        (Tags(tempo_bpm=62.0, loudness_lufs=-18.0), Sidecar(), False),
    ],
)
def test_a_file_is_ready_where_tempo_length_and_loudness_are_stated(tmp_path, tags, sidecar, is_ready):
    assert UnheardFile(path=tmp_path / "a.wav", known=Known(tags=tags, sidecar=sidecar)).is_ready is is_ready


def test_ready_files_come_first_and_of_the_others_the_shortest(tmp_path, monkeypatch):
    tags_of = {"unknown": Tags(), "long": Tags(duration_s=900.0), "ready": FULL, "short": Tags(duration_s=90.0), "also": FULL}
    assert order_of(tmp_path, monkeypatch, tags_of) == ["ready", "also", "short", "long", "unknown"]


def test_a_large_collection_does_not_wait_for_all_its_tags(tmp_path, monkeypatch):
    lengths_s = {f"{number:02}": Tags(duration_s=100.0 - number) for number in range(30)}
    read = []
    monkeypatch.setattr("relaxlisten.music.library.read_tags", lambda path: read.append(path.name) or lengths_s[path.name])
    files = soonest_first([tmp_path / name for name in lengths_s], tmp_path, lambda problem: None)
    assert next(files).path.name == "19"  # the shortest of the first twenty
    assert len(read) == 20
    rest = [file.path.name for file in files]
    assert len(rest) == 29
    assert rest[0] == "29"


def test_a_faulty_sidecar_is_told_and_counts_as_absent(tmp_path):
    (tmp_path / "a.toml").write_text("tempo_bmp = 60\n")
    problems = []
    (file,) = soonest_first([tmp_path / "a.wav"], tmp_path, problems.append)
    assert file.known.sidecar == Sidecar()
    assert len(problems) == 1
    assert problems[0].startswith("a.toml: there is no key 'tempo_bmp'")


def test_a_track_is_called_as_seen_from_the_chosen_folder(tmp_path):
    assert track_id(tmp_path / "sub" / "a.wav", tmp_path) == "file:sub/a.wav"
