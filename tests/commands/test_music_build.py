"""relaxlisten music build and convert, as a user runs them, with a catalogue that knows its pieces already."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from relaxlisten.cli import app
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.music.catalogue import Catalogue, state_of
from relaxlisten.music.piece_analysis import PieceAnalysis, TempoCandidate
from relaxlisten.music.playlist import list_music, load_playlist
from relaxlisten.music.playlist_entry import PLAN
from relaxlisten.music.sidecar import Sidecar
from relaxlisten.music.tags import Tags
from relaxlisten.terms import Pulse
from tests.music.pieces import beatless, piece


def analysis(tempo_bpm: float | None, pulse: Pulse = Pulse.PULSED) -> PieceAnalysis:
    if tempo_bpm is None:
        return beatless(duration_s=240.0, loudness_lufs=-24.0)
    only = (TempoCandidate(tempo_bpm=tempo_bpm, salience=0.6),)
    loudness_lufs = -20.0 - (80.0 - tempo_bpm) / 10.0
    return piece(
        duration_s=240.0, pulse=pulse, tempo_bpm=tempo_bpm, tempo_candidates=only, beats_s=(), loudness_lufs=loudness_lufs
    )


PIECES = {"a": 76.0, "b": 72.0, "c": 68.0, "d": 64.0, "e": 60.0, "pad": None, "weak": 70.0}


@pytest.fixture
def music(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    catalogue = Catalogue(tmp_path / "music.sqlite")
    for name, tempo_bpm in PIECES.items():
        path = folder / f"{name}.flac"
        path.write_bytes(name.encode())
        catalogue.keep_piece(name, analysis(tempo_bpm, Pulse.WEAK if name == "weak" else Pulse.PULSED))
        catalogue.keep_file(path, state_of(path), name, Tags(artist=f"Artist {name}", title=name.upper()), Sidecar())
    catalogue.close()
    return folder


def run(music, *arguments):
    result = CliRunner().invoke(app, ["music", "--catalogue", str(music.parent / "music.sqlite"), *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_plan_is_built_told_and_written_and_can_be_listened_to(music, tmp_path):
    out = tmp_path / "plan.jspf"
    result = run(music, "build", "--from", 76, "--to", 58, "--minutes", 20, "--music", music, "-o", out)
    assert result.exit_code == 0
    assert "Artist a: A" in result.stdout
    assert "where the path goes from 76.0 to" in result.stdout
    played = list_music(out)
    assert [path.stem for path in played.paths][:4] == ["a", "b", "c", "d"]
    assert played.problems == ()
    assert load_playlist(out).entries[0].location == "music/a.flac"
    (facts,) = load_playlist(out).entries[0].extension[PLAN]
    assert facts["tempo_bpm"] == 76.0


def test_json_holds_the_plan_and_nothing_else(music):
    result = run(music, "build", "--from", 76, "--to", 58, "--minutes", 20, "--silence", 1, "--json", "--music", music)
    plan = json.loads(result.stdout)
    assert plan["gap"] == 0.0
    assert sum(pick["silence_before_s"] for pick in plan["picks"]) == 60.0
    assert {"path", "title", "artist", "time_ratio", "target_bpm", "reason", "key"} <= plan["picks"][0].keys()


def test_a_weak_beat_is_not_stretched(music):
    result = run(music, "build", "--from", 70, "--to", 70, "--minutes", 24, "--json", "--music", music)
    weak = [pick for pick in json.loads(result.stdout)["picks"] if pick["title"] == "WEAK"]
    assert all(pick["time_ratio"] == 1.0 and "No pulse" in pick["reason"] for pick in weak)


def test_without_music_the_whole_catalogue_is_used_and_what_is_excluded_is_not(music):
    catalogue = Catalogue(music.parent / "music.sqlite")
    catalogue.wish("a", {"excluded": True}, forget=False)
    catalogue.close()
    plan = json.loads(run(music, "build", "--from", 76, "--to", 58, "--minutes", 20, "--json").stdout)
    assert "A" not in [pick["title"] for pick in plan["picks"]]


def test_what_the_library_cannot_do_is_said_on_standard_error(music):
    result = run(music, "build", "--from", 76, "--to", 58, "--minutes", 60, "--music", music)
    assert "the library holds only 28.0 min" in result.stderr
    assert "the library holds" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--from", 56, "--to", 78], "The way leads down"),
        (["--from", 78, "--to", 56, "-o", "plan.txt"], "name a file that ends in"),
        (["--from", 78, "--to", 56, "-o", "nowhere/plan.jspf"], "does not exist"),
        (["--from", 78, "--to", 56, "--music", "nowhere"], "There is no nowhere"),
    ],
)
def test_what_cannot_be_done_ends_in_a_sentence(music, arguments, words):
    with pytest.raises(RelaxListenError, match=words):
        run(music, "build", *arguments)


def test_an_empty_catalogue_says_what_to_do(tmp_path):
    with pytest.raises(UsageError, match="give --music a folder"):
        run(tmp_path / "music", "build", "--from", 78, "--to", 56)


def test_a_playlist_is_converted_and_moved(music, tmp_path):
    (music / "evening.m3u8").write_text("#EXTM3U\n#EXTINF:240,Artist a - A\na.flac\nhttps://example.org/x.mp3\n")
    result = run(music, "convert", music / "evening.m3u8", tmp_path / "evening.xspf")
    assert "1 entries are in" in result.stderr
    assert "1 that are not on this computer were left out" in result.stderr
    (entry,) = load_playlist(tmp_path / "evening.xspf").entries
    assert (entry.location, entry.artist, entry.title) == ("music/a.flac", "Artist a", "A")


@pytest.mark.parametrize(
    ("name", "tempo_bpm", "sentence"),
    [
        ("a", 72.0, "Artist a: A can be heard at 72.0 BPM: ratio 1.056; it then lasts 4.2 min instead of 4.0."),
        ("a", 144.0, "Artist a: A can be heard at 144.0 BPM (felt at 2 times its own): ratio 1.056; it then lasts 4.2 min"),
        ("a", 60.0, "60 BPM is 21 % slower than Artist a: A (76 BPM), which may be stretched by 8 % at most"),
        ("pad", 60.0, "Artist pad: PAD has no pulse: it is chosen for what it is, and never stretched."),
        ("weak", 70.0, "Artist weak: WEAK has no pulse"),
    ],
)
def test_a_piece_says_how_it_would_be_heard_at_a_tempo(music, name, tempo_bpm, sentence):
    assert run(music, "ask", music / f"{name}.flac", "--tempo", tempo_bpm).stdout.startswith(sentence)


def test_a_file_that_is_not_there_is_told(music):
    with pytest.raises(UsageError, match="There is no"):
        run(music, "ask", music / "nowhere.flac", "--tempo", 60)
