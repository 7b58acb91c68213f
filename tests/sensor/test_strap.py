from __future__ import annotations

import asyncio
import dataclasses
import threading
import time
from dataclasses import dataclass

import pytest

from relaxlisten.loop import SteppedClock
from relaxlisten.messages import Notice, Notification, SensorState
from relaxlisten.sensor.profiles import load_profiles
from relaxlisten.sensor.reconnect import Timing
from relaxlisten.sensor.strap import HANGS_AFTER_S, StrapSensor
from relaxlisten.sensor.strap_thread import BATTERY
from relaxlisten.shipped import shipped_folder
from relaxlisten.terms import SensorKind, SensorPhase

PROFILES = load_profiles(shipped_folder("device_profiles"))
QUICK = Timing(scan_s=0.1, connect_s=0.2, read_s=0.1, watchdog_s=0.2, plain_listening_s=60.0, backoff_s=(0.01, 0.02))


class Clock:
    def now_s(self):
        return time.monotonic()


@dataclass
class ScriptedPeer:
    name: str | None = "Polar Sense A1B2C3D4"
    address: str = "C4:11"


class ScriptedRadio:
    """A radio that does what its script says: an exception to raise, or how a connection ends."""

    def __init__(self, script, peer=None):
        self.script = list(script)
        self.peer = peer or ScriptedPeer()
        self.looked_for = []
        self.closed = 0

    async def find(self, address, within_s):
        self.looked_for.append(address)
        if self.script and self.script[0] == "absent":
            self.script.pop(0)
            return None
        if self.script and isinstance(self.script[0], OSError):
            raise self.script.pop(0)
        return self.peer

    def connection(self, peer):
        return ScriptedConnection(self, self.script.pop(0) if self.script else "stays silent")


class ScriptedConnection:
    def __init__(self, radio, scene):
        self.radio, self.scene = radio, scene

    async def open(self, on_packet, on_lost):
        if isinstance(self.scene, Exception):
            raise self.scene
        if self.scene == "hangs":
            await asyncio.Event().wait()
        if self.scene == "beats, then drops":
            on_packet(b"\x00\x48")
            on_lost()

    async def read(self, uuid):
        if self.scene == "details hang":
            await asyncio.Event().wait()
        return b"\x09" if uuid == BATTERY else b""

    async def close(self):
        self.radio.closed += 1


@pytest.fixture
def live():
    sensors, pause = [], threading.Event()

    def run(radio, until, *, address=None, timing=QUICK):
        sensor = StrapSensor(lambda: radio, address, PROFILES, timing)
        sensors.append(sensor)
        sensor.start(Clock())
        events, deadline = [], time.monotonic() + 5.0
        while not until(events):
            assert time.monotonic() < deadline, events
            pause.wait(0.005)
            events += sensor.poll(time.monotonic())
        return events

    yield run
    for sensor in sensors:
        sensor.stop()


def phases(events):
    return [event.phase for event in events if isinstance(event, SensorState)]


def streaming(times):
    return lambda events: phases(events).count(SensorPhase.STREAMING) >= times


def test_whatever_the_system_raises_the_search_goes_on(live):
    radio = ScriptedRadio([OSError("bus"), "absent", KeyError("backend bug"), "hangs", "beats, then drops", "stays silent"])
    events = live(radio, lambda events: phases(events).count(SensorPhase.WAITING) >= 5)

    assert [event.payload for event in events if isinstance(event, Notification)] == [b"\x00\x48"]
    assert radio.closed == 3  # the one that failed, the one that hung, the one that was lost


def test_the_first_strap_that_sends_is_kept_to_and_one_that_refuses_is_not(live):
    radio = ScriptedRadio([ValueError("refused"), "beats, then drops"])
    live(radio, lambda _: len(radio.looked_for) >= 3)

    assert radio.looked_for[:3] == [None, None, "C4:11"]


def test_what_is_known_of_the_strap_is_told(live):
    events = live(ScriptedRadio([]), lambda events: any(getattr(e, "code", "") == "battery_low" for e in events))
    states = [event for event in events if isinstance(event, SensorState)]

    assert states[-1].kind is SensorKind.OPTICAL
    assert [event.code for event in events if isinstance(event, Notice)] == ["no_rr_intervals", "battery_low"]


def test_a_strap_without_a_name_goes_by_its_address(live):
    events = live(ScriptedRadio([], ScriptedPeer(name=None)), streaming(1))

    assert [event for event in events if isinstance(event, SensorState)][-1].name == "C4:11"
    assert phases(events)[:3] == [SensorPhase.SCANNING, SensorPhase.CONNECTING, SensorPhase.STREAMING]


def test_what_is_known_of_a_strap_from_before_is_said_once_and_never_holds_up_its_beats(live):
    met, may_answer = [], threading.Event()

    def greet(name, address):
        met.append((name, address))
        may_answer.wait(5.0)
        return "It is another one."

    radio = ScriptedRadio(["beats, then drops", "beats, then drops"], ScriptedPeer(name="Polar \x1b[31mSense\n1"))
    timing = dataclasses.replace(QUICK, watchdog_s=5.0)
    sensor = StrapSensor(lambda: radio, None, PROFILES, timing, greet)
    sensor.start(Clock())
    events = []
    while len([event for event in events if isinstance(event, Notification)]) < 2 or len(met) < 2:
        events += sensor.poll(time.monotonic())
        threading.Event().wait(0.005)
    may_answer.set()
    while not any(getattr(event, "code", "") == "strap_is_another" for event in events):
        events += sensor.poll(time.monotonic())
        threading.Event().wait(0.005)
    sensor.stop()
    events += sensor.poll(time.monotonic())

    assert set(met) == {("Polar [31mSense 1", "C4:11")}
    assert [event.text for event in events if isinstance(event, Notice)].count("It is another one.") == 1


def test_details_that_hang_do_not_hold_up_the_watchdog(live):
    events = live(ScriptedRadio(["details hang"]), lambda events: SensorPhase.WAITING in phases(events))

    assert phases(events)[-2:] == [SensorPhase.STREAMING, SensorPhase.WAITING]


@pytest.mark.parametrize("script", [["hangs"], ["stays silent"], ["details hang"]])
def test_stop_ends_the_thread_from_any_state(live, script):
    radio = ScriptedRadio(script)
    sensor = StrapSensor(lambda: radio, None, PROFILES, Timing())
    sensor.start(Clock())
    sensor.stop()

    assert phases(sensor.poll(time.monotonic()))[-1] is SensorPhase.ENDED
    assert "bluetooth" not in [thread.name for thread in threading.enumerate()]
    sensor.stop()  # again: nothing happens


def test_a_sensor_that_was_never_started_can_be_stopped():
    StrapSensor(lambda: ScriptedRadio([]), None, PROFILES, Timing()).stop()


class FailingClock(Clock):
    """A clock that fails whenever the radio's thread looks at it, so many times."""

    def __init__(self, failures):
        self.left = failures

    def now_s(self):
        if threading.current_thread().name == "bluetooth" and self.left > 0:
            self.left -= 1
            raise RuntimeError("no time")
        return super().now_s()


@pytest.mark.parametrize(
    ("failures", "codes"),
    [(2, ["strap_restarted"]), (1000, ["strap_restarted", "strap_restarted", "strap_restarted", "strap_given_up"])],
)
def test_a_radio_s_thread_that_dies_is_started_again_three_times_a_minute_at_most(failures, codes, tmp_path, monkeypatch):
    monkeypatch.setattr("relaxlisten.crash_report.data_folder", lambda: tmp_path)
    sensor, pause, events = StrapSensor(lambda: ScriptedRadio([]), None, PROFILES, QUICK), threading.Event(), []
    told = lambda: [event.code for event in events if isinstance(event, Notice) and event.code.startswith("strap_")]  # noqa: E731
    back = lambda: any(isinstance(event, SensorState) and event.phase is SensorPhase.STREAMING for event in events)  # noqa: E731
    sensor.start(FailingClock(failures))
    for _ in range(1000):
        events += sensor.poll(time.monotonic())
        if back() or "strap_given_up" in told():
            break
        pause.wait(0.005)
    sensor.stop()
    assert told() == codes
    assert back() == (failures == 2)
    assert any("failed in: the strap" in report.read_text() for report in (tmp_path / "crash-reports").glob("*.txt"))


class StuckRadio(ScriptedRadio):
    """A radio whose search blocks the whole loop, as a Bluetooth stack that never returns does, until it is let go."""

    def __init__(self):
        super().__init__([])
        self.stuck, self.let_go = threading.Event(), threading.Event()

    async def find(self, address, within_s):
        self.stuck.set()
        self.let_go.wait(30.0)
        return await super().find(address, within_s)


class Hanging:
    """A sensor whose first radios hang, on a time of its own that is looked at 20 times a second."""

    def __init__(self, radios):
        self.radios, self.clock, self.events = radios, SteppedClock(), []
        self.sensor = StrapSensor(lambda: self.radios.pop(0), None, PROFILES, QUICK)
        self.sensor.start(self.clock)

    def pass_time(self, seconds, steps_s=0.05):
        for _ in range(round(seconds / steps_s)):
            self.clock.at_s += steps_s
            self.look()

    def look(self):
        self.events += self.sensor.poll(self.clock.at_s)

    @property
    def codes(self):
        return [event.code for event in self.events if isinstance(event, Notice)]

    def end(self, *radios):
        for radio in radios:
            radio.let_go.set()
        self.sensor.stop()
        for thread in threading.enumerate():
            if thread.name == "bluetooth":
                thread.join(10.0)


def test_a_radio_s_thread_that_hangs_is_left_to_itself_and_another_one_finds_the_strap():
    stuck = StuckRadio()
    hanging = Hanging([stuck, ScriptedRadio(["beats, then drops", "stays silent"])])
    assert stuck.stuck.wait(10.0)
    hanging.pass_time(HANGS_AFTER_S)
    assert hanging.codes == []
    hanging.pass_time(1.0)
    assert hanging.codes[:1] == ["strap_restarted"]
    (told,) = [event.text for event in hanging.events if getattr(event, "code", "") == "strap_restarted"]
    assert told == (
        "What listens to the strap did not answer any more and was started again: the music goes on, and the strap is looked for "
        "again."
    )
    deadline_s = time.monotonic() + 10.0
    while not any(isinstance(event, Notification) for event in hanging.events) and time.monotonic() < deadline_s:
        hanging.look()
    assert [event.payload for event in hanging.events if isinstance(event, Notification)] == [b"\x00\x48"]
    hanging.end(stuck)
    hanging.look()
    assert stuck.looked_for == [None]  # it came back, and took part in nothing any more
    assert hanging.codes.count("strap_restarted") == 1


def test_a_radio_that_hangs_again_and_again_is_given_up_and_said_to_be():
    radios = [StuckRadio() for _ in range(4)]
    hanging = Hanging(list(radios))
    for radio in radios:
        assert radio.stuck.wait(10.0)
        hanging.pass_time(HANGS_AFTER_S + 1.0)
    assert hanging.codes == ["strap_restarted"] * 3 + ["strap_given_up"]
    hanging.pass_time(100.0)
    assert hanging.codes == [*["strap_restarted"] * 3, "strap_given_up", "plain_listening"]
    hanging.end(*radios)


def test_a_program_that_was_stopped_for_a_while_does_not_take_its_strap_for_hanging():
    stuck = StuckRadio()
    hanging = Hanging([stuck])
    assert stuck.stuck.wait(10.0)
    hanging.pass_time(80.0, steps_s=20.0)  # four times stopped for 20 s
    assert hanging.codes == ["plain_listening"]
    hanging.end(stuck)
