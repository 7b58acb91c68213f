"""OSC: samples out to a program for sound or light, markers in.

Decision: out goes what LSL gets, as `/relaxlisten/STREAM` with the session's time first; by UDP, so that nobody who is not there
can hold anything up. In comes one thing only, `/relaxlisten/marker TEXT`, and nothing can be steered from outside. Both keep to
this computer unless an address says otherwise. Whatever else arrives is counted and told of once.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import struct
import threading
from typing import TYPE_CHECKING, Any

from relaxlisten.errors import UsageError
from relaxlisten.exchange.sender import Sender
from relaxlisten.messages import Command, Notice
from relaxlisten.terms import CommandKind, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.exchange.streams import Sample
    from relaxlisten.messages import Event
    from relaxlisten.ports import Clock

MISSING = 'OSC needs python-osc, which is missing: pip install "relaxlisten[osc]".'
LOOPBACK = "127.0.0.1"
MARKER = "/relaxlisten/marker"
# A marker's text, and how many are taken in a second: a stuck button must not fill the record.
LONGEST_TEXT, MOST_PER_S = 200, 20
_LARGEST_PACKET = 65_536
_BUNDLE, _TIME_BYTES = b"#bundle\0", 8
_WAIT_S = 0.2


def address(text: str) -> tuple[str, int]:
    """HOST:PORT, or PORT on this computer. Raises UsageError."""
    host, _, port = text.rpartition(":")
    if not (port.isdecimal() and 0 < int(port) < 65_536):
        message = f'"{text}" is no address for OSC: write a port, as 9000, or a host and a port, as 127.0.0.1:9000.'
        raise UsageError(message)
    return host.strip("[]") or LOOPBACK, int(port)


class OscOut:
    """Samples as OSC messages (ports.Link)."""

    def __init__(self, place: tuple[str, int]) -> None:
        """Raises UsageError where python-osc is missing or the host has no address."""
        try:
            from pythonosc import osc_message_builder
        except ImportError as fault:
            raise UsageError(MISSING) from fault
        self._builder = osc_message_builder
        self._socket, self._where = _socket_for(place, "OSC cannot be sent to {} ({}): check --osc.")
        self._sender = Sender("osc", self._send, lambda: None, idle_every_s=1.0)

    def start(self, clock: Clock) -> None:
        """Begin to send."""
        self._sender.start()

    def receive(self, event: Event, *, derived: bool) -> None:
        """Send one event, soon."""
        self._sender.put(event)

    def poll(self, now_s: float) -> Sequence[Notice]:
        """Nothing comes back."""
        return ()

    def stop(self) -> None:
        """Send what waits, and end."""
        self._sender.stop()
        self._socket.close()

    def _send(self, sample: Sample) -> None:
        with contextlib.suppress(OSError):  # nobody listens there: UDP may say so, and it does not matter
            message = self._builder.build_msg(f"/relaxlisten/{sample.stream}", [sample.time_s, *sample.values])
            self._socket.sendto(message.dgram, self._where)


class OscIn:
    """Markers from other programs (ports.Link)."""

    def __init__(self, place: tuple[str, int]) -> None:
        """Raises UsageError where python-osc is missing or the port cannot be listened to."""
        try:
            from pythonosc import osc_message
        except ImportError as fault:
            raise UsageError(MISSING) from fault
        self._messages = osc_message
        self._came: queue.SimpleQueue[Command | Notice] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._told: set[str] = set()
        self._recent_s: list[float] = []
        self._socket = _bound(place)
        self._thread = threading.Thread(target=self._run, name="osc-in", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._socket.getsockname()[1])

    def start(self, clock: Clock) -> None:
        """Listen from now on."""
        self._clock = clock
        self._thread.start()

    def receive(self, event: Event, *, derived: bool) -> None:
        """Nothing goes out here."""

    def poll(self, now_s: float) -> Sequence[Command | Notice]:
        """What came in since the last call."""
        found = []
        while not self._came.empty():
            found.append(self._came.get())
        return found

    def stop(self) -> None:
        """Listen no more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(2 * _WAIT_S)
        self._socket.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                packet, _ = self._socket.recvfrom(_LARGEST_PACKET)
            except TimeoutError:
                continue
            except OSError:  # the network went away: it may come back
                self._notice_once("osc_not_heard", "OSC markers cannot be heard just now; it is tried again and again.")
                self._stopping.wait(_WAIT_S)
                continue
            self._take(packet)

    def _take(self, packet: bytes) -> None:
        now_s = self._clock.now_s()
        texts = marker_texts(packet, self._messages)
        if texts is None:
            self._notice_once(
                "osc_not_understood", "An OSC packet that is no marker came in; it was left out, as others will be."
            )
            return
        for text in texts:
            self._recent_s = [at_s for at_s in self._recent_s if now_s - at_s < 1.0]
            if len(self._recent_s) >= MOST_PER_S:
                self._notice_once("osc_too_many", f"More than {MOST_PER_S} OSC markers came in a second; the rest is left out.")
                return
            self._recent_s.append(now_s)
            self._came.put(Command(time_s=now_s, what=CommandKind.MARKER, value=text))

    def _notice_once(self, code: str, text: str) -> None:
        if code not in self._told:
            self._told.add(code)
            self._came.put(Notice(time_s=self._clock.now_s(), severity=Severity.WARNING, code=code, text=text))


def marker_texts(packet: bytes, library: Any) -> list[str] | None:
    """The markers in a packet; None where it holds none, or is no OSC. library: pythonosc's osc_message."""
    try:
        messages = [library.OscMessage(one) for one in _unpacked(packet)]
    except (library.ParseError, ValueError, IndexError, struct.error, OverflowError):
        return None
    found = [_text(message) for message in messages if message.address == MARKER]
    return [text for text in found if text] or None


def _unpacked(packet: bytes) -> list[bytes]:
    """The messages in a packet: itself, or those of a bundle (OSC 1.0: sizes and messages after a time, which is not used).

    Raises ValueError or struct.error. A bundle in a bundle is none of ours.
    """
    if not packet.startswith(_BUNDLE):
        return [packet]
    found, at = [], len(_BUNDLE) + _TIME_BYTES
    while at < len(packet):
        (size,) = struct.unpack_from(">i", packet, at)
        if size <= 0 or at + 4 + size > len(packet) or packet.startswith(_BUNDLE, at + 4):
            raise ValueError("not a message")
        found.append(packet[at + 4 : at + 4 + size])
        at += 4 + size
    return found


def _text(message: Any) -> str:
    """A marker's text: what can be written down of it."""
    text = " ".join(str(value) for value in message.params)[:LONGEST_TEXT]
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def _bound(place: tuple[str, int]) -> socket.socket:
    sentence = "OSC markers cannot be taken at {} ({}): choose another --osc-in."
    bound, where = _socket_for(place, sentence)
    try:
        bound.bind(where)
    except OSError as fault:
        bound.close()
        raise _refusal(place, sentence, fault) from fault
    bound.settimeout(_WAIT_S)
    return bound


def _socket_for(place: tuple[str, int], sentence: str) -> tuple[socket.socket, Any]:
    """A UDP socket of the host's kind, and the address to use it with. Raises UsageError where the host has none."""
    try:
        family, _, _, _, where = socket.getaddrinfo(*place, type=socket.SOCK_DGRAM)[0]
        return socket.socket(family, socket.SOCK_DGRAM), where
    except OSError as fault:
        raise _refusal(place, sentence, fault) from fault


def _refusal(place: tuple[str, int], sentence: str, fault: OSError) -> UsageError:
    return UsageError(sentence.format(f"{place[0]}:{place[1]}", fault.strerror or fault))
