"""A recorded heart: a file's RR intervals, played as a strap would have sent them.

Decision: what the file says is played raw. An interval that no heart makes is only reported, because finding it is the cleaner's
work. How files are read: `rr_formats.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.messages import Notice, Notification, SensorState
from relaxlisten.sensor.packets import packets
from relaxlisten.terms import SensorKind, SensorPhase, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relaxlisten.messages import SoundState
    from relaxlisten.ports import Clock
    from relaxlisten.sensor.packets import Packet

PLAUSIBLE_MS = (200.0, 3000.0)


class RrFileSensor:
    """Plays intervals in session time, from the moment it is started (ports.Sensor)."""

    def __init__(self, rr_ms: Sequence[float], name: str) -> None:
        self._rr_ms = tuple(rr_ms)
        self._name = name
        self._origin_s = 0.0
        self._waiting: list[SensorState | Notice] = []
        self._packets: Iterator[Packet] = iter(())
        self._playing = False
        self._next: Packet | None = None

    def start(self, clock: Clock) -> None:
        """Begin to play now."""
        self._origin_s = clock.now_s()
        self._packets = packets(self._rr_ms)
        self._next = next(self._packets, None)
        self._playing = True
        self._waiting = [
            self._state(SensorPhase.CONNECTING, self._origin_s, f"Opening the recorded heart {self._name}."),
            self._state(SensorPhase.STREAMING, self._origin_s, f"Playing the recorded heart {self._name}."),
            *self._implausible(),
        ]

    def poll(self, now_s: float) -> Sequence[Notification | SensorState | Notice]:
        """What the file's strap has sent up to now_s."""
        waiting, self._waiting = self._waiting, []
        sent = [*waiting, *self._sent_until(now_s)]
        if self._playing and self._next is None:
            self._playing = False
            reason = f"The recorded heart {self._name} has been played to its end: the session goes on as plain listening."
            sent.append(self._state(SensorPhase.ENDED, sent[-1].time_s if sent else now_s, reason))
        return sent

    def hear(self, state: SoundState) -> None:
        """A recorded heart hears nothing."""

    def stop(self) -> None:
        """Send no more."""
        self._playing, self._next, self._waiting = False, None, []

    def _sent_until(self, now_s: float) -> Iterator[Notification]:
        while self._next is not None and self._origin_s + self._next.time_s <= now_s:
            yield Notification(time_s=self._origin_s + self._next.time_s, payload=self._next.payload)
            self._next = next(self._packets, None)

    def _state(self, phase: SensorPhase, time_s: float, reason: str) -> SensorState:
        return SensorState(time_s=time_s, phase=phase, reason=reason, name=self._name, kind=SensorKind.FILE)

    def _implausible(self) -> list[Notice]:
        shortest_ms, longest_ms = PLAUSIBLE_MS
        odd = sum(not shortest_ms <= rr_ms <= longest_ms for rr_ms in self._rr_ms)
        if not odd:
            return []
        text = (
            f"{odd} of the {len(self._rr_ms)} intervals in {self._name} are not between {shortest_ms:g} and {longest_ms:g} ms: "
            "they are played as they are; check the file if that is a surprise."
        )
        return [Notice(time_s=self._origin_s, severity=Severity.WARNING, code="rr_file_implausible", text=text)]
