"""Writes tags into sound files, byte by byte, as taggers do: the sound stays what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def id3v2(frames: dict[str, bytes], padding: int = 0) -> bytes:
    """An ID3v2.3 tag: each frame is its name, four bytes of length, two of flags, one for Latin-1, and the text."""
    body = b"".join(name.encode() + (len(text) + 1).to_bytes(4, "big") + b"\0\0\0" + text for name, text in frames.items())
    body += bytes(padding)
    return b"ID3\x03\0\0" + bytes((len(body) >> shift) & 0x7F for shift in (21, 14, 7, 0)) + body


def id3v1(title: bytes) -> bytes:
    return b"TAG" + title.ljust(125, b"\0")


def ape(items: dict[str, bytes]) -> bytes:
    """An APEv2 tag with header and footer."""
    body = b"".join(len(value).to_bytes(4, "little") + bytes(4) + name.encode() + b"\0" + value for name, value in items.items())
    fields = (2000).to_bytes(4, "little") + (len(body) + 32).to_bytes(4, "little") + len(items).to_bytes(4, "little")
    return b"APETAGEX" + fields + b"\0\0\0\xa0" + bytes(8) + body + b"APETAGEX" + fields + b"\0\0\0\x80" + bytes(8)


def lyrics3(text: bytes) -> bytes:
    body = b"LYRICSBEGIN" + b"LYR" + b"%05d" % len(text) + text
    return body + b"%06d" % len(body) + b"LYRICS200"


def comments(texts: Sequence[str]) -> bytes:
    """A list of Vorbis comments."""
    coded = [text.encode() for text in texts]
    entries = b"".join(len(text).to_bytes(4, "little") + text for text in coded)
    return (4).to_bytes(4, "little") + b"test" + len(coded).to_bytes(4, "little") + entries


def retagged_flac(content: bytes, texts: Sequence[str], picture: int = 0) -> bytes:
    """All metadata but STREAMINFO replaced by these comments, a picture of so many bytes, and padding."""
    at = 4
    while True:
        last, length = content[at] & 0x80, int.from_bytes(content[at + 1 : at + 4], "big")
        if content[at] & 0x7F == 0:
            streaminfo = content[at + 4 : at + 4 + length]
        at += 4 + length
        if last:
            break
    blocks = [(0, streaminfo), (4, comments(texts)), (6, _picture(bytes(picture))), (1, bytes(700))]
    heads = [bytes([kind | (0x80 if kind == 1 else 0)]) + len(body).to_bytes(3, "big") + body for kind, body in blocks]
    return b"fLaC" + b"".join(heads) + content[at:]


def _picture(data: bytes) -> bytes:
    """A front cover, as FLAC holds it (RFC 9639, 8.8)."""
    mime = b"image/png"
    return bytes([0, 0, 0, 3, 0, 0, 0, len(mime)]) + mime + bytes(20) + len(data).to_bytes(4, "big") + data


def with_chunk(content: bytes, name: bytes, body: bytes) -> bytes:
    """A RIFF file with one more chunk at its end."""
    body += bytes(len(body) % 2)
    grown = content + name + len(body).to_bytes(4, "little") + body
    return grown[:4] + (len(grown) - 8).to_bytes(4, "little") + grown[8:]


def riff_info(title: bytes) -> bytes:
    title += b"\0" * (2 - len(title) % 2)
    return b"INFO" + b"INAM" + len(title).to_bytes(4, "little") + title


# ---- Ogg: the comment packet is replaced, and all pages are written anew ----


def retagged_ogg(content: bytes, comment_packet: bytes, header_packets: int) -> bytes:
    """The second packet replaced; header packets repaged, the pages of sound renumbered, all checksums made anew."""
    pages = list(_pages(content))
    serial = pages[0][0][14:18]
    packets, used = _first_packets(pages, header_packets)
    packets[1] = comment_packet
    out = _page(b"\x02", bytes(8), serial, 0, _lacing(packets[0]), packets[0])
    segments = [segment for packet in packets[1:] for segment in _segments(packet)]
    number = 1
    for at in range(0, len(segments), 255):
        part = segments[at : at + 255]
        goes_on = b"\x01" if at and len(segments[at - 1]) == 255 else b"\0"
        out += _page(goes_on, bytes(8), serial, number, bytes(map(len, part)), b"".join(part))
        number += 1
    for head, lengths, body in pages[used:]:
        out += _page(head[5:6], head[6:14], serial, number, lengths, body)
        number += 1
    return out


def _pages(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    at = 0
    while at < len(content):
        count = content[at + 26]
        lengths = content[at + 27 : at + 27 + count]
        body = at + 27 + count
        yield content[at : at + 27], lengths, content[body : body + sum(lengths)]
        at = body + sum(lengths)


def _first_packets(pages: Sequence[tuple[bytes, bytes, bytes]], count: int) -> tuple[list[bytes], int]:
    packets, open_packet = [], b""
    for used, (_, lengths, body) in enumerate(pages, start=1):
        at = 0
        for length in lengths:
            open_packet += body[at : at + length]
            at += length
            if length < 255:
                packets.append(open_packet)
                open_packet = b""
        if len(packets) >= count:
            return packets, used
    raise ValueError(count)


def _segments(packet: bytes) -> list[bytes]:
    return [packet[at : at + 255] for at in range(0, len(packet) + (len(packet) % 255 == 0), 255)]


def _lacing(packet: bytes) -> bytes:
    return bytes(map(len, _segments(packet)))


def _page(flags: bytes, granule: bytes, serial: bytes, number: int, lengths: bytes, body: bytes) -> bytes:
    start = b"OggS\0" + flags + granule + serial + number.to_bytes(4, "little")
    rest = bytes([len(lengths)]) + lengths + body
    return start + _checksum(start + bytes(4) + rest).to_bytes(4, "little") + rest


_TABLE = []
for _byte in range(256):
    _value = _byte << 24
    for _ in range(8):
        _value = (_value << 1) ^ (0x04C11DB7 if _value & 0x80000000 else 0)
    _TABLE.append(_value & 0xFFFFFFFF)


def _checksum(content: bytes) -> int:
    value = 0
    for byte in content:
        value = ((value << 8) & 0xFFFFFFFF) ^ _TABLE[(value >> 24) ^ byte]
    return value


# ---- MP4 ----


def box(name: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + name + body


def large_box(name: bytes, body: bytes) -> bytes:
    return (1).to_bytes(4, "big") + name + (len(body) + 16).to_bytes(8, "big") + body
