"""LSL outlets: what of a session goes out live, for LabRecorder and every other program that speaks LSL.

Decision: LSL's clock is mapped to the session's by measurement, the narrowest of many brackets, again every ten seconds; each
measurement goes into the record as a `ClockOffset`, so that a recording elsewhere and the record can be laid on each other, and
who replaces LSL's clock is noticed. Samples carry the time of what they tell on LSL's clock. Off unless asked for: the network
around sees a heart.
"""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Any

from relaxlisten import __version__
from relaxlisten.errors import UsageError
from relaxlisten.exchange.sender import Sender
from relaxlisten.exchange.streams import STREAMS
from relaxlisten.messages import ClockOffset

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from relaxlisten.exchange.streams import Sample, Stream
    from relaxlisten.messages import Event
    from relaxlisten.ports import Clock
    from relaxlisten.session.format import SessionHeader

CLOCK = "lsl"
PREFIX = "RelaxListen "
MISSING = 'LSL needs pylsl, which is missing: pip install "relaxlisten[lsl]".'
BRACKETS = 25
MEASURED_EVERY_S = 10.0


def measured_offset(session_s: Callable[[], float], other_s: Callable[[], float], clock: str) -> ClockOffset:
    """How another clock stands to the session's: of many readings between two of ours, the most narrowly enclosed one."""
    best = (float("inf"), 0.0, 0.0)
    for _ in range(BRACKETS):
        before_s, there_s, after_s = session_s(), other_s(), session_s()
        best = min(best, (after_s - before_s, (before_s + after_s) / 2.0, there_s))
    width_s, here_s, there_s = best
    return ClockOffset(time_s=here_s, clock=clock, offset_s=there_s - here_s, error_s=width_s / 2.0)


def lsl_library() -> Any:
    """The library. Raises UsageError where it, or the library that it carries, is not there."""
    try:
        import pylsl
    except (ImportError, RuntimeError, OSError) as fault:
        raise UsageError(MISSING) from fault
    return pylsl


class LslOutlets:
    """One outlet a stream (ports.Link)."""

    def __init__(self, header: SessionHeader) -> None:
        """Raises UsageError where pylsl is missing."""
        self._lsl = lsl_library()
        self._header = header
        self._outlets: dict[str, Any] = {}
        self._measured: queue.SimpleQueue[ClockOffset] = queue.SimpleQueue()
        self._sender = Sender("lsl", self._send, self._measure_when_due, idle_every_s=1.0)
        self._offset_s = 0.0
        self._due_s = 0.0

    def start(self, clock: Clock) -> None:
        """Measure the clocks, and be found from now on."""
        self._clock = clock
        offset = self._measure()
        self._outlets = {name: self._lsl.StreamOutlet(self._info(stream, offset)) for name, stream in STREAMS.items()}
        self._sender.start()

    def receive(self, event: Event, *, derived: bool) -> None:
        """Send one event, soon."""
        self._sender.put(event)

    def poll(self, now_s: float) -> Sequence[ClockOffset]:
        """How the clocks stand, as often as it was measured."""
        found = []
        while not self._measured.empty():
            found.append(self._measured.get())
        return found

    def stop(self) -> None:
        """Send what waits, and be found no more."""
        self._sender.stop()
        self._outlets.clear()

    def _measure(self) -> ClockOffset:
        offset = measured_offset(self._clock.now_s, self._lsl.local_clock, CLOCK)
        self._offset_s, self._due_s = offset.offset_s, offset.time_s + MEASURED_EVERY_S
        self._measured.put(offset)
        return offset

    def _measure_when_due(self) -> None:
        if self._clock.now_s() >= self._due_s:
            self._measure()

    def _send(self, sample: Sample) -> None:
        self._measure_when_due()
        self._outlets[sample.stream].push_sample(list(sample.values), sample.time_s + self._offset_s)

    def _info(self, stream: Stream, offset: ClockOffset) -> Any:
        """The stream with all that a recording needs to be understood on its own."""
        words = not stream.channels
        form = self._lsl.cf_string if words else self._lsl.cf_double64
        # The same program in the same session is found again after a break of the network.
        source = f"relaxlisten-{self._header.seal_key}-{stream.name}"
        info = self._lsl.StreamInfo(
            PREFIX + stream.name, stream.kind, len(stream.channels) or 1, self._lsl.IRREGULAR_RATE, form, source
        )
        self._describe(info.desc(), stream, offset)
        return info

    def _describe(self, desc: Any, stream: Stream, offset: ClockOffset) -> None:
        desc.append_child_value("manufacturer", "RelaxListen")
        desc.append_child_value("version", __version__)
        desc.append_child_value("heart", "simulated" if self._header.simulated else "recorded")
        clock = desc.append_child("clock")
        clock.append_child_value("started_utc", self._header.started_utc)
        clock.append_child_value("offset_s", repr(offset.offset_s))
        clock.append_child_value("error_s", repr(offset.error_s))
        channels = desc.append_child("channels")
        for one in stream.channels:
            channel = channels.append_child("channel")
            channel.append_child_value("label", one.label)
            channel.append_child_value("unit", one.unit)
            channel.append_child_value("type", one.kind)
