"""The GATT side of the look-alike: services, characteristics and notifications of connected devices."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from bumble import core
from bumble.device import Connection, Peer
from dbus_fast import Message, Variant

from tests.system.strap.bluez_objects import BlueZError, BlueZObjects, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from bumble.core import UUID

ADAPTER_PATH = "/org/bluez/hci0"
DEVICE = "org.bluez.Device1"
SERVICE, CHARACTERISTIC = "org.bluez.GattService1", "org.bluez.GattCharacteristic1"
GENERIC_ACCESS = "00001800"
NOTIFIES = 0x30
DEVICE_PATH_LENGTH = len(ADAPTER_PATH) + len("/dev_00_00_00_00_00_00")
# bluetoothd's words for the bits of a characteristic's properties, lowest first
FLAGS = (
    "broadcast", "read", "write-without-response", "write", "notify", "indicate",
    "authenticated-signed-writes", "extended-properties",
)  # fmt: skip


def uuid128(uuid: UUID) -> str:
    """A UUID as bluetoothd writes it."""
    short = uuid.to_hex_str("-").lower()
    return f"0000{short}-0000-1000-8000-00805f9b34fb" if len(short) == 4 else short


class BlueZGatt(BlueZObjects):
    """Characteristics of connected devices, read and subscribed over a real ATT bearer."""

    def __init__(self) -> None:
        super().__init__()
        self.connections: dict[str, Connection] = {}  # device path -> connection
        self.gatt: dict[str, Any] = {}  # object path -> bumble's proxy
        self.notifying: dict[str, dict[str, Callable[[bytes], None]]] = {}  # characteristic path -> D-Bus sender -> callback

    async def discover(self, path: str, connection: Connection) -> None:
        """Export the services of a device that has just been connected."""
        with contextlib.suppress(core.ProtocolError):
            peer = Peer(connection)
            await connection.cancel_on_disconnection(peer.request_mtu(517))
            for service in await connection.cancel_on_disconnection(peer.discover_services()):
                if not uuid128(service.uuid).startswith(GENERIC_ACCESS):  # bluetoothd keeps that one to itself
                    await self._export(path, connection, service)
            uuids = {uuid for at, known in self.objects.items() if at.startswith(path) and SERVICE in known
                     for uuid in [known[SERVICE]["UUID"].value]}  # fmt: skip
            uuids |= set(self.objects[path][DEVICE]["UUIDs"].value)
            self.change(path, DEVICE, UUIDs=Variant("as", sorted(uuids)), ServicesResolved=Variant("b", True))

    async def _export(self, path: str, connection: Connection, service: Any) -> None:
        service_path = f"{path}/service{service.handle:04x}"
        about = {
            "UUID": Variant("s", uuid128(service.uuid)),
            "Primary": Variant("b", True),
            "Device": Variant("o", path),
            "Includes": Variant("ao", []),
        }
        self._keep(service_path, service, SERVICE, about)
        for found in await connection.cancel_on_disconnection(service.discover_characteristics()):
            flags = [flag for bit, flag in enumerate(FLAGS) if found.properties & 1 << bit]
            about = {
                "UUID": Variant("s", uuid128(found.uuid)),
                "Service": Variant("o", service_path),
                "Value": Variant("ay", b""),
                "Flags": Variant("as", flags),
                "MTU": Variant("q", connection.att_mtu),
            }
            if found.properties & NOTIFIES:
                about["Notifying"] = Variant("b", False)
            await connection.cancel_on_disconnection(found.discover_descriptors())
            # bluetoothd names a characteristic by the handle of its declaration
            self._keep(f"{service_path}/char{found.handle - 1:04x}", found, CHARACTERISTIC, about)

    def _keep(self, path: str, proxy: Any, interface: str, about: dict[str, Variant]) -> None:
        self.gatt[path] = proxy
        if path not in self.objects:  # kept over disconnections, as in bluetoothd's cache
            self.add(path, interface, about)

    def forget_notifications(self, path: str) -> None:
        """A device is gone: nothing of it notifies any more."""
        for characteristic in [at for at in self.notifying if at.startswith(f"{path}/")]:
            del self.notifying[characteristic]
            self.change(characteristic, CHARACTERISTIC, Notifying=Variant("b", False))

    async def client_gone(self, sender: str) -> None:
        for path in [at for at, senders in self.notifying.items() if sender in senders]:
            await self._unsubscribe(path, sender)

    def _connection(self, path: str) -> Connection:
        connection = self.connections.get(path[:DEVICE_PATH_LENGTH])
        if connection is None:
            raise BlueZError("Failed", "Not connected")
        return connection

    async def _GattCharacteristic1_ReadValue(self, message: Message) -> Reply:  # noqa: N802  # named as on the bus
        path = message.path
        value = bytes(await self._connection(path).cancel_on_disconnection(self.gatt[path].read_value()))
        self.change(path, CHARACTERISTIC, Value=Variant("ay", value))
        return "ay", [value]

    async def _GattCharacteristic1_StartNotify(self, message: Message) -> Reply:  # noqa: N802
        path, proxy = message.path, self.gatt[message.path]
        if not proxy.properties & NOTIFIES:
            raise BlueZError("NotSupported", "Operation is not supported")

        def changed(value: bytes) -> None:
            self.change(path, CHARACTERISTIC, Value=Variant("ay", bytes(value)))

        first = path not in self.notifying
        self.notifying.setdefault(path, {})[message.sender] = changed
        if first:
            await proxy.subscribe(changed)
            self.change(path, CHARACTERISTIC, Notifying=Variant("b", True))
        return None

    async def _GattCharacteristic1_StopNotify(self, message: Message) -> Reply:  # noqa: N802
        await self._unsubscribe(message.path, message.sender)
        return None

    async def _unsubscribe(self, path: str, sender: str) -> None:
        senders = self.notifying.get(path, {})
        callback = senders.pop(sender, None)
        if callback is None or senders:
            return
        del self.notifying[path]
        with contextlib.suppress(core.ProtocolError, core.InvalidStateError):
            await self.gatt[path].unsubscribe(callback)
        self.change(path, CHARACTERISTIC, Notifying=Variant("b", False))
