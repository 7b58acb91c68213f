"""One look through the files of a session's music: what can be played is told, soonest ready first (a shell: files, a worker).

Decision: what the catalogue knows is told at once, with how stirring each piece is beside the others that it knows. Other files
are told as soon as their tags allow it, or are heard one by one; of a very long one only the beginning is heard first. A file
that cannot be played becomes a sentence, never an end to the search; one that says the same of many files is told once.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from relaxlisten.messages import Track
    from relaxlisten.music.catalogue import Catalogue
    from relaxlisten.music.described import Known
    from relaxlisten.music.library import UnheardFile
    from relaxlisten.music.playlist import MusicList
    from relaxlisten.music.sidecar import Sidecar
    from relaxlisten.scanning import Pool

BEGINNING_S = 600.0
_LONG_S = 1200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTrack:
    """A piece and where its sound is; path is None for built-in music."""

    track: Track
    path: Path | None


class Finder:
    """One look through the files of a session. told: pieces that are not told again, and to which the new ones are added."""

    def __init__(
        self,
        files: MusicList,
        catalogue: Catalogue,
        pool: Pool,
        put: Callable[[FoundTrack | str], None],
        stopped: Callable[[], bool],
        told: set[Path],
    ) -> None:
        from relaxlisten.scanning import Hearing

        self._told = told
        self._files = files
        self._places = {path: place for place, path in enumerate(files.paths)} if files.in_order else {}
        self._catalogue = catalogue
        self._pool = pool
        self._hearing = Hearing(catalogue, pool)
        self._put = put
        self._stopped = stopped
        self._said: set[str] = set()
        self._unlearnt: list[tuple[Path, Sidecar]] = []
        self._arousal_of: dict[str | None, float | None] = {}

    def find(self) -> None:
        """Tell every piece that can be played, soonest ready first."""
        from relaxlisten.music.library import soonest_first

        for problem in self._files.problems:
            self._say(problem)
        for file in soonest_first(self._tell_known(), self._files.folder, self._say):
            if self._stopped():
                return
            if file.is_ready:
                self._unlearnt.append((file.path, file.known.sidecar))
                self._tell(file.path, file.known)
            elif _LONG_S < file.length_s < math.inf:
                self._hear_beginning(file)
            else:
                self._hear(file)

    def learn(self) -> None:
        """Hear the whole of what was told without it, or by an older analysis, for the next session."""
        for file in self._unlearnt:
            if self._stopped():
                return
            for _ in self._hearing.run([file]):
                pass

    def _tell_known(self) -> list[Path]:
        """Tell what the catalogue knows; the other paths come back."""
        from relaxlisten.music.sidecar import read_sidecar

        self._learn_arousal()
        looked_at = self._catalogue.looked_at()
        unknown = []
        for path in self._files.paths:
            found = looked_at.get(path.absolute())
            if found is None or not found.is_still(path) or (found.problem is not None and not found.is_current):
                unknown.append(path)
            elif found.problem is not None:
                self._say(f"{self._name(path)} {found.problem}; it is left out.")
            else:
                sidecar = read_sidecar(path, self._files.folder, self._say)
                self._tell_catalogued(path, sidecar)
                if not found.is_current:
                    self._unlearnt.append((path, sidecar))
        return unknown

    def _learn_arousal(self) -> None:
        from relaxlisten.music.summary import arousal_of

        self._arousal_of = arousal_of(self._catalogue.summaries())

    def _tell_catalogued(self, path: Path, sidecar: Sidecar) -> None:
        file = self._catalogue.file(path)
        if file is not None and not file.known.overrides.excluded:
            self._tell(path, replace(file.known, sidecar=sidecar), self._arousal_of.get(file.content), file.content)

    def _hear(self, file: UnheardFile) -> None:
        for done in self._hearing.run([(file.path, file.known.sidecar)]):
            if done.failed is not None:
                self._say(done.failed.told(self._name(file.path)))
            else:
                self._learn_arousal()
                self._tell_catalogued(file.path, file.known.sidecar)

    def _hear_beginning(self, file: UnheardFile) -> None:
        from relaxlisten.piece_work import Failed, Hear, Heard

        for _, outcome in self._pool.run(deque([Hear(file.path, up_to_s=BEGINNING_S)])):
            if isinstance(outcome, Failed):
                self._say(outcome.told(self._name(file.path)))
            elif isinstance(outcome, Heard):
                self._unlearnt.append((file.path, file.known.sidecar))
                self._tell(file.path, replace(file.known, analysis=outcome.analysis))

    def _tell(self, path: Path, known: Known, arousal: float | None = None, content: str | None = None) -> None:
        from relaxlisten.music.described import to_track
        from relaxlisten.music.library import track_id

        if path in self._told:
            return
        track = to_track(known, track_id(path, self._files.folder), path.stem)
        phases = self._files.phases.get(path, ())
        content = content or _content_of(path)
        track = replace(track, place=self._places.get(path), phases=phases, arousal=arousal, content=content)
        self._put(FoundTrack(track=track, path=path))
        self._told.add(path)

    def _name(self, path: Path) -> str:
        from relaxlisten.music.playlist import relative_name

        return relative_name(path, self._files.folder)

    def _say(self, sentence: str) -> None:
        """Each sentence once."""
        if sentence not in self._said:
            self._said.add(sentence)
            self._put(sentence)


def _content_of(path: Path) -> str | None:
    """Of a file that the catalogue does not know yet: some ms, for its bytes are read."""
    from relaxlisten.music.audio_bytes import content_id

    try:
        return content_id(path)
    except OSError:  # whoever plays it will say so
        return None
