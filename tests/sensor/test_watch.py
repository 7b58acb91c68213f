"""The search for straps behind Start, with an air in which straps do as they are told."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import pytest

from relaxlisten.sensor.heart_rate_service import encode_measurement
from relaxlisten.sensor.seen import SeenStrap
from relaxlisten.sensor.watch import StrapWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

H10 = SeenStrap(address="A0", name="Polar H10", rssi_dbm=-60)
TICKR = SeenStrap(address="C4", name="TICKR", rssi_dbm=-75)


class ScriptedConnection:
    def __init__(self, air: ScriptedAir, address: str) -> None:
        self.air, self.address = air, address

    async def open(self, on_packet: Callable[[bytes], None], on_lost: Callable[[], None]) -> None:
        if self.address in self.air.refusing:
            raise OSError("refused")
        self.air.open.add(self.address)
        if self.address in self.air.beating:
            on_packet(encode_measurement(self.air.beating[self.address], ()))

    async def read(self, uuid: str) -> bytes | None:
        return bytes([self.air.batteries[self.address]]) if self.address in self.air.batteries else None

    async def close(self) -> None:
        self.air.open.discard(self.address)


class ScriptedAir:
    def __init__(self, *straps: SeenStrap) -> None:
        self.straps = list(straps)
        self.beating: dict[str, int] = {}
        self.batteries: dict[str, int] = {}
        self.refusing: set[str] = set()
        self.open: set[str] = set()
        self.fault: Exception | None = None
        self.looks = 0

    async def look(self, for_s: float, on_seen: Callable[[SeenStrap], None]) -> None:
        self.looks += 1
        if self.fault:
            raise self.fault
        for strap in self.straps:
            on_seen(strap)
        await asyncio.sleep(0)

    def connection(self, address: str) -> ScriptedConnection:
        return ScriptedConnection(self, address)


def until(condition: Callable[[], object]) -> None:
    pause, deadline_s = threading.Event(), time.monotonic() + 10.0
    while not condition():
        assert time.monotonic() < deadline_s
        pause.wait(0.005)


@pytest.fixture
def watching() -> Iterator[Callable[[ScriptedAir], StrapWatch]]:
    started: list[StrapWatch] = []

    def watch(air: ScriptedAir) -> StrapWatch:
        started.append(StrapWatch(air, again_s=0.01, look_s=0.0))
        return started[-1]

    yield watch
    for one in started:
        one.stop()


def test_straps_show_up_strongest_first_with_battery_and_a_live_heart(watching) -> None:
    air = ScriptedAir(TICKR, H10)
    air.beating, air.batteries = {"A0": 68, "C4": 71}, {"A0": 87}
    watch = watching(air)
    until(lambda: not watch.sighting.looking)
    first, second = watch.sighting.straps
    assert (first.name, first.heart_rate_bpm, first.battery_percent) == ("Polar H10", 68, 87)
    assert (second.name, second.heart_rate_bpm, second.battery_percent) == ("TICKR", 71, None)


def test_the_strongest_is_listened_to_until_another_is_chosen(watching) -> None:
    air = ScriptedAir(H10, TICKR)
    air.beating = {"A0": 68, "C4": 71}
    watch = watching(air)
    until(lambda: not watch.sighting.looking and air.open == {"A0"})
    watch.choose("C4")
    until(lambda: not watch.sighting.looking and air.open == {"C4"})


def test_a_strap_that_refuses_is_shown_without_a_heart_and_hides_no_other(watching) -> None:
    air = ScriptedAir(H10, TICKR)
    air.beating, air.refusing = {"C4": 71}, {"A0"}
    watch = watching(air)
    watch.choose("C4")
    until(lambda: not watch.sighting.looking and air.open == {"C4"})
    assert [strap.heart_rate_bpm for strap in watch.sighting.straps] == [None, 71]


def test_no_strap_is_no_fault(watching) -> None:
    watch = watching(ScriptedAir())
    until(lambda: not watch.sighting.looking)
    assert (watch.sighting.straps, watch.sighting.problem) == ((), "")


def test_bluetooth_that_fails_is_told_in_a_sentence_and_tried_again_until_it_works(watching) -> None:
    air = ScriptedAir(H10)
    air.fault = FileNotFoundError("no bus")
    watch = watching(air)
    until(lambda: "Bluetooth service" in watch.sighting.problem)
    assert not watch.sighting.looking
    air.fault = None
    until(lambda: watch.sighting.straps and not watch.sighting.problem)


def test_looking_again_is_done_at_once(watching) -> None:
    air = ScriptedAir(H10)
    air.beating = {"A0": 68}
    watch = watching(air)
    until(lambda: not watch.sighting.looking and air.open)
    looks = air.looks
    watch.look_again()
    until(lambda: air.looks > looks)


def test_a_stop_lets_the_strap_go_before_it_returns(watching) -> None:
    air = ScriptedAir(H10)
    air.beating = {"A0": 68}
    watch = watching(air)
    until(lambda: not watch.sighting.looking and air.open)
    watch.stop()
    assert air.open == set()
