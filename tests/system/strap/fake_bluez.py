"""An org.bluez look-alike backed by a real Bluetooth host (bumble): ATT, GATT, L2CAP and HCI are real, only the radio is not.

Decision: the program under test needs no seam. Unmodified bleak talks to this over D-Bus as it would to bluetoothd.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from bumble import core
from bumble.core import AdvertisingData
from bumble.device import Device, DeviceConfiguration
from bumble.hci import Address
from dbus_fast import Variant

from tests.system.strap.bluez_gatt import ADAPTER_PATH, DEVICE, BlueZGatt, uuid128
from tests.system.strap.bluez_objects import BlueZError, Reply

if TYPE_CHECKING:
    from bumble.controller import Controller
    from bumble.device import Advertisement
    from dbus_fast import Message

ADAPTER = "org.bluez.Adapter1"
SERVICE_LISTS = (0x02, 0x03, 0x06, 0x07)  # advertising data types that hold service UUIDs
RSSI_STEP_DB = 8  # bluetoothd announces a change of signal strength from here on
FALSE_AT_FIRST = ("Paired", "Bonded", "Trusted", "Blocked", "Connected", "ServicesResolved", "LegacyPairing")


class FakeBlueZ(BlueZGatt):
    """One adapter, hci0."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        config = DeviceConfiguration(name="fake-bluez", address=Address("F0:F1:F2:F3:F4:F5"))
        self.host = Device.from_config_with_hci(config, controller, controller)
        self.host.on("advertisement", self._on_advertisement)
        self.discovering: dict[str, dict[str, Variant]] = {}  # D-Bus sender -> its filter
        self.addresses: dict[str, Address] = {}  # device path -> address
        self._filters: dict[str, dict[str, Variant]] = {}
        self._connecting = asyncio.Lock()  # a controller opens one connection at a time; BlueZ has the others wait
        self.objects[ADAPTER_PATH] = {ADAPTER: _adapter()}

    async def start(self, address: str) -> None:
        """Power the host on and appear on the bus."""
        await self.host.power_on()
        await self.appear(address)

    async def die(self) -> None:
        """Leave the bus without a word and forget all, as a killed bluetoothd."""
        await self.vanish()
        self.notifying.clear()
        for connection in list(self.connections.values()):
            with contextlib.suppress(core.ProtocolError, asyncio.CancelledError):
                await connection.disconnect()
        if self.discovering:
            await self.host.stop_scanning()
        self.discovering.clear()
        self.objects = {"/org/bluez": {}, ADAPTER_PATH: {ADAPTER: _adapter()}}

    def power(self, *, on: bool) -> None:
        """Switch the adapter."""
        self.change(ADAPTER_PATH, ADAPTER, Powered=Variant("b", on))

    def unplug(self) -> None:
        """Take the adapter away."""
        self.remove(ADAPTER_PATH)

    async def client_gone(self, sender: str) -> None:
        if sender in self.discovering:
            await self._stop_scan(sender)
        await super().client_gone(sender)

    # ---- Adapter1 ----

    async def _Adapter1_SetDiscoveryFilter(self, message: Message) -> Reply:  # noqa: N802  # named as on the bus
        self._filters[message.sender] = message.body[0]
        return None

    async def _Adapter1_StartDiscovery(self, message: Message) -> Reply:  # noqa: N802
        if not self.objects[ADAPTER_PATH][ADAPTER]["Powered"].value:
            raise BlueZError("NotReady", "Resource Not Ready")
        if message.sender in self.discovering:
            raise BlueZError("InProgress", "Operation already in progress")
        if not self.discovering:
            await self.host.start_scanning(filter_duplicates=False)
            self.change(ADAPTER_PATH, ADAPTER, Discovering=Variant("b", True))
        self.discovering[message.sender] = self._filters.get(message.sender, {})
        return None

    async def _Adapter1_StopDiscovery(self, message: Message) -> Reply:  # noqa: N802
        if message.sender not in self.discovering:
            raise BlueZError("Failed", "No discovery started")
        await self._stop_scan(message.sender)
        return None

    async def _stop_scan(self, sender: str) -> None:
        self.discovering.pop(sender, None)
        if self.discovering:
            return
        await self.host.stop_scanning()
        for path in self.addresses:
            self.change(path, DEVICE, ("RSSI",))
        self.change(ADAPTER_PATH, ADAPTER, Discovering=Variant("b", False))

    async def _Adapter1_RemoveDevice(self, message: Message) -> Reply:  # noqa: N802
        path = message.body[0]
        if path not in self.objects:
            raise BlueZError("DoesNotExist", "Does Not Exist")
        if path in self.connections:
            await self.connections[path].disconnect()
        self.addresses.pop(path, None)
        for at in [at for at in self.objects if at == path or at.startswith(f"{path}/")]:
            self.gatt.pop(at, None)
            self.remove(at)
        return None

    def _on_advertisement(self, seen: Advertisement) -> None:
        path = f"{ADAPTER_PATH}/dev_{seen.address.to_string(False).replace(':', '_')}"
        if path not in self.objects:
            self.addresses[path] = seen.address
            self.add(path, DEVICE, _device(seen))
            return
        # like bluetoothd: nothing is announced again unless it is new, much stronger or weaker, or duplicates are wanted
        known = self.objects[path][DEVICE].get("RSSI")
        wanted = any(filters["DuplicateData"].value for filters in self.discovering.values() if "DuplicateData" in filters)
        if wanted or known is None or abs(known.value - seen.rssi) >= RSSI_STEP_DB:
            self.change(path, DEVICE, RSSI=Variant("n", seen.rssi))

    # ---- Device1 ----

    async def _Device1_Connect(self, message: Message) -> Reply:  # noqa: N802
        path = message.path
        try:
            async with self._connecting:
                connection = await self.host.connect(self.addresses[path], timeout=20)
        except (TimeoutError, core.TimeoutError):
            raise BlueZError("Failed", "le-connection-abort-by-local") from None
        self.connections[path] = connection
        connection.on("disconnection", lambda _reason: self._on_disconnection(path))
        self.change(path, DEVICE, Connected=Variant("b", True))
        self.later(self.discover(path, connection))
        return None

    async def _Device1_Disconnect(self, message: Message) -> Reply:  # noqa: N802
        if connection := self.connections.get(message.path):
            await connection.disconnect()
        return None

    def _on_disconnection(self, path: str) -> None:
        self.connections.pop(path, None)
        self.change(path, DEVICE, ServicesResolved=Variant("b", False), Connected=Variant("b", False))
        self.forget_notifications(path)


def _adapter() -> dict[str, Variant]:
    return {
        "Address": Variant("s", "00:00:00:00:00:01"),
        "AddressType": Variant("s", "public"),
        "Name": Variant("s", "fake"),
        "Alias": Variant("s", "fake"),
        "Powered": Variant("b", True),
        "Discovering": Variant("b", False),
        "UUIDs": Variant("as", []),
        "Roles": Variant("as", ["central", "peripheral"]),
    }


def _device(seen: Advertisement) -> dict[str, Variant]:
    address = seen.address.to_string(False)
    uuids = [uuid128(uuid) for kind in SERVICE_LISTS for listed in seen.data.get_all(kind) for uuid in listed]
    name: Any = seen.data.get(AdvertisingData.COMPLETE_LOCAL_NAME) or seen.data.get(AdvertisingData.SHORTENED_LOCAL_NAME)
    return {
        "Address": Variant("s", address),
        "AddressType": Variant("s", "random"),
        "Alias": Variant("s", name or address.replace(":", "-")),
        "Adapter": Variant("o", ADAPTER_PATH),
        "UUIDs": Variant("as", list(dict.fromkeys(uuids))),
        "RSSI": Variant("n", seen.rssi),
        **({"Name": Variant("s", name)} if name else {}),
        **{flag: Variant("b", False) for flag in FALSE_AT_FIRST},
    }
