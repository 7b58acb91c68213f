from __future__ import annotations

import asyncio
import signal
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from bleak import BleakClient, BleakScanner

from relaxlisten.errors import RelaxListenError
from relaxlisten.messages import Notice, Notification, SensorState
from relaxlisten.sensor.ble import BleSensor, bluetooth_status, scan
from relaxlisten.sensor.heart_rate_service import encode_measurement
from relaxlisten.sensor.profiles import load_profiles
from relaxlisten.sensor.reconnect import Timing
from relaxlisten.shipped import shipped_folder
from relaxlisten.terms import SensorKind, SensorPhase
from tests.system.strap.bench import missing, private_bus, strap_bench

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.system.strap.bench import StrapBench

WHY_NOT = missing()
pytestmark = [pytest.mark.system, pytest.mark.skipif(WHY_NOT is not None, reason=WHY_NOT or "")]

PROFILES = load_profiles(shipped_folder("device_profiles"))
QUICK = Timing(scan_s=1.0, connect_s=3.0, read_s=1.0, watchdog_s=0.5, plain_listening_s=60.0, backoff_s=(0.05, 0.1, 0.2))
PATIENT = replace(QUICK, watchdog_s=8.0)
BEAT = encode_measurement(75, (819,))


class Clock:
    def now_s(self):
        return time.monotonic()


class Listener:
    """A BleSensor and all that it has said."""

    def __init__(self, address=None, timing=PATIENT):
        self.sensor = BleSensor(address, PROFILES, timing)
        self.events = []
        self.sensor.start(Clock())

    def heard(self, kind):
        self.events += self.sensor.poll(time.monotonic())
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def payloads(self):
        return [packet.payload for packet in self.heard(Notification)]

    @property
    def phases(self):
        return [state.phase for state in self.heard(SensorState)]

    @property
    def state(self):
        states = self.heard(SensorState)
        return states[-1] if states else None

    def is_in(self, phase):
        return self.state is not None and self.state.phase is phase

    async def until(self, condition, what, within_s=8.0):
        async with asyncio.timeout(within_s):
            for _ in iter(condition, True):
                await asyncio.sleep(0.01)
        assert condition(), what

    async def until_subscribed(self, bench):
        await self.until(lambda: self.is_in(SensorPhase.STREAMING) and bench.strap.subscribed.is_set(), "streaming")

    async def until_packet(self, bench, payload=BEAT):
        await bench.strap.notify(payload)
        await self.until(lambda: payload in self.payloads, "the packet")


@pytest.fixture
def on_bench(monkeypatch) -> Callable[[Callable[[StrapBench], Awaitable[None]]], None]:
    def run(scenario):
        async def session():
            async with strap_bench() as bench:
                monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bench.bus_address)
                await scenario(bench)

        asyncio.run(session())

    return run


@pytest.fixture
def listen():
    listeners = []

    def start(*args, **kwargs):
        listeners.append(Listener(*args, **kwargs))
        return listeners[-1]

    yield start
    for listener in listeners:
        listener.sensor.stop()


def test_a_strap_is_found_by_its_service_and_tells_what_it_is(on_bench, listen):
    async def scenario(bench):
        listener = listen()
        await listener.until(lambda: listener.state is not None and listener.state.battery_percent == 87, "the battery")
        assert listener.phases[:3] == [SensorPhase.SCANNING, SensorPhase.CONNECTING, SensorPhase.STREAMING]
        assert (listener.state.name, listener.state.kind) == ("Polar H10 7A2F4D26", SensorKind.ECG)
        assert listener.state.reason == "Connected to Polar H10 7A2F4D26 (ACME V-1, worn at: chest)."

    on_bench(scenario)


def test_every_packet_arrives_once_in_order_and_stamped_even_if_it_equals_the_one_before(on_bench, listen):
    async def scenario(bench):
        listener = listen()
        await listener.until_subscribed(bench)
        sent = [BEAT, BEAT, BEAT, encode_measurement(61, (1000, 1010)), BEAT]
        for payload in sent:
            await bench.strap.notify(payload)
        await listener.until(lambda: len(listener.payloads) >= len(sent), "all packets")
        assert listener.payloads == sent
        times_s = [packet.time_s for packet in listener.heard(Notification)]
        assert times_s == sorted(times_s)
        assert times_s[0] > time.monotonic() - 5.0

    on_bench(scenario)


def test_a_strap_is_found_by_its_address_in_any_case(on_bench, listen):
    async def scenario(bench):
        second = await bench.add_strap("TICKR B321", "C4:11:22:33:44:AB")
        listener = listen("c4:11:22:33:44:ab")
        await listener.until(lambda: listener.is_in(SensorPhase.STREAMING), "streaming")
        assert listener.state.name == "TICKR B321"
        assert second.connections
        assert not bench.strap.connections

    on_bench(scenario)


def test_a_strap_that_ends_the_connection_is_found_again_at_once(on_bench, listen):
    async def scenario(bench):
        listener = listen()
        await listener.until_subscribed(bench)
        await listener.until_packet(bench)
        scans = bench.bluez.calls.count(("StartDiscovery", "/org/bluez/hci0"))
        await bench.drop()
        await listener.until(lambda: SensorPhase.WAITING in listener.phases, "noticing the loss")
        await listener.until_subscribed(bench)
        await listener.until_packet(bench, encode_measurement(60, (1024,)))
        waiting = next(state for state in listener.heard(SensorState) if state.phase is SensorPhase.WAITING)
        assert waiting.retry_in_s == 0.05
        assert "was lost: the music goes on" in waiting.reason
        assert bench.bluez.calls.count(("StartDiscovery", "/org/bluez/hci0")) > scans

    on_bench(scenario)


def test_out_of_range_and_back_with_a_second_strap_in_the_room_that_never_takes_its_place(on_bench, listen):
    async def scenario(bench):
        listener = listen()
        await listener.until_subscribed(bench)
        await listener.until_packet(bench)
        await bench.leave(supervision_s=0.1)
        intruder = await bench.add_strap("Polar H9 8C1D2E3F", "C4:11:22:33:44:99")
        await listener.until(lambda: "No sign of Polar H10" in listener.state.reason, "a search in vain")
        await bench.back()
        await listener.until_subscribed(bench)
        await listener.until_packet(bench, encode_measurement(60, (1024,)))
        assert not intruder.connections
        assert {state.name for state in listener.heard(SensorState)} == {None, "Polar H10 7A2F4D26"}

    on_bench(scenario)


def test_silence_on_an_open_connection_is_noticed_by_the_watchdog(on_bench, listen):
    async def scenario(bench):
        listener = listen(timing=QUICK)
        await listener.until_subscribed(bench)
        await listener.until_packet(bench)
        await listener.until(lambda: SensorPhase.WAITING in listener.phases, "the watchdog")
        assert any("brought nothing for 0.5 s" in state.reason for state in listener.heard(SensorState))
        await listener.until_subscribed(bench)

    on_bench(scenario)


@pytest.mark.parametrize(
    ("method", "name", "text"),
    [("StartNotify", "NotPermitted", "Not paired"), ("Connect", "Failed", "br-connection-page-timeout")],
)
def test_a_refused_connection_is_explained_and_tried_again(on_bench, listen, method, name, text):
    from tests.system.strap.bluez_objects import BlueZError

    async def scenario(bench):
        bench.bluez.fail[method] = [BlueZError(name, text), BlueZError(name, text)]
        listener = listen()
        await listener.until_subscribed(bench)
        await listener.until_packet(bench)
        waiting = [state for state in listener.heard(SensorState) if state.phase is SensorPhase.WAITING]
        assert [state.retry_in_s for state in waiting] == [0.1, 0.2]
        assert "strap" in waiting[0].reason

    on_bench(scenario)


def test_a_connection_that_never_comes_about_is_given_up_and_tried_again(on_bench, listen):
    from tests.system.strap.bluez_objects import BlueZError

    async def scenario(bench):
        bench.bluez.fail["Connect"] = [BlueZError("Failed", "le-connection-abort-by-local")]  # bleak waits on this one
        listener = listen(timing=replace(PATIENT, connect_s=0.3))
        await listener.until_subscribed(bench)
        assert any("did not answer in time" in state.reason for state in listener.heard(SensorState))

    on_bench(scenario)


def test_a_strap_that_a_killed_session_left_connected_is_found_though_it_does_not_advertise(on_bench, listen):
    async def scenario(bench):
        device = await BleakScanner.find_device_by_address(bench.strap.address, timeout=5.0, bluez={})
        await BleakClient(device, bluez={}).connect()
        listener = listen()
        await listener.until_subscribed(bench)
        await listener.until_packet(bench)
        assert SensorPhase.WAITING not in listener.phases

    on_bench(scenario)


def test_details_that_cannot_be_read_do_not_touch_the_heartbeat(on_bench, listen):
    from tests.system.strap.bluez_objects import BlueZError

    async def scenario(bench):
        bench.bluez.fail["ReadValue"] = [BlueZError("Failed", "Operation failed with ATT error: 0x0e")] * 10
        listener = listen()
        await listener.until_subscribed(bench)
        await listener.until_packet(bench)
        assert listener.state.battery_percent is None

    on_bench(scenario)


def test_a_low_battery_is_said_once_with_what_to_do(on_bench, listen):
    async def scenario(bench):
        bench.strap.battery_percent = 9
        listener = listen(timing=replace(PATIENT, battery_every_s=0.05))
        battery_reads = lambda: sum(state.battery_percent == 9 for state in listener.heard(SensorState))  # noqa: E731
        await listener.until(lambda: battery_reads() >= 3, "three readings")
        notices = [notice for notice in listener.heard(Notice) if notice.code == "battery_low"]
        assert len(notices) == 1
        assert "9 %" in notices[0].text

    on_bench(scenario)


def test_bluetooth_switched_off_and_on_in_mid_session(on_bench, listen):
    async def scenario(bench):
        listener = listen()
        await listener.until_subscribed(bench)
        await listener.until_packet(bench)
        bench.bluez.power(on=False)
        await bench.drop()
        await listener.until(lambda: listener.is_in(SensorPhase.UNAVAILABLE), "Bluetooth being off")
        assert "switched off" in listener.state.reason
        bench.bluez.power(on=True)
        await listener.until_subscribed(bench)

    on_bench(scenario)


def test_the_bluetooth_service_dies_and_comes_back(on_bench, listen):
    async def scenario(bench):
        listener = listen(timing=QUICK)
        await listener.until_subscribed(bench)
        await listener.until_packet(bench)
        await bench.bluez.die()
        await listener.until(lambda: listener.is_in(SensorPhase.UNAVAILABLE), "the dead service")
        assert "Bluetooth service" in listener.state.reason
        await bench.bluez.appear(bench.bus_address)
        await listener.until_subscribed(bench)
        await listener.until_packet(bench, encode_measurement(60, (1024,)))

    on_bench(scenario)


def test_a_long_absence_and_the_return_are_told_once_each(on_bench, listen):
    async def scenario(bench):
        listener = listen(timing=replace(PATIENT, plain_listening_s=0.3))
        codes = lambda: [notice.code for notice in listener.heard(Notice)]  # noqa: E731
        await listener.until(lambda: codes() == ["plain_listening"], "the notice")
        await listener.until_subscribed(bench)
        await listener.until_packet(bench)
        assert codes() == ["plain_listening", "heartbeat_back"]

    on_bench(scenario)


def test_stop_releases_the_strap_within_three_seconds(on_bench, listen):
    async def scenario(bench):
        listener = listen()
        await listener.until_subscribed(bench)
        started_s = time.monotonic()
        await asyncio.to_thread(listener.sensor.stop)
        assert time.monotonic() - started_s < 3.0
        assert listener.is_in(SensorPhase.ENDED)
        await listener.until(lambda: not bench.strap.connections, "the strap being free")

    on_bench(scenario)


def test_scan_shows_every_strap_with_profile_battery_and_heart_rate(on_bench):
    async def scenario(bench):
        other = await bench.add_strap("Strap of a new maker", "C4:11:22:33:44:AB")

        async def beat(strap):
            await strap.subscribed.wait()
            await strap.notify(BEAT)

        beating = asyncio.create_task(beat(bench.strap))
        found = {sensor.name: sensor for sensor in await asyncio.to_thread(scan, 0.5)}
        await beating
        assert set(found) == {"Polar H10 7A2F4D26", other.name}
        known, unknown = found["Polar H10 7A2F4D26"], found[other.name]
        assert (known.profile_name, known.battery_percent, known.heart_rate_bpm) == ("Polar H10", 87, 75)
        assert (unknown.profile_name, unknown.battery_percent, unknown.heart_rate_bpm) == (None, 87, None)
        assert known.address == bench.strap.address
        assert known.rssi_dbm is not None

    on_bench(scenario)


def test_the_state_of_bluetooth_in_a_sentence(on_bench):
    async def scenario(bench):
        assert (await asyncio.to_thread(bluetooth_status))[0]
        bench.bluez.power(on=False)
        works, sentence = await asyncio.to_thread(bluetooth_status)
        assert not works
        assert "switched off" in sentence
        bench.bluez.unplug()
        works, sentence = await asyncio.to_thread(bluetooth_status)
        assert not works
        assert "no Bluetooth adapter" in sentence

    on_bench(scenario)


@pytest.mark.parametrize("with_bus", [False, True])
def test_without_a_bluetooth_service_every_door_says_so_in_one_sentence(monkeypatch, listen, with_bus):
    def check(address):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        works, sentence = bluetooth_status()
        assert (works, "Bluetooth service" in sentence) == (False, True)
        with pytest.raises(RelaxListenError, match="Bluetooth service"):
            scan(0.2)
        listener = listen(timing=QUICK)
        asyncio.run(listener.until(lambda: listener.phases.count(SensorPhase.UNAVAILABLE) >= 3, "three tries"))
        tries = [state.retry_in_s for state in listener.heard(SensorState) if state.phase is SensorPhase.UNAVAILABLE]
        assert tries[:3] == [0.1, 0.2, 0.2]

    if with_bus:
        with private_bus() as address:
            check(address)
    else:
        check("unix:path=/nonexistent/bus")


def test_the_command_line_runs_a_program_beside_a_strap(tmp_path, capfd):
    from tests.system.strap.run import main

    rr_file = tmp_path / "rr.txt"
    rr_file.write_text("800\n" * 60, encoding="utf-8")
    program = (
        "import asyncio\n"
        "from bleak import BleakClient, BleakScanner\n"
        "async def main():\n"
        "    found = asyncio.Event()\n"
        "    device = await BleakScanner.find_device_by_filter(lambda d, a: True, timeout=5, bluez={})\n"
        "    async with BleakClient(device, bluez={}) as client:\n"
        "        await client.start_notify('2a37', lambda c, b: (print(bytes(b).hex(), flush=True), found.set()))\n"
        "        await asyncio.wait_for(found.wait(), 5)\n"
        "asyncio.run(main())\n"
    )
    exit_code = main(["--rr", str(rr_file), "--speed", "10", "--seconds", "20", "--", sys.executable, "-c", program])

    assert exit_code == 0
    assert capfd.readouterr().out.splitlines()[0] == encode_measurement(75, (819,)).hex()


def test_a_program_that_goes_on_is_ended_after_the_given_time(tmp_path):
    from tests.system.strap.run import main

    rr_file = tmp_path / "rr.txt"
    rr_file.write_text("800\n", encoding="utf-8")
    waiting = "import signal; signal.pause()"

    assert main(["--rr", str(rr_file), "--seconds", "0.3", "--", sys.executable, "-c", waiting]) == -signal.SIGTERM
