"""Sound without a card and without waiting: the same player, rendered up to whatever time it is said to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.sound.player import Player, frames_until

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from relaxlisten.messages import Notice, PlaybackPlan, SoundState, Track
    from relaxlisten.ports import Clock

RATE_HZ = 44_100
STATE_EVERY_S = 0.25
LAST_FADE_S = 2.0
_TAIL_S = 0.05  # the limiter's look-ahead and the last block: the end of the fade is still in there


class OfflineSound:
    """ports.Sound on invented time."""

    def __init__(self, render_path: Path | None, seed: int) -> None:
        self._player = Player(RATE_HZ, seed, render_path, in_time=False)
        self._rendered = 0
        self._states = 0

    def start(self, clock: Clock) -> None:
        """Nothing has to be started."""

    def add_track(self, track: Track, path: Path | None) -> None:
        """Make a piece playable."""
        self._player.add_track(track, path)

    def apply(self, plan: PlaybackPlan) -> None:
        """Follow a plan from the frames on that are rendered next."""
        self._player.apply(plan)

    def poll(self, now_s: float) -> Sequence[SoundState | Notice]:
        """Render up to now_s; tell what was heard, four times a second."""
        reports: list[SoundState | Notice] = []
        while (due_s := (self._states + 1) * STATE_EVERY_S) <= now_s:
            self._render_until(due_s)
            self._states += 1
            last = max(self._rendered - 1, 0)
            reports.append(self._player.state(due_s, last, buffered_frames=0, breaks=0, underflow_frames=0))
        self._render_until(now_s)
        return [*reports, *self._player.notices(now_s)]

    def stop(self) -> None:
        """Render the last fade and finish the file."""
        fade_s = self._player.fade_out(LAST_FADE_S)
        self._render_until(self._rendered / RATE_HZ + fade_s + _TAIL_S)
        self._player.close()

    def _render_until(self, time_s: float) -> None:
        frames = frames_until(time_s, RATE_HZ) - self._rendered
        if frames > 0:
            self._player.render(frames)
            self._rendered += frames
