"""The same piece of work on many things: in processes of this machine, or on a Dask cluster.

Decision: results come back in the order of the things, so that nothing depends on how many workers there were; and only so many
are under way at once, so that a million things need no more memory than ten. Dask is an extra
(`pip install "relaxlisten[study]"`) and only looked for when somebody names a scheduler.
"""

from __future__ import annotations

import collections
import functools
import multiprocessing
import os
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, TypeVar

from relaxlisten.errors import RelaxListenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

One = TypeVar("One")
Made = TypeVar("Made")
Promise = TypeVar("Promise")
AHEAD = 8  # things under way for each worker


def on_processes(do: Callable[[One], Made], things: Iterable[One], workers: int) -> Iterator[Made]:
    """What `do` makes of each, in order. workers: 0 for one a processor; 1 for none beside this one."""
    if workers == 1:
        yield from map(do, things)
        return
    count = workers or os.cpu_count() or 1
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(count, mp_context=context) as pool:
            yield from _in_order((pool.submit(do, thing) for thing in things), AHEAD * count, Future.result)
    except BrokenProcessPool:
        message = "A worker process was killed (too little memory?): what is done is kept; run again, with fewer --workers."
        raise RelaxListenError(message) from None


def on_dask(do: Callable[[One], Made], things: Iterable[One], address: str) -> Iterator[Made]:
    """The same on a cluster. Raises RelaxListenError where Dask is not installed, or the cluster is not reached or goes away."""
    from relaxlisten.cluster import awaited, connected

    with connected(address) as client:
        threads = max(sum(client.nthreads().values()), 1)
        submitted = (client.submit(do, thing, pure=False) for thing in things)
        yield from _in_order(submitted, AHEAD * threads, functools.partial(awaited, client))


def _in_order(futures: Iterable[Promise], most: int, result: Callable[[Promise], Made]) -> Iterator[Made]:
    under_way: collections.deque[Promise] = collections.deque()
    for future in futures:
        under_way.append(future)
        if len(under_way) >= most:
            yield result(under_way.popleft())
    while under_way:
        yield result(under_way.popleft())
