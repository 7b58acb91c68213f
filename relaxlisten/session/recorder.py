"""Writes a session down while it runs.

Decision: a thread of its own takes lines from a queue and writes them at least once a second with fsync, so that neither a slow
disk nor a full one can hold up the music, and a killed process loses at most the last second. What cannot be written stays in
memory and is tried again; at the end it is saved elsewhere if its own place still refuses. An existing record is never touched.
Only its owner may read a record (`private.py`).
"""

from __future__ import annotations

import contextlib
import os
import queue
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.errors import RelaxListenError
from relaxlisten.session.format import RECORD_NAME, event_line, header_line, key_of_header
from relaxlisten.session.private import append, opened, private_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.messages import Event
    from relaxlisten.session.format import SessionHeader

FLUSH_EVERY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteFault:
    """The record could not be written; `reason` is the system's own word for it."""

    reason: str


def claim_folder(folder: Path) -> Path:
    """Make `folder` ready for a new record, or a numbered folder inside it where it holds one already.

    Raises RelaxListenError with one sentence where nothing can be written there.
    """
    try:
        private_folder(folder)
        chosen = folder
        for number in range(2, 100_000):
            with contextlib.suppress(FileExistsError):
                opened(chosen / RECORD_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL).close()
                return chosen
            chosen = folder / f"session-{number}"
            private_folder(chosen)
    except OSError as fault:
        message = (
            f"The session cannot be recorded in {folder} ({fault.strerror or fault}), so it was not started: "
            "choose another folder with --out."
        )
        raise RelaxListenError(message) from fault
    message = f"{folder} is full of sessions: choose another folder with --out."
    raise RelaxListenError(message)


class Recorder:
    """An observer that keeps every event. `receive` only queues."""

    def __init__(self, folder: Path, header: SessionHeader, on_fault: Callable[[WriteFault], None]) -> None:
        self.path = folder / RECORD_NAME
        self.rescued_to: Path | None = None
        self.lost_reason: str | None = None
        self._on_fault = on_fault
        self._queue: queue.SimpleQueue[tuple[Event, bool] | None] = queue.SimpleQueue()
        self._unwritten: list[bytes] = [header_line(header).encode()]
        self._key = key_of_header(header)
        self._written_bytes = 0
        self._received = 0
        self._faulty = False
        self._descriptor = os.open(self.path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
        self._write()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def unsaved(self) -> RelaxListenError | None:
        """What to say of a closed record that is not where it was to go; None where it is."""
        if self.rescued_to is not None:
            return RelaxListenError(
                f"The record did not fit where it was to go, so the whole of it was saved as {self.rescued_to}: move it."
            )
        if self.lost_reason is not None:
            lost = f"The end of the record could not be written anywhere ({self.lost_reason}); all before it is saved."
            return RelaxListenError(lost)
        return None

    def receive(self, event: Event, *, derived: bool) -> None:
        """Keep one event."""
        self._queue.put((event, derived))

    def close(self) -> None:
        """Write all that is left; where that fails, save the whole record in the system's temporary folder."""
        self._queue.put(None)
        self._thread.join()
        self._write()
        if self._unwritten:
            self._rescue()
        os.close(self._descriptor)

    def _run(self) -> None:
        while self._collect():
            self._write()

    def _collect(self) -> bool:
        """Take what comes within one flush interval; False when closing."""
        deadline_s = time.monotonic() + FLUSH_EVERY_S
        with contextlib.suppress(queue.Empty):
            while (left_s := deadline_s - time.monotonic()) > 0.0:
                item = self._queue.get(timeout=left_s)
                if item is None:
                    return False
                event, derived = item
                self._received += 1
                line = event_line(event, derived=derived, number=self._received, key=self._key)
                self._unwritten.append(line.encode())
        return True

    def _write(self) -> None:
        if not self._unwritten:
            return
        block = b"".join(self._unwritten)
        try:
            self._append(block)
        except OSError as fault:
            self._report(fault)
        else:
            self._unwritten = []
            self._faulty = False

    def _append(self, block: bytes) -> None:
        """All of the block, or none: what a full disk left of it is cut off again."""
        os.lseek(self._descriptor, self._written_bytes, os.SEEK_SET)
        try:
            rest = memoryview(block)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            os.fsync(self._descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._written_bytes)
            raise
        self._written_bytes += len(block)

    def _report(self, fault: OSError) -> None:
        if not self._faulty:
            self._faulty = True
            self._on_fault(WriteFault(reason=fault.strerror or str(fault)))

    def _rescue(self) -> None:
        try:
            whole = self.path.read_bytes()[: self._written_bytes] + b"".join(self._unwritten)
            folder = Path(tempfile.mkdtemp(prefix="relaxlisten-session-"))
            append(folder / RECORD_NAME, whole)
            self.rescued_to = folder / RECORD_NAME
        except OSError as fault:
            self.lost_reason = fault.strerror or str(fault)
