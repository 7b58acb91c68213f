"""One life of the thread by which a strap is heard: an asyncio loop with the radio in it, from its start to its end.

Decision: packets are stamped first thing in a synchronous callback and cross to the session by a queue of this life's own, so
that one that hung and was given up cannot speak into the next one's words. What to do next is `reconnect.py`'s table; this shell
only does it. Details (battery, place, maker) are each optional: their failure never touches the heartbeat. A pulse in the loop
shows the session that it still turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from relaxlisten.crash_report import write_report
from relaxlisten.errors import MalformedPayload
from relaxlisten.foreign_text import plain_line
from relaxlisten.messages import Notice, Notification, SensorState
from relaxlisten.sensor.ble_faults import meaning_of
from relaxlisten.sensor.heart_rate_service import parse_battery, parse_body_location
from relaxlisten.sensor.profiles import profile_for
from relaxlisten.sensor.reconnect import Link, LinkAction, LinkEvent, Timing, pause_s, step
from relaxlisten.terms import SensorKind, SensorPhase, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.ports import Clock
    from relaxlisten.sensor.profiles import Profile
    from relaxlisten.sensor.radio import Connection, Peer, Radio

Value = TypeVar("Value")
Said = Notification | SensorState | Notice
_log = logging.getLogger(__name__)

MEASUREMENT, BODY_LOCATION, BATTERY, MANUFACTURER, MODEL = "2a37", "2a38", "2a19", "2a29", "2a24"
LOW_BATTERY_PERCENT = 15
DISCONNECT_S = 1.5
PULSE_EVERY_S = 1.0

# A strap's name and address; a sentence where it is not the one that it seems to be.
Greet = Callable[[str, str], "str | None"]


@dataclass(slots=True, kw_only=True)
class Known:
    """What outlasts one life: which strap it is, what was told already.

    address: None for the first strap found, which is then kept to.
    """

    address: str | None
    state: SensorState = field(default_factory=lambda: SensorState(time_s=0.0, phase=SensorPhase.SCANNING, reason=""))
    told: set[str] = field(default_factory=set)


class StrapThread:
    """Looks for a strap and listens to it until it is stopped, or fails."""

    def __init__(
        self, radio: Radio, profiles: Sequence[Profile], timing: Timing, greet: Greet, clock: Clock, known: Known
    ) -> None:  # fmt: skip
        self.pulse = 0  # counts on for as long as the loop turns
        self.sent: queue.SimpleQueue[Said] = queue.SimpleQueue()
        self._radio, self._profiles, self._timing, self._greet, self._clock = radio, profiles, timing, greet, clock
        self._known = known
        self._link = Link()
        self._peer: Peer | None = None
        self._connection: Connection | None = None
        self._reason = ""
        self._packets = 0
        self._last_packet_s = 0.0  # on the loop's clock
        self._loop = asyncio.new_event_loop()
        self._life = self._loop.create_task(self._live())
        self._thread = threading.Thread(target=self._run, name="bluetooth", daemon=True)
        self._thread.start()

    # ---- the session's side ----

    @property
    def ended(self) -> bool:
        """Whether it is over, by whatever end."""
        return not self._thread.is_alive()

    def end(self) -> None:
        """Ask it to let the strap go and end; returns at once."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: all has ended
            self._loop.call_soon_threadsafe(self._life.cancel)

    def join(self, within_s: float) -> None:
        """Wait for its end."""
        self._thread.join(within_s)

    # ---- the radio's thread ----

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            pulse = self._loop.create_task(self._beat())
            runner.run(asyncio.wait({self._life}))
            pulse.cancel()
        fault = None if self._life.cancelled() else self._life.exception()
        if isinstance(fault, Exception):
            write_report(fault, "the strap")

    async def _beat(self) -> None:
        while True:
            self.pulse += 1
            await asyncio.sleep(PULSE_EVERY_S)

    async def _live(self) -> None:
        do = {
            LinkAction.SCAN: self._scan,
            LinkAction.CONNECT: self._connect,
            LinkAction.LISTEN: self._listen,
            LinkAction.PAUSE: self._pause,
        }
        action = LinkAction.SCAN
        try:
            while action in do:
                try:
                    event = await do[action]()
                # Bluetooth stacks raise far more than they document, and none of it may end the search.
                except Exception as fault:
                    event = self._failed(fault)
                self._link, action = step(self._link, event)
        finally:
            await self._disconnect()
            self._link, _ = step(self._link, LinkEvent.STOPPED)
            self._say("The strap has been released.")

    async def _scan(self) -> LinkEvent:
        self._say(f"Looking for {self._named()}.")
        self._peer = await self._radio.find(self._known.address, self._timing.scan_s)
        if self._peer is not None:
            return LinkEvent.FOUND
        self._reason = (
            f"No sign of {self._named()}: the music goes on; put the strap on, moisten it, and end its connection to other apps."
        )
        return LinkEvent.NOT_FOUND

    async def _connect(self) -> LinkEvent:
        assert self._peer is not None
        self._know(self._peer)
        self._say(f"Connecting to {self._named()}.")
        self._lost, self._packets = asyncio.Event(), 0
        self._connection = self._radio.connection(self._peer)
        try:
            async with asyncio.timeout(self._timing.connect_s):
                await self._connection.open(self._on_packet, self._lost.set)
        except Exception:
            await self._disconnect()
            raise
        self._known.address = self._peer.address  # from now on no other strap will do
        return LinkEvent.SUBSCRIBED

    async def _listen(self) -> LinkEvent:
        assert self._connection is not None
        self._last_packet_s = self._loop.time()
        self._say(f"Connected to {self._named()}.")
        details = asyncio.create_task(self._details(self._connection))
        try:
            told = await self._until_lost()
        finally:
            details.cancel()
            await self._disconnect()
        why = "was lost" if told else f"brought nothing for {self._timing.watchdog_s:g} s"
        self._reason = f"The connection to {self._named()} {why}: the music goes on, and the strap is looked for again."
        return LinkEvent.LOST if self._packets else LinkEvent.FAILED

    async def _pause(self) -> LinkEvent:
        retry_in_s = pause_s(self._link, self._timing.backoff_s)
        self._say(self._reason, retry_in_s=retry_in_s)
        await asyncio.sleep(retry_in_s)
        return LinkEvent.DUE

    def _on_packet(self, payload: bytes) -> None:
        time_s = self._clock.now_s()
        self.sent.put(Notification(time_s=time_s, payload=payload))
        self._last_packet_s = self._loop.time()
        self._packets += 1

    async def _until_lost(self) -> bool:
        """Wait for the end of the connection: True where the system told it, False where the watchdog found it."""
        while (left_s := self._last_packet_s + self._timing.watchdog_s - self._loop.time()) > 0.0:
            with contextlib.suppress(TimeoutError):
                # Not wait_for: on Python 3.11 it swallows a cancellation that comes together with the result.
                async with asyncio.timeout(left_s):
                    return await self._lost.wait()
        return False

    async def _details(self, connection: Connection) -> None:
        """Who it is, place and maker, once; the battery, again and again."""
        await self._meet()
        place = await self._read(connection, BODY_LOCATION)
        maker = [await self._read(connection, uuid) for uuid in (MANUFACTURER, MODEL)]
        reason = f"Connected to {self._named()}{_described(place, maker)}."
        while connection is self._connection:
            percent = _understood(parse_battery, await self._read(connection, BATTERY))
            if percent is not None:
                self._known.state = replace(self._known.state, battery_percent=percent)
                self._warn_of_battery(percent)
            self._say(reason)
            await asyncio.sleep(self._timing.battery_every_s)

    async def _meet(self) -> None:
        if self._peer is not None:
            said = await asyncio.to_thread(self._greet, self._named(), self._peer.address)
            if said is not None:
                self._notice_once("strap_is_another", Severity.WARNING, said)

    async def _read(self, connection: Connection, uuid: str) -> bytes | None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._timing.read_s):
                return await connection.read(uuid)
        return None

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DISCONNECT_S):
                    await connection.close()

    # ---- what is said ----

    def _know(self, peer: Peer) -> None:
        profile = profile_for(peer.name or "", self._profiles)
        kind = profile.kind if profile else SensorKind.UNKNOWN
        self._known.state = replace(self._known.state, name=plain_line(peer.name or "") or peer.address, kind=kind)
        if profile is not None and not profile.rr_available:
            text = f"{profile.name} sends no beat-to-beat intervals fit for use: the music follows its heart rate alone."
            self._notice_once("no_rr_intervals", Severity.INFO, text)

    def _named(self) -> str:
        return self._known.state.name or (f"the strap {self._known.address}" if self._known.address else "a heart-rate strap")

    def _warn_of_battery(self, percent: int) -> None:
        if percent < LOW_BATTERY_PERCENT:
            text = f"The battery of {self._named()} is at {percent} %: it may end during a session; change or charge it soon."
            self._notice_once("battery_low", Severity.WARNING, text)

    def _notice_once(self, code: str, severity: Severity, text: str) -> None:
        if code not in self._known.told:
            self._known.told.add(code)
            self.sent.put(Notice(time_s=self._clock.now_s(), severity=severity, code=code, text=text))

    def _failed(self, fault: Exception) -> LinkEvent:
        _log.info("Bluetooth fault: %r", fault)
        meaning = meaning_of(fault)
        self._reason = f"{meaning.sentence} The session goes on as plain listening."
        return LinkEvent.NO_BLUETOOTH if meaning.no_bluetooth else LinkEvent.FAILED

    def _say(self, reason: str, retry_in_s: float | None = None) -> None:
        now_s = self._clock.now_s()
        self._known.state = replace(self._known.state, time_s=now_s, phase=self._link.phase, reason=reason, retry_in_s=retry_in_s)
        self.sent.put(self._known.state)


def _described(place: bytes | None, maker: Sequence[bytes | None]) -> str:
    worn = _understood(parse_body_location, place)
    made = " ".join((text or b"").decode("utf-8", "replace").strip("\0 ") for text in maker).strip()
    known = ", ".join(words for words in (made, f"worn at: {worn}" if worn else "") if words)
    return f" ({known})" if known else ""


def _understood(parse: Callable[[bytes], Value | None], payload: bytes | None) -> Value | None:
    with contextlib.suppress(MalformedPayload):
        return None if payload is None else parse(payload)
    return None
