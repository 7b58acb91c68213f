"""Which files to play: a folder, a playlist or a single file (a shell: it reads folders and playlists, never sound).

Decision: what is not there is told and left out; only a choice that leaves nothing to play is an error. A playlist may name any
sound file that its reader can read, wherever it lies, but nothing on another computer, no device and no other playlist.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.music.playlist_entry import MalformedPlaylist, Playlist, PlaylistEntry, one_line, refusal, spellings
from relaxlisten.music.playlist_jspf import parse_jspf, write_jspf
from relaxlisten.music.playlist_lines import parse_m3u, parse_pls, write_m3u, write_m3u8, write_pls
from relaxlisten.music.playlist_phases import parse_phases, write_phases
from relaxlisten.music.playlist_xspf import parse_xspf, write_xspf
from relaxlisten.safe_files import read_ordinary, replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".m4a", ".mp4", ".aac"})
MOST_BYTES = 32 * 1024 * 1024  # a hundred thousand entries with all their facts
MOST_ENTRIES = 20_000
_MOST_SENTENCES, _LONGEST_NAME = 20, 200
_FORMATS: dict[str, tuple[Callable[[bytes], Playlist], Callable[[Playlist], bytes]]] = {
    ".m3u": (parse_m3u, write_m3u),
    ".m3u8": (parse_m3u, write_m3u8),
    ".pls": (parse_pls, write_pls),
    ".xspf": (parse_xspf, write_xspf),
    ".jspf": (parse_jspf, write_jspf),
    ".toml": (parse_phases, write_phases),
}
PLAYLIST_SUFFIXES = tuple(_FORMATS)


@dataclass(frozen=True, slots=True, kw_only=True)
class MusicList:
    """Files to play. folder: what names are relative to. problems: one sentence for each entry that is left out.

    phases: of the pieces that are not meant for all phases of a session, those that they are meant for. in_order: they are to be
    played in this order.
    """

    folder: Path
    paths: tuple[Path, ...]
    problems: tuple[str, ...] = ()
    phases: Mapping[Path, tuple[str, ...]] = field(default_factory=dict)
    in_order: bool = False


def list_music(music: Path) -> MusicList:
    """What there is to play in a place, as `look_at` finds it; UsageError where there is nothing."""
    found = look_at(music)
    if not found.paths:
        where = f"No music was found in {music}"
        reason = f" ({found.problems[0]})" if found.problems else ""
        raise UsageError(f"{where}{reason}: put WAV, FLAC, OGG, MP3 or M4A files there, or use --music builtin.")
    return found


def look_at(music: Path) -> MusicList:
    """The files of a folder, a playlist (PLAYLIST_SUFFIXES) or one file; UsageError where it is none of these.

    Asks the place and waits for its answer, however long that takes.
    """
    try:
        return _listed(music, music.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        message = f"There is no {music}: give a folder of music, a playlist, or --music builtin."
        raise UsageError(message) from None
    except OSError as fault:
        raise UsageError(
            f"{music} cannot be looked at ({fault.strerror or fault}): see that it is connected and that you may read it, or use "
            "--music builtin."
        ) from fault


def _listed(music: Path, mode: int) -> MusicList:
    if stat.S_ISDIR(mode):
        problems: list[str] = []
        paths = tuple(find_music(music, problems.append))
        return MusicList(folder=music, paths=paths, problems=_in_short(problems, f"files or folders of {music.name}"))
    if stat.S_ISREG(mode) and music.suffix.lower() in PLAYLIST_SUFFIXES:
        return read_playlist(music)
    if stat.S_ISREG(mode) and music.suffix.lower() in SUFFIXES:
        return MusicList(folder=music.parent, paths=(music,))
    raise UsageError(
        f"{music} is no folder, playlist or sound file that is known: use WAV, FLAC, OGG, MP3, M4A or a playlist "
        f"({', '.join(PLAYLIST_SUFFIXES)})."
    )


def find_music(folder: Path, tell: Callable[[str], None]) -> list[Path]:
    """Sound files in a folder and below it, sorted by path; hidden ones are skipped, no folder is entered twice.

    tell: gets a sentence for whatever below it cannot be looked at. Raises OSError where the folder itself cannot.
    """

    def leave_out(fault: OSError) -> None:
        if Path(fault.filename) == folder:
            raise fault
        tell(f"{relative_name(Path(fault.filename), folder)} cannot be looked at ({fault.strerror}); it is left out.")

    found: list[Path] = []
    seen: set[str] = set()
    for here, folders, names in os.walk(folder, followlinks=True, onerror=leave_out):
        real = os.path.realpath(here)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(here, name) for name in names if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES]
    return sorted(path for path in found if _is_there(path, leave_out))


def _is_there(path: Path, leave_out: Callable[[OSError], None]) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:  # a link to nowhere
        return False
    except OSError as fault:
        leave_out(fault)
        return False


def read_playlist(playlist: Path) -> MusicList:
    """The local files that a playlist names, in its order and each once; relative names count from the playlist's folder.

    Raises UsageError where it cannot be read at all.
    """
    content = load_playlist(playlist)
    entries = content.entries
    paths: dict[Path, dict[str, None] | None] = {}  # None: meant for all phases
    problems: list[str] = []
    for entry in entries[:MOST_ENTRIES]:
        path, reason = _file_of(entry, playlist.parent)
        if path is None:
            name = one_line(entry.location[:_LONGEST_NAME]) or "An entry"
            problems.append(f"{name} in {playlist.name} {reason}; it is left out.")
        else:
            before = paths.get(path, {})
            paths[path] = None if before is None or not entry.phases else before | dict.fromkeys(entry.phases)
    told = list(_in_short(problems, f"entries of {playlist.name}"))
    if len(entries) > MOST_ENTRIES:
        told.append(f"{playlist.name} has {len(entries)} entries; only the first {MOST_ENTRIES} are used.")
    meant = {path: tuple(phases) for path, phases in paths.items() if phases}
    return MusicList(folder=playlist.parent, paths=tuple(paths), problems=tuple(told), phases=meant, in_order=content.in_order)


def _in_short(problems: list[str], what: str) -> tuple[str, ...]:
    """Not more sentences than a person reads. what: the problems are of."""
    if (more := len(problems) - _MOST_SENTENCES) <= 0:
        return tuple(problems)
    return (*problems[:_MOST_SENTENCES], f"{more} more {what} cannot be played; they are left out.")


def load_playlist(playlist: Path) -> Playlist:
    """What a playlist says, whether its files are there or not. Raises UsageError with one sentence."""
    parse, _ = _format(playlist)
    try:
        content = read_ordinary(playlist, MOST_BYTES)
    except OSError as fault:
        raise UsageError(
            f"The playlist {playlist} cannot be read ({fault.strerror}): choose another, or --music builtin."
        ) from None
    try:
        return parse(content)
    except MalformedPlaylist as fault:
        message = f"The playlist {playlist} {fault}"
        raise UsageError(message) from None


def save_playlist(playlist: Path, content: Playlist) -> None:
    """Write a playlist in the format of its suffix; what stood in the file before is replaced only once all is written.

    content: locations are paths relative to the playlist's folder, or absolute. Raises UsageError for a suffix that is not known,
    RelaxListenError where the file cannot be written.
    """
    _, write = _format(playlist)
    try:
        replace_file(playlist, write(content))
    except OSError as fault:
        message = f"The playlist {playlist} cannot be written ({fault.strerror}): choose another place."
        raise RelaxListenError(message) from fault


def moved(content: Playlist, old_folder: Path, new_folder: Path) -> Playlist:
    """The playlist as it must be written in another folder; entries that are not files of this computer are left out."""
    kept = []
    for entry in content.entries:
        if refusal(entry.location, is_uri=entry.is_uri) is None:
            path, _ = _file_of(entry, old_folder)
            named = path or old_folder / spellings(entry.location, is_uri=entry.is_uri)[0]
            kept.append(replace(entry, location=relative_name(named.absolute(), new_folder.absolute()), is_uri=False))
    return replace(content, entries=tuple(kept))


def relative_name(path: Path, folder: Path) -> str:
    """The path as seen from the folder, with forward slashes; absolute where there is no way from one to the other."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive, on Windows
        return path.as_posix()


def _format(playlist: Path) -> tuple[Callable[[bytes], Playlist], Callable[[Playlist], bytes]]:
    found = _FORMATS.get(playlist.suffix.lower())
    if found is None:
        raise UsageError(f"{playlist} has no suffix of a playlist: name one that ends in {', '.join(PLAYLIST_SUFFIXES)}.")
    return found


def _file_of(entry: PlaylistEntry, folder: Path) -> tuple[Path | None, str]:
    """The file that an entry names; None with the reason, to be read after its name."""
    reason = refusal(entry.location, is_uri=entry.is_uri)
    if reason is not None:
        return None, reason
    for spelled in spellings(entry.location, is_uri=entry.is_uri):
        path = folder / spelled
        if _is_file(path):
            nested = path.suffix.lower() in PLAYLIST_SUFFIXES
            return (None, "is itself a playlist") if nested else (path, "")
    return None, "was not found"


def _is_file(path: Path) -> bool:
    """Whether it is an ordinary file, no device or folder; a name that the system does not take is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
