"""Faults of the strap and of Bluetooth: the music never notices, the listener is told, and the heart comes back by itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from relaxlisten.messages import Beat, Notification, Physiology
from relaxlisten.replay import load_record
from relaxlisten.sensor.heart_rate_service import encode_measurement
from tests.system.faults.rows import Row, Told
from tests.system.strap.bench import missing

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from typing import Any

    from tests.system.faults.stage import Stage
    from tests.system.strap.bench import StrapBench

    Work = Callable[[StrapBench], Coroutine[Any, Any, None]]

NAME = "Polar H10 7A2F4D26"
INTRO = (
    "Real GATT between two virtual controllers, bleak unchanged, a look-alike of bluetoothd on a bus of its own. Where packets "
    "are odd, *heart rate off by* is the most that any heart rate of the session differs from the 70 bpm that the heart beats."
)
LOST = Told(words=f"The connection to {NAME}", within_s=12.0)
FOUND = Told(words=f"Connected to {NAME}", within_s=20.0, mended=True)
PLAYS = "goes on unchanged"
NEAR = {"heart rate off by (bpm)": 5.0}


def _away(for_s: float, listen_after_s: float = 25.0) -> Callable[[Stage], dict[str, float]]:
    def play(stage: Stage) -> dict[str, float]:
        stage.listen(heart="ble")
        stage.strike()
        stage.strap.do(lambda bench: bench.out_of_range(for_s))
        stage.mend()
        return _until_beating(stage, listen_after_s)

    return play


def _until_beating(stage: Stage, within_s: float) -> dict[str, float]:
    """Wait until the strap is heard again and has beaten a few times."""
    stage.until_told(FOUND.words, within_s, stage.mended_s)
    stage.rest(3.0)
    return {}


def _gone(stage: Stage) -> dict[str, float]:
    stage.listen(heart="ble")
    stage.strike()
    stage.strap.do(lambda bench: bench.leave())
    stage.until_told("No heartbeat for 90 s", 110.0)
    stage.rest(3.0)
    return {}


def _replaced(stage: Stage) -> dict[str, float]:
    """Another strap in the room must not be taken for the listener's."""
    stage.listen(heart="ble")
    stage.strike()

    async def replace(bench: StrapBench) -> None:
        await bench.leave()
        await bench.add_strap("Polar H9 8C1D2E3F", "C4:11:22:33:44:99")

    stage.strap.do(replace)
    stage.until_told("No sign of", 30.0)
    stage.rest(3.0)
    taken = bool(stage.strap.bench.straps[1].connections)
    return {"connections to the other strap": float(taken)}


def _adapter(stage: Stage) -> dict[str, float]:
    stage.listen(heart="ble")
    stage.strike()

    async def switch(bench: StrapBench, *, on: bool) -> None:
        bench.bluez.power(on=on)
        if not on:
            await bench.drop()

    stage.strap.do(lambda bench: switch(bench, on=False))
    stage.until_told("Bluetooth is switched off", 30.0)
    stage.strap.do(lambda bench: switch(bench, on=True))
    stage.mend()
    return _until_beating(stage, 30.0)


def _service(stage: Stage) -> dict[str, float]:
    stage.listen(heart="ble")
    stage.strike()
    stage.strap.do(lambda bench: bench.bluez.die())
    stage.until_told("Bluetooth service", 30.0)
    stage.strap.do(lambda bench: bench.bluez.appear(bench.bus_address))
    stage.mend()
    return _until_beating(stage, 40.0)


def _silent_connection(stage: Stage) -> dict[str, float]:
    stage.listen(heart="ble")
    stage.strike()
    stage.strap.beat(on=False)
    stage.until_told("brought nothing for", 20.0)
    stage.strap.beat()
    stage.mend()
    return _until_beating(stage, 30.0)


# ---- odd packets ----


def _packets(payloads: Callable[[], Iterable[tuple[float, bytes]]]) -> Callable[[Stage], dict[str, float]]:
    """In the place of the heart's own packets, these, each after a pause in seconds; then the heart again."""

    async def send(bench: StrapBench) -> None:
        for pause_s, payload in payloads():
            await asyncio.sleep(pause_s)
            await bench.strap.notify(payload)

    def play(stage: Stage) -> dict[str, float]:
        stage.listen(heart="ble")
        stage.strap.beat(on=False)
        stage.strike()
        stage.strap.do(send)
        stage.strap.beat()
        stage.mend()
        stage.rest(4.0)
        return _heart_rates(stage)

    return play


def _heart_rates(stage: Stage) -> dict[str, float]:
    """How far the heart rates of the session are from that of the heart."""
    stage.end()
    events = [entry.event for entry in load_record(stage.session).events]
    rates = [event.heart_rate_bpm for event in events if isinstance(event, Physiology) and event.heart_rate_bpm is not None]
    return {"heart rate off by (bpm)": max((abs(rate - 70.0) for rate in rates), default=0.0)}


def _duplicated() -> Iterable[tuple[float, bytes]]:
    packet = encode_measurement(70, (878,))
    return [(pause_s, packet) for _ in range(6) for pause_s in (0.857, 0.0, 0.0)]


def _reordered() -> Iterable[tuple[float, bytes]]:
    packets = [encode_measurement(70, (850 + 10 * number,)) for number in range(8)]
    swapped = [packets[number ^ 1] for number in range(8)]
    return [(0.857, packet) for packet in swapped]


def _malformed() -> Iterable[tuple[float, bytes]]:
    whole = encode_measurement(70, (878, 880), energy_kj=300)
    cut = [whole[:length] for length in range(len(whole))]
    return [(0.4, packet) for packet in (*cut, b"\xff" * 3, b"\x10\x46\x01", b"\x01\xff\xff", b"\x16" * 200)]


def _heart_rate_zero() -> Iterable[tuple[float, bytes]]:
    return [(1.0, encode_measurement(0, ()))] * 8


def _without_rr() -> Iterable[tuple[float, bytes]]:
    return [(1.0, encode_measurement(70, ()))] * 20


def _flood(stage: Stage) -> dict[str, float]:
    """1,000 packets a second for five seconds."""
    stage.listen(heart="ble")
    stage.strap.beat(on=False)
    stage.strike()

    async def pour(bench: StrapBench) -> None:
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        for number in range(5000):
            await bench.strap.notify(encode_measurement(70, (878,)))
            await asyncio.sleep(max(started_s + number / 1000.0 - loop.time(), 0.0))

    stage.strap.do(pour)
    stage.strap.beat()
    stage.mend()
    stage.rest(5.0)
    measured = _heart_rates(stage)
    packets = [entry.event for entry in load_record(stage.session).events if isinstance(entry.event, Notification)]
    return {**measured, "packets not recorded": max(5000.0 - len(packets), 0.0)}


def _battery(stage: Stage) -> dict[str, float]:
    async def drain(bench: StrapBench) -> None:
        bench.strap.battery_percent = 4

    stage.strap.do(drain)
    stage.strike()
    stage.listen(heart="ble")
    stage.rest(3.0)
    return {}


def _drift(stage: Stage) -> dict[str, float]:
    """A strap whose clock is slow by 1 % tells intervals that are 1 % longer than the time that passes."""
    stage.strap.beat(on=False)
    stage.listen(heart="ble")
    stage.strike()
    stage.strap.beat(ticks_per_s=1.01)
    stage.rest(45.0)
    stage.end()
    return _beats_against_packets(stage)


def _beats_against_packets(stage: Stage) -> dict[str, float]:
    """How far the beats drift from the packets that brought them, and what the heart rate is off by."""
    events = [entry.event for entry in load_record(stage.session).events]
    beats = [event.time_s for event in events if isinstance(event, Beat)]
    packets = [event.time_s for event in events if isinstance(event, Notification)]
    rates = [event.heart_rate_bpm for event in events if isinstance(event, Physiology) and event.heart_rate_bpm is not None]
    return {
        "beats behind packets": abs(packets[-1] - beats[-1]),
        "heart rate off by (bpm)": abs(rates[-1] - 70.0),
        "gaps": float(sum(event.quality.value == "after_gap" for event in events if isinstance(event, Beat))),
    }


def _two_programs(stage: Stage) -> dict[str, float]:
    """A second session on the same strap, and its end, which lets the strap go for both."""
    stage.listen(heart="ble")
    stage.strike()
    other = stage.beside("--sensor", "ble", "--no-sound", "--minutes", "0.15")
    other.communicate(timeout=60.0)
    stage.mend()
    stage.rest(15.0)
    return {"exit code of the other": float(abs(other.returncode))}


def _taken(stage: Stage) -> dict[str, float]:
    """A watch holds the strap, which then does not advertise; later it lets go."""
    stage.add_piece()
    watch = _Watch()
    stage.strap.do(watch.take)
    stage.strike()
    stage.start(heart="ble")
    stage.until_sound()
    stage.strike()
    stage.until_told("No sign of", 30.0)
    stage.strap.do(watch.let_go)
    stage.mend()
    return _until_beating(stage, 40.0)


class _Watch:
    """Another Bluetooth host that takes the strap first."""

    async def take(self, bench: StrapBench) -> None:
        from bumble.device import Device, DeviceConfiguration
        from bumble.hci import Address

        controller = bench.air.controller(9)
        config = DeviceConfiguration(name="watch", address=Address("F0:F1:F2:F3:F4:F9"))
        self._host = Device.from_config_with_hci(config, controller, controller)
        await self._host.power_on()
        self._connection = await self._host.connect(Address(bench.strap.address), timeout=10)

    async def let_go(self, _bench: StrapBench) -> None:
        await self._connection.disconnect()


def _row(row_id: str, fault: str, how: str, play: Callable[[Stage], dict[str, float]], **rest: Any) -> Row:
    return Row(id=row_id, fault=fault, how=how, music=PLAYS, play=play, needs=missing, **rest)


ROWS = (
    _row("strap-5-s", "Strap out of range for 5 s", "Its packets stop, the link times out.", _away(5.0), told=(LOST, FOUND)),
    _row("strap-60-s", "Strap out of range for 60 s", "Its packets stop, the link times out.", _away(60.0, 45.0),
         told=(LOST, Told(words="No sign of", within_s=30.0), Told(words=f"Connected to {NAME}", within_s=40.0, mended=True))),
    _row("strap-for-good", "Strap out of range for good", "Its packets stop, the link times out.", _gone,
         told=(LOST, Told(words="No heartbeat for 90 s: the session goes on as plain listening", within_s=95.0))),
    _row("strap-replaced", "Strap replaced by another", "The strap leaves, one of another name and address comes.", _replaced,
         told=(LOST, Told(words=f"No sign of {NAME}", within_s=30.0)), bounds={"connections to the other strap": 0.0}),
    _row("adapter-off-on", "Bluetooth adapter switched off and on", "The adapter says so and the link ends.", _adapter,
         told=(Told(words="Bluetooth is switched off, so no strap can be reached: switch it on", within_s=15.0), FOUND)),
    _row("bluetooth-service", "Bluetooth service killed and restarted", "The look-alike leaves the bus without a word.", _service,
         told=(Told(words="The Bluetooth service of this system is not running", within_s=20.0),
               Told(words=f"Connected to {NAME}", within_s=30.0, mended=True))),
    _row("strap-silent", "Notifications stop without a disconnect", "The strap stays connected and sends nothing.",
         _silent_connection, told=(Told(words="brought nothing for 8 s", within_s=10.0), FOUND)),
    _row("packets-duplicated", "Packets duplicated", "Every packet is sent three times.", _packets(_duplicated), bounds=NEAR),
    _row("packets-reordered", "Packets reordered", "Each two packets are swapped.", _packets(_reordered), bounds=NEAR),
    _row("packets-malformed", "Packets malformed", "Every prefix of a packet, reserved flags, 200 bytes.", _packets(_malformed),
         bounds=NEAR, told=(Told(words="sent a packet that breaks its standard", within_s=5.0),)),
    _row("packets-flood", "Packets flooding", "5,000 packets at 1,000 a second.", _flood,
         bounds={**NEAR, "packets not recorded": 0.0}),
    _row("heart-rate-zero", "Heart rate 0", "Packets with heart rate 0 and no interval for 8 s.", _packets(_heart_rate_zero),
         bounds=NEAR),
    _row("rr-absent", "RR intervals absent", "Packets with the heart rate alone for 20 s.", _packets(_without_rr), bounds=NEAR),
    _row("battery-flat", "Battery of the strap nearly flat", "The battery service says 4 %.", _battery, silence_s=None,
         told=(Told(words="is at 4 %: it may end during a session; change or charge it soon", within_s=60.0),)),
    _row("strap-clock-drift", "Clock of the strap 1 % off", "Intervals told 1 % longer than they are, for 45 s.", _drift,
         bounds={"beats behind packets": 1.5, "heart rate off by (bpm)": 2.0, "gaps": 1.0}),
    _row("two-programs", "Two programs on one strap", "A second session on the same adapter; its end drops the link for both.",
         _two_programs, bounds={"exit code of the other": 0.0}),
    _row("strap-taken", "Another device holds the strap", "A second Bluetooth host is connected to it; it lets go later.", _taken,
         told=(Told(words="end its connection to other apps", within_s=20.0),
               Told(words=f"Connected to {NAME}", within_s=40.0, mended=True))),
)  # fmt: skip
