"""The listener's own files, those first that can be played soonest (a shell: it reads tags and sidecars).

Decision: what states tempo, length and loudness in tags needs no listening to begin with; of the others the shortest are heard
first. Only a few files' tags are read before the first is heard, so that a large collection does not delay the music.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.music.described import Known
from relaxlisten.music.playlist import relative_name
from relaxlisten.music.sidecar import read_sidecar
from relaxlisten.music.tags import read_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

PREFIX = "file:"
_LOOK_AT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class UnheardFile:
    """What is known of a file before its sound is read."""

    path: Path
    known: Known

    @property
    def is_ready(self) -> bool:
        """Whether it can be played at once."""
        tags = self.known.tags
        tempo_bpm = self.known.declared_bpm or tags.tempo_bpm
        return None not in (tempo_bpm, tags.duration_s, tags.loudness_lufs)

    @property
    def length_s(self) -> float:
        """As tagged; without end where it is not."""
        return self.known.tags.duration_s or math.inf


def track_id(path: Path, folder: Path) -> str:
    """What a session calls a file: its name as seen from the folder that the listener chose."""
    return PREFIX + relative_name(path, folder)


def soonest_first(paths: Iterable[Path], folder: Path, on_problem: Callable[[str], None]) -> Iterator[UnheardFile]:
    """Files that are ready as they are met, the others after them; one is given early where the first few all need listening."""
    waiting: list[UnheardFile] = []
    early = True
    for count, path in enumerate(paths, start=1):
        known = Known(tags=read_tags(path), sidecar=read_sidecar(path, folder, on_problem))
        file = UnheardFile(path=path, known=known)
        if file.is_ready:
            early = False
            yield file
        else:
            waiting.append(file)
        if early and count == _LOOK_AT:
            early = False
            soonest = min(waiting, key=lambda file: file.length_s)
            waiting.remove(soonest)
            yield soonest
    yield from sorted(waiting, key=lambda file: file.length_s)
