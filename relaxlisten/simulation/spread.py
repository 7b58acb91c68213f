"""Many tasks at once: in processes of this machine, or on a Dask cluster.

Decision: results come back in the order of the tasks, so that a study does not depend on how many workers there were. Dask is
an extra (`pip install "relaxlisten[study]"`) and only looked for when somebody names a scheduler.
"""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
from typing import TYPE_CHECKING

from relaxlisten.simulation.sessions import run_task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relaxlisten.simulation.sessions import ArmResult, Task


def on_processes(tasks: Sequence[Task], workers: int) -> Iterator[ArmResult]:
    """The results, as they come, in order. workers: 0 for one a processor; 1 for none beside this one."""
    if workers == 1:
        yield from map(run_task, tasks)
        return
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(workers or os.cpu_count(), mp_context=context) as pool:
        yield from pool.map(run_task, tasks)


def on_dask(tasks: Sequence[Task], address: str) -> Iterator[ArmResult]:
    """The same on a cluster. Raises RelaxListenError where Dask is not installed or the cluster is not reached."""
    from relaxlisten.cluster import connected

    with connected(address) as client:
        for future in client.map(run_task, tasks, pure=False):
            result: ArmResult = future.result()
            yield result
