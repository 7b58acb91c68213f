"""A study on a real Dask cluster: a scheduler and two workers, each a process of its own, on loopback; workers die midway."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from relaxlisten import cluster
from relaxlisten.cohort.analysis import CACHE, EXCLUSIONS, FACTS, OVERVIEW, PHASES, SESSIONS, analyse
from relaxlisten.cohort.rules import Rules
from relaxlisten.errors import RelaxListenError
from tests.cohort.making import Heart, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

distributed = pytest.importorskip("distributed", reason="Dask is not installed: studies on a cluster are not tested")

pytestmark = [pytest.mark.system, pytest.mark.filterwarnings("ignore")]  # distributed warns of its own ports

SESSIONS_OF_STUDY, KILLED_AT = 24, 3  # 16 are under way at once: some are lost with the worker, some are not begun
ROOT = Path(__file__).parents[2]
QUIET = ("--no-dashboard", "--host", "127.0.0.1")
ONE = ("--nworkers", "1", "--nthreads", "1", "--no-nanny")
FILES = (SESSIONS, PHASES, EXCLUSIONS, OVERVIEW, FACTS)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The scheduler's address, and its two workers."""
    told = tmp_path / "scheduler.json"
    file = ("--scheduler-file", str(told))
    began = [_dask("scheduler", "--port", "0", *file, *QUIET)]
    try:
        began += [_dask("worker", *file, *QUIET, *ONE, "--local-directory", str(tmp_path / name)) for name in "ab"]
        with distributed.Client(scheduler_file=str(told), timeout=20) as client:
            client.wait_for_workers(2, timeout=20)
            address = client.scheduler.address
        yield address, began[1:]
    finally:
        for process in began:
            process.kill()
            process.wait()


def _dask(what: str, *options: str) -> subprocess.Popen[bytes]:
    nowhere, path = subprocess.DEVNULL, {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-m", "dask", what, *options], env=path, stdout=nowhere, stderr=nowhere)


def test_a_study_on_a_cluster_whose_workers_die_one_by_one_ends_in_the_same_bytes_as_one_without(
    running: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_LOOK_S", 0.5)
    address, workers = running
    study = tmp_path / "study"
    for number in range(SESSIONS_OF_STUDY):
        write(study / f"P{number:02d}-1", Heart(settle_ms=900.0 + number, dirty=0.3 if number == 7 else 0.0))

    def analysed(out: str, scheduler: str | None, seen: Callable[[int, int], None] = lambda _done, _of: None) -> list[bytes]:
        analyse(study, tmp_path / out, Rules(), workers=1, scheduler=scheduler, seen=seen)
        return [(tmp_path / out / name).read_bytes() for name in FILES]

    expected = analysed("alone", None)
    assert analysed("one-lost", address, lambda done, _of: _end(workers[0]) if done == KILLED_AT else None) == expected
    with pytest.raises(RelaxListenError, match=r"^All workers of the cluster are gone: start some, and run the same again\.$"):
        analysed("all-lost", address, lambda done, _of: _end(workers[1]) if done == KILLED_AT else None)
    kept = len(list((tmp_path / "all-lost" / CACHE).rglob("*.json")))
    assert KILLED_AT <= kept < SESSIONS_OF_STUDY
    assert analysed("all-lost", None) == expected


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.wait()
