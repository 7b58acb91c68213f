"""Where the sound lies in an Ogg file: all packets but the comments, without the pages' own headers (RFC 3533).

Decision: page headers hold numbers and checksums that change when the comments before them grow, so only what the pages carry
counts. The header packets are told apart by the codec (Vorbis I, 4.2.1; RFC 7845, 5; Ogg FLAC mapping 1.0); a page after them is
taken whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = 27
_WHOLE_SEGMENT = 255
_SIGNATURE = 8  # bytes of a packet that tell what it is
# How the first packet begins: header packets in all, and which of them hold comments (FLAC: any number, until sound comes).
_CODECS = ((b"\x01vorbis", 3, frozenset({1})), (b"OpusHead", 2, frozenset({1})), (b"Speex   ", 2, frozenset({1})))
_FLAC_HEAD, _FLAC_SYNC = b"\x7fFLAC", 0xFF


class _Stream:
    """One logical stream: which of its packets are headers."""

    def __init__(self) -> None:
        self.in_headers = True
        self._packet = 0
        self._begun = False  # the present packet goes on from the page before
        self._kept = True
        self._headers, self._comments = 1, frozenset[int]()
        self._is_flac = False

    def parts(self, body: bytes, lengths: list[int]) -> Iterator[tuple[int, int]]:
        """The spans of a page's body to keep; lengths: its segments."""
        at = 0
        for length in lengths:
            if not self._begun:
                self._begin(body[at : at + _SIGNATURE])
            if self._kept:
                yield at, at + length
            at += length
            self._begun = length == _WHOLE_SEGMENT
            self._packet += not self._begun
        self.in_headers = self._is_flac or self._packet < self._headers

    def _begin(self, signature: bytes) -> None:
        if self._packet == 0:
            self._is_flac = signature.startswith(_FLAC_HEAD)
            self._headers, self._comments = next(
                ((count, comments) for start, count, comments in _CODECS if signature.startswith(start)), (1, frozenset())
            )
        elif self._is_flac:
            self._is_flac = not signature or signature[0] != _FLAC_SYNC
        self._kept = not (self._is_flac and self._packet > 0) and self._packet not in self._comments


def ogg_spans(file: BinaryIO, start: int, size: int) -> Iterator[tuple[int, int]]:
    """The parts of the file that hold sound, in order."""
    streams: dict[bytes, _Stream] = {}
    at = start
    while at < size:
        file.seek(at)
        head = file.read(_HEADER)
        if len(head) < _HEADER or head[:4] != b"OggS":  # broken off, or damaged: the rest is taken as it is
            yield at, size
            return
        lengths = list(file.read(head[26]))
        body, total = at + _HEADER + head[26], sum(lengths)
        stream = streams.setdefault(head[14:18], _Stream())
        if stream.in_headers:
            for first, beyond in stream.parts(file.read(total), lengths):
                yield body + first, body + beyond
        else:
            yield body, min(body + total, size)
        at = body + total
