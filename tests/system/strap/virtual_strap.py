"""A virtual heart-rate strap: a real GATT server (bumble) on a virtual controller."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bumble import data_types
from bumble.core import AdvertisingData
from bumble.device import Device, DeviceConfiguration
from bumble.gatt import (
    GATT_BODY_SENSOR_LOCATION_CHARACTERISTIC,
    GATT_HEART_RATE_MEASUREMENT_CHARACTERISTIC,
    GATT_HEART_RATE_SERVICE,
    Characteristic,
    Service,
)
from bumble.hci import Address
from bumble.profiles.battery_service import BatteryService
from bumble.profiles.device_information_service import DeviceInformationService

from relaxlisten.sensor.packets import packets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bumble.controller import Controller
    from bumble.device import Connection

DEFAULT_NAME, DEFAULT_ADDRESS = "Polar H10 7A2F4D26", "C4:11:22:33:44:55"


class VirtualStrap:
    """Heart rate, body location, battery and device information, advertised as straps do."""

    def __init__(self, controller: Controller, name: str = DEFAULT_NAME, address: str = DEFAULT_ADDRESS) -> None:
        self.controller = controller
        self.name, self.address = name, address
        self.battery_percent = 87
        self.connections: list[Connection] = []
        self.subscribed = asyncio.Event()
        config = DeviceConfiguration(
            name=name,
            address=Address(address),
            advertising_interval_min=100,
            advertising_interval_max=100,
            gap_service_enabled=True,
        )
        self.device = Device.from_config_with_hci(config, controller, controller)
        self._measurement = Characteristic(
            GATT_HEART_RATE_MEASUREMENT_CHARACTERISTIC, Characteristic.Properties.NOTIFY, Characteristic.Permissions(0), b""
        )
        self.device.add_services([
            Service(GATT_HEART_RATE_SERVICE, [self._measurement, _chest()]),
            BatteryService(lambda _connection: self.battery_percent),
            DeviceInformationService(manufacturer_name="ACME", model_number="V-1", serial_number="0001", firmware_revision="1.2"),
        ])  # fmt: skip
        self.device.advertising_data = _advertisement(name)
        self.device.on("connection", self._on_connection)
        self._measurement.on("subscription", lambda _connection, notify, _indicate: self._on_subscription(subscribed=notify))

    async def start(self) -> None:
        """Begin to advertise."""
        await self.device.power_on()
        await self.device.start_advertising(auto_restart=True)

    async def notify(self, payload: bytes) -> None:
        """Send one packet to whoever is subscribed."""
        await self.device.notify_subscribers(self._measurement, payload)

    async def drop(self) -> None:
        """Disconnect from the strap's side, as when it is taken off."""
        for connection in list(self.connections):
            await connection.disconnect()

    async def play(self, rr_ms: Sequence[float], speed: float = 1.0) -> None:
        """Send intervals as packets, about one a second of their own time."""
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        for packet in packets(rr_ms):
            await asyncio.sleep(max(started_s + packet.time_s / speed - loop.time(), 0.0))
            await self.notify(packet.payload)

    def _on_connection(self, connection: Connection) -> None:
        self.connections.append(connection)
        connection.on("disconnection", lambda _reason: self._on_disconnection(connection))

    def _on_disconnection(self, connection: Connection) -> None:
        self.connections.remove(connection)
        self.subscribed.clear()

    def _on_subscription(self, *, subscribed: bool) -> None:
        (self.subscribed.set if subscribed else self.subscribed.clear)()


def _chest() -> Characteristic[bytes]:
    readable = Characteristic.Properties.READ
    return Characteristic(GATT_BODY_SENSOR_LOCATION_CHARACTERISTIC, readable, Characteristic.READABLE, b"\x01")


def _advertisement(name: str) -> bytes:
    flags = AdvertisingData.Flags.LE_GENERAL_DISCOVERABLE_MODE | AdvertisingData.Flags.BR_EDR_NOT_SUPPORTED
    uuids = data_types.IncompleteListOf16BitServiceUUIDs([GATT_HEART_RATE_SERVICE])
    return bytes(AdvertisingData([data_types.Flags(flags), data_types.CompleteLocalName(name), uuids]))
