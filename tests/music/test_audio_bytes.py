from __future__ import annotations

import shutil

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.music.audio_bytes import content_id
from relaxlisten.sound.decode import open_file
from tests.music.tagging import (
    ape,
    box,
    comments,
    id3v1,
    id3v2,
    large_box,
    lyrics3,
    retagged_flac,
    retagged_ogg,
    riff_info,
    with_chunk,
)  # fmt: skip

RATE = 48_000
SOUND = 0.1 * np.random.default_rng(1).standard_normal((RATE, 2))
ID3 = id3v2({"TIT2": b"Evening", "TBPM": b"62"})


def original(tmp_path, suffix, **how):
    path = tmp_path / f"original.{suffix}"
    soundfile.write(path, SOUND, RATE, **how)
    return path


def with_content(tmp_path, suffix, content):
    path = tmp_path / f"other.{suffix}"
    path.write_bytes(content)
    return path


def samples(path):
    return open_file(path, RATE).read(10 * RATE)


MP3_TAGGINGS = {
    "ID3v2": lambda sound: ID3 + sound,
    "ID3v2 with padding": lambda sound: id3v2({"TIT2": b"x"}, padding=2048) + sound,
    "ID3v2 with zeros behind it": lambda sound: ID3 + bytes(5000) + sound,
    "two ID3v2": lambda sound: ID3 + id3v2({"TALB": b"y"}) + sound,
    "ID3v1": lambda sound: sound + id3v1(b"Evening"),
    "APE": lambda sound: sound + ape({"Title": b"Evening"}),
    "APE and ID3v1": lambda sound: sound + ape({"Title": b"Evening"}) + id3v1(b"Evening"),
    "Lyrics3 and ID3v1": lambda sound: sound + lyrics3(b"la la") + id3v1(b"Evening"),
    "all of them": lambda sound: ID3 + sound + ape({"BPM": b"62"}) + lyrics3(b"la la") + id3v1(b"Evening"),
}


@pytest.mark.parametrize("tagged", MP3_TAGGINGS.values(), ids=MP3_TAGGINGS)
def test_an_mp3_is_the_same_piece_however_it_is_tagged(tmp_path, tagged):
    path = original(tmp_path, "mp3", format="MP3")
    assert content_id(with_content(tmp_path, "mp3", tagged(path.read_bytes()))) == content_id(path)


@pytest.mark.parametrize("picture", [0, 200_000])
def test_a_flac_file_is_the_same_piece_however_it_is_tagged(tmp_path, picture):
    path = original(tmp_path, "flac")
    content = retagged_flac(path.read_bytes(), ["TITLE=Evening", "BPM=62"], picture)
    for tagged in (content, ID3 + content, content + id3v1(b"Evening")):
        other = with_content(tmp_path, "flac", tagged)
        assert content_id(other) == content_id(path)
    np.testing.assert_array_equal(samples(with_content(tmp_path, "flac", content)), samples(path))


OGGS = {
    "vorbis": ("VORBIS", lambda texts: b"\x03vorbis" + comments(texts) + b"\x01", 3),
    "opus": ("OPUS", lambda texts: b"OpusTags" + comments(texts), 2),
}


@pytest.mark.parametrize("length", [10, 300, 300_000], ids=["short", "some segments", "many pages"])
@pytest.mark.parametrize(("subtype", "packet", "headers"), OGGS.values(), ids=OGGS)
def test_an_ogg_file_is_the_same_piece_however_it_is_tagged(tmp_path, subtype, packet, headers, length):
    path = original(tmp_path, "ogg", format="OGG", subtype=subtype)
    content = retagged_ogg(path.read_bytes(), packet(["TITLE=Evening", "X=" + "y" * length]), headers)
    other = with_content(tmp_path, "ogg", content)
    np.testing.assert_array_equal(samples(other), samples(path))  # what was written is a file that plays
    assert content_id(other) == content_id(path)


def encoded(tmp_path, suffix, container, codec, sample_format):
    """What libav makes of the sound."""
    av = pytest.importorskip("av", reason="libav writes what libsndfile cannot")
    path = tmp_path / f"original.{suffix}"
    samples = np.round(32767 * SOUND).astype(np.int16) if sample_format == "s16" else SOUND.T.astype(np.float32)
    with av.open(path, "w", format=container) as out:
        stream = out.add_stream(codec, rate=RATE, layout="stereo", format=sample_format)
        frames = stream.codec_context.frame_size or 4608
        for at in range(0, RATE, frames):
            block = samples[at : at + frames].reshape(1, -1) if sample_format == "s16" else samples[:, at : at + frames]
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format=sample_format, layout="stereo")
            frame.rate, frame.pts = RATE, at
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("texts", [["TITLE=Evening"], ["X=" + "y" * 70_000]])
def test_flac_in_ogg_is_the_same_piece_however_it_is_tagged(tmp_path, texts):
    path = encoded(tmp_path, "oga", "ogg", "flac", "s16")
    body = comments(texts)
    content = retagged_ogg(path.read_bytes(), b"\x84" + len(body).to_bytes(3, "big") + body, 2)
    assert content_id(with_content(tmp_path, "oga", content)) == content_id(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    assert content_id(with_content(tmp_path, "oga", bytes(content))) != content_id(path)


def test_a_real_m4a_file_is_the_same_piece_with_a_box_of_tags(tmp_path):
    path = encoded(tmp_path, "m4a", "ipod", "aac", "fltp")
    other = with_content(tmp_path, "m4a", path.read_bytes() + box(b"free", bytes(99)))
    assert content_id(other) == content_id(path)
    assert content_id(path) != content_id(with_content(tmp_path, "m4a", path.read_bytes().replace(b"ftyp", b"xxxx")))


@pytest.mark.parametrize("name", [b"LIST", b"id3 ", b"JUNK"])
def test_a_wav_file_is_the_same_piece_however_it_is_tagged(tmp_path, name):
    path = original(tmp_path, "wav")
    content = with_chunk(path.read_bytes(), name, riff_info(b"Evening") if name == b"LIST" else ID3)
    other = with_content(tmp_path, "wav", content)
    assert content_id(other) == content_id(path)
    np.testing.assert_array_equal(samples(other), samples(path))


def test_an_aiff_file_is_the_same_piece_with_a_name(tmp_path):
    path = original(tmp_path, "aiff")
    content = path.read_bytes() + b"NAME" + (8).to_bytes(4, "big") + b"Evening "
    assert content_id(with_content(tmp_path, "aiff", content)) == content_id(path)


def test_an_mp4_file_is_the_same_piece_wherever_its_table_stands(tmp_path):
    sound, kind = bytes(range(256)) * 40, box(b"ftyp", b"M4A \0\0\0\0")
    plain = with_content(tmp_path, "m4a", kind + box(b"moov", bytes(300)) + box(b"mdat", sound))
    expected = content_id(plain)
    udta = box(b"udta", b"Evening" * 50)
    for content in (
        kind + box(b"mdat", sound) + box(b"moov", bytes(300) + udta),
        kind + box(b"free", bytes(99)) + box(b"moov", bytes(300) + udta) + large_box(b"mdat", sound),
        kind + box(b"moov", udta) + bytes(4) + b"mdat" + sound,  # a size of 0: to the end
    ):
        assert content_id(with_content(tmp_path, "m4a", content)) == expected
    assert content_id(with_content(tmp_path, "m4a", kind + box(b"moov", udta) + box(b"mdat", sound[:-1] + b"x"))) != expected


@pytest.mark.parametrize(
    ("suffix", "how"),
    [("wav", {}), ("flac", {}), ("mp3", {"format": "MP3"}), ("ogg", {"subtype": "VORBIS"}), ("aiff", {})],
)
def test_one_byte_of_sound_makes_another_piece_and_so_does_an_end_that_is_cut_off(tmp_path, suffix, how):
    path = original(tmp_path, suffix, **how)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1  # inside the sound, not in a page's header
    assert content_id(with_content(tmp_path, suffix, bytes(content))) != content_id(path)
    assert content_id(with_content(tmp_path, suffix, path.read_bytes()[:-300])) != content_id(path)


def test_a_wav_file_whose_writer_was_killed_is_told_by_its_sound(tmp_path):
    head = original(tmp_path, "wav").read_bytes()[:40] + bytes(4)
    assert head[36:] == b"data\0\0\0\0"
    first = content_id(with_content(tmp_path, "wav", head + b"one sound" * 99))
    assert content_id(with_content(tmp_path, "wav", head + b"other one" * 99)) != first


def test_what_a_file_is_called_and_when_it_was_made_say_nothing(tmp_path):
    path = original(tmp_path, "flac")
    (tmp_path / "sub").mkdir()
    moved = shutil.copy(path, tmp_path / "sub" / "Ännchen\u0301.flac")
    assert content_id(moved) == content_id(path)


HEADS = [b"", b"fLaC", b"OggS", b"ID3\x03\0\0", b"RIFF\0\0\0\0WAVE", b"FORM\0\0\0\0AIFF", b"\0\0\0\x08ftyp", b"TAG"]


@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=400))
def test_any_bytes_have_a_number_and_the_same_one_each_time(tmp_path_factory, head, rest):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(head + rest)
    assert content_id(path) == content_id(path)
    assert len(content_id(path)) == 32


def test_a_tag_that_claims_more_than_there_is_does_not_hide_the_rest(tmp_path):
    head = b"ID3\x03\0\0\x7f\x7f\x7f\x7f"
    first = content_id(with_content(tmp_path, "mp3", head + b"one"))
    assert content_id(with_content(tmp_path, "mp3", head + b"two")) != first
