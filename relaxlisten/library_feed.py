"""The music of a session as it is found, polled by the session's loop (a shell: a thread, and a process that hears).

Decision: the files are listed and looked through (`finding.py`) on a thread, and what is not known is heard in a worker process
of low priority and kept for the next session. A place that gives no answer (a network folder) does not hold up a live session: it
says that the music is late, and plays what comes. Without a usable catalogue the session goes on with one that lasts as long as
itself, whenever that shows. A search that fails ends with what it has found; one that was stopped does not begin.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.crash_report import pointer, write_report
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.finding import Finder, FoundTrack
from relaxlisten.unwaited import answered, unwaited

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

    from relaxlisten.music.catalogue import Catalogue
    from relaxlisten.music.playlist import MusicList
    from relaxlisten.scanning import Pool

_BUSY_S = 2.0  # somebody is lying down and waits for the music
_LISTED_WITHIN_S = 2.0  # five thousand files of this computer take 0.06 s; a disk that has to wake up takes longer
_NICENESS = 5  # at the lowest priority a busy machine would keep a listener waiting for the first piece for minutes


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
            files = self._listed(self._files)
            if files is not None:
                self._look_through(files, told, learn=learn)
        # Whatever it is: the session would wait for the music for ever.
        except Exception as fault:
            report = pointer(write_report(fault, "the search for music"))
            self._found.put(f"The search for your music failed: the session goes on with what was found by then. {report}")
            self._end_search(bool(told))

    def _listed(self, files: Future[MusicList]) -> MusicList | None:
        """The files, once their place answers; None where the search is over with that."""
        listed = None
        try:
            listed = files.result()
        except UsageError as fault:  # nothing to play, in a place that was slow to say so
            self.failure = fault
        self.complete = listed is None or self._stop.is_set()
        return None if self.complete else listed

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
            finder = Finder(files, catalogue, pool, self._found.put, self._stop.is_set, told)
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


def _files_listed(music: str) -> Future[MusicList]:
    """The files of a place, or why it has none, as soon as it answers."""
    from relaxlisten.music.playlist import list_music

    listed = unwaited("music-list", lambda: list_music(Path(music).expanduser()))
    if answered(listed, _LISTED_WITHIN_S):
        listed.result()
    return listed


def _one_worker() -> AbstractContextManager[Pool]:
    from relaxlisten.worker_pool import WorkerPool

    return WorkerPool(1, niceness=_NICENESS)
