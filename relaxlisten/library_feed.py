"""The music of a session as it is found, polled by the session's loop (a shell: a thread, and a process that hears).

Decision: what the catalogue knows is there at once, with how stirring each piece is beside the others that it knows. Other files
are played as soon as their tags allow it, or are heard one by one, in a worker process of low priority, and are kept for the next
session; of a very long one only the beginning is heard before it may be played. A place that gives no answer (a network folder)
keeps nobody waiting: the session begins, says that the music is late, and plays what comes. Without a usable catalogue the
session goes on with one that lasts as long as itself, whenever that shows. A file that cannot be played becomes a sentence, never
an end to the search; one that says the same of many files is told once. A search that fails ends with what it has found.
"""

from __future__ import annotations

import contextlib
import math
import queue
import threading
from collections import deque
from concurrent.futures import wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.crash_report import pointer, write_report
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.unwaited import unwaited

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

    from relaxlisten.messages import Track
    from relaxlisten.music.catalogue import Catalogue
    from relaxlisten.music.described import Known
    from relaxlisten.music.library import UnheardFile
    from relaxlisten.music.playlist import MusicList
    from relaxlisten.music.sidecar import Sidecar
    from relaxlisten.scanning import Pool

BEGINNING_S = 600.0
_LONG_S = 1200.0
_BUSY_S = 2.0  # somebody is lying down and waits for the music
_ANSWERS_WITHIN_S = 2.0  # a place that is not there says so at once; a disk that has to wake up takes longer
_NICENESS = 5  # at the lowest priority a busy machine would keep a listener waiting for the first piece for minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTrack:
    """A piece and where its sound is; path is None for built-in music."""

    track: Track
    path: Path | None


class LibraryFeed:
    """Pieces, and sentences about what cannot be played. catalogue: where it is, None for one that is not kept."""

    def __init__(
        self, music: str, catalogue: Path | None, open_pool: Callable[[], AbstractContextManager[Pool]] | None = None
    ) -> None:
        """Raises UsageError where there is nothing that could be played; where that shows later, it is the failure.

        open_pool: who hears what is not known.
        """
        self.complete = False
        self.failure: RelaxListenError | None = None
        self._music = music
        self._catalogue_path = catalogue
        self._open_pool = open_pool or _one_worker
        self._found: queue.SimpleQueue[FoundTrack | str] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._files = None if music == "builtin" else _files_listed(music)

    def scan(self) -> None:
        """Look through all of the music now; the pieces are then in the order of their names, whatever was known before."""
        self._look(learn=False)
        found = self.poll()
        for sentence in (one for one in found if isinstance(one, str)):
            self._found.put(sentence)
        for piece in sorted((one for one in found if isinstance(one, FoundTrack)), key=lambda one: one.track.track_id):
            self._found.put(piece)

    def start(self) -> None:
        """Look through the music on a thread; built-in music is there at once."""
        if self._files is None:
            self._look(learn=False)
        else:
            threading.Thread(target=self._look, kwargs={"learn": True}, name="library", daemon=True).start()

    def stop(self) -> None:
        """Give up looking; at most the file at hand is finished."""
        self._stop.set()

    def poll(self) -> list[FoundTrack | str]:
        """What was found since the last call."""
        found = []
        while not self._found.empty():
            found.append(self._found.get())
        return found

    def _look(self, *, learn: bool) -> None:
        """learn: hear for the next session what could be played without being heard."""
        if self._files is None:
            self._tell_builtin()
            self.complete = True
            return
        told: set[Path] = set()
        try:
            self._look_through(self._files.result(), told, learn=learn)
        except UsageError as fault:  # nothing to play, in a place that was slow to say so
            self.failure, self.complete = fault, True
        # Whatever it is: the session would wait for the music for ever.
        except Exception as fault:
            report = pointer(write_report(fault, "the search for music"))
            self._found.put(f"The search for your music failed: the session goes on with what was found by then. {report}")
            self._end_search(bool(told))

    def _look_through(self, files: MusicList, told: set[Path], *, learn: bool) -> None:
        """With the catalogue; without it where that fails on the way."""
        from relaxlisten.music.catalogue import Catalogue
        from relaxlisten.music.catalogue_file import CatalogueFault

        try:
            self._look_with(files, self._catalogue(), told, learn=learn)
        except CatalogueFault as fault:
            self._found.put(f"{fault} This session goes on without it.")
            self._look_with(files, Catalogue(None), told, learn=False)

    def _look_with(self, files: MusicList, catalogue: Catalogue, told: set[Path], *, learn: bool) -> None:
        """told: the pieces that were told already, which are not told again."""
        with contextlib.closing(catalogue), self._open_pool() as pool:
            finder = _Finder(files, catalogue, pool, self._found.put, self._stop.is_set, told)
            finder.find()
            self._end_search(bool(told))
            if learn:
                finder.learn()

    def _end_search(self, found_any: bool) -> None:
        if not found_any and not self._stop.is_set():
            self.failure = UsageError(
                f"Nothing in {self._music} can be played: put WAV, FLAC, OGG, MP3 or M4A files there, or use --music builtin."
            )
        self.complete = True

    def _catalogue(self) -> Catalogue:
        from relaxlisten.music.catalogue import Catalogue
        from relaxlisten.music.catalogue_file import CatalogueFault

        try:
            catalogue = Catalogue(self._catalogue_path, _BUSY_S)
        except CatalogueFault as fault:
            self._found.put(f"{fault} This session goes on without it.")
            catalogue = Catalogue(None)
        if catalogue.notice is not None:
            self._found.put(catalogue.notice)
        return catalogue

    def _tell_builtin(self) -> None:
        from relaxlisten.music.compose import builtin_tracks

        for track in builtin_tracks():
            self._found.put(FoundTrack(track=track, path=None))


class _Finder:
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


def _files_listed(music: str) -> Future[MusicList]:
    """The files of a place, or why it has none, as soon as it answers."""
    from relaxlisten.music.playlist import list_music

    listed = unwaited("music-list", lambda: list_music(Path(music).expanduser()))
    if wait([listed], _ANSWERS_WITHIN_S).done:
        listed.result()
    return listed


def _content_of(path: Path) -> str | None:
    """Of a file that the catalogue does not know yet: some ms, for its bytes are read."""
    from relaxlisten.music.audio_bytes import content_id

    try:
        return content_id(path)
    except OSError:  # whoever plays it will say so
        return None


def _one_worker() -> AbstractContextManager[Pool]:
    from relaxlisten.worker_pool import WorkerPool

    return WorkerPool(1, niceness=_NICENESS)
