"""What the listener is told of the record: while a session runs, and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.messages import Notice
from relaxlisten.terms import Severity
from relaxlisten.unwaited import ANSWERS_WITHIN_S

if TYPE_CHECKING:
    import queue

    from relaxlisten.session.recorder import Recorder, WriteFault
    from relaxlisten.session.unkept import Unkept

QUIET_S = 600.0  # a disk that takes 11 s for each write would be told of, and taken back, several times a minute


class RecordWatch:
    """Turns what the recorder's thread meets into notices, and looks whether its disk still answers."""

    def __init__(self, recorder: Recorder | Unkept, faults: queue.SimpleQueue[WriteFault]) -> None:
        self._recorder, self._faults = recorder, faults
        self._stalled = False
        self._told_s = -QUIET_S

    def notices(self, now_s: float) -> list[Notice]:
        """What is to be told since the last call."""
        told = []
        while not self._faults.empty():
            told.append(Notice(time_s=now_s, severity=Severity.ERROR, code="record_not_written", text=_text(self._faults.get())))
        told += self._of_the_disk(now_s)
        return told

    def _of_the_disk(self, now_s: float) -> list[Notice]:
        """Whether it has begun to be waited for, or has answered; a disk that is always slow is told of now and then."""
        stalled = self._recorder.stalled_s() > ANSWERS_WITHIN_S
        if stalled and not self._stalled and now_s - self._told_s >= QUIET_S:
            self._stalled, self._told_s = True, now_s
            text = (
                f"The disk of the record has not answered for {ANSWERS_WITHIN_S:.0f} s: the session goes on, and what is "
                "recorded meanwhile is kept in memory; look after the disk or the network."
            )
            return [Notice(time_s=now_s, severity=Severity.WARNING, code="record_waits", text=text)]
        if self._stalled and not stalled:
            self._stalled = False
            text = "The disk of the record answers again, and takes what was kept in memory."
            return [Notice(time_s=now_s, severity=Severity.INFO, code="record_goes_on", text=text)]
        return []


def _text(fault: WriteFault) -> str:
    if fault.event is not None:
        return f"One event ({fault.event}) could not be put into the record ({fault.reason}): the session and its record go on."
    if fault.spare is None:
        return (
            f"The record cannot be written ({fault.reason}): the session goes on and its record is kept in memory; make room on "
            "the disk and it will be written."
        )
    return (
        f"The record cannot be written ({fault.reason}): the session goes on, and so does its record, which is at "
        f"{fault.spare.parent} for now; at the end it is put back where it was to be, if that is possible by then."
    )
