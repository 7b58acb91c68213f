from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import soundfile

from relaxlisten.sound.encode import HEADER_BYTES, create_sound_file, wave_header
from tests.sound.making import RATE_HZ

LEAST_STEP = 2.0**-23  # of 24 bits


def write(path, samples, block=2048):
    writer = create_sound_file(path, RATE_HZ)
    for at in range(0, len(samples), block):
        writer.write(samples[at : at + block])
    writer.close()


@pytest.mark.parametrize("name", ["heard.wav", "heard.FLAC"])
def test_what_is_written_is_read_again_in_24_bits(tmp_path, name):
    samples = np.random.default_rng(0).uniform(-0.999, 0.999, (30_001, 2)).astype(np.float32)
    write(tmp_path / name, samples)
    facts = soundfile.info(tmp_path / name)
    assert (facts.subtype, facts.samplerate, facts.channels, facts.frames) == ("PCM_24", RATE_HZ, 2, 30_001)
    assert np.abs(soundfile.read(tmp_path / name)[0] - samples).max() <= LEAST_STEP


@pytest.mark.parametrize("name", ["heard.wav", "heard.flac"])
def test_what_is_over_full_scale_is_clipped(tmp_path, name):
    write(tmp_path / name, np.array([[1.5, -1.5], [0.0, 1.0]], np.float32))
    assert soundfile.read(tmp_path / name)[0].tolist() == [[1 - LEAST_STEP, -1.0], [0.0, 1 - LEAST_STEP]]


@pytest.mark.parametrize("name", ["heard.wav", "heard.flac"])
def test_a_session_without_sound_leaves_a_file_without_sound(tmp_path, name):
    create_sound_file(tmp_path / name, RATE_HZ).close()
    assert (tmp_path / name).exists()


def test_the_header_is_that_of_a_wav_file_of_24_bits():
    header = wave_header(48_000, 1000)
    assert len(header) == HEADER_BYTES
    assert header[:4] == b"RIFF"
    assert int.from_bytes(header[4:8], "little") == HEADER_BYTES + 6000 - 8
    assert header[-8:] == b"data" + (6000).to_bytes(4, "little")


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from relaxlisten.sound.encode import create_sound_file

writer = create_sound_file(Path(sys.argv[1]), 44100)
block = np.random.default_rng(0).uniform(-0.3, 0.3, (2048, 2)).astype("float32")
for _ in range(150):
    writer.write(block)
os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
"""


@pytest.mark.parametrize("name", ["heard.wav", "heard.flac"])
def test_a_killed_program_leaves_all_but_the_last_second(tmp_path, name):
    path = tmp_path / name
    killed = subprocess.run([sys.executable, "-c", KILLED, path], check=False, timeout=60)
    assert killed.returncode != 0
    block = np.random.default_rng(0).uniform(-0.3, 0.3, (2048, 2)).astype(np.float32)
    with soundfile.SoundFile(path) as file:
        file.seekable = lambda: False  # a FLAC file that was not finished states no length
        found = np.concatenate([file.read(2048) for _ in range(150)])
    assert 149 * 2048 - RATE_HZ <= len(found) <= 150 * 2048
    assert np.abs(found - np.tile(block, (150, 1))[: len(found)]).max() <= LEAST_STEP


@pytest.mark.parametrize("frames", [(2**32 - 80) // 6, (2**32 - 80) // 6 + 1000, 2**30])
def test_a_wav_file_of_4_gib_and_more_keeps_its_length_and_its_last_frames(tmp_path, frames):
    path = tmp_path / "long.wav"
    with path.open("wb") as file:  # sparse: what lies between takes no room on the disk
        file.write(wave_header(RATE_HZ, frames))
        file.seek(6 * (frames - 1), 1)
        file.write(b"\x00\x00\x40\x00\x00\xc0")
    with soundfile.SoundFile(path) as found:
        assert found.frames == frames
        found.seek(frames - 2)
        assert found.read(10).tolist() == [[0.0, 0.0], [0.5, -0.5]]


@pytest.mark.parametrize("name", ["heard.wav", "heard.flac"])
def test_a_file_that_cannot_be_made_is_an_os_error(tmp_path, name):
    with pytest.raises(OSError, match="heard"):
        create_sound_file(tmp_path / "nowhere" / name, RATE_HZ)


FULL = """
import resource, sys
from pathlib import Path
import numpy as np
from relaxlisten.sound.encode import create_sound_file

resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
writer = create_sound_file(Path(sys.argv[1]), 44100)
try:
    for _ in range(100):
        writer.write(np.random.default_rng(0).uniform(-0.3, 0.3, (2048, 2)).astype("float32"))
except OSError as fault:
    print("refused")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the size of files can be limited on POSIX systems only")
@pytest.mark.parametrize("name", ["heard.wav", "heard.flac"])
def test_a_disk_that_takes_no_more_is_an_os_error_and_nothing_else(tmp_path, name):
    command = [sys.executable, "-W", "error", "-c", FULL, tmp_path / name]
    result = subprocess.run(command, check=True, timeout=60, capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("refused\n", "")


def test_any_other_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"heard\.mp3"):
        create_sound_file(tmp_path / "heard.mp3", RATE_HZ)
