"""Lets one part of a session fail without an end to the session (a shell: it writes crash reports).

Decision: the strap, the sound, the music library and each observer are called through here. A part that fails is called again
the next time, which is all the restarting that it needs; one that fails again and again is not called any more. Both are told to
the listener in a sentence that says what is still there. The pipeline is not watched: after a fault in it nothing that follows
could be trusted, so the session ends gently.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from relaxlisten.crash_report import pointer, write_report
from relaxlisten.errors import RelaxListenError
from relaxlisten.messages import Notice
from relaxlisten.supervision import Restarts
from relaxlisten.terms import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")
Otherwise = TypeVar("Otherwise")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a session. name: as it is called in a sentence; without: what a session is without it."""

    name: str
    without: str


STRAP = Part("What listens to the strap", "the session goes on as plain listening")
SOUND = Part("What talks to the sound", "the session goes on, perhaps without music")
LINK = Part("What speaks to another program", "the session goes on, but nothing comes from there any more")
LIBRARY = Part("What looks through your music", "the session goes on with the pieces that it has found")
RECORD = Part("What writes the record", "the session goes on, but it is not recorded any further")
SCREEN = Part("What shows the session", "the session goes on unseen")
MEMORY = Part("What remembers for this person", "the session goes on, but nothing is learnt from it")
_OBSERVERS = {"Recorder": RECORD, "Unkept": RECORD, "LiveSession": SCREEN, "Keeper": MEMORY, "Veiled": LINK}


def part_of(observer: object) -> Part:
    """What an observer is called in a sentence."""
    kind = type(observer).__name__
    return _OBSERVERS.get(kind) or Part(f"What passes the session on ({kind})", "the session goes on without it")


class Unwatched:
    """Calls parts and lets their faults through: for sessions that nobody listens to."""

    def call(self, _part: Part, _now_s: float, work: Callable[[], Value], _otherwise: object) -> Value:
        """What the part gives."""
        return work()

    def notices(self) -> list[Notice]:
        """Nothing: every fault went through."""
        return []


class Watch:
    """Calls parts, and keeps count of their faults. For one thread."""

    def __init__(self) -> None:
        self._restarts: dict[str, Restarts] = {}
        self._given_up: set[str] = set()
        self._notices: list[Notice] = []

    def call(self, part: Part, now_s: float, work: Callable[[], Value], otherwise: Otherwise) -> Value | Otherwise:
        """What the part gives, or `otherwise` where it fails or has been given up. A RelaxListenError is passed on."""
        if part.name in self._given_up:
            return otherwise
        try:
            return work()
        except RelaxListenError:
            raise
        # Whatever a part's fault is, it is that part's alone.
        except Exception as fault:
            _log.info("%s failed", part.name, exc_info=fault)
            self._failed(part, now_s, fault)
            return otherwise

    def notices(self) -> list[Notice]:
        """What the listener has to be told since the last call."""
        told, self._notices = self._notices, []
        return told

    def _failed(self, part: Part, now_s: float, fault: Exception) -> None:
        restarts = self._restarts.get(part.name, Restarts()).one_more(now_s)
        report = pointer(write_report(fault, part.name))
        if restarts is None:
            self._given_up.add(part.name)
            text = f"{part.name} failed again and again and was given up: {part.without}. {report}"
            notice = Notice(time_s=now_s, severity=Severity.ERROR, code="part_given_up", text=text)
        else:
            self._restarts[part.name] = restarts
            text = f"{part.name} failed and was started again: the session goes on. {report}"
            notice = Notice(time_s=now_s, severity=Severity.WARNING, code="part_failed", text=text)
        self._notices.append(notice)


def own_fault(fault: Exception) -> RelaxListenError:
    """What ends a session where the program itself failed; it leaves a report."""
    report = pointer(write_report(fault, "the session"))
    return RelaxListenError(f"RelaxListen itself failed and ended the session; what was recorded is saved. {report}")
