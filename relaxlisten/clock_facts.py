"""How the clocks of a live session stand to each other: the session's own, the wall's, the sound card's.

Decision: measured at the start, once a minute and at the end, and recorded as it was measured; nothing is corrected by it. The
wall clock may be set, and the session's clock may stand still while the machine sleeps: both show as a jump between two readings.
A session on invented time has no wall beside it, and records none.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from relaxlisten.messages import Clocks, SoundState

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.messages import Event

EVERY_S = 60.0
_READINGS = 5


class ClockFacts:
    """An observer that knows when a reading is due. session_s, wall_s: the two clocks; wall_s since 1970."""

    def __init__(self, started_utc: str, session_s: Callable[[], float], wall_s: Callable[[], float]) -> None:
        self._started_s = datetime.datetime.fromisoformat(started_utc).timestamp()
        self._session_s, self._wall_s = session_s, wall_s
        self._next_s = 0.0
        self._sound: SoundState | None = None

    def receive(self, event: Event, *, derived: bool) -> None:
        """Keep what the sound said last."""
        if isinstance(event, SoundState):
            self._sound = event

    def due(self, now_s: float) -> Clocks | None:
        """A reading, where one is due."""
        if now_s < self._next_s:
            return None
        self._next_s = now_s + EVERY_S
        return self.read()

    def read(self) -> Clocks:
        """A reading: the wall clock between two looks at the session's, the closest of a few."""
        before_s, wall_s, after_s = min((self._look() for _ in range(_READINGS)), key=lambda look: look[2] - look[0])
        sound = self._sound
        return Clocks(
            time_s=(before_s + after_s) / 2.0,
            wall_s=wall_s - self._started_s,
            uncertainty_s=(after_s - before_s) / 2.0,
            ear_later_s=None if sound is None else sound.dac_time_s - sound.time_s,
            card_drift_ppm=None if sound is None else sound.card_drift_ppm,
        )

    def _look(self) -> tuple[float, float, float]:
        return self._session_s(), self._wall_s(), self._session_s()
