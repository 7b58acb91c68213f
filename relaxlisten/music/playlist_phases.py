"""Our own playlists: a TOML file that lists pieces for each phase of a session.

Decision: a phase is named as the protocol names it, without regard to case. What stands above the first phase may play in any.
docs/playlists.md shows one.
"""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any

from relaxlisten.music.playlist_entry import MalformedPlaylist, Playlist, PlaylistEntry, as_line, one_line
from relaxlisten.music.playlist_lines import decode_text
from relaxlisten.toml_text import NotToml, parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOP = ("title", "in_order", "pieces", "phase")
_PHASE = ("name", "pieces")


def parse_phases(content: bytes) -> Playlist:
    """A playlist with phases. Raises MalformedPlaylist."""
    try:
        data = parse_toml(decode_text(content).replace("\r\n", "\n"))
    except NotToml as fault:
        raise MalformedPlaylist(f"is not valid TOML: {fault}.") from None
    _check_keys(data, _TOP, "a playlist")
    title, phases = data.get("title"), data.get("phase", [])
    if title is not None and not isinstance(title, str):
        raise MalformedPlaylist('"title" must be text.')
    in_order = data.get("in_order", False)
    if not isinstance(in_order, bool):
        raise MalformedPlaylist('"in_order" must be true or false.')
    if not isinstance(phases, list) or not all(isinstance(phase, dict) for phase in phases):
        raise MalformedPlaylist("phases are written as [[phase]], each with name and pieces.")
    entries = [*_pieces(data, "above the first phase", ()), *(entry for phase in phases for entry in _of_phase(phase))]
    return Playlist(title=title, entries=tuple(entries), in_order=in_order)


def write_phases(playlist: Playlist) -> bytes:
    """Each piece under each of its phases, phases in the order in which they are met."""
    names = dict.fromkeys(name for entry in playlist.entries for name in entry.phases)
    lines = [f"title = {_quoted(one_line(playlist.title))}"] if playlist.title else []
    lines += ["in_order = true"] if playlist.in_order else []
    lines += _list(entry for entry in playlist.entries if not entry.phases)
    for name in names:
        lines += ["", "[[phase]]", f"name = {_quoted(one_line(name))}"]
        lines += _list(entry for entry in playlist.entries if name in entry.phases)
    return "\n".join([*lines, ""]).encode()


def _of_phase(phase: dict[str, Any]) -> list[PlaylistEntry]:
    _check_keys(phase, _PHASE, "[[phase]]")
    name = phase.get("name")
    if not isinstance(name, str) or not name.strip():
        raise MalformedPlaylist('a [[phase]] has no "name": give it the name of a phase of the protocol.')
    return _pieces(phase, f'of the phase "{name}"', (name.strip(),))


def _pieces(table: dict[str, Any], where: str, phases: tuple[str, ...]) -> list[PlaylistEntry]:
    pieces = table.get("pieces", [])
    if not isinstance(pieces, list) or not all(isinstance(piece, str) for piece in pieces):
        raise MalformedPlaylist(f'"pieces" {where} must be a list of file names, each in quotation marks.')
    return [PlaylistEntry(location=piece, phases=phases) for piece in pieces]


def _check_keys(table: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f'did you mean "{near[0]}"?' if near else f"valid names are {', '.join(known)}."
            raise MalformedPlaylist(f'has a key "{one_line(key)}" that is not one of {where}; {hint}')


def _list(entries: Iterable[PlaylistEntry]) -> list[str]:
    names = [as_line(entry.location) for entry in entries]
    return ["pieces = [", *(f"  {_quoted(name)}," for name in names), "]"] if names else []


def _quoted(text: str) -> str:
    """A basic string of TOML; JSON escapes the same letters but one."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
