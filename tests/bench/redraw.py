"""What a frame of the therapist's screen costs after hours of live data, and whether memory grows.

python -m tests.bench.redraw [--hours 3] [--seconds 60] [--write docs/therapist.md]

The screen is fed with hours of a session (metrics and sound four times a second, every beat, corrections, pieces, markers,
decisions), then a minute of it is drawn at 30 frames a second, once for each of five ways to look at it. Time is not waited for:
what is counted is the work of a frame (processor time of the whole process: taking in, composing, painting). Where Qt has no
screen, it paints into memory, which is the same painting.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6 import QtCore, QtWidgets

from relaxlisten.messages import Beat, Command, Decision, Physiology, SessionPhase, SoundState, Tick, TrackChoice
from relaxlisten.terms import CommandKind, DecisionKind, PhaseKind, Quality, SessionStage
from relaxlisten.window.board import Board
from relaxlisten.window.therapist_course import CAUSES
from relaxlisten.window.traces import LIGHT
from relaxlisten.window.view_model import ViewModel
from tests.bench.document import publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from relaxlisten.messages import Event

FRAMES_A_SECOND = 30
SIZE = (1280, 800)
WORK_MS = 16.0  # what half of a frame's time may be spent on
_PIECE_S, _MARK_S, _DECIDE_S, _PHASE_S, _EXTRA_S = 240, 120, 30, 600, 97


def second_of_session(second: int, beat_s: float) -> tuple[list[Event], float]:
    """All that comes in one second, and the time of the next beat."""
    events: list[Event] = []
    for part in range(4):
        time_s = second + part / 4.0
        heart = 68.0 + 4.0 * math.sin(time_s / 1.6) + 3.0 * math.sin(time_s / 300.0)
        events += [physiology(time_s, heart), sound(time_s, 66.0 + 2.0 * math.sin(time_s / 400.0), second // _PIECE_S + 1)]
    while beat_s < second + 1:
        rr_ms = 880.0 + 60.0 * math.sin(beat_s / 1.6)
        corrected = int(beat_s) % _EXTRA_S == 0
        quality = CAUSES[int(beat_s) // _EXTRA_S % len(CAUSES)] if corrected else Quality.NORMAL
        events.append(Beat(time_s=beat_s, rr_ms=rr_ms, nn_ms=rr_ms, quality=quality, confidence=1.0, follows=not corrected))
        beat_s += rr_ms / 1000.0
    return [*events, *now_and_then(second), Tick(time_s=float(second))], beat_s


def now_and_then(second: int) -> Iterator[Event]:
    """Phases, pieces, markers and decisions."""
    time_s = float(second)
    name = f"Phase {second // _PHASE_S + 1}"
    yield SessionPhase(
        time_s=time_s, stage=SessionStage.RUNNING, name=name, kind=PhaseKind.LEAD, elapsed_s=float(second % _PHASE_S),
        remaining_s=float(_PHASE_S - second % _PHASE_S), session_remaining_s=1e4,
    )  # fmt: skip
    if second % _PIECE_S == 0:
        yield TrackChoice(time_s=time_s, track_id="a", title=f"Piece {second}", considered=6, reason="It is near.")
    if second % _MARK_S == 60:
        yield Command(time_s=time_s, what=CommandKind.MARKER, value="sighs")
    if second % _DECIDE_S == 0:
        reason = f"Heart 68, music 66: going to {65.0 + second % 7 / 10.0:.1f} BPM, a little ahead of the heart."
        yield Decision(time_s=time_s, kind=DecisionKind.TEMPO, chosen="leading", reason=reason)


def physiology(time_s: float, heart_bpm: float) -> Physiology:
    metrics = {"coherence": 2.0 + math.sin(time_s / 90.0), "breathing_per_min": 6.0 + math.sin(time_s / 200.0)}
    return Physiology(
        time_s=time_s,
        window_s=60.0,
        heart_rate_bpm=68.0,
        heart_rate_sd_bpm=0.4,
        heart_rate_window_s=10.0,
        heart_rate_delay_s=5.0,
        heart_rate_now_bpm=heart_bpm,
        heart_rate_now_sd_bpm=1.5,
        rmssd_ms=42.0 + 5.0 * math.sin(time_s / 70.0),
        sdnn_ms=50.0,
        valid_fraction=0.97,
        last_beat_age_s=0.4,
        metrics=metrics,
    )


def sound(time_s: float, tempo_bpm: float, turn: int) -> SoundState:
    return SoundState(
        time_s=time_s, dac_time_s=time_s, track_id="a", source_s=1.0, time_ratio=1.0, tempo_bpm=tempo_bpm, beat_index=1,
        audible=True, buffered_s=0.3, breaks=0, underflow_frames=0, turn=turn,
    )  # fmt: skip


class Paints(QtCore.QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QtWidgets.QWidget) -> None:
        super().__init__()
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:  # noqa: N802
        self.count += event.type() is QtCore.QEvent.Type.Paint
        return super().eventFilter(watched, event)


class Live:
    """A screen and its session, which goes on second by second."""

    def __init__(self) -> None:
        self.model = ViewModel()
        self.board = Board(LIGHT, lambda _what, _value: None)
        self.board.resize(*SIZE)
        self.board.show()
        self.paints = Paints(self.board.canvas)
        self.second = 0
        self._beat_s = 0.5

    def fill(self, to_s: int) -> None:
        """The session up to a second, unseen."""
        while self.second < to_s:
            self._next_second()

    def frame(self, number: int) -> None:
        """One frame; with every thirtieth a second of data has come."""
        if number % FRAMES_A_SECOND == 0:
            self._next_second()
            self.board.show_points(self.model)
            self.board.show_facts(self.model.facts)
        self.board.move_to(self.second + number % FRAMES_A_SECOND / FRAMES_A_SECOND)
        QtWidgets.QApplication.processEvents()

    def _next_second(self) -> None:
        self.second += 1
        events, self._beat_s = second_of_session(self.second, self._beat_s)
        for event in events:
            self.model.feed(event)


@dataclass(frozen=True, slots=True)
class Look:
    """A way to look at a session. shown: sets the screen."""

    name: str
    shown: Callable[[Board], object]


def looks(hours: float) -> list[Look]:
    return [
        Look("the last 5 minutes, as usual", lambda board: board.canvas.back_to_now()),
        Look("30 seconds, the quickest to move", lambda board: board.canvas.zoom(0.1)),
        Look(f"all {hours:g} hours at once", lambda board: board.canvas.zoom(12.0 * hours)),
        Look("half an hour, looking back 2 hours", lambda board: (board.canvas.zoom(6.0), board.canvas.shift(-4.0))),
        Look("5 minutes with spectrum, Poincaré plot and decisions", open_all),
    ]


def open_all(board: Board) -> None:
    for button in (*(board.toggles[name] for name in board.panels), board.why.button):
        button.click()


def resident_mb() -> float:
    """Memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measured(live: Live, look: Look, seconds: int) -> str:
    """A row of the table."""
    live.board.canvas.back_to_now()
    live.board.canvas.zoom(300.0 / live.board.canvas.view.span_s)
    look.shown(live.board)
    QtWidgets.QApplication.processEvents()
    work_ms = np.empty(seconds * FRAMES_A_SECOND)
    painted = np.zeros(work_ms.size, dtype=bool)
    for number in range(work_ms.size):
        before_s, paints = time.process_time(), live.paints.count
        live.frame(number)
        work_ms[number] = 1000.0 * (time.process_time() - before_s)
        painted[number] = live.paints.count > paints
    middle, high = np.percentile(work_ms, [50, 99])
    painting = f"{painted.mean():.0%} | {np.median(work_ms[painted]):.2f}"
    verdict = "yes" if high <= WORK_MS else "NO"
    core = work_ms.sum() / (seconds * 1000.0)
    return f"| {look.name} | {painting} | {middle:.2f} | {high:.2f} | {work_ms.max():.2f} | {core:.0%} | {verdict} |"


def report(hours: float, seconds: int) -> Iterator[str]:
    live = Live()
    yield "# The cost of a frame"
    yield ""
    yield f"`python -m tests.bench.redraw --hours {hours:g} --seconds {seconds}`: {hours:g} hours of metrics and sound at 4 Hz,"
    yield f"and every beat; then {seconds} s at {FRAMES_A_SECOND} frames a second, {SIZE[0]}x{SIZE[1]} pixels. Ms of processor"
    yield "time a frame, of the whole process; a frame in which nothing has moved by a pixel paints nothing."
    yield ""
    yield "| what is seen | frames that paint | median of those | median | 99 % | the worst | of one core | 99 % within 16 ms |"
    yield "|---|---:|---:|---:|---:|---:|---:|---|"
    live.fill(600)
    first_mb = resident_mb()
    live.fill(round(hours * 3600.0))
    before_mb = resident_mb()
    for look in looks(hours):
        yield measured(live, look, seconds)
    yield ""
    yield f"Load of the machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors."
    yield ""
    after_mb = resident_mb()
    live.fill(live.second + round(9 * 3600.0))
    yield f"Memory: {first_mb:.1f} MB after ten minutes, {before_mb:.1f} after {hours:g} hours, {after_mb:.1f} after drawing, and"
    yield f"{resident_mb():.1f} nine hours later, when the oldest points have long made room."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=3.0)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    app = QtWidgets.QApplication([])
    app.setStyle("Fusion")
    publish(report(arguments.hours, arguments.seconds), arguments.write)


if __name__ == "__main__":
    main()
