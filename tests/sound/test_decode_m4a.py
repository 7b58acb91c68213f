from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np
import pytest

from relaxlisten.errors import UnplayableFile
from relaxlisten.music.playlist import find_music
from relaxlisten.sound.decode import open_file, probe
from relaxlisten.sound.decode_m4a import MissingDecoder
from tests.sound.making import RATE_HZ, residual_db, tone

av = pytest.importorskip("av", reason="PyAV is not installed: M4A and AAC files are not tested")

KINDS = [("song.m4a", "aac"), ("song.mp4", "aac"), ("song.aac", "aac"), ("lossless.m4a", "alac")]
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def encode(path, samples, codec="aac", rate_hz=RATE_HZ):
    """Write samples, shape (n, channels), with PyAV's own encoder."""
    fixed = codec == "alac"
    with av.open(path, "w", format="adts" if path.suffix == ".aac" else None) as container:
        # Without noise substitution, whose noise is drawn anew each time, a decoder gives the same samples each time.
        options = {} if fixed else {"aac_pns": "0"}
        stream = container.add_stream(codec, rate=rate_hz, layout=LAYOUTS[samples.shape[1]], options=options)
        stream.bit_rate = 192_000
        values = np.rint(samples * 32767.0).astype(np.int16) if fixed else samples.astype(np.float32)
        for at in range(0, len(values), 1024):
            block = np.ascontiguousarray(values[at : at + 1024].T)
            frame = av.AudioFrame.from_ndarray(block, format="s16p" if fixed else "fltp", layout=stream.layout.name)
            frame.sample_rate, frame.pts, frame.time_base = rate_hz, at, Fraction(1, rate_hz)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def all_of(source, block=1000):
    parts = []
    while len(part := source.read(block)):
        parts.append(part)
    source.close()
    return np.concatenate(parts)


def clicks(seconds, *at_s):
    """Short clicks, their peaks at these seconds."""
    sound = np.zeros((round(seconds * RATE_HZ), 2), np.float32)
    for second in at_s:
        start = round(second * RATE_HZ) - 15
        sound[start : start + 31] = 0.8 * np.hanning(31)[:, None]
    return sound


def peak_s(sound):
    return float(np.argmax(np.abs(sound[:, 0]))) / RATE_HZ


@pytest.mark.parametrize(("name", "codec"), KINDS)
def test_a_file_of_each_kind_plays_at_its_length_and_pitch(tmp_path, name, codec, capfd):
    path = encode(tmp_path / name, tone(440.0, 2.0), codec)
    facts = probe(path)
    sound = all_of(open_file(path, RATE_HZ))
    assert (facts.rate_hz, facts.channels) == (RATE_HZ, 2)
    assert facts.duration_s == pytest.approx(len(sound) / RATE_HZ, abs=0.001)
    assert len(sound) == pytest.approx(2 * RATE_HZ, abs=0.03 * RATE_HZ)
    assert residual_db(sound[20_000:60_000, 0], 440.0) < -40.0
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("name", "codec"), KINDS)
def test_a_click_falls_where_it_was_and_stays_there_after_a_seek(tmp_path, name, codec):
    path = encode(tmp_path / name, clicks(4.0, 1.0, 3.0), codec)
    assert peak_s(all_of(open_file(path, RATE_HZ))[: 2 * RATE_HZ]) == pytest.approx(1.0, abs=0.001)
    source = open_file(path, RATE_HZ)
    source.read(3 * RATE_HZ)
    source.seek(round(0.7 * RATE_HZ))
    assert peak_s(source.read(RATE_HZ)) == pytest.approx(0.3, abs=0.001)
    source.seek(round(2.9 * RATE_HZ))
    assert peak_s(source.read(RATE_HZ)) == pytest.approx(0.1, abs=0.001)
    source.close()


@pytest.mark.parametrize(("name", "codec"), KINDS)
@pytest.mark.parametrize("frame", [0, 1, 1023, 40_000, 77_777])
def test_a_seek_gives_what_playing_up_to_it_gives(tmp_path, name, codec, frame):
    noise = np.random.default_rng(0).uniform(-0.3, 0.3, (2 * RATE_HZ, 2)).astype(np.float32)
    path = encode(tmp_path / name, noise, codec)
    whole = all_of(open_file(path, RATE_HZ))
    source = open_file(path, RATE_HZ)
    source.read(5_000)
    source.seek(frame)
    assert np.array_equal(source.read(3_000), whole[frame : frame + 3_000])
    source.seek(10_000_000)
    assert source.read(10).shape == (0, 2)
    source.seek(frame)
    assert np.array_equal(source.read(3_000), whole[frame : frame + 3_000])
    source.close()


def test_other_rates_and_channels_become_stereo_at_the_rate_asked_for(tmp_path):
    one = 0.5 * np.sin(2 * np.pi * 440.0 * np.arange(48_000) / 48_000)[:, None]
    mono = encode(tmp_path / "mono.m4a", one, rate_hz=48_000)
    sound = all_of(open_file(mono, RATE_HZ))
    assert len(sound) == pytest.approx(RATE_HZ, abs=50)
    assert residual_db(sound[10_000:30_000, 0], 440.0) < -40.0
    assert np.array_equal(sound[:, 0], sound[:, 1])
    surround = encode(tmp_path / "surround.m4a", np.repeat(one, 6, axis=1), rate_hz=48_000)
    assert probe(surround).channels == 6
    assert 0.3 < np.abs(all_of(open_file(surround, RATE_HZ))).max() < 1.0


def test_a_file_that_breaks_off_plays_as_far_as_it_goes_and_says_where(tmp_path, capfd):
    path = tmp_path / "song.m4a"
    whole = encode(tmp_path / "whole.m4a", tone(440.0, 8.0), "alac").read_bytes()
    index = whole.index(b"moov") - 4  # the table of packets, behind the sound
    assert index > len(whole) / 2
    path.write_bytes(whole[: index // 2] + bytes(index - index // 2) + whole[index:])
    broke_off_s = []
    frames = len(all_of(open_file(path, RATE_HZ, broke_off_s.append)))
    assert frames < 7 * RATE_HZ
    assert broke_off_s == [pytest.approx(frames / RATE_HZ)]
    assert capfd.readouterr() == ("", "")


def test_what_is_no_sound_is_refused_in_a_sentence(tmp_path, capfd):
    whole = encode(tmp_path / "whole.m4a", tone(440.0, 1.0)).read_bytes()
    for number, content in enumerate([whole[:1000], whole[:28] + bytes(500), b"\xff\xf1" + bytes(500), bytes(500)]):
        path = tmp_path / f"song{number}.m4a"
        path.write_bytes(content)
        with pytest.raises(UnplayableFile, match=rf"song{number}\.m4a (is not a|holds no) sound.*; it is left out\.$"):
            probe(path)
    assert capfd.readouterr() == ("", "")


def test_what_a_file_holds_counts_and_not_its_name(tmp_path):
    path = encode(tmp_path / "song.m4a", tone(440.0, 1.0)).rename(tmp_path / "song.mp3")
    assert probe(path).duration_s == pytest.approx(1.0, abs=0.03)


def test_without_pyav_one_sentence_says_what_is_missing_and_how_to_get_it(tmp_path, monkeypatch):
    path = encode(tmp_path / "song.m4a", tone(440.0, 1.0))
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingDecoder, match=r'^M4A and AAC files need PyAV, .*pip install "relaxlisten\[m4a\]"; they .* out\.$'):
        probe(path)


def test_they_count_as_music(tmp_path):
    for name in ("a.m4a", "b.MP4", "c.aac"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in find_music(tmp_path, pytest.fail)] == ["a.m4a", "b.MP4", "c.aac"]
