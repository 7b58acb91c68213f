"""Which files to play: a folder, a playlist or a single file (a shell: it reads folders and playlists, never sound).

Decision: what is not there is told and left out; only a choice that leaves nothing to play is an error.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from relaxlisten.errors import UsageError

SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".m4a", ".mp4", ".aac"})
PLAYLIST_SUFFIXES = frozenset({".m3u", ".m3u8"})
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True, slots=True, kw_only=True)
class MusicList:
    """Files to play. folder: what names are relative to. problems: one sentence for each entry that is left out."""

    folder: Path
    paths: tuple[Path, ...]
    problems: tuple[str, ...] = ()


def list_music(music: Path) -> MusicList:
    """The files of a folder, a playlist (.m3u, .m3u8) or one file; UsageError where there is nothing to play."""
    if music.is_dir():
        found = MusicList(folder=music, paths=tuple(find_music(music)))
    elif not music.is_file():
        raise UsageError(f"There is no {music}: give a folder of music, a playlist, or --music builtin.")
    elif music.suffix.lower() in PLAYLIST_SUFFIXES:
        found = read_playlist(music)
    elif music.suffix.lower() in SUFFIXES:
        found = MusicList(folder=music.parent, paths=(music,))
    else:
        raise UsageError(f"{music} is no folder, playlist or sound file that is known: use WAV, FLAC, OGG, MP3, M4A or .m3u8.")
    if not found.paths:
        where = f"No music was found in {music}"
        reason = f" ({found.problems[0]})" if found.problems else ""
        raise UsageError(f"{where}{reason}: put WAV, FLAC, OGG, MP3 or M4A files there, or use --music builtin.")
    return found


def find_music(folder: Path) -> list[Path]:
    """Sound files in a folder and below it, sorted by path; hidden ones are skipped, no folder is entered twice."""
    found: list[Path] = []
    seen: set[str] = set()
    for here, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(here)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(here, name) for name in names if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES]
    return sorted(path for path in found if path.is_file())


def read_playlist(playlist: Path) -> MusicList:
    """The local files that a playlist names, in its order and each once; relative names count from the playlist's folder."""
    paths: dict[Path, None] = {}
    problems: list[str] = []
    for line in _text(playlist).splitlines():
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        path = _local(playlist.parent, entry)
        if path is None:
            problems.append(f"{entry} in {playlist.name} is not on this computer; it is left out.")
        elif not path.is_file():
            problems.append(f"{entry} in {playlist.name} was not found; it is left out.")
        else:
            paths[path] = None
    return MusicList(folder=playlist.parent, paths=tuple(paths), problems=tuple(problems))


def relative_name(path: Path, folder: Path) -> str:
    """The path as seen from the folder, with forward slashes; absolute where there is no way from one to the other."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive, on Windows
        return path.as_posix()


def _local(folder: Path, entry: str) -> Path | None:
    """The file that an entry names, None for an address on the network."""
    if _URL.match(entry):
        return None
    path = folder / entry
    # Playlists written on Windows separate folders with backslashes, which elsewhere may be part of a name.
    return path if path.is_file() or "\\" not in entry else folder / entry.replace("\\", "/")


def _text(playlist: Path) -> str:
    """M3U8 is UTF-8; M3U is whatever its writer used, in practice UTF-8 or Latin-1."""
    try:
        content = playlist.read_bytes()
    except OSError as fault:
        raise UsageError(
            f"The playlist {playlist} cannot be read ({fault.strerror}): choose another, or --music builtin."
        ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
