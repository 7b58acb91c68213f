"""Worker processes: real ones, which die and hang in earnest."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections import deque
from pathlib import Path

import pytest

from relaxlisten.piece_work import Failed, Hear
from relaxlisten.worker_pool import WorkerPool
from tests.workers import scripted


def outcomes(pool, *names):
    return {job.path.name: outcome.reason for job, outcome in pool.run(deque(Hear(Path(name)) for name in names))}


def test_every_job_is_done_once_by_no_more_processes_than_were_allowed():
    with WorkerPool(2, scripted) as pool:
        found = outcomes(pool, *(f"{number}.wav" for number in range(20)))
    assert len(found) == 20
    assert 1 <= len(set(found.values())) <= 2
    assert f"done by {os.getpid()}" not in found.values()


def test_jobs_that_are_added_meanwhile_are_done_too():
    jobs, seen = deque([Hear(Path("a"))]), []
    with WorkerPool(1, scripted) as pool:
        for job, _ in pool.run(jobs):
            seen.append(job.path.name)
            if len(seen) < 4:
                jobs.append(Hear(Path(seen[-1] + "a")))
    assert seen == ["a", "aa", "aaa", "aaaa"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_a_worker_that_dies_costs_its_file_and_no_other():
    with WorkerPool(1, scripted) as pool:
        found = outcomes(pool, "a", "kill", "b", "exit", "c")
    assert found["kill"] == ("made the decoder or the analysis break down (ended by the system, perhaps for want of memory)")
    assert found["exit"] == "made the decoder or the analysis break down (exit code 3)"
    assert all(found[name].startswith("done by") for name in "abc")


def test_a_worker_that_hangs_is_given_up_and_one_that_only_takes_long_is_not():
    with WorkerPool(2, scripted, silent_for_s=2.0) as pool:
        found = outcomes(pool, "hang", "long", "a")
    assert found["hang"] == "gave no sound for 2 s and was given up"
    assert found["long"].startswith("done by")
    assert found["a"].startswith("done by")


def test_workers_yield_to_everything_else_and_count_with_one_thread(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    with WorkerPool(1, scripted) as pool:
        assert outcomes(pool, "environment") == {"environment": "19 1"}
    with WorkerPool(1, scripted, niceness=5) as pool:
        already = os.nice(0) if hasattr(os, "nice") else 14
        assert outcomes(pool, "environment") == {"environment": f"{min(already + 5, 19)} 1"}
    assert "OPENBLAS_NUM_THREADS" not in os.environ


def test_no_worker_stays_when_the_pool_is_left():
    with WorkerPool(2, scripted) as pool:
        outcomes(pool, "a", "b")
        assert multiprocessing.active_children()
    assert multiprocessing.active_children() == []


def test_a_pool_that_is_given_nothing_starts_nothing():
    with WorkerPool(2, scripted) as pool:
        assert list(pool.run(deque())) == []
        assert multiprocessing.active_children() == []


def test_what_a_file_does_to_the_program_becomes_its_reason(tmp_path):
    from relaxlisten.piece_work import do

    assert do(Hear(tmp_path / "none.wav"), lambda: None) == Failed("does not exist")
    (tmp_path / "text.mp3").write_text("not music\n" * 50)
    assert do(Hear(tmp_path / "text.mp3"), lambda: None) == Failed("is not a sound file that can be played")
