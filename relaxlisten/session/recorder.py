"""Writes a session down while it runs.

Decision: a thread of its own takes lines from a queue and writes them at least once a second with fsync, so that neither a slow
disk nor a full one can hold up the music, and a killed process loses at most the last second. Where its place takes nothing any
more, the whole record goes on in the system's temporary folder, and is put back at the end if it can be. What nothing takes stays
in memory and is tried again. A disk that does not answer at all is waited for, but neither at the start nor at the end: only that
thread ever waits for it, and one that still waits at the end is left behind with what it holds. An existing record is never
touched. Only its owner may read a record (`private.py`).
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.errors import RelaxListenError
from relaxlisten.session.format import RECORD_NAME, event_line, header_line, key_of_header
from relaxlisten.session.private import private_folder
from relaxlisten.session.record_file import RecordFile, make, read_in_time, spare_with
from relaxlisten.unwaited import ANSWERS_WITHIN_S, answered, unwaited

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from relaxlisten.messages import Event
    from relaxlisten.session.format import SessionHeader

FLUSH_EVERY_S = 0.5
BEGIN_WITHIN_S = CLOSE_WITHIN_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteFault:
    """The record could not be written; `reason` is the system's own word for it. spare: where it goes on; None where nowhere.

    event: the kind of a single event that could not be put into words and was left out.
    """

    reason: str
    spare: Path | None = None
    event: str | None = None


def claim_folder(folder: Path) -> Path:
    """Make `folder` ready for a new record, or a numbered folder inside it where it holds one already.

    Raises RelaxListenError with one sentence where nothing can be written there, or where no answer comes from there.
    """
    claimed = unwaited("claim-folder", lambda: _claimed(folder))
    if not answered(claimed, ANSWERS_WITHIN_S):
        claimed.add_done_callback(_take_back)
        raise _refusal(folder, "it does not answer; it may lie on a network")
    return claimed.result()


def _take_back(claimed: Future[Path]) -> None:
    """Nobody waits for this folder any more: no empty record is left behind in it."""
    with contextlib.suppress(RelaxListenError, OSError):
        (claimed.result() / RECORD_NAME).unlink()


def _claimed(folder: Path) -> Path:
    try:
        private_folder(folder)
        chosen = folder
        for number in range(2, 100_000):
            with contextlib.suppress(FileExistsError):
                make(chosen / RECORD_NAME)
                return chosen
            chosen = folder / f"session-{number}"
            private_folder(chosen)
    except OSError as fault:
        raise _refusal(folder, fault.strerror or str(fault)) from fault
    message = f"{folder} is full of sessions: choose another folder with --out."
    raise RelaxListenError(message)


def _refusal(folder: Path, reason: str) -> RelaxListenError:
    return RelaxListenError(
        f"The session cannot be recorded in {folder} ({reason}), so it was not started: choose another folder with --out."
    )


class Recorder:
    """An observer that keeps every event. `receive` only queues."""

    def __init__(self, folder: Path, header: SessionHeader, on_fault: Callable[[WriteFault], None]) -> None:
        """folder: one that `claim_folder` gave. Raises RelaxListenError in a sentence where its record cannot be opened."""
        self.path = folder / RECORD_NAME
        self.rescued_to: Path | None = None
        self.rest_only = False  # where rescued_to holds no more than what the record's own place did not take
        self.lost_reason: str | None = None
        self._on_fault = on_fault
        self._queue: queue.SimpleQueue[tuple[Event, bool] | None] = queue.SimpleQueue()
        self._header = header_line(header).encode()
        self._key = key_of_header(header)
        self._unwritten: list[bytes] = [self._header]
        self._received = 0
        self._faulty = False
        self._reason = ""
        self._busy_since_s: float | None = None  # on the monotonic clock: a write that has not come back
        try:
            self._home = RecordFile(self.path)
        except OSError as fault:
            raise _refusal(folder, fault.strerror or str(fault)) from fault
        self._spare: RecordFile | None = None
        # What is on the disk and what is not are one fact: who takes over from a thread that waits has to see both at once.
        self._handover = threading.Lock()
        self._safe = (self._home, 0)
        self._left_behind = False
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()
        self._begun.wait(BEGIN_WITHIN_S)

    @property
    def unsaved(self) -> RelaxListenError | None:
        """What to say of a closed record that is not where it was to go; None where it is."""
        if self.lost_reason is not None:
            lost = f"The end of the record could not be written anywhere ({self.lost_reason}); all before it is saved."
            return RelaxListenError(lost)
        if self.rescued_to is None:
            return None
        if self.rest_only:
            return RelaxListenError(
                f"The disk of the record gave no answer any more: {self._safe[0].path} holds the session up to then, and "
                f"the rest was saved as {self.rescued_to}: keep both."
            )
        return RelaxListenError(
            f"The record could not be written where it was to go, so the whole of it was saved as {self.rescued_to}: move it."
        )

    def receive(self, event: Event, *, derived: bool) -> None:
        """Keep one event."""
        self._queue.put((event, derived))

    def stalled_s(self) -> float:
        """How long the disk has not answered by now; 0 where it does."""
        since_s = self._busy_since_s
        return 0.0 if since_s is None else time.monotonic() - since_s

    def close(self) -> None:
        """Write all that is left; where that fails, save the whole record in the system's temporary folder."""
        self._queue.put(None)
        self._thread.join(CLOSE_WITHIN_S)
        while self._thread.is_alive():
            unwritten = self._taken_over()
            if unwritten is not None:
                self._leave_behind(unwritten)
                return
            self._thread.join(CLOSE_WITHIN_S)

    def _run(self) -> None:
        self._write()
        self._begun.set()
        while not self._left_behind and self._collect():
            self._write()
        self._write()
        self._finish()

    def _finish(self) -> None:
        with self._handover:
            if self._left_behind:
                return
            self._busy_since_s = time.monotonic()
        if self._spare is not None:
            self._bring_home(self._spare)
        elif self._unwritten:
            self.lost_reason = self._reason
        self._home.close()
        self._busy_since_s = None

    def _collect(self) -> bool:
        """Take what comes within one flush interval; False when closing."""
        deadline_s = time.monotonic() + FLUSH_EVERY_S
        with contextlib.suppress(queue.Empty):
            while (left_s := deadline_s - time.monotonic()) > 0.0:
                item = self._queue.get(timeout=left_s)
                if item is None:
                    return False
                self._take(item)
        return True

    def _take(self, item: tuple[Event, bool]) -> None:
        event, derived = item
        try:
            line = event_line(event, derived=derived, number=self._received + 1, key=self._key)
        except (TypeError, ValueError) as fault:  # one event less is better than a record that ends here
            self._on_fault(WriteFault(reason=type(fault).__name__, event=type(event).__name__))
            return
        self._received += 1
        self._unwritten.append(line.encode())

    def _write(self) -> None:
        with self._handover:
            if self._left_behind or not self._unwritten:
                return
            self._busy_since_s = time.monotonic()
        block = b"".join(self._unwritten)
        file, fault = self._kept(block)
        with self._handover:
            self._busy_since_s = None
            if self._left_behind:
                return
            if file is not None:
                self._safe, self._unwritten = (file, file.written_bytes), []
        self._tell(fault)

    def _tell(self, fault: OSError | None) -> None:
        """A fault is told once, until a write has succeeded again."""
        if fault is not None and not self._faulty:
            self._on_fault(WriteFault(reason=self._reason, spare=self._spare.path if self._spare else None))
        self._faulty = fault is not None

    def _kept(self, block: bytes) -> tuple[RecordFile | None, OSError | None]:
        """The file that has taken the block, if one has, and what went wrong before."""
        file = self._spare or self._home
        try:
            file.append(block)
        except OSError as fault:
            self._reason = fault.strerror or str(fault)
            return self._kept_elsewhere(block), fault
        return file, None

    # ---- elsewhere ----

    def _kept_elsewhere(self, block: bytes) -> RecordFile | None:
        """Begin the spare with all that was ever written; a spare that fails too leaves the block in memory."""
        if self._spare is None:
            with contextlib.suppress(OSError):
                self._spare = spare_with(self._home.read() + block)
                return self._spare
        return None

    def _bring_home(self, spare: RecordFile) -> None:
        """Put the record back where it was to be; otherwise it stays where it is."""
        try:
            rest = b"".join(self._unwritten)
            if self.path.exists():
                self._home.append(spare.read(self._home.written_bytes) + rest)
            else:
                private_folder(self.path.parent)
                make(self.path)
                home = RecordFile(self.path)
                home.append(spare.read() + rest)
                home.close()
        except OSError:
            self.rescued_to = spare.path
            self.lost_reason = self._reason if self._unwritten else None
            spare.close()
        else:
            spare.close()
            if not self._left_behind:  # otherwise somebody was told already that it is there
                spare.path.unlink()
                spare.path.parent.rmdir()

    def _taken_over(self) -> list[bytes] | None:
        """What a thread that waits for its disk has not written, and from now on never will; None where it does not wait."""
        with self._handover:
            if self._busy_since_s is None:
                return None
            self._left_behind = True
            return list(self._unwritten)

    def _leave_behind(self, unwritten: list[bytes]) -> None:
        """The disk does not answer: save elsewhere what it has not taken, and wait no longer."""
        self._unwritten = unwritten
        while not self._queue.empty():
            if (item := self._queue.get()) is not None:
                self._take(item)
        file, size = self._safe
        if file is self._spare and not unwritten:  # it is the record's own place that does not answer: the spare has it all
            self.rescued_to = file.path
            return
        try:
            before = read_in_time(file.path, size, CLOSE_WITHIN_S / 2.0) if size else b""
            self.rest_only = before is None
            whole = (self._header if before is None else before) + b"".join(unwritten)
            self.rescued_to = spare_with(whole).path
        except OSError as fault:
            self.lost_reason = fault.strerror or str(fault)
