"""An observer that hands events to a thread of its own, so that no network can hold up a session.

Decision: `receive` only queues; a queue that grows beyond what a sender can ever need means that the sender hangs, and then the
oldest goes. At the end what waits is sent, for at most a second.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

from relaxlisten.exchange.streams import Translator

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.exchange.streams import Sample
    from relaxlisten.messages import Event

# Some minutes of a session's samples.
MOST_WAITING = 10_000
STOP_WITHIN_S = 1.0


class Sender:
    """Samples to `send`, on a thread; `idle` is called there whenever nothing has come for a while."""

    def __init__(self, name: str, send: Callable[[Sample], None], idle: Callable[[], None], idle_every_s: float) -> None:
        self._send, self._idle, self._idle_every_s = send, idle, idle_every_s
        self._queue: queue.Queue[Event | None] = queue.Queue(MOST_WAITING)
        self._translator = Translator()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def put(self, event: Event | None) -> None:
        """Queue one event; never blocks. None: the last."""
        while True:
            try:
                self._queue.put_nowait(event)
            except queue.Full:
                self._drop_oldest()
            else:
                return

    def stop(self) -> None:
        """Send what waits, and end."""
        self.put(None)
        self._thread.join(STOP_WITHIN_S)

    def _drop_oldest(self) -> None:
        try:
            self._queue.get_nowait()
        except queue.Empty:
            return

    def _run(self) -> None:
        while True:
            try:
                event = self._queue.get(timeout=self._idle_every_s)
            except queue.Empty:
                self._idle()
                continue
            if event is None:
                return
            for sample in self._translator.samples(event):
                self._send(sample)
