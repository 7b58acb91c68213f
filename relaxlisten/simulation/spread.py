"""Many simulated people at once: in processes of this machine, or on a Dask cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten import spreading
from relaxlisten.simulation.sessions import run_task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relaxlisten.simulation.sessions import ArmResult, Task


def on_processes(tasks: Sequence[Task], workers: int) -> Iterator[ArmResult]:
    """The results, as they come, in order. workers: 0 for one a processor; 1 for none beside this one."""
    return spreading.on_processes(run_task, tasks, workers)


def on_dask(tasks: Sequence[Task], address: str) -> Iterator[ArmResult]:
    """The same on a cluster. Raises RelaxListenError where Dask is not installed or the cluster is not reached."""
    return spreading.on_dask(run_task, tasks, address)
