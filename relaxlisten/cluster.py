"""The same jobs on a Dask cluster, where one machine is not enough: the only module that knows distributed (an extra).

Decision: only jobs and outcomes travel. The music must be reachable under the same path from every worker (a shared folder), and
RelaxListen must be installed there. A worker that dies costs the file that it was at; what does not come back in time is given
up.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING, Any

from relaxlisten.errors import RelaxListenError
from relaxlisten.piece_work import Failed, do

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Iterator
    from types import TracebackType

    from relaxlisten.piece_work import Job, Outcome

_CONNECT_S = 10.0
_ADDRESS = re.compile(r"(?:\w+://)?(?:\[[\da-fA-F:.%]+\]|[^\s/:]+):\d{1,5}")
NOTHING_FOR_S = 900.0
_LOOK_S = 10.0  # a worker that its nanny starts again is back within seconds
_AHEAD = 3  # jobs that wait at each thread, so that none runs dry
_LACKING = "The cluster's workers lack RelaxListen: install it there too."
_MISSING = 'Work on a cluster needs Dask, which is missing: install it with pip install "relaxlisten[study]".'


class Cluster:
    """scanning.Pool on a Dask scheduler, e.g. "tcp://10.0.0.5:8786"; raises RelaxListenError where it cannot be reached."""

    def __init__(self, address: str, nothing_for_s: float = NOTHING_FOR_S) -> None:
        self._nothing_for_s = nothing_for_s
        self._client = connected(address)
        self._most = _AHEAD * max(sum(self._client.nthreads().values()), 1)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

    def run(self, jobs: deque[Job]) -> Iterator[tuple[Job, Outcome]]:
        """Each job with its outcome, as they are done; the caller may add jobs meanwhile."""
        from distributed import wait

        out: dict[Any, Job] = {}
        while jobs or out:
            while jobs and len(out) < self._most:
                job = jobs.popleft()
                out[self._client.submit(_do, job, pure=False)] = job
            try:
                done = wait(list(out), timeout=self._nothing_for_s, return_when="FIRST_COMPLETED").done
            except TimeoutError:
                self._client.cancel(list(out))
                lost, out = list(out.values()), {}
                reason = f"did not come back from the cluster within {self._nothing_for_s:.0f} s"
                yield from ((job, Failed(reason, lasting=False)) for job in lost)
                continue
            for future in done:
                yield out.pop(future), _outcome(future)


def connected(address: str) -> Any:
    """A client of the scheduler, with at least one worker behind it; raises RelaxListenError where there is none."""
    try:
        from distributed import Client
    except ImportError:
        raise RelaxListenError(_MISSING) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it would write with a traceback is told in a sentence
    if _ADDRESS.fullmatch(address) is None:
        raise RelaxListenError(_no_scheduler(address, "an address reads tcp://HOST:PORT"))
    try:
        asyncio.run(_greet(address))
        client = Client(address, timeout=_CONNECT_S)
    except TimeoutError:
        raise RelaxListenError(_no_scheduler(address, f"nothing is heard for {2.0 * _CONNECT_S:g} s")) from None
    except (OSError, ValueError, TypeError) as fault:
        why = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise RelaxListenError(_no_scheduler(address, why)) from None
    try:
        client.wait_for_workers(1, timeout=_CONNECT_S)
    except TimeoutError:
        client.close()
        raise RelaxListenError(f"The Dask scheduler at {address} has no workers: start some, or leave it out.") from None
    return client


async def _greet(address: str) -> None:
    """Shake hands and part: a client itself would wait for ever for whoever listens there and never speaks."""
    from distributed.comm.core import connect

    async with asyncio.timeout(2.0 * _CONNECT_S):
        comm = await connect(address, timeout=_CONNECT_S)
    await comm.close()


def awaited(client: Any, future: Any) -> Any:
    """What a piece of work came to; raises RelaxListenError where the cluster will not tell any more."""
    workers_seen = True
    while True:
        try:
            return future.result(timeout=_LOOK_S)
        except TimeoutError:
            workers_before, workers_seen = workers_seen, bool(_threads(client))
            if not (workers_before or workers_seen):
                raise RelaxListenError("All workers of the cluster are gone: start some, and run the same again.") from None
        except asyncio.CancelledError:
            raise RelaxListenError("The Dask scheduler is gone: start it, and run the same again.") from None
        except ImportError:
            raise RelaxListenError(_LACKING) from None
        except _killed() as fault:
            raise RelaxListenError(f"A piece of work was lost with each worker that tried it ({fault.task}).") from None


def _threads(client: Any) -> int:
    """Of all workers that the scheduler knows now; none where it does not answer."""
    try:
        return sum(client.nthreads().values())
    except OSError:
        return 0


def _killed() -> type[Any]:
    from distributed import KilledWorker

    found: type[Any] = KilledWorker
    return found


def _no_scheduler(address: str, why: str) -> str:
    return f"No Dask scheduler answers at {address} ({why}): start one, or leave it out."


def _outcome(future: Any) -> Outcome:
    fault = future.exception() if future.status == "error" else None
    if fault is None and future.status == "finished":
        outcome: Outcome = future.result()
        return outcome
    if isinstance(fault, ImportError):
        return Failed(_LACKING, lasting=False, general=True)
    return Failed(f"was lost on the cluster ({type(fault).__name__ if fault else future.status})", lasting=False)


def _do(job: Job) -> Outcome:
    """On the cluster."""
    outcome = do(job, _nobody_waits)
    if isinstance(outcome, Failed) and not job.path.exists():
        return Failed("is not there for the cluster's workers: they need the same folders under the same names", lasting=False)
    return outcome


def _nobody_waits() -> None:
    """The scheduler itself watches over its workers."""
