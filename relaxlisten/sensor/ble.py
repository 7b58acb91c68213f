"""Bluetooth Low Energy as this machine has it: the only module that knows bleak.

Decision: bleak is wrapped into the few steps that a strap needs (`radio.Radio`); when to take them is decided elsewhere. For the
commands it also tells, each within a bounded time, which straps are in reach and whether Bluetooth works at all.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bleak import BleakAdapter, BleakClient, BleakScanner
from bleak.exc import BleakError

from relaxlisten.errors import MalformedPayload, RelaxListenError
from relaxlisten.foreign_text import plain_line
from relaxlisten.sensor.ble_faults import meaning_of
from relaxlisten.sensor.heart_rate_service import parse_battery, parse_measurement
from relaxlisten.sensor.profiles import load_profiles, profile_for
from relaxlisten.sensor.reconnect import Timing
from relaxlisten.sensor.seen import SeenStrap
from relaxlisten.sensor.strap import StrapSensor
from relaxlisten.sensor.strap_thread import BATTERY, MEASUREMENT, Greet
from relaxlisten.shipped import shipped_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

    from relaxlisten.sensor.profiles import Profile
    from relaxlisten.sensor.radio import Peer

HEART_RATE_SERVICE = "0000180d-0000-1000-8000-00805f9b34fb"
PROBE_S = 5.0
ANSWER_S = 1.5
STATUS_S = 2.5
# A bus that died surfaces as OSError or EOFError, past bleak's own classes.
FAULTS = (BleakError, OSError, EOFError, TimeoutError)


class BleSensor(StrapSensor):
    """A strap by Bluetooth (ports.Sensor). address: in any case, None for the first strap found, which is then kept to."""

    def __init__(
        self, address: str | None, profiles: Sequence[Profile], timing: Timing | None = None, greet: Greet = lambda _n, _a: None
    ) -> None:
        super().__init__(BleakRadio, address, profiles, timing or Timing(), greet)


class BleakRadio:
    """Finds and reaches straps with bleak (radio.Radio)."""

    def __init__(self) -> None:
        self._devices: dict[str, BLEDevice] = {}
        self._first_search = True

    async def find(self, address: str | None, within_s: float) -> BLEDevice | None:
        """The first strap that shows itself, or the one with this address. Raises what bleak raises."""
        wanted = address.lower() if address else None
        first_search, self._first_search = self._first_search, False
        async with asyncio.timeout(within_s + ANSWER_S):  # a dying Bluetooth service may never answer
            # A strap that a killed session left connected does not advertise. Later on, bleak's word on what is connected may be
            # out of date: then only a search that found nothing falls back on it.
            found = await _connected(wanted) if first_search else None
            found = found or await _advertising(wanted, within_s) or await _connected(wanted)
        if found is not None:
            self._devices = {found.address: found}
        return found

    def connection(self, peer: Peer) -> BleakConnection:
        """A connection to a strap that `find` found last."""
        return BleakConnection(self._devices[peer.address])


class BleakConnection:
    """One connection to one strap (radio.Connection)."""

    def __init__(self, device: BLEDevice) -> None:
        self._device = device
        self._client: BleakClient | None = None

    async def open(self, on_packet: Callable[[bytes], None], on_lost: Callable[[], None]) -> None:
        """Connect and subscribe. Raises what bleak raises."""
        # Windows' cache of services makes reconnections fail: it is never used.
        client = BleakClient(self._device, lambda _client: on_lost(), winrt={"use_cached_services": False}, bluez={})
        self._client = client
        await client.connect()
        await client.start_notify(MEASUREMENT, lambda _characteristic, data: on_packet(bytes(data)), bluez={})

    async def read(self, uuid: str) -> bytes | None:
        """A characteristic's value, or None."""
        with contextlib.suppress(*FAULTS):
            return bytes(await self._client.read_gatt_char(uuid)) if self._client else None
        return None

    async def close(self) -> None:
        """Disconnect."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(*FAULTS):
                await client.disconnect()


async def _advertising(wanted: str | None, within_s: float) -> BLEDevice | None:
    def fits(device: BLEDevice, advertised: AdvertisementData) -> bool:
        return device.address.lower() == wanted if wanted else HEART_RATE_SERVICE in advertised.service_uuids

    services = [] if wanted else [HEART_RATE_SERVICE]  # who gives an address knows what is there
    return await BleakScanner.find_device_by_filter(fits, timeout=within_s, service_uuids=services, bluez={})


async def _connected(wanted: str | None) -> BLEDevice | None:
    return next((device for device in await _all_connected() if wanted in (None, device.address.lower())), None)


async def _all_connected() -> list[BLEDevice]:
    adapter = await BleakAdapter.get(bluez={})
    return await adapter.get_connected_devices([HEART_RATE_SERVICE])


# ---- for those who look around ----


class BleakAir:
    """Straps as they show themselves (watch.Air)."""

    def __init__(self) -> None:
        self._devices: dict[str, BLEDevice] = {}

    async def look(self, for_s: float, on_seen: Callable[[SeenStrap], None]) -> None:
        """Look around, and at what is connected already. Raises what bleak raises."""

        def seen(device: BLEDevice, rssi_dbm: int | None) -> None:
            self._devices[device.address] = device
            on_seen(SeenStrap(address=device.address, name=plain_line(device.name or "") or device.address, rssi_dbm=rssi_dbm))

        def advertised(device: BLEDevice, data: AdvertisementData) -> None:
            if HEART_RATE_SERVICE in data.service_uuids:
                seen(device, data.rssi)

        async with asyncio.timeout(for_s + 2.0 * ANSWER_S):  # a dying Bluetooth service may never answer
            async with BleakScanner(advertised, service_uuids=[HEART_RATE_SERVICE], bluez={}):
                for device in await _all_connected():
                    seen(device, None)
                await asyncio.sleep(for_s)

    def connection(self, address: str) -> BleakConnection:
        """A connection to a strap that was seen."""
        return BleakConnection(self._devices[address])


# ---- for the commands ----


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSensor:
    """A strap in reach. heart_rate_bpm: None where none came in time, or the strap finds no beat."""

    name: str
    address: str
    profile_name: str | None
    rssi_dbm: int | None
    battery_percent: int | None
    heart_rate_bpm: int | None


def scan(duration_s: float) -> list[FoundSensor]:
    """All straps that show themselves within duration_s, strongest first, then those that are connected already.

    Each is asked for battery and heart rate. Blocks for duration_s and up to PROBE_S more a strap.
    Raises RelaxListenError, in a sentence, where Bluetooth does not work.
    """
    try:
        return asyncio.run(_scan(duration_s))
    except FAULTS as fault:
        raise RelaxListenError(meaning_of(fault).sentence) from fault


def bluetooth_status() -> tuple[bool, str]:
    """Whether straps can be looked for on this machine, and a sentence about it; takes 3 s at most."""
    try:
        asyncio.run(_try_scanning())
    except FAULTS as fault:
        return False, meaning_of(fault).sentence
    return True, "Bluetooth works: straps can be looked for."


async def _try_scanning() -> None:
    async with asyncio.timeout(STATUS_S), BleakScanner(service_uuids=[HEART_RATE_SERVICE], bluez={}):
        pass


async def _scan(duration_s: float) -> list[FoundSensor]:
    seen = await BleakScanner.discover(duration_s, return_adv=True, service_uuids=[HEART_RATE_SERVICE], bluez={})
    straps = [(device, advertised.rssi) for device, advertised in seen.values() if HEART_RATE_SERVICE in advertised.service_uuids]
    straps.sort(key=lambda strap: -strap[1])
    connected = [
        (device, None) for device in await _all_connected() if device.address not in {near.address for near, _ in straps}
    ]
    profiles = load_profiles(shipped_folder("device_profiles"))
    # In turn: adapters refuse a second connection while one is being made.
    return [await _ask(device, rssi_dbm, profiles) for device, rssi_dbm in (*straps, *connected)]


async def _ask(device: BLEDevice, rssi_dbm: int | None, profiles: Sequence[Profile]) -> FoundSensor:
    name = plain_line(device.name or "") or device.address
    profile = profile_for(name, profiles)
    battery_percent, heart_rate_bpm = await _probe(BleakConnection(device))
    return FoundSensor(
        name=name,
        address=device.address,
        profile_name=profile.name if profile else None,
        rssi_dbm=rssi_dbm,
        battery_percent=battery_percent,
        heart_rate_bpm=heart_rate_bpm,
    )


async def _probe(connection: BleakConnection) -> tuple[int | None, int | None]:
    """Battery in % and heart rate in bpm, as far as they come in time."""
    battery_percent = None
    packets: asyncio.Queue[bytes] = asyncio.Queue()
    try:
        with contextlib.suppress(*FAULTS, MalformedPayload):
            async with asyncio.timeout(PROBE_S):
                await connection.open(packets.put_nowait, lambda: None)
                level = await connection.read(BATTERY)
                battery_percent = parse_battery(level) if level is not None else None
                return battery_percent, parse_measurement(0.0, await packets.get()).heart_rate_bpm or None
    finally:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                await connection.close()
    return battery_percent, None
