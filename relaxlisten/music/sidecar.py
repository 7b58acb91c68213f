"""What a listener knows better than any analysis: a small TOML file beside a piece of music (a shell: it reads that file).

Decision: `SONG.flac.toml` or `SONG.toml`, four keys, each checked; a fault is one sentence that names the file, the key and the
nearest valid key, and the piece then plays as if the file were not there.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relaxlisten.errors import UsageError
from relaxlisten.foreign_text import plain_line
from relaxlisten.music.playlist import relative_name
from relaxlisten.safe_files import read_ordinary
from relaxlisten.toml_text import NotToml, parse_toml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """None where the file says nothing. first_beat_s: source second of beat 0."""

    tempo_bpm: float | None = None
    first_beat_s: float | None = None
    beats_per_bar: int | None = None
    title: str | None = None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# Key: what it must be, in words and as a test.
_RULES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "tempo_bpm": ("a number from 20 to 300", lambda value: _is_number(value) and 20 <= value <= 300),
    "first_beat_s": ("a number of seconds, 0 or more", lambda value: _is_number(value) and 0 <= value < 36_000),
    "beats_per_bar": (
        "a whole number from 1 to 16",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 16,
    ),
    "title": ("a text", lambda value: isinstance(value, str) and bool(plain_line(value))),
}


def sidecar_paths(music: Path) -> tuple[Path, Path]:
    """Where a sidecar of this piece may lie; the first that exists counts."""
    return music.with_name(music.name + ".toml"), music.with_suffix(".toml")


def read_sidecar(music: Path, folder: Path, on_problem: Callable[[str], None]) -> Sidecar:
    """What lies beside a piece, nothing where that is faulty (on_problem is told, with names as seen from the folder)."""
    beside = next((candidate for candidate in sidecar_paths(music) if candidate.is_file()), None)
    if beside is None:
        return Sidecar()
    name = relative_name(beside, folder)
    try:
        return parse_sidecar(read_ordinary(beside).decode("utf-8"), name)
    except UsageError as fault:
        on_problem(str(fault))
    except (OSError, UnicodeDecodeError):
        on_problem(f"{name} cannot be read: the piece plays without it.")
    return Sidecar()


def parse_sidecar(text: str, name: str) -> Sidecar:
    """The content of a sidecar file; UsageError in one sentence that begins with the file's name."""
    try:
        found = parse_toml(text)
    except NotToml as fault:
        raise UsageError(f"{name} cannot be read as TOML ({fault}): the piece plays without it.") from None
    for key, value in found.items():
        _check(name, key, value)
    return Sidecar(
        tempo_bpm=float(found["tempo_bpm"]) if "tempo_bpm" in found else None,
        first_beat_s=float(found["first_beat_s"]) if "first_beat_s" in found else None,
        beats_per_bar=found.get("beats_per_bar"),
        title=plain_line(found["title"]) if "title" in found else None,
    )


def _check(name: str, key: str, value: object) -> None:
    if key not in _RULES:
        near = difflib.get_close_matches(key, _RULES, n=1, cutoff=0.0)[0]
        raise UsageError(f"{name}: there is no key {key!r}, the nearest is {near!r}: the piece plays without this file.")
    words, holds = _RULES[key]
    if not holds(value):
        raise UsageError(f"{name}: {key} must be {words}, not {value!r}: the piece plays without this file.")
