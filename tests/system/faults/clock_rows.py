"""Faults of the clock: the wall clock stands in a record's header only, so that it may go where it likes."""

from __future__ import annotations

import itertools
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.messages import Tick
from relaxlisten.replay import load_record
from tests.system.faults.rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.system.faults.stage import Stage

INTRO = "libfaketime gives the program and its sound process another wall clock (stand-in); the monotonic clock stays real."
STEPPED = "The wall clock of all its processes is set."
PLAYS = "goes on unchanged"
SUSPENDED_S = 20.0


def _library() -> Path | None:
    places = (Path("/usr/lib") / machine / "faketime" / "libfaketimeMT.so.1" for machine in os.listdir("/usr/lib"))
    return next((place for place in places if place.exists()), None)


def cannot_fake() -> str | None:
    """Why the clock cannot be set here."""
    return None if _library() else "setting the clock of one program needs libfaketime"


def _environment(stage: Stage) -> dict[str, str]:
    _set_clock(stage, "+0")
    return {
        "LD_PRELOAD": str(_library()),
        "FAKETIME_TIMESTAMP_FILE": str(stage.folder / "clock"),
        "FAKETIME_CACHE_DURATION": "1",  # in seconds; reading the file at every look at the clock is heard on a busy machine
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        # Its mending of monotonic waits lets CPython's 5 ms between two threads pass at once (measured: a thread has its turn
        # beside a busy one after 1.2 ms instead of 6.3): the sound then starves, and no clock has done that.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        "NO_FAKE_STAT": "1",
    }


def _set_clock(stage: Stage, offset: str) -> None:
    new = stage.folder / "clock.new"
    new.write_text(offset, encoding="ascii")
    new.replace(stage.folder / "clock")


def _stepped(*offsets: str) -> Callable[[Stage], dict[str, float]]:
    def play(stage: Stage) -> dict[str, float]:
        stage.listen(env=_environment(stage))
        stage.strike()
        for offset in offsets:
            _set_clock(stage, offset)
            stage.rest(5.0)
        before_s, ticks = stage.see_tick()
        stage.end()
        events = [entry.event for entry in load_record(stage.session).events]
        recorded_s = [event.time_s for event in events if isinstance(event, Tick)]
        asked_s = stage.end_asked_s or 0.0
        steps = [late - early for early, late in itertools.pairwise(recorded_s)]
        return {"session clock off by": abs((recorded_s[-1] - ticks) - (asked_s - before_s)), "longest tick": max(steps)}

    return play


def _suspended(stage: Stage) -> dict[str, float]:
    stage.listen(env=_environment(stage))
    stage.strike()
    for pid in stage.everybody():
        os.kill(pid, signal.SIGSTOP)
    _set_clock(stage, "+3600")
    stage.rest(SUSPENDED_S)
    for pid in stage.everybody():
        os.kill(pid, signal.SIGCONT)
    stage.mend()
    stage.rest(8.0)
    return {}


ROWS = (
    Row(id="clock-back-a-day", fault="Clock set back by a day", how=STEPPED, music=PLAYS, play=_stepped("-86400"),
        bounds={"session clock off by": 2.0, "longest tick": 1.0}, needs=cannot_fake),
    Row(id="clock-on-an-hour", fault="Clock set forward by an hour", how=STEPPED, music=PLAYS, play=_stepped("+3600"),
        bounds={"session clock off by": 2.0, "longest tick": 1.0}, needs=cannot_fake),
    Row(id="suspend", fault="Suspend for an hour",
        how=f"All processes are stopped (STOP) for {SUSPENDED_S:.0f} s and go on with a wall clock that is an hour later "
        "(libfaketime): a stand-in for a suspended machine, whose monotonic clock stands still meanwhile.",
        music="silent while all stands still; goes on where it was", play=_suspended, silence_s=SUSPENDED_S + 2.0, back_s=2.0,
        needs=cannot_fake),
)  # fmt: skip
