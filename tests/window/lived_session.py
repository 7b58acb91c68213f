"""A session that a simulated heart really went through, in seconds: every event of it, for a window to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.assembly import load_protocol
from relaxlisten.companion import CompanionPipeline, shared
from relaxlisten.loop import SessionLoop
from relaxlisten.messages import Command, Event, FromCompanion, SoundState, Tick
from relaxlisten.pipeline import Pipeline
from relaxlisten.ready_music import ReadyMusic
from relaxlisten.runtime import STEP_S
from relaxlisten.sensor.simulated import PersonSettings, SimulatedSensor
from relaxlisten.simulation.listeners import library
from relaxlisten.simulation.sessions import LoopParts
from relaxlisten.sound.silent import SilentSound

if TYPE_CHECKING:
    from relaxlisten.terms import CommandKind

Asked = dict[float, tuple["CommandKind", float | str | None]]
People = dict[str, PersonSettings]


class Kept:
    """ports.Observer that keeps everything."""

    def __init__(self) -> None:
        self.events: list[Event | FromCompanion] = []

    def receive(self, event: Event, *, derived: bool) -> None:
        self.events.append(event)


class Other:
    """Another person, as `group.Companion` hears them, but for the record."""

    def __init__(self, number: int, name: str, person: PersonSettings, kept: Kept) -> None:
        self.number, self.name, self.kept = number, name, kept
        self.sensor, self.pipeline = SimulatedSensor(10 * number, person), CompanionPipeline()
        self.sensor.start(Start())

    def receive(self, event: Event, *, derived: bool) -> None:
        if isinstance(event, SoundState):
            self.sensor.hear(event)
        if isinstance(event, Tick):
            for heard in self.sensor.poll(event.time_s):
                self.say(heard, *self.pipeline.feed(heard))
        if (mine := shared(event)) is not None:
            self.say(*self.pipeline.feed(mine))

    def say(self, *events: Event) -> None:
        for event in events:
            self.kept.events.append(FromCompanion(number=self.number, name=self.name, steered=True, event=event))


class Start:
    def now_s(self) -> float:
        return 0.0


def lived(seconds: float, asked: Asked, seed: int = 3, also: People | None = None) -> list[Event | FromCompanion]:
    """asked: what a person asked for, by its time. also: other people by their names."""
    sensor, kept = SimulatedSensor(seed), Kept()
    others = [Other(number, name, person, kept) for number, (name, person) in enumerate((also or {}).items(), start=2)]
    parts = LoopParts(
        Pipeline(load_protocol("settle-20"), seed=seed, volume=0.8), sensor, SilentSound(), ReadyMusic(library(seed))
    )
    loop = SessionLoop(parts, [kept, *others])
    sensor.start(Start())
    waiting = sorted(asked.items())
    for step in range(round(seconds / STEP_S) + 1):
        while waiting and waiting[0][0] <= step * STEP_S:
            at_s, (what, value) = waiting.pop(0)
            loop.commands.put(Command(time_s=at_s, what=what, value=value))
        loop.step(step * STEP_S)
    return kept.events
