"""Runs a session: live, on a thread of its own, or offline, on invented time.

Decision: a live session steps the loop (`loop.py`) 20 times a second and lets its shells and observers fail; after a fault of the
pipeline it ends gently, with a report. An offline one steps it with invented times, as fast as it can, and no fault is passed
over.
"""

from __future__ import annotations

import collections
import logging
import queue
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.clock_facts import ClockFacts
from relaxlisten.errors import RelaxListenError, together
from relaxlisten.group import Companions
from relaxlisten.loop import MonotonicClock, SessionLoop, SteppedClock
from relaxlisten.messages import Beat, Command
from relaxlisten.preparing import Veiled, ratings, shown
from relaxlisten.recording import RecordWatch
from relaxlisten.session.records import append_ratings
from relaxlisten.session.unkept import Unkept
from relaxlisten.terms import CommandKind, When
from relaxlisten.watched import Watch, own_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from relaxlisten.assembly import Parts
    from relaxlisten.control.protocol import RatingQuestion
    from relaxlisten.listener import Keeper
    from relaxlisten.messages import Event, FromCompanion
    from relaxlisten.ports import Observer
    from relaxlisten.session.recorder import WriteFault

_log = logging.getLogger(__name__)

STEP_S = 0.05
# A session whose arm is concealed starts no sooner than this: how fast its music is ready must not tell the arm.
CONCEALED_START_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an offline session ended. record_path: the folder with session.jsonl. failure: what went wrong, if anything did."""

    record_path: Path
    failure: RelaxListenError | None


def run_offline(parts: Parts) -> Outcome:
    """A whole session as fast as the machine can, on invented time."""
    recorder = parts.open_recorder(lambda _fault: None)
    companions = Companions(parts.companions, parts.beside or recorder.path.parent, lambda _event: None, lambda _fault: None)
    loop = SessionLoop(parts, [recorder, companions, *_keepers(parts)], earliest_start_s=_earliest_start_s(parts))
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
    unkept = _unkept(parts.keeper) if parts.keeper else None
    failure = together([loop.failure, unkept, recorder.unsaved, companions.unsaved])
    return Outcome(record_path=recorder.path.parent, failure=failure)


def _unkept(keeper: Keeper) -> RelaxListenError | None:
    try:
        keeper.close()
    except RelaxListenError as fault:
        return fault
    return None


def _keepers(parts: Parts) -> list[Observer]:
    return [parts.keeper] if parts.keeper else []


class LiveSession:
    """A session on a thread of its own; what a window or a terminal holds (ports.SessionHandle)."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._clock = MonotonicClock()
        self._events: collections.deque[Event | FromCompanion] = collections.deque()
        disk_faults: queue.SimpleQueue[WriteFault] = queue.SimpleQueue()
        self._recorder = parts.open_recorder(disk_faults.put) if parts.kept else Unkept()
        self._record_watch = RecordWatch(self._recorder, disk_faults)
        beside = parts.beside or self.record_path or parts.out
        self._companions = Companions(parts.companions, beside, self._events.append, disk_faults.put)
        self._clock_facts = ClockFacts(parts.header.started_utc, self._clock.now_s, time.time)
        veiled = [Veiled(link, parts.concealed) for link in parts.links]
        observers: list[Observer] = [self._recorder, self, self._clock_facts, self._companions, *_keepers(parts), *veiled]
        self._loop = SessionLoop(parts, observers, Watch(), links=parts.links, earliest_start_s=_earliest_start_s(parts))
        self._done = threading.Event()
        self._hurry = threading.Event()
        self.failure: RelaxListenError | None = None
        self.beats = 0
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
        """The folder with session.jsonl, wherever it had to go; None where nothing is kept."""
        file = self._recorder.rescued_to or self._recorder.path
        return file.parent if file else None

    @property
    def questions(self) -> tuple[RatingQuestion, ...]:
        """What is asked before and after the session."""
        return self._parts.questions

    def rate(self, answers: Sequence[str]) -> None:
        """Keep what was answered after the session, as "SCALE=VALUE". Raises RelaxListenError; UsageError for no answer."""
        given = ratings(answers, self._parts.questions, When.AFTER, self._clock.now_s())
        record = self.record_path
        if record is None:
            return
        if self._parts.keeper is not None:
            self._parts.keeper.answer(record, given)
        else:
            append_ratings(record, given)

    def join(self) -> None:
        """Wait for the end."""
        self._thread.join()

    def _run(self) -> None:
        try:
            self._start()
            self._run_to_the_end()
        except RelaxListenError as fault:
            self.failure = fault
        except Exception as fault:
            _log.info("The session stopped on a fault of the program", exc_info=True)
            self.failure = own_fault(fault)
        finally:
            self._close()

    def _start(self) -> None:
        """Start every part: on the session's thread, so that one that cannot be started ends a session that has its record."""
        self._parts.sound.start(self._clock)  # first: its process starts while the rest gets ready
        self._parts.sensor.start(self._clock)
        self._companions.start(self._clock)
        for link in self._parts.links:
            link.start(self._clock)
        self._parts.library.start()

    def _run_to_the_end(self) -> None:
        while not self._loop.ended:
            now_s = self._clock.now_s()
            for notice in self._record_watch.notices(now_s):
                self._loop.put(notice)
            self._tell_clocks(now_s)
            self._loop.step(now_s)
            self._hurry.wait(STEP_S)
            self._hurry.clear()
        self._loop.put(self._clock_facts.read())
        self.failure = self._loop.failure

    def _tell_clocks(self, now_s: float) -> None:
        reading = self._clock_facts.due(now_s)
        if reading is not None:
            self._loop.put(reading)

    def _close(self) -> None:
        """End every part, whatever became of the others: first the music, which fades, and then what keeps."""
        keeper = self._parts.keeper
        faults = [self.failure]
        ends: list[Callable[[], None]] = [self._parts.sound.stop, self._parts.sensor.stop, self._parts.library.stop]
        ends += [link.stop for link in self._parts.links]
        for end in (*ends, self._recorder.close, self._companions.close, *([keeper.close] if keeper else [])):
            try:
                end()
            except RelaxListenError as fault:
                faults.append(fault)
            except Exception as fault:
                _log.info("A part did not end well", exc_info=True)
                faults.append(own_fault(fault))
        self.failure = together([*faults, self._recorder.unsaved, self._companions.unsaved])
        self._done.set()


def _earliest_start_s(parts: Parts) -> float:
    return CONCEALED_START_S if parts.concealed else 0.0
