"""A first visit by keyboard alone: the running program on a display of its own, and a strap in the air."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from relaxlisten.messages import Beat, Command, SensorState, SessionPhase
from relaxlisten.sensor.heart_rate_service import encode_measurement
from relaxlisten.terms import CommandKind, SensorPhase, SessionStage
from tests.system.program import PROGRAM, bare_environment, count_of, read_session, wait_until
from tests.system.strap.bench import missing, strap_bench

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.system.strap.virtual_strap import VirtualStrap

ABSENT = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
WHY_NOT = missing() or (f"not installed: {', '.join(ABSENT)}" if ABSENT else None)
pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(WHY_NOT is not None, reason=WHY_NOT or ""),
    pytest.mark.timeout(300),  # 18 s on two cores; 47 s with a load of 12
]
BEAT = encode_measurement(72, (853,))


@contextlib.contextmanager
def display() -> Iterator[str]:
    """An X display that nobody sees."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as number:
                yield f":{number.readline().strip()}"
        finally:
            server.terminate()


class Keyboard:
    """Keys for the program's window, and nothing but keys."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        wait_until(lambda: bool(self._window()), "the window")
        self._run("windowfocus", "--sync", self._window())

    def press(self, *keys: str) -> None:
        """One key after the other; an X server without a window manager keeps the focus where it is."""
        self._run("key", "--delay", "80", *keys)

    def _window(self) -> str:
        found = self._run("search", "--onlyvisible", "--name", "^RelaxListen$").split()
        return found[-1] if found else ""

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments], env=self._environment, capture_output=True, text=True, timeout=20.0, check=False
        )
        return done.stdout


def started(home: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """The program, as `relaxlisten` starts it."""
    with (home / "output").open("wb") as log:
        return subprocess.Popen(PROGRAM, env=environment, stdout=log, stderr=log)


class Heart:
    """A heart at 72 for whoever listens. heard: how many of its beats have been sent."""

    def __init__(self, strap: VirtualStrap) -> None:
        self._strap = strap
        self.heard = 0

    async def beat(self) -> None:
        while True:
            await self._strap.subscribed.wait()
            await self._strap.notify(BEAT)
            self.heard += 1
            await asyncio.sleep(0.4)


def remembered(home: Path) -> dict:
    file = home / "config" / "relaxlisten" / "window.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def record(home: Path) -> Path:
    return next((home / "data" / "relaxlisten" / "sessions").glob("*/session.jsonl"), home / "none")


def a_first_visit(keyboard: Keyboard, home: Path, heart: Heart) -> None:
    def said(text: str, times: int = 1) -> None:
        wait_until(lambda: count_of(record(home), text) >= times, text)

    keyboard.press("space")  # the welcome: keep my sessions
    wait_until(lambda: remembered(home).get("liking", {}).get("store") is True, "the consent")
    wait_until(lambda: heart.heard >= 6, "the search to listen to the strap")
    keyboard.press("alt+s", "Down")  # the second session: five minutes
    keyboard.press("ctrl+Return")
    wait_until(lambda: remembered(home).get("chosen") is not None, "the choices")
    said('"stage":"running"')
    said('"event":"Beat"', 3)
    keyboard.press("m", "F2", "ctrl+Right", "space")
    said('"what":"pause"')
    said('"stage":"paused"')
    keyboard.press("space")
    said('"what":"resume"')
    keyboard.press("Escape")
    said('"stage":"ended"')
    page = record(home).parent / "report.html"
    wait_until(lambda: keyboard.press("ctrl+r") or page.exists(), "the report")  # once the record is closed, and only then


async def visit(home: Path) -> int:
    async with strap_bench() as bench:
        with display() as name:
            environment = bare_environment(home) | {
                "DISPLAY": name, "QT_QPA_PLATFORM": "xcb", "DBUS_SYSTEM_BUS_ADDRESS": bench.bus_address,
                "XDG_CONFIG_HOME": str(home / "config"), "LANG": "C.UTF-8",
            }  # fmt: skip
            heart = Heart(bench.strap)
            beating = asyncio.create_task(heart.beat())
            program = started(home, environment)
            try:
                keyboard = await asyncio.to_thread(Keyboard, environment)
                await asyncio.to_thread(a_first_visit, keyboard, home, heart)
                program.terminate()
                return await asyncio.to_thread(program.wait, 20.0)
            finally:
                beating.cancel()
                program.kill()


def test_a_whole_session_from_the_welcome_to_its_report_by_keyboard_alone(tmp_path: Path) -> None:
    exit_code = asyncio.run(visit(tmp_path))
    assert exit_code == 0, (tmp_path / "output").read_text(encoding="utf-8")
    chosen = remembered(tmp_path)["chosen"]
    assert chosen["protocol"] == "short-5"
    assert chosen["sensor"].startswith("ble:")  # the strap whose heart was heard was taken, and is remembered
    session = read_session(record(tmp_path).parent)
    events = [entry.event for entry in session.events]
    asked = [event.what for event in events if isinstance(event, Command)]
    assert [what for what in asked if what is not CommandKind.START] == [
        CommandKind.MARKER, CommandKind.SKIP, CommandKind.PAUSE, CommandKind.RESUME, CommandKind.STOP,
    ]  # fmt: skip
    assert any(isinstance(event, SensorState) and event.phase is SensorPhase.STREAMING for event in events)
    assert sum(isinstance(event, Beat) for event in events) > 3
    assert [event for event in events if isinstance(event, SessionPhase)][-1].stage is SessionStage.ENDED
    assert not session.header.simulated
