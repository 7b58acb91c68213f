"""JSPF playlists: XSPF in JSON.

Decision: `location` is an array of addresses of which the first counts (one that is no array is understood too), and `extension`
is keyed by the address of who wrote it, each an array, as the draft at wiki.xiph.org/JSPF has it. A playlist with our own facts
is a plan, and a plan is to be played in its order.
"""

from __future__ import annotations

import json
from typing import Any

from relaxlisten.json_text import NotJson, parse_json
from relaxlisten.music.playlist_entry import PLAN, MalformedPlaylist, Playlist, PlaylistEntry, as_address, one_line
from relaxlisten.music.playlist_lines import decode_text

_LONGEST_MS = 1e12


def parse_jspf(content: bytes) -> Playlist:
    """A JSPF playlist. Raises MalformedPlaylist."""
    try:
        data = parse_json(decode_text(content))
    except NotJson as fault:
        raise MalformedPlaylist(f"is not valid JSON: {fault}.") from None
    playlist = data.get("playlist") if isinstance(data, dict) else None
    tracks = playlist.get("track", []) if isinstance(playlist, dict) else None
    if not isinstance(playlist, dict) or not isinstance(tracks, list):
        raise MalformedPlaylist('is no JSPF playlist: it has no "playlist" with a list "track".')
    entries = tuple(_entry(track) for track in tracks)
    planned = any(PLAN in entry.extension for entry in entries)
    return Playlist(title=_text(playlist.get("title")), entries=entries, in_order=planned)


def write_jspf(playlist: Playlist) -> bytes:
    """JSPF in UTF-8, indented to be read by people too."""
    data = {"title": playlist.title and one_line(playlist.title), "track": [_track(entry) for entry in playlist.entries]}
    text = json.dumps({"playlist": _known(data)}, ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode("utf-8", "backslashreplace")  # half a pair of UTF-16 is written as JSON escapes it


def _track(entry: PlaylistEntry) -> dict[str, Any]:
    return _known(
        {
            "location": [as_address(entry.location)],
            "title": entry.title and one_line(entry.title),
            "creator": entry.artist and one_line(entry.artist),
            "annotation": entry.note and one_line(entry.note),
            "duration": None if entry.duration_s is None else round(entry.duration_s * 1000.0),
            "extension": {address: body if isinstance(body, list) else [body] for address, body in entry.extension.items()},
        }
    )


def _known(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, {})}


def _entry(track: object) -> PlaylistEntry:
    if not isinstance(track, dict):
        return PlaylistEntry(location="", is_uri=True)
    extension = track.get("extension")
    duration_ms = track.get("duration")
    timed = isinstance(duration_ms, int | float) and not isinstance(duration_ms, bool) and 0 <= duration_ms < _LONGEST_MS
    return PlaylistEntry(
        location=_first(track.get("location")),
        is_uri=True,
        title=_text(track.get("title")),
        artist=_text(track.get("creator")),
        duration_s=float(duration_ms) / 1000.0 if timed else None,  # type: ignore[arg-type]  # timed has shown it
        note=_text(track.get("annotation")),
        extension=extension if isinstance(extension, dict) else {},
    )


def _first(location: object) -> str:
    return _text(next(iter(location), None) if isinstance(location, list) else location) or ""


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
