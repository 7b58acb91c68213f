"""The simulated strap: packets from a simulated person, for those who have no strap at hand and for every test.

Decision: what is sent depends on the seed and on what was heard when, not on how often somebody asks. The person answers to the
music REACTION_S late, as hearts do; by then all that was heard is known, however the calls were interleaved.
"""

from __future__ import annotations

import bisect
import random
from typing import TYPE_CHECKING

from relaxlisten.messages import Notification, SensorState
from relaxlisten.sensor.packets import PACKET_EVERY_S, payloads
from relaxlisten.sensor.person import Heard, PersonSettings, PieceEffect, draw, new_person, next_beat
from relaxlisten.terms import SensorKind, SensorPhase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from relaxlisten.messages import Notice, SoundState
    from relaxlisten.ports import Clock

__all__ = ["PersonSettings", "PieceEffect", "SimulatedSensor"]

NAME = "Simulated heart"
REACTION_S = 2.0
FIRST_PACKET_S = 0.9
LATEST_ARRIVAL_S = 0.008  # jitter of a quiet radio link
DROPOUT_EVERY_S = 300.0
DROPOUT_S = 3.0
_KEPT_S = 60.0


class SimulatedSensor:
    """A strap on a simulated person (ports.Sensor). Not thread-safe."""

    def __init__(
        self, seed: int, settings: PersonSettings | None = None, effects: Mapping[str, PieceEffect] | None = None
    ) -> None:
        self._effects = effects or {}
        self._settings = settings or PersonSettings()
        self._rng = random.Random(seed)
        self._arrival_rng = random.Random(seed + 1)
        self._person = new_person(self._rng, self._settings)
        self._last_rr_ms = self._person.rr_ms
        self._heard_times_s: list[float] = []
        self._heard: list[Heard] = []
        self._origin_s = 0.0
        self._sent = 0
        self._arrival_s = FIRST_PACKET_S
        self._dropout_s = self._next_dropout_s(0.0)
        self._waiting: list[SensorState] = []
        self._running = False

    def start(self, clock: Clock) -> None:
        """Put the strap on."""
        self._origin_s = clock.now_s()
        self._running = True
        self._waiting = [
            self._state(SensorPhase.CONNECTING, "A simulated heart is being started; no strap is used."),
            self._state(SensorPhase.STREAMING, "The heart is simulated: it shows how a session goes, not how you are."),
        ]

    def poll(self, now_s: float) -> Sequence[Notification | SensorState | Notice]:
        """What the strap has sent up to now_s."""
        sent: list[Notification | SensorState | Notice] = [*self._waiting]
        self._waiting = []
        while self._running and self._origin_s + self._arrival_s <= now_s:
            sent += self._packet()
        return sent

    def hear(self, state: SoundState) -> None:
        """Music reaches the person's ear at state.dac_time_s."""
        at = bisect.bisect_right(self._heard_times_s, state.dac_time_s)
        self._heard_times_s.insert(at, state.dac_time_s)
        self._heard.insert(at, self._hears(state))
        self._forget(self._origin_s + self._person.beat_s - _KEPT_S)

    def _hears(self, state: SoundState) -> Heard:
        piece = self._effects.get(state.track_id or "")
        return Heard(audible=state.audible, tempo_bpm=state.tempo_bpm, piece=piece)

    def stop(self) -> None:
        """Take the strap off."""
        self._running = False

    def _packet(self) -> list[Notification]:
        ready_s = FIRST_PACKET_S + self._sent * PACKET_EVERY_S
        rr_ms = self._beats_until(ready_s)
        time_s = self._origin_s + self._arrival_s
        self._sent += 1
        self._arrival_s = FIRST_PACKET_S + self._sent * PACKET_EVERY_S + self._arrival_rng.uniform(0.0, LATEST_ARRIVAL_S)
        if self._drops(ready_s):
            return []
        return [Notification(time_s=time_s, payload=payload) for payload in payloads(rr_ms, self._last_rr_ms)]

    def _beats_until(self, ready_s: float) -> list[float]:
        rr_ms = []
        while self._person.beat_s <= ready_s:
            rr_ms.append(self._person.rr_ms)
            self._person = next_beat(self._person, draw(self._rng), self._heard_at(self._person.beat_s), self._settings)
        self._last_rr_ms = rr_ms[-1] if rr_ms else self._last_rr_ms
        return rr_ms

    def _heard_at(self, beat_s: float) -> Heard:
        at = bisect.bisect_right(self._heard_times_s, self._origin_s + beat_s - REACTION_S)
        return self._heard[at - 1] if at else Heard()

    def _forget(self, before_s: float) -> None:
        """Drop what no beat will ask for again, but for the newest of it, which holds until the next."""
        known = bisect.bisect_right(self._heard_times_s, before_s) - 1
        if known > 0:
            del self._heard_times_s[:known], self._heard[:known]

    def _drops(self, ready_s: float) -> bool:
        if ready_s >= self._dropout_s + DROPOUT_S:
            self._dropout_s = self._next_dropout_s(ready_s)
        return ready_s >= self._dropout_s

    def _next_dropout_s(self, after_s: float) -> float:
        return after_s + DROPOUT_EVERY_S * self._arrival_rng.uniform(0.7, 1.3)

    def _state(self, phase: SensorPhase, reason: str) -> SensorState:
        return SensorState(time_s=self._origin_s, phase=phase, reason=reason, name=NAME, kind=SensorKind.SIMULATED)
