"""The object tree and the method dispatch of a D-Bus service that looks like org.bluez."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bumble import core
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

if TYPE_CHECKING:
    from collections.abc import Coroutine

OBJECT_MANAGER, PROPERTIES = "org.freedesktop.DBus.ObjectManager", "org.freedesktop.DBus.Properties"
DBUS, DBUS_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
Reply = tuple[str, list[Any]] | None

ATT_ERRORS = {
    2: ("org.bluez.Error.NotPermitted", "Read not permitted"),
    3: ("org.bluez.Error.NotPermitted", "Write not permitted"),
    6: ("org.bluez.Error.NotSupported", "Operation is not supported"),
}


class BlueZError(Exception):
    """A fault as bluetoothd would answer it."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name if "." in name else f"org.bluez.Error.{name}"


class BlueZObjects:
    """Objects with properties on a bus. Methods are found by name: `_<Interface>_<Member>(message)`."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, dict[str, Variant]]] = {"/org/bluez": {}}
        self.fail: dict[str, list[BlueZError]] = {}  # member -> faults to answer with, one a call
        self.calls: list[tuple[str, str]] = []
        self.bus: MessageBus | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def appear(self, address: str) -> None:
        """Take the name org.bluez on the bus at this address."""
        bus = await MessageBus(bus_address=address).connect()
        bus.add_message_handler(self._on_message)
        rule = f"type='signal',member='NameOwnerChanged',sender='{DBUS}'"
        await bus.call(Message(DBUS, DBUS_PATH, DBUS, "AddMatch", signature="s", body=[rule]))
        self.bus = bus
        await bus.request_name("org.bluez")

    async def vanish(self) -> None:
        """Leave the bus, as when bluetoothd dies."""
        bus, self.bus = self.bus, None
        if bus is not None:
            bus.disconnect()
            await bus.wait_for_disconnect()
        for task in list(self._tasks):
            task.cancel()

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the message at hand."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- objects ----

    def add(self, path: str, interface: str, properties: dict[str, Variant]) -> None:
        """A new interface at a path, announced."""
        self.objects.setdefault(path, {})[interface] = properties
        self._signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, {interface: properties}])

    def remove(self, path: str) -> None:
        """The end of an object, announced."""
        if interfaces := self.objects.pop(path, None):
            self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [path, list(interfaces)])

    def change(self, path: str, interface: str, invalidated: tuple[str, ...] = (), **properties: Variant) -> None:
        """New values of properties, announced."""
        if path not in self.objects:
            return
        known = self.objects[path][interface]
        known.update(properties)
        for name in invalidated:
            known.pop(name, None)
        self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, properties, list(invalidated)])

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        self._send(Message.new_signal(path, interface, member, signature, body))

    def _send(self, message: Message) -> None:
        if self.bus is not None:
            self.bus.send(message)

    # ---- messages ----

    def _on_message(self, message: Message) -> bool | None:
        if message.message_type is MessageType.SIGNAL:
            if message.member == "NameOwnerChanged" and message.body[0].startswith(":") and not message.body[2]:
                self.later(self.client_gone(message.body[0]))
            return None
        ours = self.bus is not None and message.destination in ("org.bluez", self.bus.unique_name)
        if message.message_type is not MessageType.METHOD_CALL or not ours:
            return None
        self.later(self._answer(message))
        return True

    async def client_gone(self, sender: str) -> None:
        """A program left the bus: forget what it had asked for."""

    async def _answer(self, message: Message) -> None:
        try:
            reply = await self._do(message)
        except (BlueZError, core.ProtocolError, asyncio.CancelledError) as fault:
            self._send(Message.new_error(message, *_named(fault)))
        else:
            self._send(Message.new_method_return(message, *(reply or ())))

    async def _do(self, message: Message) -> Reply:
        self.calls.append((message.member, message.path))
        if self.fail.get(message.member):
            raise self.fail[message.member].pop(0)
        if (message.interface, message.member) == (OBJECT_MANAGER, "GetManagedObjects"):
            return "a{oa{sa{sv}}}", [self.objects]
        if message.path not in self.objects:
            raise BlueZError(f"{DBUS}.Error.UnknownObject", f"no such object {message.path}")
        if message.interface == PROPERTIES:
            return self._properties(message)
        method = getattr(self, f"_{message.interface.rpartition('.')[2]}_{message.member}", None)
        if method is None:
            raise BlueZError(f"{DBUS}.Error.UnknownMethod", message.member)
        reply: Reply = await method(message)
        return reply

    def _properties(self, message: Message) -> Reply:
        interface = message.body[0]
        known = self.objects[message.path].get(interface, {})
        match message.member:
            case "GetAll":
                return "a{sv}", [known]
            case "Get":
                return "v", [known[message.body[1]]]
        self.change(message.path, interface, **{message.body[1]: message.body[2]})
        return None


def _named(fault: BaseException) -> tuple[str, str]:
    if isinstance(fault, BlueZError):
        return fault.name, str(fault)
    if isinstance(fault, core.ProtocolError):
        text = f"Operation failed with ATT error: 0x{fault.error_code:02x}"
        return ATT_ERRORS.get(fault.error_code, ("org.bluez.Error.Failed", text))
    return "org.bluez.Error.Failed", "Operation was cancelled"
