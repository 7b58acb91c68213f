"""A window to be tested: what it is opened with, and a launcher that remembers what was asked of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from relaxlisten.assembly import shipped_protocols
from relaxlisten.sensor.seen import Sighting
from relaxlisten.window.choices import SessionChoices
from relaxlisten.window.opened import PAGES
from relaxlisten.window.pages import Opening
from relaxlisten.window.start_model import Preset

if TYPE_CHECKING:
    from relaxlisten.errors import RelaxListenError
    from tests.window.scripted_session import ScriptedSession

CHOICES = SessionChoices(sensor="simulated", music="builtin", protocol="settle-20", volume=0.8)
PRESETS = tuple(Preset(name=p.name, title=p.title, description=p.description) for p in shipped_protocols())


class Launcher:
    def __init__(self, handle: ScriptedSession, fault: RelaxListenError | None = None) -> None:
        self.handle, self.fault = handle, fault
        self.launched: list[SessionChoices] = []

    def __call__(self, choices: SessionChoices) -> ScriptedSession:
        self.launched.append(choices)
        if self.fault:
            raise self.fault
        return self.handle


class ScriptedFinder:
    """A search for straps that sees what it is told to see."""

    def __init__(self, sighting: Sighting | None = None) -> None:
        self.sighting = sighting or Sighting(looking=True)
        self.chosen: list[str | None] = []
        self.looked_again = 0
        self.stopped = False

    def choose(self, address: str | None) -> None:
        self.chosen.append(address)

    def look_again(self) -> None:
        self.looked_again += 1

    def stop(self) -> None:
        self.stopped = True


def opening(launch: Launcher, **changes: Any) -> Opening:
    """A window that remembers nothing and looks for nothing, but for the changes."""
    return replace(Opening(initial=CHOICES, presets=PRESETS, launch=launch, pages=PAGES), **changes)
