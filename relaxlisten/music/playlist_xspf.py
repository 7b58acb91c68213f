"""XSPF playlists (version 1): XML with a list of addresses.

Decision: read by the standard library's expat alone, which is stopped at the first document type: no entity is ever declared, so
none can grow (billion laughs) or reach for another file. Elements that are not known are passed over, as the format asks for.
"""

from __future__ import annotations

import re
from xml.parsers import expat
from xml.sax.saxutils import escape

from relaxlisten.music.playlist_entry import MalformedPlaylist, Playlist, PlaylistEntry, as_address, one_line

NAMESPACE = "http://xspf.org/ns/0/"
_TEXTS = frozenset({"location", "title", "creator", "duration", "annotation"})
_MOST_DEPTH = 64
_NO_XML = re.compile(r"[\ufffe\uffff]")  # beside control characters, which one_line takes out


class _Reader:
    """Collects the first location and the texts of each track, and the playlist's own title."""

    def __init__(self) -> None:
        self.title: str | None = None
        self.entries: list[PlaylistEntry] = []
        self._open: list[str] = []
        self._track: dict[str, str] = {}
        self._text: list[str] = []

    def start(self, name: str, _: object) -> None:
        name = name.removeprefix(NAMESPACE + " ")
        if not self._open and name != "playlist":
            raise MalformedPlaylist(f"is no XSPF playlist: its outermost element is <{one_line(name)[:40]}>.")
        if len(self._open) == _MOST_DEPTH:
            raise MalformedPlaylist(f"has elements within elements more than {_MOST_DEPTH} deep: it is no playlist.")
        self._open.append(name)
        self._text.clear()
        if self._open == ["playlist", "trackList", "track"]:
            self._track = {}

    def text(self, text: str) -> None:
        self._text.append(text)

    def end(self, _: str) -> None:
        text = "".join(self._text).strip()
        match self._open:
            case ["playlist", "title"]:
                self.title = text or None
            case ["playlist", "trackList", "track", name] if name in _TEXTS and text:
                self._track.setdefault(name, text)
            case ["playlist", "trackList", "track"]:
                self.entries.append(_entry(self._track))
        self._open.pop()
        self._text.clear()

    def refuse(self, *_: object) -> None:
        raise MalformedPlaylist("has a document type (<!DOCTYPE ...>), which no playlist needs and which can do harm: remove it.")


def parse_xspf(content: bytes) -> Playlist:
    """An XSPF playlist. Raises MalformedPlaylist."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = reader.refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as fault:
        raise MalformedPlaylist(f"is not valid XML: {expat.ErrorString(fault.code)} in line {fault.lineno}.") from None
    except (LookupError, ValueError):  # an encoding that this computer has no table for
        raise MalformedPlaylist("is in an encoding that is not known: save it in UTF-8.") from None
    return Playlist(title=reader.title, entries=tuple(reader.entries))


def write_xspf(playlist: Playlist) -> bytes:
    """XSPF version 1, in UTF-8."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<playlist version="1" xmlns="{NAMESPACE}">']
    lines += _element("title", playlist.title, "  ")
    lines.append("  <trackList>")
    for entry in playlist.entries:
        lines.append("    <track>")
        lines += _element("location", as_address(entry.location), "      ")
        lines += _element("title", entry.title, "      ")
        lines += _element("creator", entry.artist, "      ")
        lines += _element("annotation", entry.note, "      ")
        lines += _element("duration", None if entry.duration_s is None else f"{entry.duration_s * 1000.0:.0f}", "      ")
        lines.append("    </track>")
    lines += ["  </trackList>", "</playlist>", ""]
    return "\n".join(lines).encode()


def _element(name: str, text: str | None, indent: str) -> list[str]:
    return [] if not text else [f"{indent}<{name}>{escape(_NO_XML.sub('?', one_line(text)))}</{name}>"]


def _entry(track: dict[str, str]) -> PlaylistEntry:
    duration_ms = track.get("duration", "")
    return PlaylistEntry(
        location=track.get("location", ""),
        is_uri=True,
        title=track.get("title"),
        artist=track.get("creator"),
        duration_s=int(duration_ms) / 1000.0 if re.fullmatch(r"[0-9]{1,12}", duration_ms) else None,
        note=track.get("annotation"),
    )
