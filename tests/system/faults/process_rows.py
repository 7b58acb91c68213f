"""Faults of the program itself, and its ends: asked for, or not."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from tests.system.faults.rows import Ending, Keeps, Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.system.faults.stage import Stage

INTRO = "A gentle end: the music fades within 3 s, all is saved, and the program is gone within 5 s."
FADES = "fades and ends"
FADES_ALONE = "the sound process fades it and ends by itself"
EXIT_S = 5.0


def _asked(number: signal.Signals, *, window: bool = False, group: bool = False) -> Callable[[Stage], dict[str, float]]:
    """group: to all processes at once, as a terminal or the end of a login does it."""

    def play(stage: Stage) -> dict[str, float]:
        stage.listen(window=window)
        stage.strike()
        stage.signal(number, group=group)
        return _exit(stage)

    return play


def _exit(stage: Stage) -> dict[str, float]:
    assert stage.struck_s is not None
    stage.wait_for_end(20.0)
    return {"exit": time.monotonic() - stage.struck_s}


def _killed(*, window: bool) -> Callable[[Stage], dict[str, float]]:
    def play(stage: Stage) -> dict[str, float]:
        stage.listen(window=window)
        stage.strike()
        stage.kill()
        stage.rest(6.0)
        return {}

    return play


def _asked_at_once(stage: Stage) -> dict[str, float]:
    """While the program gets ready: as soon as its record is there."""
    stage.add_piece()
    stage.start()
    stage.until_record()
    stage.strike()
    stage.signal(signal.SIGINT)
    return _exit(stage)


def _screen_gone(stage: Stage) -> dict[str, float]:
    """Who read what the program prints has gone, as in `relaxlisten listen | head`; it prints at least every 15 s."""
    stage.listen()
    stage.strike()
    stage.stop_reading()
    stage.rest(35.0)
    return {}


def _hung(stage: Stage) -> dict[str, float]:
    """The window's process stands still for 20 s."""
    stage.listen(window=True)
    assert stage.program is not None
    stage.strike()
    os.kill(stage.program.pid, signal.SIGSTOP)
    stage.rest(20.0)
    os.kill(stage.program.pid, signal.SIGCONT)
    stage.rest(4.0)
    return {}


ROWS = (
    Row(id="term", fault="SIGTERM", how="To the program.", music=FADES, play=_asked(signal.SIGTERM), ending=Ending.BY_FAULT,
        bounds={"exit": EXIT_S}, quick=True),
    Row(id="int", fault="SIGINT", how="To all its processes, as a terminal does it (Ctrl-C).", music=FADES,
        play=_asked(signal.SIGINT, group=True), ending=Ending.BY_FAULT, bounds={"exit": EXIT_S}),
    Row(id="hup", fault="Terminal closed (SIGHUP)", how="To all its processes, as a terminal does it.", music=FADES,
        play=_asked(signal.SIGHUP, group=True), ending=Ending.BY_FAULT, bounds={"exit": EXIT_S}),
    Row(id="logout", fault="SIGTERM to every process", how="As the end of a login does it.", music=FADES,
        play=_asked(signal.SIGTERM, group=True), ending=Ending.BY_FAULT, bounds={"exit": EXIT_S}),
    Row(id="term-window", fault="SIGTERM with the window open", how="To the program.", music=FADES,
        play=_asked(signal.SIGTERM, window=True), ending=Ending.BY_FAULT, bounds={"exit": EXIT_S}),
    Row(id="int-at-once", fault="SIGINT while the session gets ready", how="As soon as its record is on the disk.",
        music="has not begun", end_s=None, play=_asked_at_once, ending=Ending.BY_FAULT, bounds={"exit": EXIT_S}),
    Row(id="kill", fault="SIGKILL", how="To the program.", music=FADES_ALONE, play=_killed(window=False), ending=Ending.KILLED,
        keeps=Keeps.CUT),
    Row(id="window-killed", fault="Window killed", how="KILL of the program while its window is open.", music=FADES_ALONE,
        play=_killed(window=True), ending=Ending.KILLED, keeps=Keeps.CUT),
    Row(id="window-hangs", fault="Window hangs for 20 s", how="STOP and CONT of the program while its window is open.",
        music="goes on unchanged", play=_hung),
    Row(id="screen-gone", fault="Who reads the output goes away", how="The other end of its standard output is closed.",
        music="goes on unchanged", play=_screen_gone),
)  # fmt: skip
