from __future__ import annotations

from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile
from relaxlisten.music.excerpt import Excerpt

from relaxlisten.errors import RelaxListenError, UnplayableFile
from relaxlisten.music.library import KnownFile, describe_file, scan
from relaxlisten.music.playlist import MusicList, list_music
from relaxlisten.music.sidecar import Sidecar
from relaxlisten.music.tags import Tags
from relaxlisten.sound.decode import FileSource, open_file, probe
from relaxlisten.terms import TempoSource
from tests.music.making import pluck, train

RATE = 22050
MUSIC = 0.1 * train(66.0, 0.4, 30.0, RATE, pluck(RATE))


class Heard:
    """Opens pieces as a session does, and remembers which."""

    def __init__(self):
        self.names, self.tracks, self.problems = [], {}, []

    def open_piece(self, path):
        self.names.append(path.name)
        duration_s = probe(path).duration_s
        return open_file(path, RATE), duration_s

    def on_track(self, track, path):
        self.tracks[path.name] = track

    def scan(self, music: MusicList, should_stop=lambda: False):
        return scan(music, self.open_piece, self.on_track, self.problems.append, should_stop)


def write(path, samples=MUSIC, **tags):
    path.parent.mkdir(exist_ok=True)
    with soundfile.SoundFile(path, "w", RATE, 1) as file:
        for name, text in tags.items():
            setattr(file, name, text)
        file.write(samples)


def known(tags=None, sidecar=None):
    return KnownFile(path=Path("m/song.wav"), track_id="file:song.wav", tags=tags or Tags(), sidecar=sidecar or Sidecar())


def excerpt(start_s=0.0, duration_s=30.0, samples=MUSIC):
    return Excerpt(samples=samples, rate_hz=RATE, start_s=start_s, duration_s=duration_s)


def off_beat_s(found_s, true_s, period_s):
    return abs((found_s - true_s + period_s / 2) % period_s - period_s / 2)


def test_a_file_without_hints_is_estimated_and_levelled(tmp_path):
    write(tmp_path / "sub" / "song.flac", title="Evening", artist="Somebody")
    heard = Heard()
    assert heard.scan(list_music(tmp_path)) == 1
    track = heard.tracks["song.flac"]
    assert track.track_id == "file:sub/song.flac"
    assert track.title == "Somebody: Evening"
    assert track.duration_s == pytest.approx(30.0)
    assert track.tempo_source is TempoSource.ESTIMATE
    assert track.tempo_bpm == pytest.approx(66.0, rel=2e-3)
    assert off_beat_s(track.first_beat_s, 0.4, 60 / 66) < 0.015
    as_played = np.stack([MUSIC, MUSIC], axis=1)  # mono is heard on both sides
    assert track.gain_db == pytest.approx(-23.0 - pyloudnorm.Meter(RATE).integrated_loudness(as_played), abs=0.1)


def test_what_the_sidecar_says_goes_before_the_tag_and_that_before_an_estimate():
    tags, sidecar = Tags(tempo_bpm=71.0), Sidecar(tempo_bpm=33.0, first_beat_s=7.5, beats_per_bar=2, title="Mine")
    both = describe_file(known(tags, sidecar), excerpt())
    assert (both.tempo_bpm, both.tempo_source, both.first_beat_s) == (33.0, TempoSource.SIDECAR, 7.5)
    assert (both.beats_per_bar, both.title) == (2, "Mine")
    tagged = describe_file(known(tags), excerpt())
    assert (tagged.tempo_bpm, tagged.tempo_source) == (71.0, TempoSource.TAG)
    assert describe_file(known(), excerpt()).tempo_source is TempoSource.ESTIMATE


def test_the_beats_of_a_tagged_tempo_are_found_by_ear():
    track = describe_file(known(Tags(tempo_bpm=66.0)), excerpt())
    assert off_beat_s(track.first_beat_s, 0.4, 60 / 66) < 0.015


def test_beats_found_in_an_excerpt_count_from_the_files_beginning():
    track = describe_file(known(), excerpt(start_s=100.0, duration_s=230.0))
    assert track.duration_s == 230.0
    assert 0.0 <= track.first_beat_s < 60 / 66
    # A beat lies at 100.4 s of the file.
    assert off_beat_s(track.first_beat_s + 110 * 60 / track.tempo_bpm, 100.4, 60 / 66) < 0.1


def test_music_without_a_pulse_is_never_given_a_tempo():
    hush = 0.1 * np.random.default_rng(2).standard_normal(30 * RATE)
    track = describe_file(known(), excerpt(samples=hush))
    assert (track.tempo_bpm, track.tempo_source) == (None, TempoSource.NONE)


@pytest.mark.parametrize(("loudness_lufs", "gain_db"), [(-18.0, -5.0), (-8.0, -15.0), (-50.0, 12.0), (-23.0, 0.0)])
def test_tagged_loudness_is_brought_to_minus_23_and_boosted_no_more_than_12_db(loudness_lufs, gain_db):
    file = known(Tags(tempo_bpm=60.0, duration_s=100.0, loudness_lufs=loudness_lufs))
    assert describe_file(file, None).gain_db == gain_db


def test_pieces_of_any_level_come_out_equally_loud_as_a_whole(tmp_path):
    chance = np.random.default_rng(3)
    shapes = {"even": np.ones(150), "late": np.repeat([0.05, 1.0], [110, 40]), "hole": np.repeat([1.0, 0.01, 1.0], [35, 80, 35])}
    pieces = {}
    for name, shape in shapes.items():
        noise = np.repeat(shape, RATE) * chance.standard_normal(150 * RATE).clip(-3, 3)
        sides = np.stack([noise, 0.7 * np.roll(noise, 40)], axis=1)
        level = pyloudnorm.Meter(RATE).integrated_loudness(sides)
        for lufs in (-8, -19, -30):
            pieces[f"{name}{lufs}.wav"] = sides * 10 ** ((lufs - level) / 20)
            soundfile.write(tmp_path / f"{name}{lufs}.wav", pieces[f"{name}{lufs}.wav"], RATE, subtype="FLOAT")
            (tmp_path / f"{name}{lufs}.toml").write_text("tempo_bpm = 60.0\nfirst_beat_s = 0.0\n")
    heard = Heard()
    assert heard.scan(list_music(tmp_path)) == 9
    for name, track in heard.tracks.items():
        played = pieces[name] * 10 ** (track.gain_db / 20)
        assert pyloudnorm.Meter(RATE).integrated_loudness(played) == pytest.approx(-23.0, abs=0.2)


def test_a_piece_whose_loudness_is_tagged_is_not_heard_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("relaxlisten.music.library.read_tags", lambda path: Tags(loudness_lufs=-18.0, duration_s=200.0))
    write(tmp_path / "a.wav", np.tile(MUSIC, 10))
    read_frames = []

    class Counting(FileSource):
        def read(self, frames):
            read_frames.append(frames)
            return super().read(frames)

    monkeypatch.setattr("relaxlisten.sound.decode.FileSource", Counting)
    heard = Heard()
    assert heard.scan(list_music(tmp_path)) == 1
    assert sum(read_frames) == 75 * RATE
    assert heard.tracks["a.wav"].gain_db == -5.0


def test_files_that_need_no_listening_come_first_and_are_not_read(tmp_path):
    write(tmp_path / "a.wav")
    write(tmp_path / "b.wav")
    (tmp_path / "b.wav.toml").write_text("tempo_bpm = 66.0\n")
    soundfile.write(tmp_path / "c.mp3", MUSIC, RATE, format="MP3")
    frames = [(b"TBPM", b"\x0066"), (b"TXXX", b"\0REPLAYGAIN_TRACK_GAIN\0-1 dB")]
    body = b"".join(name + len(text).to_bytes(4, "big") + b"\0\0" + text for name, text in frames)
    (tmp_path / "c.mp3").write_bytes(b"ID3\x03\0\0\0\0\0" + bytes([len(body)]) + body + (tmp_path / "c.mp3").read_bytes())
    heard = Heard()
    assert heard.scan(list_music(tmp_path)) == 3
    assert list(heard.tracks) == ["c.mp3", "b.wav", "a.wav"]
    assert heard.names == ["b.wav", "a.wav"]


def test_bad_files_become_sentences_and_the_others_play(tmp_path):
    (tmp_path / "notes.mp3").write_text("not music\n" * 50)
    (tmp_path / "empty.wav").write_bytes(b"")
    write(tmp_path / "silent.wav", np.zeros(0))
    write(tmp_path / "song.wav")
    (tmp_path / "song.toml").write_text("tempo_bmp = 60\n")
    heard = Heard()
    assert heard.scan(list_music(tmp_path)) == 1
    assert set(heard.tracks) == {"song.wav"}
    assert "notes.mp3 is not a sound file that can be played; it is left out." in heard.problems
    assert "empty.wav is empty; it is left out." in heard.problems
    assert "silent.wav holds no sound; it is left out." in heard.problems
    assert any("song.toml" in problem and "'tempo_bpm'" in problem for problem in heard.problems)
    assert len(heard.problems) == 4


@pytest.mark.parametrize("fault", [OSError("x"), RuntimeError("x"), ValueError("x")])
def test_any_fault_of_the_decoder_leaves_the_file_out(tmp_path, fault):
    write(tmp_path / "a.wav")

    def fail(path):
        raise fault

    problems = []
    assert scan(list_music(tmp_path), fail, lambda track, path: None, problems.append, lambda: False) == 0
    assert problems == ["a.wav is not a sound file that can be played; it is left out."]


def test_what_the_decoder_says_of_a_file_is_told_with_its_folder_and_what_it_says_of_all_once(tmp_path):
    for name in "abcd":
        write(tmp_path / "sub" / f"{name}.wav")

    def fail(path):
        raise UnplayableFile(path.name, "is empty") if path.name == "b.wav" else RelaxListenError("Something is missing.")

    problems = []
    assert scan(list_music(tmp_path), fail, lambda track, path: None, problems.append, lambda: False) == 0
    assert problems == ["Something is missing.", "sub/b.wav is empty; it is left out."]


def test_a_scan_stops_when_asked(tmp_path):
    for name in "abc":
        write(tmp_path / f"{name}.wav")
    heard = Heard()
    assert heard.scan(list_music(tmp_path), should_stop=lambda: len(heard.tracks) >= 1) == 1


def test_a_large_collection_does_not_wait_for_all_its_tags(tmp_path, monkeypatch):
    for number in range(30):
        (tmp_path / f"{number:02}.wav").write_bytes(b"")
    order = []
    monkeypatch.setattr("relaxlisten.music.library.read_tags", lambda path: order.append("tags") or Tags())

    def open_piece(path):
        order.append("sound")
        raise RuntimeError

    scan(list_music(tmp_path), open_piece, lambda track, path: None, lambda problem: None, lambda: False)
    assert order.index("sound") == 20
    assert order.count("sound") == 30
