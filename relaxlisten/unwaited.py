"""Work that may never come back, such as a look at a network folder that does not answer (a shell: a thread for each).

Decision: whoever asks such a folder is held for as long as it is silent, and nothing lets go of it. So a thread asks that the end
of the program does not wait for, and whoever wants the answer waits as long as suits it: Ctrl-C is heard meanwhile (on Windows,
which interrupts no waiting thread, after it).
"""

from __future__ import annotations

import threading
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")
ANSWERS_WITHIN_S = 10.0  # a disk that has to wake up takes 8 s; what takes longer is called silent


def unwaited(name: str, work: Callable[[], Value]) -> Future[Value]:
    """What the work gives, or the fault that it ends with. name: of the thread."""
    answer: Future[Value] = Future()

    def run() -> None:
        try:
            answer.set_result(work())
        # Whatever it is: it belongs to whoever asks for the answer.
        except Exception as fault:
            answer.set_exception(fault)

    threading.Thread(target=run, name=name, daemon=True).start()
    return answer


def answered(asked: Future[Value], within_s: float) -> bool:
    """Whether the answer, or a fault in its place, comes within that time."""
    return bool(wait([asked], within_s).done)
