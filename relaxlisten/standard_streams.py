"""The three streams that a program is started with, made such that nothing printed can end it (a shell: it opens files).

Decision: one that was closed before the start (`>&-`, some service managers) is opened onto nothing, for two reasons: Python has
None in its place, and the next file that is opened would get its number, so that whatever a sound library complains of would be
written into a session's record. What a terminal's encoding has no letter for is printed as a question mark.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys

_LAST = 2  # standard error


def make_safe() -> None:
    """Before any file is opened."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= _LAST:
        os.set_inheritable(number, True)
    os.close(number)
    sys.stdin = sys.stdin or _onto(0, "r")
    sys.stdout = sys.stdout or _onto(1, "w")
    sys.stderr = sys.stderr or _onto(_LAST, "w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def to_nobody() -> None:
    """From now on whatever is printed is lost: who read it has gone, and the interpreter would fail at its end over it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # a stream that is no file
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _onto(number: int, mode: str) -> io.TextIOWrapper:
    stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115  # for as long as the program runs
    assert isinstance(stream, io.TextIOWrapper)
    return stream
