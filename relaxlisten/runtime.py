"""Runs a session: feeds the pipeline from its shells and hands on what comes out.

Decision: one loop for every kind of session. `SessionLoop.step(now_s)` polls the sensor, the sound, the music library and the
people's commands, feeds the pipeline, and passes each event to the observers. A live session calls it 20 times a second on a
thread of its own; an offline one calls it with invented times, as fast as it can. Nothing in the loop blocks.
"""

from __future__ import annotations

import collections
import logging
import queue
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.errors import RelaxListenError
from relaxlisten.group import Companions
from relaxlisten.messages import Beat, Command, Notice, PlaybackPlan, SoundState, Tick, TrackFound
from relaxlisten.preparing import Veiled, ratings, shown
from relaxlisten.session.records import append_ratings
from relaxlisten.terms import CommandKind, SessionStage, Severity, When

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from relaxlisten.assembly import Parts
    from relaxlisten.control.protocol import RatingQuestion
    from relaxlisten.messages import Event, FromCompanion, Input
    from relaxlisten.ports import Observer
    from relaxlisten.session.recorder import WriteFault

_log = logging.getLogger(__name__)

STEP_S = 0.05
TICK_S = 1.0
# With some of the music known, the start waits this long for the rest to be looked through.
START_ANYWAY_AFTER_S = 1.0
# A session whose arm is concealed starts no sooner than this: how fast its music is ready must not tell the arm.
CONCEALED_START_S = 3.0
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

    def __init__(self, parts: Parts, observers: Sequence[Observer]) -> None:
        self.commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.failure: RelaxListenError | None = None
        self._parts = parts
        self._observers = observers
        self._next_tick_s = TICK_S
        self._first_track_s: float | None = None
        self._started = False

    @property
    def ended(self) -> bool:
        """Whether the session is over."""
        return self.failure is not None or self._parts.pipeline.stage is SessionStage.ENDED

    def step(self, now_s: float) -> None:
        """Take in all that has come up to now_s."""
        self._music(now_s)
        while not self.commands.empty():
            self._feed(self.commands.get())
        self._start_when_ready(now_s)
        for heard in self._parts.sensor.poll(now_s):
            self._feed(heard)
        for sounded in self._parts.sound.poll(now_s):
            self._feed(sounded)
        for link in self._parts.links:
            for told in link.poll(now_s):
                self._feed(told)
        self._ticks(now_s)

    def notice(self, notice: Notice) -> None:
        """Put in a notice from outside the shells (the recorder's)."""
        self._feed(notice)

    def _music(self, now_s: float) -> None:
        library = self._parts.library
        for found in library.poll():
            if isinstance(found, str):
                self._feed(Notice(time_s=now_s, severity=Severity.WARNING, code="music_left_out", text=found))
                continue
            self._parts.sound.add_track(found.track, found.path)
            self._first_track_s = now_s if self._first_track_s is None else self._first_track_s
            self._feed(TrackFound(time_s=now_s, track=found.track))
        if library.failure is not None and self._first_track_s is None:
            self.failure = library.failure

    def _start_when_ready(self, now_s: float) -> None:
        if self._started or self._first_track_s is None or (self._parts.concealed and now_s < CONCEALED_START_S):
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
            self._parts.sensor.hear(event)
        for derived in self._parts.pipeline.feed(event):
            self._show(derived, derived=True)
            if isinstance(derived, PlaybackPlan):
                self._parts.sound.apply(derived)

    def _show(self, event: Event, *, derived: bool) -> None:
        for observer in self._observers:
            observer.receive(event, derived=derived)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an offline session ended. record_path: the folder with session.jsonl. failure: what went wrong, if anything did."""

    record_path: Path
    failure: RelaxListenError | None


def run_offline(parts: Parts) -> Outcome:
    """A whole session as fast as the machine can, on invented time."""
    recorder = parts.open_recorder(lambda _fault: None)
    keepers = [parts.keeper] if parts.keeper else []
    companions = Companions(parts.companions, parts.beside or recorder.path.parent, lambda _event: None, lambda _fault: None)
    loop = SessionLoop(parts, [recorder, companions, *keepers])
    clock = SteppedClock()
    parts.sound.start(clock)
    parts.sensor.start(clock)
    companions.start(clock)
    parts.library.scan()
    steps = 0
    while not loop.ended:
        clock.at_s = steps * STEP_S
        loop.step(clock.at_s)
        steps += 1
    parts.sound.stop()
    parts.sensor.stop()
    recorder.close()
    companions.close()
    for keeper in keepers:
        keeper.close()
    failure = loop.failure or recorder.unsaved or companions.unsaved
    return Outcome(record_path=recorder.path.parent, failure=failure)


class LiveSession:
    """A session on a thread of its own; what a window or a terminal holds (ports.SessionHandle)."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._clock = MonotonicClock()
        self._events: collections.deque[Event | FromCompanion] = collections.deque()
        self._disk_faults: queue.SimpleQueue[WriteFault] = queue.SimpleQueue()
        self._recorder = parts.open_recorder(self._disk_faults.put)
        beside = parts.beside or self._recorder.path.parent
        self._companions = Companions(parts.companions, beside, self._events.append, self._disk_faults.put)
        keepers = [parts.keeper] if parts.keeper else []
        links = [Veiled(link, parts.concealed) for link in parts.links]
        self._loop = SessionLoop(parts, [self._recorder, self, self._companions, *keepers, *links])
        self._done = threading.Event()
        self._hurry = threading.Event()
        self.failure: RelaxListenError | None = None
        self.beats = 0
        parts.sound.start(self._clock)  # first: its process starts while the rest gets ready
        parts.sensor.start(self._clock)
        self._companions.start(self._clock)
        for link in parts.links:
            link.start(self._clock)
        parts.library.start()
        self._thread = threading.Thread(target=self._run, name="session", daemon=False)
        self._thread.start()

    def receive(self, event: Event, *, derived: bool) -> None:
        """Keep an event for the screen."""
        visible = shown(event, self._parts.concealed)
        if visible is not None:
            self._events.append(visible)
        self.beats += isinstance(event, Beat)

    def command(self, what: CommandKind, value: float | str | None = None) -> None:
        """Pass on what a person asked for."""
        self._loop.commands.put(Command(time_s=self._clock.now_s(), what=what, value=value))
        self._hurry.set()

    def drain(self) -> list[Event | FromCompanion]:
        """Events since the last call."""
        events = []
        while self._events:
            events.append(self._events.popleft())
        return events

    @property
    def finished(self) -> bool:
        """Whether the session is over and its record closed."""
        return self._done.is_set()

    @property
    def record_path(self) -> Path | None:
        """The folder with session.jsonl."""
        return self._recorder.path.parent

    @property
    def questions(self) -> tuple[RatingQuestion, ...]:
        """What is asked before and after the session."""
        return self._parts.questions

    def rate(self, answers: Sequence[str]) -> None:
        """Keep what was answered after the session, as "SCALE=VALUE". Raises RelaxListenError; UsageError for no answer."""
        given = ratings(answers, self._parts.questions, When.AFTER, self._clock.now_s())
        record = (self._recorder.rescued_to or self._recorder.path).parent
        if self._parts.keeper is not None:
            self._parts.keeper.answer(record, given)
        else:
            append_ratings(record, given)

    def join(self) -> None:
        """Wait for the end."""
        self._thread.join()

    def _run(self) -> None:
        try:
            self._run_to_the_end()
        except RelaxListenError as fault:
            self.failure = fault
        except Exception:
            _log.exception("The session stopped on a fault of the program")
            self.failure = RelaxListenError("RelaxListen itself failed and ended the session; what was recorded is saved.")
        finally:
            self._close()

    def _run_to_the_end(self) -> None:
        while not self._loop.ended:
            now_s = self._clock.now_s()
            self._tell_disk_faults(now_s)
            self._loop.step(now_s)
            self._hurry.wait(STEP_S)
            self._hurry.clear()
        self.failure = self._loop.failure

    def _tell_disk_faults(self, now_s: float) -> None:
        while not self._disk_faults.empty():
            text = (
                f"The record cannot be written ({self._disk_faults.get().reason}): the session goes on and its record is kept "
                "in memory; make room on the disk and it will be written."
            )
            self._loop.notice(Notice(time_s=now_s, severity=Severity.ERROR, code="record_not_written", text=text))

    def _remember(self) -> None:
        try:
            if self._parts.keeper is not None:
                self._parts.keeper.close()
        except RelaxListenError as fault:
            self.failure = self.failure or fault

    def _close(self) -> None:
        self._parts.sound.stop()
        self._parts.sensor.stop()
        self._parts.library.stop()
        for link in self._parts.links:
            link.stop()
        self._recorder.close()
        self._companions.close()
        self._remember()
        self.failure = self.failure or self._recorder.unsaved or self._companions.unsaved
        self._done.set()
