"""Runs the companions of a session: each strap polled, each heart derived, each record written.

Decision: a companion is an observer of the session, called on its thread: with every tick it takes in what its strap has sent,
and its events go to its record and to the screen. It never answers, so that a strap which fails, or a record that cannot be
written, costs that person's data and nothing of the session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.companion import CompanionPipeline, shared
from relaxlisten.messages import FromCompanion, SoundState, Tick
from relaxlisten.session.recorder import Recorder, claim_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from relaxlisten.errors import RelaxListenError
    from relaxlisten.messages import Event
    from relaxlisten.ports import Clock, Sensor
    from relaxlisten.session.format import SessionHeader
    from relaxlisten.session.recorder import WriteFault


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanionParts:
    """What a companion is made of, not yet started. number: from 2 on. steered: whether the music listens to the first heart."""

    number: int
    name: str
    sensor: Sensor
    header: SessionHeader
    steered: bool


class Companions:
    """Everybody but the first person, as one observer (ports.Observer)."""

    def __init__(
        self, parts: Sequence[CompanionParts], folder: Path, tell: Callable[[FromCompanion], None],
        on_fault: Callable[[WriteFault], None],
    ) -> None:  # fmt: skip
        self._all = [Companion(one, folder, tell, on_fault) for one in parts]

    def start(self, clock: Clock) -> None:
        """Put all straps on."""
        for one in self._all:
            one.start(clock)

    def receive(self, event: Event, *, derived: bool) -> None:
        """Let everybody take part in one event of the session."""
        for one in self._all:
            one.receive(event, derived=derived)

    def close(self) -> None:
        """Take all straps off, and finish the records."""
        for one in self._all:
            one.close()

    @property
    def unsaved(self) -> RelaxListenError | None:
        """What to say where a record is not where it was to go."""
        return next((one.recorder.unsaved for one in self._all if one.recorder.unsaved), None)


class Companion:
    """One more person (ports.Observer)."""

    def __init__(
        self, parts: CompanionParts, session: Path, tell: Callable[[FromCompanion], None], on_fault: Callable[[WriteFault], None]
    ) -> None:
        self._parts = parts
        self._tell = tell
        self._pipeline = CompanionPipeline()
        self.recorder = Recorder(claim_folder(session / f"person-{parts.number}"), parts.header, on_fault)

    def start(self, clock: Clock) -> None:
        """Put the strap on."""
        self._parts.sensor.start(clock)

    def receive(self, event: Event, *, derived: bool) -> None:
        """Take part in one event of the session."""
        if isinstance(event, SoundState):
            self._parts.sensor.hear(event)
        if isinstance(event, Tick):
            for heard in self._parts.sensor.poll(event.time_s):
                self._take(heard, own=True)
        mine = shared(event)
        if mine is not None:
            self._take(mine, own=False)

    def close(self) -> None:
        """Take the strap off, and finish the record."""
        self._parts.sensor.stop()
        self.recorder.close()

    def _take(self, event: Event, *, own: bool) -> None:
        self.recorder.receive(event, derived=False)
        if own:
            self._show(event)
        for derived in self._pipeline.feed(event):
            self.recorder.receive(derived, derived=True)
            self._show(derived)

    def _show(self, event: Event) -> None:
        parts = self._parts
        self._tell(FromCompanion(number=parts.number, name=parts.name, steered=parts.steered, event=event))
