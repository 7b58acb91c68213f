"""The sound process, as the session holds it.

Decision: a spawned process, because no thread of Python keeps its time while the window draws. Tracks and plans go in by a pipe,
`SoundState` and notices come back four times a second. A process that dies, or says nothing any more, is started again with all
tracks and the last plan, at the place that was last heard; how it works inside is told in `child.py`. A thread hands the orders
on, because a pipe whose other end does not read would keep the session waiting.
"""

from __future__ import annotations

import contextlib
import dataclasses
import multiprocessing
import queue
import threading
import time
from typing import TYPE_CHECKING

from relaxlisten.child_signals import held_back
from relaxlisten.messages import Notice, PlaybackPlan, SoundState, Track
from relaxlisten.sound.child import run
from relaxlisten.sound.orders import AddTrack, Finish, Order, Report, Settings, StillHere
from relaxlisten.supervision import LifeSign, Restarts
from relaxlisten.terms import Alignment, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from pathlib import Path

    from relaxlisten.ports import Clock

_JOIN_S = 4.0
_GREET_EVERY_S = 5.0
# A process that has spoken speaks four times a second, and one on a busy machine was seen to be silent for 2 s.
SILENT_FOR_S = 6.0
STARTS_WITHIN_S = 60.0


class _Postman:
    """Hands orders on to one process, on a thread of its own."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="sound-orders", daemon=True).start()

    def send(self, order: Order) -> None:
        """Hand on; never waits."""
        self._orders.put(order)

    def stop(self) -> None:
        """Hand on what was given, and end."""
        self._orders.put(None)

    def _run(self) -> None:
        with contextlib.suppress(OSError):  # poll() finds the dead process, and the new one gets all there is to know
            while (order := self._orders.get()) is not None:
                self._pipe.send(order)


class SoundProcess:
    """ports.Sound with a card, or with silence in its place."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._render_path = settings.render_path
        self._tracks: list[AddTrack] = []
        self._plan: PlaybackPlan | None = None
        self._heard: SoundState | None = None
        self._recent = Restarts()
        self._greet_s = 0.0
        self._restarts = 0
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._postman: _Postman | None = None
        self._spoken = 0
        self._life = LifeSign()
        self._patience_s = STARTS_WITHIN_S

    def start(self, clock: Clock) -> None:
        """Start the process; it is ready about half a second later."""
        self._settings = dataclasses.replace(self._settings, origin_s=time.monotonic() - clock.now_s())
        self._spawn()

    def add_track(self, track: Track, path: Path | None) -> None:
        """Make a piece playable."""
        order = AddTrack(track=track, path=path)
        self._tracks.append(order)
        self._send(order)

    def apply(self, plan: PlaybackPlan) -> None:
        """Hand on the newest plan."""
        self._plan = plan
        self._send(plan)

    def poll(self, now_s: float) -> Sequence[Report]:
        """What the process has told since the last call; a process that has died is started again."""
        reports: list[Report] = []
        if now_s >= self._greet_s:
            self._greet_s = now_s + _GREET_EVERY_S
            self._send(StillHere())
        try:
            while self._pipe is not None and self._pipe.poll():
                reports.append(self._pipe.recv())
        except (EOFError, OSError):
            reports.append(self._restart(now_s))
        self._watch(now_s, spoke=bool(reports))
        for report in reports:
            if isinstance(report, SoundState):
                self._heard = report
        return reports

    def stop(self) -> None:
        """Let it fade and end; what does not end in time is ended."""
        self._send(Finish())
        if self._process is not None:
            self._process.join(_JOIN_S)
            self._kill()
        self._hang_up()

    def _watch(self, now_s: float, *, spoke: bool) -> None:
        """End a process that says nothing any more: the next poll finds it dead."""
        self._spoken += spoke
        self._life = self._life.looked(self._spoken, now_s)
        self._patience_s = SILENT_FOR_S if spoke else self._patience_s
        if self._life.still_s > self._patience_s:
            self._life = LifeSign()
            self._kill()

    def _kill(self) -> None:
        """At once: what hangs does not hear a milder word."""
        if self._process is not None and self._process.is_alive():
            self._process.kill()
            self._process.join(1.0)

    def _hang_up(self) -> None:
        if self._postman is not None:
            self._postman.stop()
            self._postman = None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None

    def _spawn(self) -> None:
        self._patience_s = STARTS_WITHIN_S
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=run, args=(theirs, self._settings), name="relaxlisten-sound", daemon=True)
        with held_back():
            self._process.start()
        theirs.close()
        self._postman = _Postman(self._pipe)

    def _send(self, order: Order) -> None:
        if self._postman is not None:
            self._postman.send(order)

    def _restart(self, now_s: float) -> Notice:
        self._hang_up()
        recent = self._recent.one_more(now_s)
        if recent is None:
            text = "The sound stopped again and again and was given up: the session goes on without music; please start it anew."
            return Notice(time_s=now_s, severity=Severity.ERROR, code="sound_given_up", text=text)
        self._recent = recent
        self._restarts += 1
        self._settings = dataclasses.replace(self._settings, render_path=self._beside(self._restarts + 1))
        self._spawn()
        for order in self._tracks:
            self._send(order)
        if self._plan is not None:
            self._send(self._continued(self._plan))
        text = "The sound stopped and was started again where it was; the session goes on."
        return Notice(time_s=now_s, severity=Severity.WARNING, code="sound_restarted", text=text)

    def _beside(self, number: int) -> Path | None:
        """Where the rest of what is heard goes: what was written so far is kept."""
        path = self._render_path
        return path and path.with_stem(f"{path.stem}-{number}")

    def _continued(self, plan: PlaybackPlan) -> PlaybackPlan:
        """The plan from the place that was last heard."""
        heard = self._heard
        if heard is None or heard.turn != plan.turn:
            return plan
        return dataclasses.replace(plan, start_s=heard.source_s, fade_s=0.5, align=Alignment.NONE)
