"""A scan on a Dask cluster: a real scheduler with real workers, in this process."""

from __future__ import annotations

import socket
from collections import deque

import numpy as np
import pytest
import soundfile

from relaxlisten.errors import RelaxListenError
from relaxlisten.music.catalogue import Catalogue
from relaxlisten.piece_work import Failed, Hear, Recognise, Recognised
from relaxlisten.scanning import Scan
from relaxlisten.spreading import on_dask

distributed = pytest.importorskip("distributed", reason="Dask is not installed: scans on a cluster are not tested")

from relaxlisten import cluster as cluster_module  # noqa: E402  # only where Dask is there
from relaxlisten.cluster import Cluster  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # distributed warns of its own ports and of slow event loops


def cluster_of(workers, **how):
    return distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=False, dashboard_address=None, protocol="tcp", host="127.0.0.1", **how
    )


@pytest.fixture(scope="module")
def local():
    with cluster_of(2) as cluster:
        yield cluster


@pytest.fixture
def scheduler(local):
    return local.scheduler_address


def write(folder, count):
    for number in range(count):
        noise = 0.1 * np.random.default_rng(number).standard_normal(8000 * 9)
        soundfile.write(folder / f"{number}.wav", noise, 8000)
    return folder


def test_a_scan_on_a_cluster_finds_what_one_on_this_machine_finds(scheduler, tmp_path):
    from tests.workers import HereAndNow

    write(tmp_path, 4)
    (tmp_path / "empty.wav").write_bytes(b"")
    there, here = Catalogue(None), Catalogue(None)
    with Cluster(scheduler) as pool:
        report = Scan([tmp_path], there).run(pool, lambda path: None)
    assert (report.heard, report.problems) == (4, [(tmp_path / "empty.wav", "is empty")])
    Scan([tmp_path], here).run(HereAndNow(), lambda path: None)
    assert there.files(with_beats=True) == here.files(with_beats=True)
    there.close()
    here.close()


def test_jobs_that_are_added_meanwhile_are_done_too(scheduler, tmp_path):
    write(tmp_path, 1)
    jobs, kinds = deque([Recognise(tmp_path / "0.wav")]), []
    with Cluster(scheduler) as pool:
        for job, outcome in pool.run(jobs):
            kinds.append(type(outcome).__name__)
            if isinstance(outcome, Recognised):
                jobs.append(Hear(job.path))
    assert kinds == ["Recognised", "Heard"]


def test_a_file_that_the_workers_do_not_see_is_told(scheduler, tmp_path):
    with Cluster(scheduler) as pool:
        ((_, outcome),) = pool.run(deque([Recognise(tmp_path / "none.wav")]))
    assert outcome == Failed(
        "is not there for the cluster's workers: they need the same folders under the same names", lasting=False
    )


def test_work_that_fails_on_the_cluster_costs_its_file(scheduler, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_module, "_do", breaks)
    with Cluster(scheduler) as pool:
        outcomes = [outcome for _, outcome in pool.run(deque([Hear(tmp_path / "a"), Hear(tmp_path / "b")]))]
    assert outcomes == [Failed("was lost on the cluster (ZeroDivisionError)", lasting=False)] * 2


def breaks(job):
    raise ZeroDivisionError


def test_what_does_not_come_back_is_given_up(scheduler, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_module, "_do", takes_a_second)
    with Cluster(scheduler, nothing_for_s=0.1) as pool:
        ((_, outcome),) = pool.run(deque([Hear(tmp_path / "a")]))
    assert outcome == Failed("did not come back from the cluster within 0 s", lasting=False)


def takes_a_second(job):
    import time

    time.sleep(1.0)


def test_no_scheduler_is_one_sentence(monkeypatch):
    monkeypatch.setattr(cluster_module, "_CONNECT_S", 0.5)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(
            RelaxListenError, match=rf"^No Dask scheduler answers at {address} \(.*\): start one, or leave it out\.$"
        ):
            Cluster(address)


def test_whoever_listens_there_and_never_speaks_is_one_sentence_and_not_waited_for(monkeypatch):
    monkeypatch.setattr(cluster_module, "_CONNECT_S", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(RelaxListenError, match=rf"^No Dask scheduler answers at {address} \(nothing is heard for 1 s\)"):
            Cluster(address)


@pytest.mark.parametrize("address", ["nonsense", "http://127.0.0.1", "tcp://127.0.0.1:8786/x", ""])
def test_an_address_that_is_none_is_one_sentence(monkeypatch, address):
    monkeypatch.setattr(cluster_module, "_CONNECT_S", 0.5)
    with pytest.raises(RelaxListenError, match=r"^No Dask scheduler answers at "):
        Cluster(address)


def test_a_scheduler_without_workers_is_one_sentence(monkeypatch, local):
    monkeypatch.setattr(cluster_module, "_CONNECT_S", 1.0)
    with (
        cluster_of(0, loop=local.loop) as empty,
        pytest.raises(RelaxListenError, match=r"has no workers: start some, or leave it out\.$"),
    ):
        Cluster(empty.scheduler_address)


def test_without_dask_the_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(RelaxListenError, match=r'pip install "relaxlisten\[study\]"'):
        Cluster("tcp://127.0.0.1:1")


# ---- what has its results in order (spreading.on_dask) ----


def test_things_spread_over_a_cluster_come_back_in_their_order(scheduler):
    assert list(on_dask(abs, [-3, 1, -2], scheduler)) == [3, 1, 2]
