"""Goes through folders of music and makes the catalogue know every file in them (a shell).

Decision: three steps, each spared where it can be. A file of unchanged size and time is not opened; one that is new or changed
is recognised by its sound, and is done where that piece was heard before; only what is then left is heard. Each outcome is
written at once, so a scan that is ended anywhere goes on there. Every scan takes the files in an order of its own: two at once
share work.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from relaxlisten.music.catalogue import state_of
from relaxlisten.music.playlist import look_at
from relaxlisten.music.sidecar import Sidecar, read_sidecar
from relaxlisten.piece_work import Failed, Hear, Heard, Recognise, Recognised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from relaxlisten.music.catalogue import Catalogue, FileState
    from relaxlisten.music.tags import Tags
    from relaxlisten.piece_work import Job, Outcome


class Pool(Protocol):
    """Whoever does the jobs: processes on this machine, or a cluster."""

    def run(self, jobs: deque[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Each job with its outcome, as they are done; the caller may add jobs meanwhile."""


@dataclass(frozen=True, slots=True)
class Done:
    """A file that the catalogue knows now, or one that has a problem. heard: it was listened to, not only recognised."""

    path: Path
    heard: bool
    failed: Failed | None = None


class Hearing:
    """Opens files and writes down what they are."""

    def __init__(self, catalogue: Catalogue, pool: Pool) -> None:
        self._catalogue = catalogue
        self._pool = pool
        self._files: dict[Path, _File] = {}
        self._alike: dict[str, list[Path]] = {}  # files of a piece that is being heard; the first is the one that is
        self._failed: dict[str, Failed] = {}  # pieces

    def run(self, files: Iterable[tuple[Path, Sidecar]]) -> Iterator[Done]:
        """Each file as it is done, which is not in this order."""
        jobs: deque[Job] = deque()
        for path, sidecar in files:
            try:
                self._files[path] = _File(state_of(path), sidecar)
            except OSError as fault:
                yield Done(path, heard=False, failed=Failed(f"cannot be read ({fault.strerror or fault})", lasting=False))
            else:
                jobs.append(Recognise(path))
        for job, outcome in self._pool.run(jobs):
            yield from self._settle(job.path, outcome, jobs)

    def _settle(self, path: Path, outcome: Outcome, jobs: deque[Job]) -> Iterator[Done]:
        match outcome:
            case Recognised(content, tags):
                self._files[path].content, self._files[path].tags = content, tags
                if self._catalogue.is_heard(content):
                    yield self._keep(path, heard=False)
                elif content in self._failed:
                    yield self._fail(path, self._failed[content])
                elif content in self._alike:
                    self._alike[content].append(path)
                else:
                    self._alike[content] = [path]
                    jobs.appendleft(Hear(path))
            case Heard(analysis):
                content = self._files[path].content
                self._catalogue.keep_piece(content, analysis)
                for other in self._alike.pop(content):
                    yield self._keep(other, heard=other == path)
            case Failed():
                self._failed[self._files[path].content] = outcome
                for other in self._alike.pop(self._files[path].content, [path]):
                    yield self._fail(other, outcome)

    def _keep(self, path: Path, *, heard: bool) -> Done:
        file = self._files.pop(path)
        self._catalogue.keep_file(path, file.state, file.content, file.tags, file.sidecar)
        return Done(path, heard=heard)

    def _fail(self, path: Path, failed: Failed) -> Done:
        state = self._files.pop(path).state
        if failed.lasting:
            self._catalogue.keep_problem(path, state, failed.reason)
        return Done(path, heard=False, failed=failed)


@dataclass(slots=True)
class _File:
    state: FileState
    sidecar: Sidecar
    content: str = ""
    tags: Tags = field(init=False)


@dataclass(slots=True)
class Report:
    """What a scan did, in files. problems: path and reason of all that cannot be played, also of those known before.

    notes: sentences about sidecars and playlists. gone: files that were there once.
    """

    files: int = 0
    unchanged: int = 0
    recognised: int = 0
    heard: int = 0
    gone: int = 0
    problems: list[tuple[Path, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Scan:
    """One scan of some folders, playlists or files. paths: all music in them; new: what is to be opened."""

    def __init__(self, places: Sequence[Path], catalogue: Catalogue, *, again: bool = False) -> None:
        """Look at all of it. again: those that could not be played are tried once more."""
        self.report = Report()
        self.paths = sorted({path for place in places for path in _music_in(place.absolute(), self.report.notes.append)})
        self._catalogue = catalogue
        self._sidecars = {path: read_sidecar(path, path.parent, self.report.notes.append) for path in self.paths}
        self.new = self._look(again=again)
        self._tidy([place.absolute() for place in places])

    def run(self, pool: Pool, on_done: Callable[[Path], None]) -> Report:
        """Open what is new; on_done is called after each."""
        shuffled = random.sample(self.new, len(self.new))
        for done in Hearing(self._catalogue, pool).run((path, self._sidecars[path]) for path in shuffled):
            if done.failed is not None:
                self.report.problems.append((done.path, done.failed.reason))
            elif done.heard:
                self.report.heard += 1
            else:
                self.report.recognised += 1
            on_done(done.path)
        self.report.problems.sort()
        return self.report

    def _look(self, *, again: bool) -> list[Path]:
        """Which files are not known as they are."""
        known = self._catalogue.looked_at()
        new = []
        for path in self.paths:
            file = known.get(path)
            is_known = file is not None and file.is_current and file.is_still(path)
            if file is None or not is_known or (again and file.problem is not None):
                new.append(path)
            elif file.problem is not None:
                self.report.problems.append((path, file.problem))
            else:
                self.report.unchanged += 1
        self.report.files = len(self.paths)
        return new

    def _tidy(self, places: Sequence[Path]) -> None:
        """Forget files that are gone, and take up what the sidecars say by now."""
        self._catalogue.keep_sidecars(self._sidecars.items())
        here = set(self.paths)
        missing = (path for path in self._catalogue.paths() if path not in here)
        gone = [path for path in missing if any(path.is_relative_to(place) for place in places)]
        self._catalogue.forget(gone)
        self.report.gone = len(gone)


def _music_in(place: Path, tell: Callable[[str], None]) -> Iterable[Path]:
    """What lies in a folder, or what a playlist names, or the file itself; UsageError where it is none of these."""
    found = look_at(place)
    for problem in found.problems:
        tell(problem)
    return (path.absolute() for path in found.paths)
