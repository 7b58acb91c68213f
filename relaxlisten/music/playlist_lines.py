"""Playlists that are lines of text: M3U, M3U8 and PLS.

Decision: a playlist is text in UTF-8, in UTF-16 with its mark, or in the old encoding of Western Windows and Latin-1 that M3U
files commonly have; which of them, its bytes tell. M3U is written in Latin-1 where that can be told apart again, the others in
UTF-8.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from relaxlisten.music.playlist_entry import MalformedPlaylist, Playlist, PlaylistEntry, as_line, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXTINF = re.compile(r"#EXTINF:\s*(-?\d+(?:\.\d+)?)[^,]*,(.*)", re.IGNORECASE)
_PLS = re.compile(r"(File|Title|Length)(\d{1,9})\s*=\s*(.*)", re.IGNORECASE)
_LINES = re.compile(r"\r\n|\r|\n")  # and no others: file names may hold the separators that str.splitlines knows


def decode_text(content: bytes) -> str:
    """The text of a playlist. Raises MalformedPlaylist where it is none."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\0" in content:
        raise MalformedPlaylist("is no playlist: it holds bytes that no text has.")
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise MalformedPlaylist("breaks off within a letter: it was perhaps not copied whole.")


def parse_m3u(content: bytes) -> Playlist:
    """An M3U or M3U8 playlist. Raises MalformedPlaylist."""
    title, label, duration_s = None, None, None
    entries = []
    for line in _stripped(decode_text(content)):
        if line.upper().startswith("#EXT-X-"):
            raise MalformedPlaylist("describes a stream of a server (HLS), no files: save the music itself, or choose another.")
        if told := _EXTINF.match(line):
            duration_s, label = _seconds(told[1]), told[2].strip() or None
        elif line.upper().startswith("#PLAYLIST:"):
            title = line[10:].strip() or None
        elif not line.startswith("#"):
            entries.append(_entry(line, label, duration_s))
            label, duration_s = None, None
    return Playlist(title=title, entries=tuple(entries))


def parse_pls(content: bytes) -> Playlist:
    """A PLS playlist, by the numbers of its entries. Raises MalformedPlaylist."""
    lines = _stripped(decode_text(content))
    if next(lines, "").lower() != "[playlist]":
        raise MalformedPlaylist('is no PLS playlist: its first line is not "[playlist]".')
    told: dict[int, dict[str, str]] = {}
    for line in lines:
        if found := _PLS.fullmatch(line):
            told.setdefault(int(found[2]), {})[found[1].lower()] = found[3].strip()
    entries = [
        _entry(one.get("file", ""), one.get("title") or None, _seconds(one.get("length", ""))) for _, one in sorted(told.items())
    ]
    return Playlist(entries=tuple(entries))


def write_m3u(playlist: Playlist) -> bytes:
    """M3U: in Latin-1 where every reader can tell, else in UTF-8, which then says so."""
    text = _m3u_text(playlist)
    try:
        content = text.encode("latin-1")
        told_apart = decode_text(content) == text
    except UnicodeEncodeError:
        told_apart = False
    if told_apart:
        return content
    return text.replace("#EXTM3U\n", "#EXTM3U\n#EXTENC:UTF-8\n", 1).encode()


def write_m3u8(playlist: Playlist) -> bytes:
    """M3U8: always UTF-8."""
    return _m3u_text(playlist).encode()


def write_pls(playlist: Playlist) -> bytes:
    """PLS, version 2, in UTF-8."""
    lines = ["[playlist]"]
    for number, entry in enumerate(playlist.entries, start=1):
        lines.append(f"File{number}={as_line(entry.location)}")
        if entry.label:
            lines.append(f"Title{number}={one_line(entry.label)}")
        lines.append(f"Length{number}={_whole_seconds(entry.duration_s)}")
    lines += [f"NumberOfEntries={len(playlist.entries)}", "Version=2", ""]
    return "\n".join(lines).encode()


def _m3u_text(playlist: Playlist) -> str:
    lines = ["#EXTM3U"]
    if playlist.title:
        lines.append(f"#PLAYLIST:{one_line(playlist.title)}")
    for entry in playlist.entries:
        if entry.label or entry.duration_s is not None:
            lines.append(f"#EXTINF:{_whole_seconds(entry.duration_s)},{one_line(entry.label or '')}")
        lines.append(as_line(entry.location))
    return "\n".join([*lines, ""])


def _stripped(text: str) -> Iterator[str]:
    return (line for line in (line.strip() for line in _LINES.split(text)) if line)


def _entry(location: str, label: str | None, duration_s: float | None) -> PlaylistEntry:
    artist, dash, title = (label or "").partition(" - ")
    if dash and artist.strip() and title.strip():
        return PlaylistEntry(location=location, artist=artist.strip(), title=title.strip(), duration_s=duration_s)
    return PlaylistEntry(location=location, title=label, duration_s=duration_s)


def _seconds(text: str) -> float | None:
    """A length in s; None for what is no number, and for -1, which says that it is not known."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0.0 <= seconds < 1e9 else None


def _whole_seconds(duration_s: float | None) -> int:
    return -1 if duration_s is None else round(duration_s)
