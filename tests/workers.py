"""Work for worker processes to do, and pools that do it here: spawned processes find these by their names."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

from relaxlisten.piece_work import Failed, Hear, Heard, do
from tests.music.pieces import piece

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Iterator

    from relaxlisten.piece_work import Job, Outcome


def scripted(job: Job, alive: Callable[[], None]) -> Outcome:
    """What a file's name says: it kills the process, ends it, hangs, takes long, or tells its environment."""
    name = job.path.name
    if "kill" in name:
        os.kill(os.getpid(), signal.SIGKILL)
    if "exit" in name:
        os._exit(3)
    if "hang" in name:
        threading.Event().wait()
    if "long" in name:
        for _ in range(30):
            time.sleep(0.1)
            alive()
    if "environment" in name:
        return Failed(f"{os.nice(0) if hasattr(os, 'nice') else 19} {os.environ['OPENBLAS_NUM_THREADS']}")
    return Failed(f"done by {os.getpid()}")


class HereAndNow:
    """scanning.Pool in this very process; `jobs` is what was done. With `heard`, nothing is decoded: all sounds like that."""

    def __init__(self, heard: Callable[[Job], Outcome] | None = None) -> None:
        self.jobs: list[Job] = []
        self._heard = heard

    def __enter__(self) -> HereAndNow:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(self, jobs: deque[Job]) -> Iterator[tuple[Job, Outcome]]:
        while jobs:
            job = jobs.popleft()
            self.jobs.append(job)
            script = isinstance(job, Hear) and self._heard is not None
            yield job, self._heard(job) if script else do(job, lambda: None)

    @property
    def names_heard(self) -> list[str]:
        return [job.path.name for job in self.jobs if isinstance(job, Hear)]


def sounds_alike(job: Job) -> Outcome:
    return Heard(piece())
