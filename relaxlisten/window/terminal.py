"""The session in a terminal: the same facts as the window, without a display.

Decision: on a terminal one picture is redrawn four times a second; elsewhere (a pipe, a log) plain lines tell what changes. Where
nobody reads any more, or what shows it fails, the session goes on unseen. How it is ended from outside stands in `end_wish.py`.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from relaxlisten.crash_report import pointer, write_report
from relaxlisten.messages import FromCompanion, Notice, SensorState, SessionPhase, TempoTarget, TrackChoice
from relaxlisten.standard_streams import to_nobody
from relaxlisten.terms import SensorPhase, SessionStage
from relaxlisten.window.end_wish import EndWish
from relaxlisten.window.group_model import change_words, heart_words
from relaxlisten.window.view_model import (
    ViewModel,
    breathing_line,
    clock_text,
    is_not_a_live_heart,
    quality_line,
    rmssd_line,
    sensor_line,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.messages import Event
    from relaxlisten.ports import SessionHandle
    from relaxlisten.units import FloatArray

REFRESH_S = 0.25
STATUS_EVERY_S = 15.0
_SPAN_S = 300.0
_BARS = "▁▂▃▄▅▆▇█"
_COLOURS = {"info": "cyan", "warning": "yellow", "error": "red"}


class Screen(Console):
    """A console that tells when nobody reads any more; rich would end the program."""

    def on_broken_pipe(self) -> None:
        """The other end is closed."""
        raise BrokenPipeError


def run_terminal(handle: SessionHandle, *, console: Console | None = None, wait: Callable[[float], object] | None = None) -> None:
    """Show a session until it is finished. wait(seconds) passes the time between two looks."""
    console = console or Screen(highlight=False)
    pause = wait or threading.Event().wait
    with EndWish() as wish:
        wish.tell(handle)
        try:
            (_show_picture if console.is_terminal else _tell_lines)(handle, console, pause)
        except OSError:  # the terminal was closed, or the program that the lines went to has ended
            to_nobody()
            _go_on_unseen(handle, pause)
        # A fault in what is shown is no end of what is heard.
        except Exception as fault:
            report = pointer(write_report(fault, "the terminal"))
            sys.stderr.write(f"relaxlisten: What shows the session failed: the session goes on unseen. {report}\n")
            _go_on_unseen(handle, pause)


def _go_on_unseen(handle: SessionHandle, pause: Callable[[float], object]) -> None:
    while not handle.finished:
        handle.drain()
        pause(REFRESH_S)


def _show_picture(handle: SessionHandle, console: Console, pause: Callable[[float], object]) -> None:
    view = ViewModel()
    with Live(console=console, auto_refresh=False, transient=False) as live:
        finished = False
        while not finished:
            finished = handle.finished
            for event in handle.drain():
                view.feed(event)
            live.update(picture(view, console.width), refresh=True)
            if not finished:
                pause(REFRESH_S)


def _tell_lines(handle: SessionHandle, console: Console, pause: Callable[[float], object]) -> None:
    view, due_s, finished, phase = ViewModel(), 0.0, False, ""
    told: set[str] = set()
    while not finished:
        finished = handle.finished
        for event in handle.drain():
            view.feed(event)
            if (line := _line(event, phase)) and not (isinstance(event, SensorState) and line in told):
                _say(console, view, line)
            if isinstance(event, SensorState):
                told = {event.reason} if event.phase is SensorPhase.STREAMING else told | {event.reason}
            phase = view.facts.phase if isinstance(event, SessionPhase) else phase
        if view.facts.now_s >= due_s:
            due_s = view.facts.now_s + STATUS_EVERY_S
            _say(console, view, status_line(view))
        if not finished:
            pause(REFRESH_S)


def _say(console: Console, view: ViewModel, line: str) -> None:
    console.print(f"{clock_text(view.facts.now_s):>6}  {line}", markup=False, soft_wrap=True)
    sys.stdout.flush()


def _line(event: Event | FromCompanion, phase: str) -> str | None:
    """What an event is worth saying in a log, after this phase was told; None for most."""
    if isinstance(event, FromCompanion):
        return f"{event.name}: {event.event.reason}" if isinstance(event.event, SensorState) else None
    if isinstance(event, SensorState):
        return event.reason
    if isinstance(event, Notice):
        return f"{event.severity.value}: {event.text}"
    if isinstance(event, TempoTarget | TrackChoice):
        return event.reason
    if isinstance(event, SessionPhase) and event.name != phase and event.stage is SessionStage.RUNNING:
        return f"Phase: {event.name}"
    return None


def status_line(view: ViewModel) -> str:
    """One line with heart, music, signal and sensor."""
    facts = view.facts
    left = f"{clock_text(facts.session_left_s)} left" if facts.stage is not SessionStage.READY else "getting ready"
    others = "".join(f" · {one.name}: {heart_words(one)} ({change_words(one)})" for one in view.group.members[1:])
    said = f"{_heart(view)} · {_music(view)} · {facts.phase or '-'}, {left} · {quality_line(facts)} · {sensor_line(facts)}"
    return said + others


def picture(view: ViewModel, width: int) -> Panel:
    """The whole screen."""
    facts = view.facts
    top = Table.grid(expand=True, padding=(0, 2))
    for _ in range(3):
        top.add_column(ratio=1)
    top.add_row(Text(_heart(view), style="bold bright_red"), Text(_music(view), style="bold bright_blue"), Text(_time_left(view)))
    across = max(width - 24, 20)
    lines: list[RenderableType] = [
        top,
        Text(f"heart  {sparkline(view.heart.since(facts.now_s - _SPAN_S), across)}", style="bright_red"),
        Text(f"music  {sparkline(view.tempo.since(facts.now_s - _SPAN_S), across)}", style="bright_blue"),
        Text(f"Piece: {facts.piece or '-'}{'' if facts.audible else '  (silent)'}"),
        Text(facts.reason or "…", style="italic"),
        Text(f"{quality_line(facts)} · {rmssd_line(facts)}{breathing_line(facts)}"),
        Text(sensor_line(facts)),
    ]
    if facts.notice:
        lines.append(Text(facts.notice, style=_COLOURS[facts.notice_severity.value]))
    mark = is_not_a_live_heart(facts)
    title = "RelaxListen" + (f" · {mark} HEART" if mark else "")
    return Panel(Group(*lines), title=title, subtitle="Ctrl-C ends gently")


def _heart(view: ViewModel) -> str:
    facts = view.facts
    mark = f" {is_not_a_live_heart(facts)}" if is_not_a_live_heart(facts) else ""
    value = f"{facts.heart_rate_bpm:.0f} bpm" if facts.heart_rate_bpm is not None else f"not known ({facts.heart_why_not})"
    return f"Heart {value}{mark}"


def _music(view: ViewModel) -> str:
    facts = view.facts
    if facts.tempo_bpm is not None:
        return f"Music {facts.tempo_bpm:.1f} BPM"
    return "Music without a pulse" if facts.audible else "Music silent"


def _time_left(view: ViewModel) -> str:
    facts = view.facts
    if facts.stage is SessionStage.READY:
        return "Getting ready"
    if facts.stage is SessionStage.ENDED:
        return "Ended"
    paused = "PAUSED · " if facts.stage is SessionStage.PAUSED else ""
    return f"{paused}{facts.phase} {clock_text(facts.phase_left_s)} · session {clock_text(facts.session_left_s)}"


def sparkline(trace: tuple[FloatArray, FloatArray], width: int) -> str:
    """The values of a trace as a line of bars between its least and its greatest, which stand beside it."""
    values = trace[1]
    if not np.isfinite(values).any():
        return "-"
    columns = np.array_split(values, min(width, len(values)))
    means = [float(np.nanmean(column)) if np.isfinite(column).any() else None for column in columns]
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    span = max(high - low, 1.0)
    bars = "".join(" " if mean is None else _BARS[min(int((mean - low) / span * 8), 7)] for mean in means)
    return f"{bars} {low:.0f} to {high:.0f}"
