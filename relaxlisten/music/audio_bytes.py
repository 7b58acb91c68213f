"""Which bytes of a sound file are the sound, and a number made of them (a shell: it reads files, and decodes nothing).

Decision: a piece is known by a hash of the whole of its coded sound, without what taggers rewrite: ID3, APE and Lyrics3 tags,
FLAC's metadata, the comment packets of Ogg, MP4's boxes beside `mdat`, RIFF's and AIFF's other chunks. So a file that was moved,
renamed or tagged anew is the same piece, and the number depends on no decoder's version, as a hash of decoded samples would. All
bytes are read: it costs what reading costs (some ms a piece), far less than hearing it, and two takes that differ anywhere are
told apart. A file of no known structure is taken whole.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, BinaryIO, Literal

from relaxlisten.music.ogg_pages import ogg_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Spans = Iterator[tuple[int, int]]

_READ = 1 << 18
_ID_BYTES = 16
_STREAMINFO = 0
_RIFF_SOUND = frozenset({b"fmt ", b"data", b"ds64"})
_AIFF_SOUND = frozenset({b"COMM", b"SSND", b"FVER"})
_FORM_HEADER = 12
_UNFINISHED = b"data\0\0\0\0"
_ID3V1, _ID3V1_MORE = 128, 227
_APE_FOOT = 32


def content_id(path: Path) -> str:
    """32 hexadecimal digits that stand for the sound of a file, whatever its name and tags; raises OSError."""
    digest = hashlib.blake2b(digest_size=_ID_BYTES)
    with path.open("rb") as file:
        for start, beyond in sound_spans(file):
            file.seek(start)
            while start < beyond and (block := file.read(min(beyond - start, _READ))):
                digest.update(block)
                start += len(block)
    return digest.hexdigest()


def sound_spans(file: BinaryIO) -> Spans:
    """First byte and the one after the last of each part of a file that holds sound, in order."""
    size = file.seek(0, 2)
    start = _after_id3v2(file, 0)
    start = start if start < size else 0  # a tag that claims more than there is says nothing
    head = _read(file, start, _FORM_HEADER)
    for signature, at, spans in _STRUCTURES:
        if head[at : at + len(signature)] == signature:
            yield from spans(file, start, size)
            return
    yield start, _before_tags(file, start, size)


def _read(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)


# ---- tags around a bare stream (MP3, AAC) and around others that somebody tagged like one ----


def _after_id3v2(file: BinaryIO, start: int) -> int:
    """The place after all ID3v2 tags (id3.org, 2.4, 3.1: the size is in four bytes of seven bits) and the zeros behind them."""
    while (head := _read(file, start, 10))[:3] == b"ID3" and len(head) == 10:
        size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        start += 10 + size + (10 if head[5] & 0x10 else 0)
        while (padding := _read(file, start, 4096)) and not padding.strip(b"\0"):
            start += len(padding)
        start += len(padding) - len(padding.lstrip(b"\0"))
    return start


def _before_tags(file: BinaryIO, start: int, end: int) -> int:
    """The place where ID3v1, Lyrics3v2 and APEv2 tags at the end begin, in whatever order they are stacked."""
    while (shorter := _before_one_tag(file, start, end)) != end:
        end = shorter
    return end


def _before_one_tag(file: BinaryIO, start: int, end: int) -> int:
    if end - start >= _ID3V1 and _read(file, end - _ID3V1, 3) == b"TAG":
        more = end - _ID3V1 - _ID3V1_MORE
        return more if more >= start and _read(file, more, 4) == b"TAG+" else end - _ID3V1
    foot = _read(file, max(end - _APE_FOOT, start), max(min(_APE_FOOT, end - start), 0))
    if len(foot) == _APE_FOOT and foot[:8] == b"APETAGEX":
        length = int.from_bytes(foot[12:16], "little") + (_APE_FOOT if foot[23] & 0x80 else 0)
    elif foot[-9:] == b"LYRICS200" and foot[-15:-9].isdigit():
        length = int(foot[-15:-9]) + 15
    else:
        return end
    return end - length if 0 < length <= end - start else end


# ---- containers ----


def _flac(file: BinaryIO, start: int, size: int) -> Spans:
    """STREAMINFO, and all after the last block of metadata (RFC 9639, 8)."""
    at, last = start + 4, False
    while not last and len(head := _read(file, at, 4)) == 4:
        last, length = bool(head[0] & 0x80), int.from_bytes(head[1:], "big")
        if head[0] & 0x7F == _STREAMINFO:
            yield at + 4, at + 4 + length
        at += 4 + length
    yield at, _before_tags(file, at, size)


def _mp4(file: BinaryIO, start: int, size: int) -> Spans:
    """The bodies of all `mdat` boxes (ISO 14496-12, 4.2: a size of 1 stands further on, one of 0 reaches to the end)."""
    at = start
    while len(head := _read(file, at, 16)) >= 8:
        length, body = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, body = int.from_bytes(head[8:], "big"), 16
        beyond = size if length == 0 else min(at + max(length, body), size)
        if head[4:8] == b"mdat":
            yield at + body, beyond
        at = beyond


def _riff(file: BinaryIO, start: int, size: int) -> Spans:
    return _chunks(file, start, size, "little", _RIFF_SOUND)


def _aiff(file: BinaryIO, start: int, size: int) -> Spans:
    return _chunks(file, start, size, "big", _AIFF_SOUND)


def _chunks(file: BinaryIO, start: int, size: int, order: Literal["little", "big"], sound: frozenset[bytes]) -> Spans:
    """The bodies of the chunks that are named; one that claims to be longer than the file ends with it.

    A `data` chunk of length 0 is one whose writer never came to finish it: the rest of the file is its sound.
    """
    at = start + _FORM_HEADER
    while len(head := _read(file, at, 8)) == 8:
        length = int.from_bytes(head[4:], order)
        body, beyond = at + 8, min(at + 8 + length, size)
        if head == _UNFINISHED:
            beyond = size
        if head[:4] in sound:
            yield body, beyond
        at = beyond + length % 2


# What a file begins with, at which place, and how its sound is found.
_STRUCTURES: tuple[tuple[bytes, int, Callable[[BinaryIO, int, int], Spans]], ...] = (
    (b"fLaC", 0, _flac),
    (b"OggS", 0, ogg_spans),
    (b"ftyp", 4, _mp4),
    (b"WAVE", 8, _riff),
    (b"AIFF", 8, _aiff),
    (b"AIFC", 8, _aiff),
)
