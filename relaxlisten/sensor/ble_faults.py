"""What Bluetooth faults mean for the listener: one sentence each.

Decision: a table from the fault's class, and the reason or D-Bus name it carries, to a sentence. Classes are known by name, so
that this table is pure and is tested where there is no Bluetooth at all.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """sentence: what happened, what it means and what to do. no_bluetooth: whether this machine, not the strap, is at fault."""

    sentence: str
    no_bluetooth: bool = True


_NO_SERVICE = Meaning(
    "The Bluetooth service of this system is not running, so no strap can be reached: install or start it (Linux: BlueZ)."
)
_NO_ADAPTER = Meaning("This machine has no Bluetooth adapter, so no strap can be reached: plug one in.")
_DENIED = Meaning("This program is not allowed to use Bluetooth, so no strap can be reached: allow it in the system's settings.")
_OFF = Meaning("Bluetooth is switched off, so no strap can be reached: switch it on.")
_UNKNOWN = Meaning(
    "Bluetooth does not work on this machine at the moment, so no strap can be reached: switch it off and on again."
)
_ABSENT = Meaning("The strap went out of reach while it was being connected: keep it near and worn.", no_bluetooth=False)
_REFUSED = Meaning(
    "The strap refused to send heartbeats: end its connection to other apps and watches, or pair it in the system's settings.",
    no_bluetooth=False,
)
_SLOW = Meaning("The strap did not answer in time: keep it near, and end its connection to other apps.", no_bluetooth=False)
_OTHER = Meaning("The connection to the strap failed: keep it near and moist; it is tried again.", no_bluetooth=False)

BY_REASON = {
    "NO_BLUETOOTH": _NO_ADAPTER,
    "NO_BLE_CENTRAL_ROLE": _NO_ADAPTER,
    "POWERED_OFF": _OFF,
    "DENIED_BY_USER": _DENIED,
    "DENIED_BY_SYSTEM": _DENIED,
    "DENIED_BY_UNKNOWN": _DENIED,
    "UNKNOWN": _UNKNOWN,
}
BY_DBUS_NAME = {
    "org.freedesktop.DBus.Error.ServiceUnknown": _NO_SERVICE,
    "org.freedesktop.DBus.Error.NameHasNoOwner": _NO_SERVICE,
    "org.freedesktop.DBus.Error.NoReply": _NO_SERVICE,
    "org.freedesktop.DBus.Error.AccessDenied": _DENIED,
    "org.bluez.Error.NotReady": _OFF,
    "org.bluez.Error.NotPermitted": _REFUSED,
    "org.bluez.Error.NotAuthorized": _REFUSED,
    "org.bluez.Error.NotSupported": _REFUSED,
}
BY_CLASS = {
    "BleakBluetoothNotAvailableError": _UNKNOWN,
    "BleakDeviceNotFoundError": _ABSENT,
    "BleakCharacteristicNotFoundError": _REFUSED,
    "BleakGATTProtocolError": _REFUSED,
    "TimeoutError": _SLOW,
    # No system bus at all, or one that died: D-Bus is reached by a socket.
    "FileNotFoundError": _NO_SERVICE,
    "ConnectionRefusedError": _NO_SERVICE,
    "ConnectionResetError": _NO_SERVICE,
    "BrokenPipeError": _NO_SERVICE,
    "EOFError": _NO_SERVICE,
    "PermissionError": _DENIED,
}


def meaning_of(fault: BaseException) -> Meaning:
    """What a fault means; every fault means something."""
    reason = getattr(getattr(fault, "reason", None), "name", None)
    classes = (BY_CLASS.get(kind.__name__) for kind in type(fault).__mro__)
    return (
        BY_REASON.get(str(reason))
        or BY_DBUS_NAME.get(str(getattr(fault, "dbus_error", "")))
        or next((meaning for meaning in classes if meaning), _OTHER)
    )
