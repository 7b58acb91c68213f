"""What a playlist holds, whatever its format, and how the place of a file is spelled in one.

Decision: a file is named by its path with forward slashes, relative to the playlist's folder or absolute; what a format makes of
it (percent signs, file: addresses, backslashes) is undone here and nowhere else. What cannot be certain from the text alone (is
"50%25.mp3" a name or an address?) is answered by several spellings, likeliest first, of which the first that exists counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from relaxlisten.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAN = "urn:x-relaxlisten:plan:1"  # the address of our own facts about the entries of a plan
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # two letters at least: "C:" is a drive
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_FAR = re.compile(r"[\\/]{2}")  # how Windows names what is on another computer, and devices
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")


class MalformedPlaylist(UsageError):
    """A playlist that cannot be understood; the sentence goes on from its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistEntry:
    """One entry. location: as it is spelled in the file, "" where it names none; is_uri: the format says that it is an address.

    note: a sentence about the entry. phases: the phases of a protocol that it is meant for, () for all of them.
    extension: facts of other programs, by the address that they are known under (JSPF only).
    """

    location: str
    is_uri: bool = False
    title: str | None = None
    artist: str | None = None
    duration_s: float | None = None
    note: str | None = None
    phases: tuple[str, ...] = ()
    extension: Mapping[str, object] = field(default_factory=dict)

    @property
    def label(self) -> str | None:
        """Artist and title on one line, as far as they are known."""
        return f"{self.artist} - {self.title}" if self.artist and self.title else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Playlist:
    """Entries, and what they are called together. in_order: a session is to play them in this order, whatever the heart does."""

    entries: tuple[PlaylistEntry, ...]
    title: str | None = None
    in_order: bool = False


# ---- reading ----


def refusal(location: str, *, is_uri: bool) -> str | None:
    """Why an entry is never opened, to be read after its name; None where it may be a file of this computer."""
    named = spellings(location, is_uri=is_uri)
    if not location or not all(map(_may_be_a_name, named)):
        return "names no file"
    if any(map(_FAR.match, named)):
        return "is on another computer"
    scheme = _SCHEME.match(location)
    if scheme is None:
        return None
    if scheme[1].lower() == "file":
        host = _host(location)
        return None if host in ("", "localhost") else "is on another computer"
    is_address = is_uri or location.startswith("//", scheme.end())
    return "is not on this computer" if is_address else None


def _may_be_a_name(path: str) -> bool:
    """No file's name holds a zero, or half a pair of UTF-16 (bytes that are no text are kept in another way)."""
    try:
        return b"\0" not in path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False


def spellings(location: str, *, is_uri: bool) -> tuple[str, ...]:
    """The paths that an entry may mean, likeliest first; with forward slashes where they were written with backslashes."""
    if location[:5].lower() == "file:":
        likely = _decodings(_path_of(location))
    elif is_uri:
        likely = (*_decodings(location), location)
    else:
        likely = (location, *_decodings(location))
    slashed = [path.replace("\\", "/") for path in likely if "\\" in path]
    return tuple(dict.fromkeys((*likely, *slashed)))


def _host(location: str) -> str:
    try:
        return urlsplit(location).netloc.lower()
    except ValueError:  # "file://[half"
        return "?"


def _path_of(location: str) -> str:
    """The path in a file: address, still with its percent signs; "/C:/a" is a drive of Windows."""
    path = re.sub(r"^//[^/]*", "", location[5:])
    return path[1:] if path.startswith("/") and _DRIVE.match(path, 1) else path


def _decodings(text: str) -> tuple[str, ...]:
    """Without percent signs: as UTF-8 (bytes that are none are kept as the file system has them), else as Latin-1."""
    if not _ESCAPE.search(text):
        return (text,)
    as_utf8 = unquote(text, errors="surrogateescape")
    return (as_utf8,) if is_text(as_utf8) else (as_utf8, unquote(text, encoding="latin-1"))


# ---- writing ----


def as_address(path: str) -> str:
    """A path as an address: file: where it is absolute, else relative."""
    if _DRIVE.match(path):
        return "file:///" + path[0] + ":" + quote(path[2:].replace("\\", "/"), errors="surrogateescape")
    return ("file://" if path.startswith("/") else "") + quote(path, errors="surrogateescape")


def as_line(path: str) -> str:
    """A path as a line of text, as most programs write it; as an address where it would be misread."""
    odd = path != path.strip() or re.search(r"[\r\n]", path) or not is_text(path) or path.startswith(("#", "\\\\", "\ufeff"))
    if odd:
        return as_address(path)
    return f"./{path}" if _SCHEME.match(path) else path


def is_text(text: str) -> bool:
    """Whether it can be written in UTF-8; names with bytes that are no text cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def one_line(text: str) -> str:
    """A title without line breaks or other control characters; what is no text becomes a question mark."""
    plain = "".join(" " if ord(letter) < 32 or letter in "\x7f\x85\u2028\u2029" else letter for letter in text)
    return plain.encode("utf-8", "replace").decode().strip()
