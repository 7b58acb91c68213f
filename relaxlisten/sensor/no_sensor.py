"""A session without a strap: the music goes on by its plan, and nobody's heart is listened to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.messages import SensorState
from relaxlisten.terms import SensorPhase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import Notice, Notification, SoundState
    from relaxlisten.ports import Clock

NAME = "No strap"
REASON = "Without a strap: the music goes on by its plan."


class NoSensor:
    """Says once that nothing is worn (ports.Sensor)."""

    def __init__(self) -> None:
        self._waiting: list[SensorState] = []

    def start(self, clock: Clock) -> None:
        """Have the one thing to say ready."""
        self._waiting = [SensorState(time_s=clock.now_s(), phase=SensorPhase.ENDED, reason=REASON, name=NAME)]

    def poll(self, now_s: float) -> Sequence[Notification | SensorState | Notice]:
        """The one state, once."""
        said, self._waiting = self._waiting, []
        return said

    def hear(self, state: SoundState) -> None:
        """Nobody listens."""

    def stop(self) -> None:
        """Nothing is held."""
