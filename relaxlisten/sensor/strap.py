"""A strap that is found, listened to, lost and found again, whatever radio it is heard by.

Decision: the radio owns a thread with an asyncio loop of its own (`strap_thread.py`). One that dies of a fault of its own, or
whose loop has stopped turning (a Bluetooth stack that never returns), is left to itself and another one is started, as often as
`supervision.py` allows; a thread cannot be killed, so what it still says is not listened to. The radio (`radio.py`) arrives as
an argument; `ble.py` has the real one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from relaxlisten.messages import Notice, Notification
from relaxlisten.sensor.reconnect import Absence, heard_packet, silence
from relaxlisten.sensor.strap_thread import Known, StrapThread
from relaxlisten.supervision import LifeSign, Restarts
from relaxlisten.terms import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from relaxlisten.messages import SensorState, SoundState
    from relaxlisten.ports import Clock
    from relaxlisten.sensor.profiles import Profile
    from relaxlisten.sensor.radio import Radio
    from relaxlisten.sensor.reconnect import Timing
    from relaxlisten.sensor.strap_thread import Greet

STOP_WITHIN_S = 3.0
# The loop beats once a second; one that has not for so long does not only have a busy processor.
HANGS_AFTER_S = 10.0


class StrapSensor:
    """A strap for as long as the session lasts (ports.Sensor)."""

    def __init__(
        self,
        radio: Callable[[], Radio],
        address: str | None,
        profiles: Sequence[Profile],
        timing: Timing,
        greet: Greet = lambda _n, _a: None,
    ) -> None:
        """radio: makes one for each life of the thread. greet: told of each strap that is heard; may take its time."""
        self._make_radio, self._profiles, self._timing, self._greet = radio, profiles, timing, greet
        self._known = Known(address=address)
        self._absence = Absence(since_s=0.0)
        self._thread: StrapThread | None = None
        self._life = LifeSign()
        self._recent = Restarts()
        self._stopped = False

    def start(self, clock: Clock) -> None:
        """Begin to look for the strap; returns at once."""
        self._clock = clock
        self._absence = Absence(since_s=clock.now_s())
        self._begin()

    def poll(self, now_s: float) -> list[Notification | SensorState | Notice]:
        """What came in since the last call, oldest first."""
        events: list[Notification | SensorState | Notice] = []
        events += self._said()
        events += self._revived(now_s)
        self._absence, alone = silence(self._absence, now_s, self._timing.plain_listening_s)
        return events + ([alone] if alone else [])

    def hear(self, state: SoundState) -> None:
        """A real heart hears by itself."""

    def stop(self) -> None:
        """Let the strap go; at most 3 s."""
        self._stopped = True
        if self._thread is not None:
            self._thread.end()
            self._thread.join(STOP_WITHIN_S)

    def _begin(self) -> None:
        self._life = LifeSign()
        # A thread of before may still write into what it knew.
        self._known = replace(self._known, told=set(self._known.told))
        self._thread = StrapThread(self._make_radio(), self._profiles, self._timing, self._greet, self._clock, self._known)

    def _said(self) -> list[Notification | SensorState | Notice]:
        """What the thread has told, and that the heart is back."""
        events: list[Notification | SensorState | Notice] = []
        while self._thread is not None and not self._thread.sent.empty():
            event = self._thread.sent.get()
            events.append(event)
            if isinstance(event, Notification):
                self._absence, back = heard_packet(self._absence, event.time_s)
                events += [back] if back else []
        return events

    def _revived(self, now_s: float) -> list[Notice]:
        """What is to be told of a thread that has ended or hangs; another one is begun, if there were not too many of late."""
        if self._thread is None or self._stopped:
            return []
        self._life = self._life.looked(self._thread.pulse, now_s)
        ended = self._thread.ended
        if not ended and self._life.still_s <= HANGS_AFTER_S:
            return []
        self._thread.end()
        recent = self._recent.one_more(now_s)
        what = "failed" if ended else "did not answer any more"
        if recent is None:
            self._thread = None
            text = f"What listens to the strap {what} again and again and was given up: the session goes on as plain listening."
            return [Notice(time_s=now_s, severity=Severity.ERROR, code="strap_given_up", text=text)]
        self._recent = recent
        self._begin()
        text = f"What listens to the strap {what} and was started again: the music goes on, and the strap is looked for again."
        return [Notice(time_s=now_s, severity=Severity.WARNING, code="strap_restarted", text=text)]
