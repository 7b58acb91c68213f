"""Sound in a process of its own: the shell around renderer and card, and its handle in the session's process.

Decision: a spawned process, because no thread of Python keeps its time while the window draws. Tracks and plans go in by a pipe,
`SoundState` and notices come back four times a second. The pipe's end is the parent's end: the process then fades out by itself.
A process that dies is started again with all its tracks and the last plan, at the place that was last heard.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import signal
import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from relaxlisten.messages import Notice, PlaybackPlan, Severity, SoundState, Track

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from pathlib import Path

    from relaxlisten.ports import Clock
    from relaxlisten.sound.output import Card
    from relaxlisten.sound.player import Player

FEED_FRAMES = 2048
STATE_EVERY_S = 0.25
LAST_FADE_S = 2.0
# After the last fade the card still holds what was rendered ahead: ring and latency.
_DRAIN_S = 0.7
_CARD_AGAIN_S = 3.0
_JOIN_S = 4.0
MOST_RESTARTS = 3
RESTARTS_WITHIN_S = 60.0


class Output(Enum):
    """Where sound goes: to the default card, or nowhere at the pace of the clock."""

    CARD = "card"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the process needs to begin. origin_s: the session clock's zero on the system's monotonic clock."""

    origin_s: float
    output: Output
    render_path: Path | None
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTrack:
    """A piece that may be planned from now on."""

    track: Track
    path: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """Fade out, close files and card, and end."""


Order = AddTrack | PlaybackPlan | Finish
Report = SoundState | Notice


# ---- in the session's process ----


class SoundProcess:
    """ports.Sound with a card, or with silence in its place."""

    def __init__(self, output: Output, render_path: Path | None, seed: int) -> None:
        self._settings = Settings(origin_s=0.0, output=output, render_path=render_path, seed=seed)
        self._tracks: list[AddTrack] = []
        self._plan: PlaybackPlan | None = None
        self._heard: SoundState | None = None
        self._restarts_s: list[float] = []
        self._gave_up = False
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

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
        try:
            while self._pipe is not None and self._pipe.poll():
                reports.append(self._pipe.recv())
        except (EOFError, OSError):
            reports.append(self._restart(now_s))
        for report in reports:
            if isinstance(report, SoundState):
                self._heard = report
        return reports

    def stop(self) -> None:
        """Let it fade and end; what does not end in time is ended."""
        self._send(Finish())
        if self._process is not None:
            self._process.join(_JOIN_S)
            if self._process.is_alive():
                self._process.terminate()
                self._process.join(1.0)
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None

    def _spawn(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=run, args=(theirs, self._settings), name="relaxlisten-sound", daemon=True)
        self._process.start()
        theirs.close()

    def _send(self, order: Order) -> None:
        if self._pipe is None:
            return
        try:
            self._pipe.send(order)
        except (BrokenPipeError, OSError):
            return  # poll() finds the dead process, and the new one gets all there is to know

    def _restart(self, now_s: float) -> Notice:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        self._restarts_s = [at for at in self._restarts_s if now_s - at < RESTARTS_WITHIN_S]
        if len(self._restarts_s) >= MOST_RESTARTS:
            text = "The sound stopped again and again and was given up: the session goes on without music; please start it anew."
            return Notice(time_s=now_s, severity=Severity.ERROR, code="sound_given_up", text=text)
        self._restarts_s.append(now_s)
        self._settings = dataclasses.replace(self._settings, render_path=None)  # what was written so far is kept
        self._spawn()
        for order in self._tracks:
            self._send(order)
        if self._plan is not None:
            self._send(self._continued(self._plan))
        text = "The sound stopped and was started again where it was; the session goes on."
        return Notice(time_s=now_s, severity=Severity.WARNING, code="sound_restarted", text=text)

    def _continued(self, plan: PlaybackPlan) -> PlaybackPlan:
        """The plan from the place that was last heard."""
        heard = self._heard
        if heard is None or heard.turn != plan.turn:
            return plan
        return dataclasses.replace(plan, start_s=heard.source_s, fade_s=0.5)


# ---- in the sound process ----


def run(pipe: Connection, settings: Settings) -> None:
    """The process: feed the card, obey, report; ends when told to or when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    from relaxlisten.sound.player import Player

    shell = _Shell(pipe, settings)
    shell.player = Player(shell.card.rate_hz, settings.seed, settings.render_path)
    try:
        shell.run()
    finally:
        shell.close()


class _Shell:
    """The loop of the sound process."""

    player: Player

    def __init__(self, pipe: Connection, settings: Settings) -> None:
        self._pipe = pipe
        self._settings = settings
        self._card_lost_s: float | None = None
        self._first_frame = 0  # of the renderer, at which the present card was opened
        self._rendered = 0
        self._state_due_s = 0.0
        self._until_s: float | None = None
        self._talking = True
        self.card = self._open_card()

    def run(self) -> None:
        """Until the end."""
        while self._until_s is None or time.monotonic() < self._until_s:
            pause_s = 0.0 if self._feed() else FEED_FRAMES / self.card.rate_hz / 2.0
            self._listen(pause_s)
            self._report()

    def close(self) -> None:
        """Finish the file and free the card."""
        self.card.close()
        self.player.close()
        self._tell(*self.player.notices(self._now_s()))
        self._pipe.close()

    def _now_s(self) -> float:
        return time.monotonic() - self._settings.origin_s

    def _feed(self) -> bool:
        if self.card.free_frames() < FEED_FRAMES:
            return False
        self.card.write(self.player.render(FEED_FRAMES))
        self._rendered += FEED_FRAMES
        return True

    def _listen(self, pause_s: float) -> None:
        if not self._talking:
            time.sleep(pause_s)
            return
        try:
            while self._pipe.poll(pause_s):
                self._obey(self._pipe.recv())
                pause_s = 0.0
        except (EOFError, OSError):
            self._talking = False
            self._finish()

    def _obey(self, order: Order) -> None:
        if isinstance(order, AddTrack):
            self.player.add_track(order.track, order.path)
        elif isinstance(order, PlaybackPlan):
            self.player.apply(order)
        else:
            self._finish()

    def _finish(self) -> None:
        fade_s = self.player.fade_out(LAST_FADE_S)
        self._until_s = time.monotonic() + fade_s + _DRAIN_S

    def _report(self) -> None:
        now_s = self._now_s()
        if now_s < self._state_due_s:
            return
        self._state_due_s = now_s + STATE_EVERY_S
        from relaxlisten.sound.output import CardFault, Silence

        try:
            heard = self.card.heard(time.monotonic())
        except CardFault as fault:
            self._lose_card(str(fault), now_s)
            return
        state = self.player.state(
            now_s,
            self._first_frame + heard.ear_frame,
            buffered_frames=heard.buffered_frames,
            breaks=heard.breaks,
            underflow_frames=heard.underflow_frames,
        )
        self._tell(state, *self.player.notices(now_s))
        if isinstance(self.card, Silence) and self._settings.output is Output.CARD:
            self._look_for_card(now_s)

    def _tell(self, *reports: Report) -> None:
        try:
            for report in reports:
                self._pipe.send(report)
        except (BrokenPipeError, OSError):
            self._talking = False

    # ---- cards come and go ----

    def _open_card(self) -> Card:
        from relaxlisten.sound.output import CardFault, Silence, SoundCard

        now_s = time.monotonic()
        if self._settings.output is Output.CARD:
            try:
                return SoundCard(now_s)
            except CardFault as fault:
                self._card_lost_s = self._now_s()
                notice = Notice(time_s=self._now_s(), severity=Severity.WARNING, code="no_sound_card", text=str(fault))
                self._tell(notice)
        return Silence(now_s)

    def _lose_card(self, what: str, now_s: float) -> None:
        text = (
            f"{what}: the session goes on silently, and the sound comes back by itself when a card does; check your headphones."
        )
        self._tell(Notice(time_s=now_s, severity=Severity.WARNING, code="sound_card_lost", text=text))
        self._swap_card(None, now_s)

    def _look_for_card(self, now_s: float) -> None:
        if self._card_lost_s is None or now_s - self._card_lost_s < _CARD_AGAIN_S:
            return
        from relaxlisten.sound.output import CardFault, SoundCard, look_again

        self._card_lost_s = now_s
        try:
            look_again()
            card = SoundCard(time.monotonic(), rate_hz=self.card.rate_hz)
        except CardFault:
            return
        self._swap_card(card, now_s)
        text = "A sound card is there again: the music is heard from here on."
        self._tell(Notice(time_s=now_s, severity=Severity.INFO, code="sound_card_back", text=text))

    def _swap_card(self, card: Card | None, now_s: float) -> None:
        from relaxlisten.sound.output import Silence

        self._first_frame = self._rendered
        self._card_lost_s = now_s
        self.card.close()
        self.card = card or Silence(time.monotonic(), self.card.rate_hz)
