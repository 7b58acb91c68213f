"""Inside the sound process: feed the card, obey, report.

Decision: one loop that renders ahead into the card's ring and waits at the pipe for the rest of its time. The pipe's end is the
parent's end: the process then fades out by itself, whatever became of the window, and so it does when the parent hangs and says
nothing any more. A card that goes is replaced by silence at the same pace, and looked for again.
"""

from __future__ import annotations

import signal
import sys
import time
from typing import TYPE_CHECKING

from relaxlisten.child_signals import let_through
from relaxlisten.crash_report import write_report
from relaxlisten.messages import Notice, PlaybackPlan
from relaxlisten.sound.orders import AddTrack, Finish, Order, Output, Report, Settings
from relaxlisten.terms import Severity

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from relaxlisten.sound.output import Card, Heard
    from relaxlisten.sound.player import Player

FEED_FRAMES = 2048
_PAUSE_S = 0.008  # less than any card's block, so that it sees each of them being taken
STATE_EVERY_S = 0.25
LAST_FADE_S = 1.8
FORGOTTEN_FADE_S = 10.0
# After the last fade the card still holds what was rendered ahead: ring and latency.
_DRAIN_S = 0.6
_CARD_AGAIN_S = 3.0


def run(pipe: Connection, settings: Settings) -> None:
    """The process: feed the card, obey, report; ends when told to or when the parent is gone. A fault leaves a report."""
    try:
        _run(pipe, settings)
    except Exception as fault:
        write_report(fault, "the sound")
        sys.exit(1)  # the session finds it dead, and starts another


def _run(pipe: Connection, settings: Settings) -> None:
    for name in ("SIGINT", "SIGQUIT"):  # a terminal sends them to all its processes: the session's own word comes, or its end
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    from relaxlisten.sound.output import RATE_HZ
    from relaxlisten.sound.player import Player

    shell = _Shell(pipe, settings)
    for name in ("SIGTERM", "SIGHUP"):  # which Windows does not have
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda _number, _frame: shell.leave())
    let_through()
    shell.player = Player(RATE_HZ, settings.seed, settings.render_path, in_time=True)
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
        self._wanted_away = False
        self._spoken_s = time.monotonic()
        self.card = self._open_card()

    def run(self) -> None:
        """Until the end."""
        while self._until_s is None or time.monotonic() < self._until_s:
            pause_s = 0.0 if self._feed() else _PAUSE_S
            self._listen(pause_s)
            self._report()
            self._leave_if_forgotten()

    def leave(self) -> None:
        """Somebody wants the process to end: it does so as gently as it can."""
        self._wanted_away = True

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
            self._finish(LAST_FADE_S)

    def _obey(self, order: Order) -> None:
        self._spoken_s = time.monotonic()
        if isinstance(order, AddTrack):
            self.player.add_track(order.track, order.path)
        elif isinstance(order, PlaybackPlan):
            self.player.apply(order)
        elif isinstance(order, Finish):
            self._finish(LAST_FADE_S)

    def _leave_if_forgotten(self) -> None:
        if self._until_s is None and self._wanted_away:
            self._finish(LAST_FADE_S)
        if self._until_s is None and time.monotonic() - self._spoken_s > self._settings.forgotten_after_s:
            self._finish(FORGOTTEN_FADE_S)

    def _finish(self, longest_fade_s: float) -> None:
        if self._until_s is not None:
            return
        fade_s = self.player.fade_out(longest_fade_s)
        self._until_s = time.monotonic() + fade_s + _DRAIN_S

    def _report(self) -> None:
        """Look at the card each time round, which makes its clock known; tell four times a second."""
        from relaxlisten.sound.output import CardFault

        now_s = self._now_s()
        try:
            heard = self.card.heard(time.monotonic())
        except CardFault as fault:
            self._lose_card(str(fault), now_s)
            return
        if now_s >= self._state_due_s:
            self._state_due_s = now_s + STATE_EVERY_S
            self._tell_state(now_s, heard)
            self._look_for_card(now_s)

    def _tell_state(self, now_s: float, heard: Heard) -> None:
        state = self.player.state(
            now_s,
            self._first_frame + heard.ear_frame,
            buffered_frames=heard.buffered_frames,
            breaks=heard.breaks,
            underflow_frames=heard.underflow_frames,
            card_drift_ppm=heard.drift_ppm,
        )
        self._tell(state, *self.player.notices(now_s))

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
        from relaxlisten.sound.output import CardFault, Silence, SoundCard, look_again

        wanted = self._settings.output is Output.CARD and isinstance(self.card, Silence)
        if not wanted or self._card_lost_s is None or now_s - self._card_lost_s < _CARD_AGAIN_S:
            return

        self._card_lost_s = now_s
        try:
            look_again()
            card = SoundCard(time.monotonic())
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
        self.card = card or Silence(time.monotonic())
