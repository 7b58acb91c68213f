"""Twenty seconds from the middle of each piece: real music (from Debian, or of a folder) and the built-in pieces."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.compose import builtin_tracks, open_piece
from relaxlisten.sound.decode import UnplayableFile, open_file, probe
from tests.sound.making import RATE_HZ

if TYPE_CHECKING:
    from relaxlisten.ports import AudioSource
    from relaxlisten.units import AudioArray

PACKAGE = "singularity-music"
LENGTH_S = 20.0
_SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """sound: shape (n, 2)."""

    name: str
    sound: AudioArray


def everything(folder: Path | None) -> tuple[list[Excerpt], str]:
    """The real pieces and the built-in ones, and where they are from."""
    (found, source), ours = real(folder), built_in()
    return found + ours, f"{source}, {len(ours)} built-in pieces"


def built_in(length_s: float = LENGTH_S) -> list[Excerpt]:
    return [
        Excerpt(name=track.title, sound=_middle(open_piece(track.track_id, RATE_HZ, _SEED), track.duration_s, length_s))
        for track in builtin_tracks()
    ]


def real(folder: Path | None, length_s: float = LENGTH_S) -> tuple[list[Excerpt], str]:
    """What can be played of a folder, or of Debian's package where none is named; and where it is from."""
    if folder is not None:
        found = _of_folder(folder, length_s)
        return found, f"{len(found)} pieces of a folder"
    with tempfile.TemporaryDirectory() as name:
        version = _fetch(Path(name))
        if version is None:
            return [], f"none of Debian's {PACKAGE}, which was out of reach"
        found = _of_folder(Path(name), length_s)
        return found, f"{len(found)} of Debian's {PACKAGE} {version} (CC BY-SA)"


def _fetch(folder: Path) -> str | None:
    """Unpack the package into the folder; its version, or None where it is out of reach."""
    if shutil.which("apt-get") is None:
        return None
    if subprocess.run(["apt-get", "download", PACKAGE], cwd=folder, capture_output=True, check=False).returncode != 0:
        return None
    package = next(folder.glob("*.deb"))
    subprocess.run(["dpkg-deb", "-x", str(package), str(folder / "x")], check=True)
    return package.name.split("_")[1]


def _of_folder(folder: Path, length_s: float) -> list[Excerpt]:
    found = []
    for path in sorted(folder.rglob("*"), key=lambda one: one.name):
        if path.is_file() and path.suffix != ".deb":
            try:
                duration_s = probe(path).duration_s
                found.append(Excerpt(name=path.stem, sound=_middle(open_file(path, RATE_HZ), duration_s, length_s)))
            except UnplayableFile:
                continue
    return found


def _middle(source: AudioSource, duration_s: float, length_s: float) -> AudioArray:
    """So many seconds around the middle of a piece, or all of it where it is shorter."""
    start, end = (round((duration_s / 2.0 + side * length_s / 2.0) * RATE_HZ) for side in (-1, 1))
    source.seek(max(start, 0))
    parts: list[AudioArray] = []
    while sum(map(len, parts)) < end - start and len(part := source.read(8192)):
        parts.append(part)
    source.close()
    return np.concatenate(parts)[: end - start].astype(np.float32)
