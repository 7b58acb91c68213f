"""Work that may never come back."""

from __future__ import annotations

import subprocess
import sys

import pytest

from relaxlisten.unwaited import unwaited


def test_the_answer_of_the_work_comes_back_or_its_fault() -> None:
    assert unwaited("sum", lambda: 1 + 1).result(30.0) == 2
    with pytest.raises(ZeroDivisionError):
        unwaited("fault", lambda: 1 / 0).result(30.0)


def test_the_program_ends_while_the_work_goes_on() -> None:
    program = (
        "import threading; from relaxlisten.unwaited import unwaited; unwaited('silent', threading.Event().wait); print('end')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60.0, check=True)
    assert done.stdout == "end\n"
