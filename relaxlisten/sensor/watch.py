"""Looks around for straps in the background, while somebody chooses one.

Decision: straps show up as they are seen, each is asked once for battery and heart rate, and then the chosen one (else the
strongest) is listened to, so that a live heart rate proves that it is the right one. Bluetooth that fails is tried again. The
watch owns a thread with an asyncio loop, as a session's strap does, and is stopped before a session takes the strap over.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from relaxlisten.errors import MalformedPayload
from relaxlisten.sensor.ble_faults import meaning_of
from relaxlisten.sensor.heart_rate_service import parse_battery, parse_measurement
from relaxlisten.sensor.seen import SeenStrap, Sighting
from relaxlisten.sensor.strap_thread import BATTERY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from relaxlisten.sensor.radio import Connection

_log = logging.getLogger(__name__)

LOOK_S = 4.0
ASK_S = 4.0
AGAIN_S = 5.0
SILENT_S = 5.0  # a strap that sends nothing for so long is let go, and looked for again
_CLOSE_S = 1.5
_STOP_S = 3.0


class Air(Protocol):
    """How straps are seen and reached."""

    async def look(self, for_s: float, on_seen: Callable[[SeenStrap], None]) -> None:
        """Tell each strap that shows itself, as often as it does; raises what the system raises."""

    def connection(self, address: str) -> Connection:
        """A connection to a strap that was seen, not yet open."""


class StrapWatch:
    """`sighting` is what is known now; every other call returns at once, `stop` within 3 s."""

    def __init__(self, air: Air, *, again_s: float = AGAIN_S, look_s: float = LOOK_S) -> None:
        self.sighting = Sighting(looking=True)
        self._air, self._again_s, self._look_s = air, again_s, look_s
        self._chosen: str | None = None
        self._asked: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._wake = asyncio.Event()
        self._life = self._loop.create_task(self._live())
        self._thread = threading.Thread(target=self._run, name="strap-watch", daemon=True)
        self._thread.start()

    # ---- the chooser's side ----

    def choose(self, address: str | None) -> None:
        """Listen to this strap; None: to the strongest."""
        if address != self._chosen:
            self._chosen = address
            self._call(self._wake.set)

    def look_again(self) -> None:
        """Look around anew."""
        self._asked.clear()
        self._call(self._wake.set)

    def stop(self) -> None:
        """Let all straps go."""
        self._call(self._life.cancel)
        self._thread.join(_STOP_S)

    def _call(self, what: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: all has ended
            self._loop.call_soon_threadsafe(what)

    # ---- the radio's thread ----

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(asyncio.wait({self._life}))

    async def _live(self) -> None:
        while True:
            self._wake.clear()
            if await self._looked_around():
                for strap in self.sighting.straps:
                    await self._ask(strap.address)
                self.sighting = replace(self.sighting, looking=False)
                await self._stay()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._again_s)

    async def _looked_around(self) -> bool:
        self.sighting = replace(self.sighting, looking=True)
        try:
            await self._air.look(self._look_s, self._see)
        except Exception as fault:  # whatever the system raises means something (ble_faults)
            self._asked.clear()
            self.sighting = Sighting(looking=False, problem=meaning_of(fault).sentence)
            return False
        self.sighting = replace(self.sighting, problem="")
        return True

    def _see(self, strap: SeenStrap) -> None:
        before = {known.address: known for known in self.sighting.straps}
        known = before.get(strap.address, strap)
        before[strap.address] = replace(known, name=strap.name, rssi_dbm=strap.rssi_dbm)
        straps = sorted(before.values(), key=lambda one: -999 if one.rssi_dbm is None else one.rssi_dbm, reverse=True)
        self.sighting = replace(self.sighting, straps=tuple(straps), problem="")

    def _learn(self, address: str, change: Callable[[SeenStrap], SeenStrap]) -> None:
        straps = tuple(change(one) if one.address == address else one for one in self.sighting.straps)
        self.sighting = replace(self.sighting, straps=straps)

    async def _ask(self, address: str) -> None:
        """Battery and heart rate of a strap, once."""
        if address in self._asked:
            return
        self._asked.add(address)
        heard = asyncio.Event()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ASK_S):
                await self._listen(address, heard, heard.wait)

    async def _stay(self) -> None:
        """Listen to the chosen strap until it is lost, or something else is wanted."""
        in_reach = [one.address for one in self.sighting.straps]
        address = self._chosen if self._chosen in in_reach else next(iter(in_reach), None)
        if address is None:
            return
        heard = asyncio.Event()

        async def still_there() -> None:
            while not self._wake.is_set():
                heard.clear()
                await asyncio.wait_for(_either(heard, self._wake), SILENT_S)

        with contextlib.suppress(TimeoutError):
            await self._listen(address, heard, still_there)
        self._learn(address, lambda one: replace(one, heart_rate_bpm=None))

    async def _listen(self, address: str, heard: asyncio.Event, until: Callable[[], Awaitable[object]]) -> None:
        """Be connected to a strap until `until` is over; a strap that refuses costs nothing."""

        def packet(payload: bytes) -> None:
            with contextlib.suppress(MalformedPayload):
                bpm = parse_measurement(0.0, payload).heart_rate_bpm
                self._learn(address, lambda one: replace(one, heart_rate_bpm=bpm or None))
                heard.set()

        connection = self._air.connection(address)
        try:
            await connection.open(packet, lambda: None)
            level = await connection.read(BATTERY)
            if level is not None:
                percent = parse_battery(level)
                self._learn(address, lambda one: replace(one, battery_percent=percent))
            await until()
        except TimeoutError:
            raise
        except Exception as fault:  # whatever the system raises: this strap cannot be had now, others may
            _log.info("The strap %s could not be asked: %s", address, fault)
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_S):
                    await connection.close()


async def _either(one: asyncio.Event, other: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in (one, other)]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
