"""What a folder of music may hold: each file plays, or is refused in one sentence that names it."""

from __future__ import annotations

import math
import os
import struct
import subprocess
import sys
import wave

import numpy as np
import pytest
import soundfile

from relaxlisten.errors import UnplayableFile
from relaxlisten.sound.decode import open_file, probe
from tests.sound.making import RATE_HZ, residual_db, tone

HALF_S = RATE_HZ // 2
RUBBISH = np.random.default_rng(0).integers(0, 256, 5000, dtype=np.uint8).tobytes()


def heard(path, rate_hz=RATE_HZ):
    source = open_file(path, rate_hz)
    parts = []
    while len(part := source.read(4096)):
        parts.append(part)
    source.close()
    sound = np.concatenate(parts)
    assert sound.shape[1:] == (2,)
    assert np.isfinite(sound).all()
    return sound


def assert_plays(path, seconds, tolerance_s=0.001):
    assert probe(path).duration_s == pytest.approx(seconds, abs=tolerance_s)
    sound = heard(path)
    assert len(sound) / RATE_HZ == pytest.approx(seconds, abs=tolerance_s)
    return sound


def bytes_of(folder, kind, seconds=2.0, **options):
    path = folder / f"whole.{kind}"
    soundfile.write(path, tone(440.0, seconds), RATE_HZ, **options)
    return path.read_bytes()


# ---- what plays ----


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"])
def test_every_width_of_sample_plays(tmp_path, subtype):
    soundfile.write(tmp_path / "a.wav", tone(440.0, 1.0), RATE_HZ, subtype=subtype)
    assert residual_db(assert_plays(tmp_path / "a.wav", 1.0)[:, 0], 440.0) < -30.0


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 96_000, 192_000])
@pytest.mark.parametrize("kind", ["wav", "flac"])
def test_every_rate_plays_at_its_pitch(tmp_path, rate_hz, kind):
    wave_ = 0.5 * np.sin(2 * np.pi * 440.0 * np.arange(rate_hz) / rate_hz)
    soundfile.write(tmp_path / f"a.{kind}", wave_, rate_hz)
    assert residual_db(assert_plays(tmp_path / f"a.{kind}", 1.0)[10_000:30_000, 0], 440.0) < -60.0


@pytest.mark.parametrize("channels", [1, 2, 6, 8])
@pytest.mark.parametrize("kind", ["wav", "flac", "ogg"])
def test_any_number_of_channels_plays_on_both_sides_and_without_clipping(tmp_path, channels, kind):
    soundfile.write(tmp_path / f"a.{kind}", np.repeat(tone(440.0, 1.0, 0.9)[:, :1], channels, axis=1), RATE_HZ)
    sound = assert_plays(tmp_path / f"a.{kind}", 1.0)
    assert 0.8 < np.abs(sound).max(axis=0).min() <= np.abs(sound).max() < 1.0


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3", "aiff"])
@pytest.mark.parametrize("frames", [1, 100, RATE_HZ])
def test_a_second_and_even_a_single_frame_plays(tmp_path, kind, frames):
    soundfile.write(tmp_path / f"a.{kind}", tone(440.0, 1.0)[:frames], RATE_HZ)
    assert_plays(tmp_path / f"a.{kind}", frames / RATE_HZ)


@pytest.mark.parametrize("stated_share", [2.0, 97_000.0])
def test_a_wav_file_that_states_more_than_it_holds_plays_what_it_holds(tmp_path, stated_share):
    whole = bytes_of(tmp_path, "wav")
    at = whole.index(b"data") + 4
    stated = min(round(stated_share * (len(whole) - at - 4)), 2**32 - 1)
    (tmp_path / "a.wav").write_bytes(whole[:at] + struct.pack("<I", stated) + whole[at + 4 :])
    assert_plays(tmp_path / "a.wav", 2.0)


def test_a_wav_file_that_states_less_than_it_holds_plays_what_it_states(tmp_path):
    whole = bytes_of(tmp_path, "wav")
    at = whole.index(b"data") + 4
    (tmp_path / "a.wav").write_bytes(whole[:at] + struct.pack("<I", (len(whole) - at - 4) // 2) + whole[at + 4 :])
    assert_plays(tmp_path / "a.wav", 1.0)


def test_a_flac_file_that_states_no_length_plays_to_its_end_and_its_length_is_found(tmp_path):
    whole = bytearray(bytes_of(tmp_path, "flac"))
    whole[21] &= 0xF0  # the 36 bits of the number of samples (RFC 9639, 8.2); 0 is unknown
    whole[22:26] = bytes(4)
    (tmp_path / "a.flac").write_bytes(whole)
    assert_plays(tmp_path / "a.flac", 2.0)
    broke_off_s = []
    source = open_file(tmp_path / "a.flac", RATE_HZ, broke_off_s.append)
    source.seek(RATE_HZ)
    assert np.allclose(source.read(1000), tone(440.0, 2.0)[RATE_HZ : RATE_HZ + 1000], atol=1e-4)
    source.seek(9 * RATE_HZ)
    assert len(source.read(1000)) == 0
    assert broke_off_s == []


@pytest.mark.parametrize("rubbish", [RUBBISH[:10], RUBBISH, bytes(5000)])
def test_an_mp3_file_with_rubbish_in_front_plays(tmp_path, rubbish, capfd):
    (tmp_path / "a.mp3").write_bytes(rubbish + bytes_of(tmp_path, "mp3"))
    assert_plays(tmp_path / "a.mp3", 2.0)
    assert capfd.readouterr() == ("", "")


def test_an_mp3_file_with_rubbish_in_the_middle_goes_on_after_it(tmp_path, capfd):
    whole = bytes_of(tmp_path, "mp3", 4.0)
    (tmp_path / "a.mp3").write_bytes(whole[: len(whole) // 2] + RUBBISH + whole[len(whole) // 2 :])
    assert 3.0 < len(heard(tmp_path / "a.mp3")) / RATE_HZ <= 4.0
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3", "aiff"])
def test_a_file_cut_in_half_plays_its_half(tmp_path, kind, capfd):
    path = tmp_path / f"a.{kind}"
    soundfile.write(path, np.random.default_rng(0).uniform(-0.3, 0.3, (4 * RATE_HZ, 2)), RATE_HZ)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert probe(path).duration_s > 1.0
    assert 1.0 < len(heard(path)) / RATE_HZ < 3.0
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", ["flac", "mp3"])
def test_a_seek_behind_the_cut_is_the_end_and_a_seek_before_it_plays_again(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    soundfile.write(path, np.random.default_rng(0).uniform(-0.3, 0.3, (8 * RATE_HZ, 2)), RATE_HZ)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    broke_off_s = []
    source = open_file(path, RATE_HZ, broke_off_s.append)
    source.seek(6 * RATE_HZ)
    assert len(source.read(1000)) == 0
    assert len(broke_off_s) == 1
    source.seek(RATE_HZ)
    assert len(source.read(1000)) == 1000


@pytest.mark.parametrize(("kind", "name"), [("wav", "a.mp3"), ("mp3", "a.wav"), ("ogg", "a.flac"), ("flac", "a.m4a")])
def test_a_file_plays_whatever_its_name_says(tmp_path, kind, name):
    (tmp_path / name).write_bytes(bytes_of(tmp_path, kind))
    assert_plays(tmp_path / name, 2.0)


def test_numbers_that_are_none_become_silence_and_those_that_are_absurd_are_limited(tmp_path):
    samples = tone(440.0, 1.0)
    samples[100:104] = [[math.nan, math.inf], [-math.inf, 1e30], [-1e30, 0.0], [0.0, math.nan]]
    soundfile.write(tmp_path / "a.wav", samples, RATE_HZ, subtype="FLOAT")
    sound = assert_plays(tmp_path / "a.wav", 1.0)
    assert sound[100:104].tolist() == [[0.0, 0.0], [0.0, 8.0], [-8.0, 0.0], [0.0, 0.0]]
    assert np.array_equal(sound[200:], samples[200:])


# ---- what is refused ----


def empty(path):
    path.write_bytes(b"")


def zeros(path):
    path.write_bytes(bytes(100_000))


def rubbish(path):
    path.write_bytes(RUBBISH)


def folder(path):
    path.mkdir()


def absent(path):
    pass


def no_frames(path):
    soundfile.write(path, np.zeros((0, 2)), RATE_HZ, format="WAV")


def patched(at, content):
    """A WAV file with something else at a place in its header."""

    def make(path):
        soundfile.write(path, tone(440.0, 0.1), RATE_HZ, format="WAV")
        whole = path.read_bytes()
        path.write_bytes(whole[:at] + content + whole[at + len(content) :])

    return make


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (absent, "does not exist"),
        (folder, "is a folder"),
        (empty, "is empty"),
        (zeros, "is not a sound file that can be played"),
        (rubbish, "is not a sound file that can be played"),
        (no_frames, "holds no sound"),
        (patched(40, bytes(4)), "holds no sound"),
        (patched(22, bytes(2)), "is not a sound file that can be played"),
        (patched(24, struct.pack("<I", 1)), "states a rate of 1 Hz, which no sound has"),
        (patched(24, struct.pack("<I", 2**31 - 1)), "states a rate of 2147483647 Hz, which no sound has"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="a folder is refused there as one without permission")
def test_what_holds_no_sound_is_refused_in_a_sentence(tmp_path, make, reason, capfd):
    make(tmp_path / "a.wav")
    with pytest.raises(UnplayableFile) as refusal:
        probe(tmp_path / "a.wav")
    assert str(refusal.value) == f"a.wav {reason}; it is left out."
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions are those of POSIX")
def test_a_file_that_may_not_be_read_is_refused_in_a_sentence(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(440.0, 0.1), RATE_HZ)
    (tmp_path / "a.wav").chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # root may read everything; nobody may not
    try:
        with pytest.raises(UnplayableFile, match=r"^a\.wav may not be read \(no permission\); it is left out\.$"):
            probe(tmp_path / "a.wav")
    finally:
        os.seteuid(user)


# ---- three hours ----

MEASURE = """
import resource, sys
from pathlib import Path
from relaxlisten.library_feed import LibraryFeed
from relaxlisten.sound.decode import open_file

def most_memory():
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))

path, seek_s = Path(sys.argv[1]), int(sys.argv[2])
source = open_file(path, 8000)
frames = 0
while block := len(source.read(4096)):
    frames += block
source.seek(seek_s * 8000)
assert len(source.read(4096)) == 4096
to_play = most_memory()
library = LibraryFeed(str(path.parent), None)
library.scan()
(found,) = library.poll()
print(round(found.track.duration_s), frames, to_play, most_memory())
"""


def measured(folder, seconds, seek_s):
    """Length as found, frames as read, and the most memory that it took to play and seek in such a file, and then to find it."""
    folder.mkdir()
    with wave.open(str(folder / "a.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        second = (1000 * np.sin(2 * np.pi * 200 * np.arange(8000) / 8000)).astype("<i2").tobytes()
        for _ in range(seconds // 60):
            file.writeframesraw(60 * second)
    command = [sys.executable, "-c", MEASURE, folder / "a.wav", str(seek_s)]
    result = subprocess.run(command, check=True, timeout=110, capture_output=True, text=True)
    return [int(word) for word in result.stdout.split()]


@pytest.mark.skipif(sys.platform == "win32", reason="memory is measured as POSIX systems do")
def test_three_hours_take_no_more_memory_than_three_minutes(tmp_path):
    short_s, short_frames, short_to_play, short_to_find = measured(tmp_path / "short", 180, 120)
    long_s, long_frames, long_to_play, long_to_find = measured(tmp_path / "long", 3 * 3600, 2 * 3600)
    assert (short_s, short_frames) == (180, 180 * 8000)
    assert (long_s, long_frames) == (10_800, 10_800 * 8000)
    assert long_to_play < 1.15 * short_to_play
    assert long_to_find < 1.15 * short_to_find
