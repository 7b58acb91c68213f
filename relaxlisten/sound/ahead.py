"""Pieces read ahead of their time, so that neither a slow disk nor a slow decoder is heard.

Decision: a thread a piece opens it, goes to its place and keeps 40 s ready (14 MB), however long the piece is: a network folder
that loses its server for half a minute is not heard. All but the first seconds are read at leisure, so that the start of a piece
is no burst of work. Who plays it asks `ready` first and is never kept waiting. A decoder that fails ends the piece, not the
music. Sound that need not keep time reads a piece as it is asked for, which can be repeated.
"""

from __future__ import annotations

import collections
import threading
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.ports import AudioSource
    from relaxlisten.units import AudioArray

AHEAD_S = 40.0
HASTE_S = 5.0
LEISURE = 20.0  # times as fast as it is played
READY_S = 0.3
_READ_FRAMES = 8192


class AtOnce:
    """A piece that is read when it is asked for (ports.ReadySource)."""

    ready = True
    left_frames = None

    def __init__(self, source: AudioSource | None, start_s: float) -> None:
        self.failed = source is None
        self._source = source
        if source is not None:
            source.seek(round(start_s * source.rate_hz))

    def read(self, frames: int) -> AudioArray:
        """Up to `frames` frames, shape (n, 2); fewer only at the end."""
        return np.zeros((0, 2), np.float32) if self._source is None else self._source.read(frames)

    def close(self) -> None:
        """Free the piece."""
        if self._source is not None:
            self._source.close()


class Ahead:
    """A piece that a thread reads ahead (ports.ReadySource). open_source: gives the piece at rate_hz, or None; slowly perhaps.

    on_fault(fault, second): it could not be opened, or read any further, for a reason that nobody foresaw.
    """

    def __init__(
        self, open_source: Callable[[], AudioSource | None], start_s: float, rate_hz: int,
        on_fault: Callable[[Exception, float], None] = lambda _fault, _second: None,
    ) -> None:  # fmt: skip
        self.failed = False
        self._open_source, self._start = open_source, round(start_s * rate_hz)
        self._on_fault = on_fault
        self._read = 0
        self._rate_hz = rate_hz
        self._blocks: collections.deque[AudioArray] = collections.deque()
        self._buffered = 0
        self._ended = self._closed = False
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="read-ahead", daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether the next third of a second, or all that is left, can be read without waiting."""
        return self._ended or self._buffered >= READY_S * self._rate_hz

    @property
    def left_frames(self) -> int | None:
        """How much is left to be read, once all of the piece has been read ahead; None before."""
        return self._buffered if self._ended else None

    def read(self, frames: int) -> AudioArray:
        """Up to `frames` frames, shape (n, 2); fewer only at the end. Waits for them where the piece is not `ready`."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._buffered >= frames)
            parts, missing = [], frames
            while missing and self._blocks:
                block = self._blocks.popleft()
                parts.append(block[:missing])
                if len(block) > missing:
                    self._blocks.appendleft(block[missing:])
                missing -= len(parts[-1])
            self._buffered -= frames - missing
            self._changed.notify_all()
        return np.concatenate(parts) if parts else np.zeros((0, 2), np.float32)

    def close(self) -> None:
        """Free the piece, once its thread has come to the end of what it is reading."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _run(self) -> None:
        source = None
        try:
            source = self._open_source()
            self.failed = source is None
            if source is not None:
                source.seek(self._start)
                self._fill(source)
        # Decoders raise what they like.
        except Exception as fault:
            self.failed = source is None
            self._on_fault(fault, (self._start + self._read) / self._rate_hz)
        finally:
            if source is not None:
                source.close()
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _fill(self, source: AudioSource) -> None:
        while not self._closed:
            block = source.read(_READ_FRAMES)
            with self._changed:
                self._blocks.append(block)
                self._buffered += len(block)
                self._read += len(block)
                self._changed.notify_all()
                if len(block) < _READ_FRAMES:
                    return
                if self._buffered > HASTE_S * self._rate_hz:
                    self._changed.wait_for(lambda: self._closed, timeout=_READ_FRAMES / self._rate_hz / LEISURE)
                self._changed.wait_for(lambda: self._closed or self._buffered < AHEAD_S * self._rate_hz)
