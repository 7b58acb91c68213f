"""Worker processes that go through jobs, and what becomes of a worker that dies or hangs (a shell).

Decision: our own small pool: the standard library's gives up altogether when one worker dies, and cannot end one that hangs.
Each worker is a spawned process with a pipe of its own and one job at a time, so that it is always known which file it was. It
yields to everything else on the machine: low priority (lowest in a scan), one thread, first to go when memory runs out. It ends
with its parent.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from relaxlisten.child_signals import held_back, let_through
from relaxlisten.piece_work import Failed, do

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from types import TracebackType

    from relaxlisten.piece_work import Job, Outcome

    Work = Callable[[Job, Callable[[], None]], Outcome]

LOWEST_PRIORITY = 19
SILENT_FOR_S = 300.0  # without a block; the end of an analysis of hours takes ten seconds, at lowest priority a few times that
_ALIVE_EVERY_S = 1.0
_STILL_ALIVE = None
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_IDLE_PRIORITY_CLASS, _BELOW_NORMAL_PRIORITY_CLASS = 0x40, 0x4000  # of Windows


class WorkerPool:
    """scanning.Pool in processes of this machine, at most `workers` of them, each started when there is a job for it."""

    def __init__(
        self, workers: int, work: Work = do, silent_for_s: float = SILENT_FOR_S, niceness: int = LOWEST_PRIORITY
    ) -> None:
        """niceness: as POSIX counts it, from 0 to 19; Windows knows two steps below the usual."""
        self._work = work
        self._niceness = niceness
        self._silent_for_s = silent_for_s
        self._idle: list[_Worker] = []
        self._busy: dict[Connection, _Worker] = {}
        self._most = workers

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def run(self, jobs: deque[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Until no job is left, waiting or under way; jobs added while the caller has an outcome in hand are done too."""
        while jobs or self._busy:
            while jobs and len(self._busy) < self._most:
                worker = self._idle.pop() if self._idle else _Worker(self._work, self._niceness)
                worker.begin(jobs.popleft())
                self._busy[worker.pipe] = worker
            yield from self._finished()

    def close(self) -> None:
        """End all workers."""
        for worker in (*self._idle, *self._busy.values()):
            worker.end()
        self._idle, self._busy = [], {}

    def _finished(self) -> Iterator[tuple[Job, Outcome]]:
        for pipe in wait(list(self._busy), timeout=_ALIVE_EVERY_S):
            worker = self._busy[pipe]  # type: ignore[index]  # what comes back is what was given
            outcome = worker.heard()
            if outcome is not None:
                yield self._free(worker), outcome
        for worker in [worker for worker in self._busy.values() if worker.silent_s() > self._silent_for_s]:
            worker.end()
            yield self._free(worker), Failed(f"gave no sound for {self._silent_for_s:.0f} s and was given up")

    def _free(self, worker: _Worker) -> Job:
        del self._busy[worker.pipe]
        if worker.usable:
            self._idle.append(worker)
        return worker.job


class _Worker:
    """One process and what it is at."""

    job: Job

    def __init__(self, work: Work, niceness: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.usable = True
        self._heard_s = time.monotonic()
        self._process = context.Process(target=_run, args=(theirs, work, niceness), name="relaxlisten-worker", daemon=True)
        with _one_thread_each(), held_back():
            self._process.start()
        theirs.close()

    def begin(self, job: Job) -> None:
        self.job = job
        self._heard_s = time.monotonic()
        with contextlib.suppress(OSError):  # it died while it waited: heard() finds out
            self.pipe.send(job)

    def heard(self) -> Outcome | None:
        """The outcome, None for a sign of life."""
        self._heard_s = time.monotonic()
        try:
            outcome: Outcome | None = self.pipe.recv()
        except (EOFError, OSError):
            self._process.join(1.0)
            self.end()
            return Failed(f"made the decoder or the analysis break down ({_how_it_ended(self._process.exitcode)})")
        return outcome

    def silent_s(self) -> float:
        return time.monotonic() - self._heard_s

    def end(self) -> None:
        self.usable = False
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _how_it_ended(code: int | None) -> str:
    if code is None or code >= 0:
        return f"exit code {code}"
    if sys.platform != "win32" and code == -signal.SIGKILL:
        return "ended by the system, perhaps for want of memory"
    return f"signal {-code}"


@contextlib.contextmanager
def _one_thread_each() -> Iterator[None]:
    """A process that is started now counts with one thread: its libraries read this once, while they are loaded."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


# ---- inside the worker ----


def _run(pipe: Connection, work: Work, niceness: int) -> None:
    """The process: one job after the other, until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    let_through()
    _yield_to_others(niceness)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    spoken_s = time.monotonic()

    def alive() -> None:
        nonlocal spoken_s
        if time.monotonic() - spoken_s >= _ALIVE_EVERY_S:
            spoken_s = time.monotonic()
            pipe.send(_STILL_ALIVE)

    with contextlib.suppress(EOFError, OSError):
        while True:
            pipe.send(work(pipe.recv(), alive))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _yield_to_others(niceness: int) -> None:
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        step = _IDLE_PRIORITY_CLASS if niceness == LOWEST_PRIORITY else _BELOW_NORMAL_PRIORITY_CLASS
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), step)
        return
    with contextlib.suppress(OSError):
        os.nice(niceness)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
        score.write("500")  # Linux: where memory runs out, a session goes on and one file is lost
