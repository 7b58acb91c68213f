"""A strap that is found, listened to, lost and found again, whatever radio it is heard by.

Decision: the radio owns a thread with an asyncio loop of its own; packets are stamped first thing in a synchronous callback and
cross to the session by a queue. What to do next is `reconnect.py`'s table; this shell only does it. Details (battery, place,
maker) are each optional: their failure never touches the heartbeat. The radio (`radio.py`) arrives as an argument; `ble.py` has
the real one. Its thread, where that dies of a fault of its own, is started again as often as `supervision.py` allows.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from relaxlisten.crash_report import write_report
from relaxlisten.errors import MalformedPayload
from relaxlisten.foreign_text import plain_line
from relaxlisten.messages import Notice, Notification, SensorState
from relaxlisten.sensor.ble_faults import meaning_of
from relaxlisten.sensor.heart_rate_service import parse_battery, parse_body_location
from relaxlisten.sensor.profiles import profile_for
from relaxlisten.sensor.reconnect import Absence, Link, LinkAction, LinkEvent, Timing, heard_packet, pause_s, silence, step
from relaxlisten.supervision import Restarts
from relaxlisten.terms import SensorKind, SensorPhase, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import SoundState
    from relaxlisten.ports import Clock
    from relaxlisten.sensor.profiles import Profile
    from relaxlisten.sensor.radio import Connection, Peer, Radio

Value = TypeVar("Value")
_log = logging.getLogger(__name__)

MEASUREMENT, BODY_LOCATION, BATTERY, MANUFACTURER, MODEL = "2a37", "2a38", "2a19", "2a29", "2a24"
LOW_BATTERY_PERCENT = 15
STOP_WITHIN_S = 3.0
DISCONNECT_S = 1.5


# A strap's name and address; a sentence where it is not the one that it seems to be.
Greet = Callable[[str, str], "str | None"]


class StrapSensor:
    """A strap for as long as the session lasts (ports.Sensor)."""

    def __init__(
        self, radio: Radio, address: str | None, profiles: Sequence[Profile], timing: Timing, greet: Greet = lambda _n, _a: None
    ) -> None:
        """greet: told of each strap that is heard; may take its time."""
        self._radio = radio
        self._greet = greet
        self._address = address
        self._profiles = profiles
        self._timing = timing
        self._sent: queue.SimpleQueue[Notification | SensorState | Notice] = queue.SimpleQueue()
        self._absence = Absence(since_s=0.0)
        self._link = Link()
        self._peer: Peer | None = None
        self._connection: Connection | None = None
        self._state = SensorState(time_s=0.0, phase=SensorPhase.SCANNING, reason="")
        self._reason = ""
        self._packets = 0
        self._last_packet_s = 0.0  # on the loop's clock
        self._told: set[str] = set()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._recent = Restarts()

    # ---- the session's side ----

    def start(self, clock: Clock) -> None:
        """Begin to look for the strap; returns at once."""
        self._clock = clock
        self._absence = Absence(since_s=clock.now_s())
        self._begin()

    def _begin(self) -> None:
        self._link = Link()
        self._loop = asyncio.new_event_loop()
        self._life = self._loop.create_task(self._live())
        self._thread = threading.Thread(target=self._run, name="bluetooth", daemon=True)
        self._thread.start()

    def poll(self, now_s: float) -> list[Notification | SensorState | Notice]:
        """What came in since the last call, oldest first."""
        self._revive(now_s)
        events: list[Notification | SensorState | Notice] = []
        while not self._sent.empty():
            event = self._sent.get()
            events.append(event)
            if isinstance(event, Notification):
                self._absence, back = heard_packet(self._absence, event.time_s)
                events += [back] if back else []
        self._absence, alone = silence(self._absence, now_s, self._timing.plain_listening_s)
        return events + ([alone] if alone else [])

    def hear(self, state: SoundState) -> None:
        """A real heart hears by itself."""

    def stop(self) -> None:
        """Let the strap go; at most 3 s."""
        if self._thread is None:
            return
        self._stopped = True
        with contextlib.suppress(RuntimeError):  # the loop is closed: all has ended
            self._loop.call_soon_threadsafe(self._life.cancel)
        self._thread.join(STOP_WITHIN_S)

    def _revive(self, now_s: float) -> None:
        if self._stopped or self._thread is None or self._thread.is_alive():
            return
        recent = self._recent.one_more(now_s)
        if recent is None:
            self._stopped = True
            text = "What listens to the strap failed again and again and was given up: the session goes on as plain listening."
            self._sent.put(Notice(time_s=now_s, severity=Severity.ERROR, code="strap_given_up", text=text))
            return
        self._recent = recent
        text = "What listens to the strap failed and was started again: the music goes on, and the strap is looked for again."
        self._sent.put(Notice(time_s=now_s, severity=Severity.WARNING, code="strap_restarted", text=text))
        self._begin()

    # ---- the radio's thread ----

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(asyncio.wait({self._life}))
        fault = None if self._life.cancelled() else self._life.exception()
        if isinstance(fault, Exception):
            write_report(fault, "the strap")

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
        self._peer = await self._radio.find(self._address, self._timing.scan_s)
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
        self._address = self._peer.address  # from now on no other strap will do
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
        self._sent.put(Notification(time_s=time_s, payload=payload))
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
                self._state = replace(self._state, battery_percent=percent)
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
        self._state = replace(self._state, name=plain_line(peer.name or "") or peer.address, kind=kind)
        if profile is not None and not profile.rr_available:
            text = f"{profile.name} sends no beat-to-beat intervals fit for use: the music follows its heart rate alone."
            self._notice_once("no_rr_intervals", Severity.INFO, text)

    def _named(self) -> str:
        return self._state.name or (f"the strap {self._address}" if self._address else "a heart-rate strap")

    def _warn_of_battery(self, percent: int) -> None:
        if percent < LOW_BATTERY_PERCENT:
            text = f"The battery of {self._named()} is at {percent} %: it may end during a session; change or charge it soon."
            self._notice_once("battery_low", Severity.WARNING, text)

    def _notice_once(self, code: str, severity: Severity, text: str) -> None:
        if code not in self._told:
            self._told.add(code)
            self._sent.put(Notice(time_s=self._clock.now_s(), severity=severity, code=code, text=text))

    def _failed(self, fault: Exception) -> LinkEvent:
        _log.info("Bluetooth fault: %r", fault)
        meaning = meaning_of(fault)
        self._reason = f"{meaning.sentence} The session goes on as plain listening."
        return LinkEvent.NO_BLUETOOTH if meaning.no_bluetooth else LinkEvent.FAILED

    def _say(self, reason: str, retry_in_s: float | None = None) -> None:
        now_s = self._clock.now_s()
        self._state = replace(self._state, time_s=now_s, phase=self._link.phase, reason=reason, retry_in_s=retry_in_s)
        self._sent.put(self._state)


def _described(place: bytes | None, maker: Sequence[bytes | None]) -> str:
    worn = _understood(parse_body_location, place)
    made = " ".join((text or b"").decode("utf-8", "replace").strip("\0 ") for text in maker).strip()
    known = ", ".join(words for words in (made, f"worn at: {worn}" if worn else "") if words)
    return f" ({known})" if known else ""


def _understood(parse: Callable[[bytes], Value | None], payload: bytes | None) -> Value | None:
    with contextlib.suppress(MalformedPayload):
        return None if payload is None else parse(payload)
    return None
