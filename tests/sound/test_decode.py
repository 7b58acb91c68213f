from __future__ import annotations

import numpy as np
import pytest
import soundfile

from relaxlisten.errors import UnplayableFile
from relaxlisten.sound.decode import open_file, probe
from relaxlisten.sound.opened import to_stereo
from tests.sound.making import RATE_HZ, residual_db, tone


def all_of(source, block=1000):
    parts = []
    while len(part := source.read(block)):
        parts.append(part)
    return np.concatenate(parts)


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3", "aiff"])
def test_a_file_of_each_kind_plays_at_its_length_and_pitch(tmp_path, kind):
    path = tmp_path / f"tone.{kind}"
    soundfile.write(path, tone(440.0, 2.0), RATE_HZ)
    facts = probe(path)
    sound = all_of(open_file(path, RATE_HZ))
    assert facts.duration_s == pytest.approx(2.0, abs=0.06)
    assert len(sound) == pytest.approx(2 * RATE_HZ, abs=0.06 * RATE_HZ)
    assert residual_db(sound[20_000:60_000, 0], 440.0) < -40.0


@pytest.mark.parametrize("file_rate_hz", [22_050, 48_000, 96_000])
def test_other_rates_are_resampled_without_change_of_pitch_or_length(tmp_path, file_rate_hz):
    path = tmp_path / "tone.wav"
    wave = 0.5 * np.sin(2 * np.pi * 440.0 * np.arange(2 * file_rate_hz) / file_rate_hz)
    soundfile.write(path, wave, file_rate_hz, subtype="FLOAT")
    sound = all_of(open_file(path, RATE_HZ))
    assert abs(len(sound) - 2 * RATE_HZ) <= 2
    assert residual_db(sound[20_000:60_000, 0], 440.0) < -90.0
    assert np.array_equal(sound[:, 0], sound[:, 1])


def test_a_seek_goes_to_the_very_frame(tmp_path):
    path = tmp_path / "noise.wav"
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (30_000, 2)).astype(np.float32)
    soundfile.write(path, samples, RATE_HZ, subtype="FLOAT")
    source = open_file(path, RATE_HZ)
    source.read(5_000)
    source.seek(12_345)
    assert np.array_equal(source.read(100), samples[12_345:12_445])
    source.seek(10_000_000)
    assert source.read(10).shape == (0, 2)


def test_damaged_samples_become_silence(tmp_path):
    path = tmp_path / "broken.wav"
    samples = tone(440.0, 0.5)
    samples[100:103] = [[np.nan, np.inf]] * 3
    soundfile.write(path, samples, RATE_HZ, subtype="FLOAT")
    sound = all_of(open_file(path, RATE_HZ))
    assert not sound[100:103].any()
    assert np.array_equal(sound[200:], samples[200:])


def text_named_mp3(path):
    path.write_text("These are the words of a song, and no sound at all.\n" * 40)


def nothing_at_all(path):
    path.write_bytes(b"")


def header_cut_off(path):
    whole = path.with_name("whole.flac")
    soundfile.write(whole, tone(440.0, 1.0), RATE_HZ)
    path.write_bytes(whole.read_bytes()[:20])


def no_frames(path):
    soundfile.write(path, np.zeros((0, 2)), RATE_HZ, format="WAV")


@pytest.mark.parametrize("make", [text_named_mp3, nothing_at_all, header_cut_off, no_frames, lambda path: None])
def test_what_is_no_sound_is_refused_in_a_sentence_and_nothing_else(tmp_path, capfd, make):
    path = tmp_path / "song.mp3"
    make(path)
    with pytest.raises(UnplayableFile, match=r"song\.mp3 .*\.$"):
        probe(path)
    assert capfd.readouterr() == ("", "")


def test_a_file_that_breaks_off_plays_as_far_as_it_goes(tmp_path, capfd):
    path = tmp_path / "broken.flac"
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (5 * RATE_HZ, 2))
    soundfile.write(path, samples, RATE_HZ)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    sound = all_of(open_file(path, RATE_HZ))
    assert 1.5 * RATE_HZ < len(sound) < 3.5 * RATE_HZ
    assert np.allclose(sound[:40_000], samples[:40_000], atol=1e-4)
    assert capfd.readouterr() == ("", "")


def test_mono_and_surround_become_stereo_without_clipping():
    assert to_stereo(np.array([[0.5]], np.float32)).tolist() == [[0.5, 0.5]]
    loud = np.ones((4, 6), np.float32)
    assert np.abs(to_stereo(loud)).max() == pytest.approx(1.0)
    left_only = np.zeros((1, 6), np.float32)
    left_only[0, 0] = 1.0
    mixed = to_stereo(left_only)[0]
    assert mixed[0] > 0.0 == mixed[1]


def test_a_file_that_breaks_off_plays_as_far_as_it_goes_and_says_where(tmp_path):
    whole = tmp_path / "whole.flac"
    soundfile.write(whole, np.random.default_rng(1).uniform(-0.3, 0.3, (44100 * 8, 2)), 44100)
    cut = tmp_path / "cut.flac"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    broke_off_s = []
    source = open_file(cut, 44100, broke_off_s.append)
    frames = sum(len(source.read(4410)) for _ in range(100))
    assert 2.0 < frames / 44100 < 6.0
    assert broke_off_s == [pytest.approx(frames / 44100, abs=0.2)]


def test_a_whole_file_does_not_break_off(tmp_path):
    path = tmp_path / "whole.ogg"
    soundfile.write(path, np.zeros((44100 * 3, 2)), 44100)
    broke_off_s = []
    source = open_file(path, 48000, broke_off_s.append)
    assert sum(len(source.read(4800)) for _ in range(100)) == 48000 * 3
    assert broke_off_s == []
