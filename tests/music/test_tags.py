from __future__ import annotations

import numpy as np
import pytest
import soundfile

from relaxlisten.music.tags import Tags, read_tags, understand
from tests.music.tagging import id3v2, retagged_flac

SOUND = np.zeros((48000, 2))


@pytest.mark.parametrize(("suffix", "how"), [("flac", {}), ("ogg", {"subtype": "VORBIS"}), ("wav", {})])
def test_title_artist_and_length_of_real_files(tmp_path, suffix, how):
    path = tmp_path / f"a.{suffix}"
    with soundfile.SoundFile(path, "w", 48000, 2, **how) as file:
        file.title, file.artist = "Evening", "Somebody"
        file.write(np.zeros((96000, 2)))
    tags = read_tags(path)
    assert (tags.title, tags.artist) == ("Evening", "Somebody")
    assert tags.duration_s == pytest.approx(2.0, abs=0.2)
    assert tags.tempo_bpm is None


def test_tempo_and_replaygain_of_an_mp3(tmp_path):
    path = tmp_path / "a.mp3"
    soundfile.write(path, SOUND, 48000, format="MP3")
    header = id3v2({"TBPM": b"71", "TIT2": b"Evening", "TXXX": b"REPLAYGAIN_TRACK_GAIN\0-7.25 dB"})
    path.write_bytes(header + path.read_bytes())
    tags = read_tags(path)
    assert tags.tempo_bpm == 71.0
    assert tags.title == "Evening"
    assert tags.loudness_lufs == pytest.approx(-18.0 + 7.25)


@pytest.mark.parametrize("content", [b"", b"no sound, a text\n" * 40, b"ID3\x03\0\0\x7f\x7f\x7f\x7f", b"fLaC\0\0\0\x22"])
@pytest.mark.parametrize("suffix", ["mp3", "flac", "ogg", "wav", "aiff"])
def test_what_cannot_be_understood_has_no_tags(tmp_path, content, suffix):
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(content)
    tags = read_tags(path)
    assert (tags.title, tags.tempo_bpm, tags.loudness_lufs) == (None, None, None)


def test_a_missing_file_has_no_tags(tmp_path):
    assert read_tags(tmp_path / "none.mp3") == Tags()


@pytest.mark.parametrize(
    ("found", "tempo_bpm"),
    [
        ({"bpm": ["71"]}, 71.0),
        ({"BPM": "71,5"}, 71.5),
        ({"bpm": 71}, 71.0),
        ({"bpm": ["0"]}, None),
        ({"bpm": ["999"]}, None),
        ({"bpm": ["fast"]}, None),
        ({"bpm": []}, None),
        ({"bpm": float("nan")}, None),
    ],
)
def test_only_a_sensible_tempo_counts(found, tempo_bpm):
    assert understand(found).tempo_bpm == tempo_bpm


@pytest.mark.parametrize(
    ("found", "loudness_lufs"),
    [
        ({"replaygain_track_gain": ["+2.00 dB"]}, -20.0),
        ({"REPLAYGAIN_TRACK_GAIN": "-10.5 dB"}, -7.5),
        ({"r128_track_gain": ["-1280"]}, -18.0),  # Q7.8: -5 dB from -23
        ({"r128_track_gain": ["256"], "replaygain_track_gain": ["0 dB"]}, -24.0),
        ({"replaygain_track_gain": ["-80 dB"]}, None),
        ({"replaygain_track_gain": ["loud"]}, None),
    ],
)
def test_loudness_follows_from_either_gain(found, loudness_lufs):
    assert understand(found).loudness_lufs == loudness_lufs


RECORDING = "b1a9c0e9-d987-4042-ae91-78d6a3267d69"


@pytest.mark.parametrize(
    ("found", "key"),
    [
        ({"initial_key": ["Am"]}, "A minor"),
        ({"initialkey": ["8A"]}, "A minor"),
        ({"INITIALKEY": "2d"}, "G major"),
        ({"key": "x"}, None),
    ],
)
def test_a_key_is_understood_wherever_it_stands(found, key):
    assert understand(found).key == key


@pytest.mark.parametrize(
    ("found", "recording_id"),
    [
        ({"musicbrainz_trackid": [RECORDING.upper()]}, RECORDING),
        ({"MusicBrainz Track Id": RECORDING}, RECORDING),
        ({"musicbrainz_trackid": ["7"]}, None),
    ],
)
def test_the_recording_is_known_where_it_is_one(found, recording_id):
    assert understand(found).recording_id == recording_id


@pytest.mark.parametrize(("found", "has_lyrics"), [({"lyrics": ["la la"]}, True), ({"lyrics": [" "]}, False), ({}, False)])
def test_words_in_the_tags_are_noticed(found, has_lyrics):
    assert understand(found).has_lyrics is has_lyrics


def test_all_tags_of_an_mp3(tmp_path):
    path = tmp_path / "a.mp3"
    soundfile.write(path, SOUND, 48000, format="MP3")
    frames = {"TBPM": b"62", "TKEY": b"Am", "USLT": b"eng\0la la", "UFID": b"ttp://musicbrainz.org\0" + RECORDING.encode()}
    header = id3v2(frames).replace(b"\0ttp://", b"http://")  # the owner of a UFID stands where others tell their encoding
    path.write_bytes(header + path.read_bytes())
    tags = read_tags(path)
    assert (tags.tempo_bpm, tags.key, tags.has_lyrics, tags.recording_id) == (62.0, "A minor", True, RECORDING)


def test_all_tags_of_a_flac_file(tmp_path):
    path = tmp_path / "a.flac"
    soundfile.write(path, SOUND, 48000)
    texts = ["BPM=62", "INITIALKEY=8A", f"MUSICBRAINZ_TRACKID={RECORDING}", "LYRICS=la la", "REPLAYGAIN_TRACK_GAIN=-2.00 dB"]
    path.write_bytes(retagged_flac(path.read_bytes(), texts))
    tags = read_tags(path)
    assert (tags.tempo_bpm, tags.key, tags.has_lyrics, tags.recording_id) == (62.0, "A minor", True, RECORDING)
    assert tags.loudness_lufs == -16.0
