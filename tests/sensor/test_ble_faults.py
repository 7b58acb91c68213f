from __future__ import annotations

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
)

from relaxlisten.sensor.ble_faults import BY_CLASS, BY_DBUS_NAME, BY_REASON, meaning_of

REASON = BleakBluetoothNotAvailableReason


@pytest.mark.parametrize(
    ("fault", "said", "no_bluetooth"),
    [
        (FileNotFoundError(2, "No such file"), "Bluetooth service", True),
        (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["not provided"]), "Bluetooth service", True),
        (BleakBluetoothNotAvailableError("none", REASON.NO_BLUETOOTH), "no Bluetooth adapter", True),
        (BleakBluetoothNotAvailableError("off", REASON.POWERED_OFF), "switched off", True),
        (BleakBluetoothNotAvailableError("no", REASON.DENIED_BY_USER), "not allowed", True),
        (BleakDBusError("org.bluez.Error.NotReady", []), "switched off", True),
        (BleakDBusError("org.bluez.Error.NotPermitted", ["Not paired"]), "pair it", False),
        (BleakDBusError("org.bluez.Error.Failed", ["br-connection-page-timeout"]), "tried again", False),
        (BleakDeviceNotFoundError("C4:11"), "out of reach", False),
        (BleakCharacteristicNotFoundError("2a37"), "refused", False),
        (TimeoutError(), "in time", False),
        (BleakError("something new"), "tried again", False),
        (KeyError("a bug in a backend"), "tried again", False),
    ],
)
def test_each_fault_means_something_that_a_listener_can_act_on(fault, said, no_bluetooth):
    meaning = meaning_of(fault)

    assert said in meaning.sentence
    assert meaning.no_bluetooth is no_bluetooth


def test_every_reason_that_bleak_can_give_is_in_the_table():
    assert set(BY_REASON) == {reason.name for reason in REASON}


@pytest.mark.parametrize(
    "meaning", dict.fromkeys([*BY_CLASS.values(), *BY_DBUS_NAME.values(), *BY_REASON.values()]), ids=lambda m: m.sentence[:40]
)
def test_each_meaning_is_one_sentence_that_says_what_to_do(meaning):
    assert meaning.sentence.endswith(".")
    assert meaning.sentence.count(". ") == 0
    assert ": " in meaning.sentence
