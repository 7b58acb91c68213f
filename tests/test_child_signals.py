"""What becomes of the signals of a terminal while the program, or a process of it, is only being started."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from relaxlisten.child_signals import held_back, let_through

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="such signals are POSIX's")


def _started(target):
    """A process of ours, and our end of its pipe."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs,))
    with held_back():
        process.start()
    theirs.close()
    return process, ours


def _child(pipe) -> None:
    """Notes a wish from the keyboard as soon as it may come."""
    wished: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _frame: wished.append(number))
    before = list(wished)
    let_through()
    pipe.send((before, wished))


def test_a_process_of_ours_that_still_loads_gets_ctrl_c_once_it_knows_what_to_do() -> None:
    process, ours = _started(_child)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGINT)
    assert ours.poll(60.0)
    assert ours.recv() == ([], [signal.SIGINT])
    process.join()
    assert process.exitcode == 0
    ours.close()


def _hang(pipe) -> None:
    """As a library does that never comes back while it is loaded."""
    pipe.send("here")
    threading.Event().wait()


def test_a_process_of_ours_that_hangs_while_it_loads_can_be_ended() -> None:
    process, ours = _started(_hang)
    assert ours.poll(60.0)
    process.terminate()
    process.join()
    assert process.exitcode == -signal.SIGTERM
    ours.close()


def test_who_starts_a_process_gets_its_own_signals_again() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with held_back():
        assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def test_ctrl_c_while_the_program_loads_ends_it_without_a_traceback() -> None:
    def heeding() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    program = subprocess.Popen(
        [sys.executable, "-v", "-m", "relaxlisten", "--version"],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=heeding,
    )
    with program:
        assert program.stderr is not None
        while "import 'typer" not in program.stderr.readline():
            assert program.poll() is None
        program.send_signal(signal.SIGINT)
        said, rest = program.communicate(timeout=60.0)
    assert (program.returncode, said) == (-signal.SIGINT, "")
    assert "Traceback" not in rest
