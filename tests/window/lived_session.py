"""A session that a simulated heart really went through, in seconds: every event of it, for a window to be shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.assembly import load_protocol
from relaxlisten.messages import Command, Event
from relaxlisten.pipeline import Pipeline
from relaxlisten.ready_music import ReadyMusic
from relaxlisten.runtime import STEP_S, SessionLoop
from relaxlisten.sensor.simulated import SimulatedSensor
from relaxlisten.simulation.listeners import library
from relaxlisten.simulation.sessions import LoopParts
from relaxlisten.sound.silent import SilentSound

if TYPE_CHECKING:
    from relaxlisten.errors import RelaxListenError
    from relaxlisten.terms import CommandKind

Asked = dict[float, tuple["CommandKind", float | str | None]]


class Kept:
    """ports.Observer that keeps everything."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def receive(self, event: Event, *, derived: bool) -> None:
        self.events.append(event)


class Start:
    def now_s(self) -> float:
        return 0.0


def lived(seconds: float, asked: Asked, seed: int = 3) -> list[Event]:
    """asked: what a person asked for, by its time."""
    sensor, kept = SimulatedSensor(seed), Kept()
    parts = LoopParts(
        Pipeline(load_protocol("settle-20"), seed=seed, volume=0.8), sensor, SilentSound(), ReadyMusic(library(seed))
    )
    loop = SessionLoop(parts, [kept])
    sensor.start(Start())
    waiting = sorted(asked.items())
    for step in range(round(seconds / STEP_S) + 1):
        while waiting and waiting[0][0] <= step * STEP_S:
            at_s, (what, value) = waiting.pop(0)
            loop.commands.put(Command(time_s=at_s, what=what, value=value))
        loop.step(step * STEP_S)
    return kept.events


class LivedHandle:
    """ports.SessionHandle of a session that has been: `play_to` makes its events due."""

    def __init__(self, events: list[Event]) -> None:
        self.commands: list[tuple[CommandKind, float | str | None]] = []
        self.finished = False
        self.failure: RelaxListenError | None = None
        self.record_path = Path("sessions/monday")
        self._events, self._at, self._to_s = events, 0, 0.0

    def play_to(self, second: float) -> None:
        self._to_s = second

    def command(self, what: CommandKind, value: float | str | None = None) -> None:
        self.commands.append((what, value))

    def drain(self) -> list[Event]:
        begin = self._at
        while self._at < len(self._events) and self._events[self._at].time_s <= self._to_s:
            self._at += 1
        return self._events[begin : self._at]
