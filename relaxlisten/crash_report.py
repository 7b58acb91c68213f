"""What is left behind when the program itself fails: a file that can be sent to its makers and says nothing about its user.

Decision: versions, system, and where in the code it happened: kind of fault, and module, line and function of each step. No
values and not even the fault's own words, for they may name files, pieces of music or people; no paths, for they hold the name of
who is logged in. The newest reports are kept.
"""

from __future__ import annotations

import contextlib
import datetime
import platform
import sys
import threading
import traceback
from importlib import metadata
from typing import TYPE_CHECKING

from relaxlisten import __version__
from relaxlisten.places import data_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEPT = 20
MOST_TOLD = 3  # a fault in what is done 30 times a second would be told as often
_LIBRARIES = ("numpy", "scipy", "bleak", "sounddevice", "rtmixer", "soundfile", "PySide6-Essentials")


def report_text(fault: BaseException, part: str) -> str:
    """The report. part: which part of the program failed, in a word."""
    lines = [f"RelaxListen {__version__} failed in: {part}", f"Python {platform.python_version()} on {_system()}", _versions()]
    for number, link in enumerate(_chain(fault)):
        kind = f"{type(link).__module__}.{type(link).__qualname__}"
        lines += ["", f"It came of {kind}" if number else kind]
        for frame, line in traceback.walk_tb(link.__traceback__):
            lines.append(f"  {frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_qualname}")
    return "\n".join(lines) + "\n"


def write_report(fault: BaseException, part: str) -> Path | None:
    """Write a report into the user's data folder; None where that fails too."""
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d-%H%M%S-%f")
    try:
        folder = data_folder() / "crash-reports"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{stamp}.txt"
        path.write_text(report_text(fault, part), encoding="utf-8")
        for old in sorted(folder.glob("*.txt"))[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return path


def catch_all(say: Callable[[str], None]) -> None:
    """Whatever no part of the program caught becomes a report and one sentence, not a traceback; a few times at most."""
    left = MOST_TOLD

    def caught(fault: BaseException | None, part: str) -> None:
        nonlocal left
        if isinstance(fault, Exception) and left > 0:
            left -= 1
            report = pointer(write_report(fault, part))
            say(f"RelaxListen failed in {part} ({type(fault).__name__}) and goes on as far as it can. {report}")

    sys.excepthook = lambda _kind, fault, _trace: caught(fault, "the window")
    threading.excepthook = lambda what: caught(what.exc_value, what.thread.name if what.thread else "a thread")


def pointer(path: Path | None) -> str:
    """The sentence that says where the report is."""
    return f"A report without anything personal is in {path}: please send it to us." if path else "No report could be written."


def _chain(fault: BaseException) -> Iterator[BaseException]:
    """A fault and what it came of."""
    seen: set[int] = set()
    link: BaseException | None = fault
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _system() -> str:
    return f"{platform.system()} {platform.machine()}"


def _versions() -> str:
    known = []
    for library in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            known.append(f"{library} {metadata.version(library)}")
    return ", ".join(known)
