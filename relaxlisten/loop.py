"""The loop of a session: feeds the pipeline from its shells and hands on what comes out.

Decision: one loop for every kind of session. `SessionLoop.step(now_s)` polls the sensor, the sound, the music library and the
people's commands, feeds the pipeline, and passes each event to the observers. Nothing in it blocks, and no clock is read: who
steps it says what time it is (`runtime.py`). With a watch (`watched.py`) shells and observers may fail without an end to it.
"""

from __future__ import annotations

import queue
import time
from functools import partial
from typing import TYPE_CHECKING

from relaxlisten.messages import Command, Notice, PlaybackPlan, SoundState, Tick, TrackFound
from relaxlisten.terms import CommandKind, SessionStage, Severity
from relaxlisten.watched import LIBRARY, LINK, SOUND, STRAP, Unwatched, Watch, part_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.assembly import Parts
    from relaxlisten.errors import RelaxListenError
    from relaxlisten.messages import Clocks, Event, Input
    from relaxlisten.ports import Link, Observer

TICK_S = 1.0
# With some of the music known, the start waits this long for the rest to be looked through.
START_ANYWAY_AFTER_S = 1.0
# The first piece of five thousand unknown ones is found within 2 s; a disk that has to wake up takes 8 s.
MUSIC_LATE_AFTER_S = 15.0
# A loop that was held up for longer than this (the machine slept) does not make up for the ticks it missed.
MOST_LATE_TICKS_S = 5.0


class MonotonicClock:
    """Seconds since it was made; the origin is on the system's monotonic clock, which all processes share."""

    def __init__(self) -> None:
        self.origin_s = time.monotonic()

    def now_s(self) -> float:
        """Seconds since the clock was made."""
        return time.monotonic() - self.origin_s


class SteppedClock:
    """A clock that stands where it was put: for sessions that run faster than time."""

    def __init__(self) -> None:
        self.at_s = 0.0

    def now_s(self) -> float:
        """Where the clock was put last."""
        return self.at_s


class SessionLoop:
    """One session between its shells. Not thread-safe: one thread steps it; `commands` may be filled from any."""

    def __init__(
        self,
        parts: Parts,
        observers: Sequence[Observer],
        watch: Watch | None = None,
        *,
        links: Sequence[Link] = (),
        earliest_start_s: float = 0.0,
    ) -> None:
        """watch: lets shells and observers fail; without one their faults end the session, which suits one nobody listens to."""
        self.commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.failure: RelaxListenError | None = None
        self._parts = parts
        self._observers = observers
        self._links = links
        self._earliest_start_s = earliest_start_s
        self._watch = watch or Unwatched()
        self._next_tick_s = TICK_S
        self._first_track_s: float | None = None
        self._started = False
        self._told_late = False

    @property
    def ended(self) -> bool:
        """Whether the session is over."""
        return self.failure is not None or self._parts.pipeline.stage is SessionStage.ENDED

    def step(self, now_s: float) -> None:
        """Take in all that has come up to now_s."""
        for notice in self._watch.notices():
            self._feed(notice)
        self._music(now_s)
        while not self.commands.empty():
            self._feed(self.commands.get())
        self._start_when_ready(now_s)
        for heard in self._watch.call(STRAP, now_s, lambda: self._parts.sensor.poll(now_s), []):
            self._feed(heard)
        for sounded in self._watch.call(SOUND, now_s, lambda: self._parts.sound.poll(now_s), []):
            self._feed(sounded)
        for link in self._links:
            for told in self._watch.call(LINK, now_s, partial(link.poll, now_s), []):
                self._feed(told)
        self._ticks(now_s)

    def put(self, event: Notice | Clocks) -> None:
        """Put in what comes from outside the shells: the recorder's notices, the clocks."""
        self._feed(event)

    def _music(self, now_s: float) -> None:
        library = self._parts.library
        for found in self._watch.call(LIBRARY, now_s, library.poll, []):
            if isinstance(found, str):
                self._feed(Notice(time_s=now_s, severity=Severity.WARNING, code="music_left_out", text=found))
                continue
            self._parts.sound.add_track(found.track, found.path)
            self._first_track_s = now_s if self._first_track_s is None else self._first_track_s
            self._feed(TrackFound(time_s=now_s, track=found.track))
        if library.failure is not None and self._first_track_s is None:
            self.failure = library.failure

    def _tell_late_music(self, now_s: float) -> None:
        """Somebody who lies there in silence is to know what for."""
        if self._first_track_s is not None or self._told_late or now_s < MUSIC_LATE_AFTER_S:
            return
        self._told_late = True
        text = (
            f"No music has been found within {MUSIC_LATE_AFTER_S:.0f} s: its disk or network answers slowly, or not at all. The "
            "session begins as soon as a first piece is there; or end it, and choose other music."
        )
        self._feed(Notice(time_s=now_s, severity=Severity.WARNING, code="music_late", text=text))

    def _start_when_ready(self, now_s: float) -> None:
        self._tell_late_music(now_s)
        if self._started or self._first_track_s is None or now_s < self._earliest_start_s:
            return
        if self._parts.library.complete or now_s - self._first_track_s >= START_ANYWAY_AFTER_S:
            self._started = True
            for answer in self._parts.answers:
                self._feed(answer)
            self._feed(Command(time_s=now_s, what=CommandKind.START))

    def _ticks(self, now_s: float) -> None:
        if now_s - self._next_tick_s > MOST_LATE_TICKS_S:
            self._next_tick_s = float(int(now_s))
        while self._next_tick_s <= now_s and not self.ended:
            self._feed(Tick(time_s=self._next_tick_s))
            self._next_tick_s += TICK_S

    def _feed(self, event: Input) -> None:
        self._show(event, derived=False)
        if isinstance(event, SoundState):
            self._hear(event)
        for derived in self._parts.pipeline.feed(event):
            self._show(derived, derived=True)
            if isinstance(derived, PlaybackPlan):
                self._apply(derived)

    def _apply(self, plan: PlaybackPlan) -> None:
        self._watch.call(SOUND, plan.time_s, lambda: self._parts.sound.apply(plan), None)

    def _hear(self, state: SoundState) -> None:
        self._watch.call(STRAP, state.time_s, lambda: self._parts.sensor.hear(state), None)

    def _show(self, event: Event, *, derived: bool) -> None:
        for observer in self._observers:
            self._watch.call(part_of(observer), event.time_s, partial(observer.receive, event, derived=derived), None)
