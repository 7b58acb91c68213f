"""Sound that is not made: only where it would be. For sessions that are simulated by the thousand.

Decision: ports.Sound like any other, so that the same loop and pipeline run, but nothing is decoded, composed, stretched or
mixed: a position is moved along at the planned ratio and told once a second. A cross-fade is heard as the new piece from its
middle on; one that waits for a bar does not wait. Good for what a heart hears, no use for what an ear hears.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.messages import SoundState
from relaxlisten.music.beat_grid import beat_grid
from relaxlisten.music.tempo_map import local_bpm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from relaxlisten.messages import Notice, PlaybackPlan, Track
    from relaxlisten.ports import Clock

STATE_EVERY_S = 1.0


@dataclass(slots=True)
class _Deck:
    """A piece and its place. from_s: when it becomes the one that is heard."""

    plan: PlaybackPlan
    source_s: float
    from_s: float


class SilentSound:
    """ports.Sound without sound."""

    def __init__(self) -> None:
        self._tracks: dict[str, Track] = {}
        self._now: _Deck | None = None
        self._next: _Deck | None = None
        self._at_s = 0.0
        self._due_s = STATE_EVERY_S

    def start(self, clock: Clock) -> None:
        """Nothing has to be started."""

    def add_track(self, track: Track, path: Path | None) -> None:
        """Make a piece known."""
        self._tracks[track.track_id] = track

    def apply(self, plan: PlaybackPlan) -> None:
        """Follow a plan."""
        if plan.track_id is None:
            self._now = self._next = None
            return
        for deck in (self._now, self._next):
            if deck is not None and deck.plan.turn == plan.turn:
                deck.plan = plan
                return
        fresh = _Deck(plan, plan.start_s, plan.time_s + (plan.fade_s / 2.0 if self._now else 0.0))
        self._now, self._next = (self._now, fresh) if self._now else (fresh, None)

    def poll(self, now_s: float) -> Sequence[SoundState | Notice]:
        """Move along to now_s; tell what would be heard, once a second."""
        states: list[SoundState | Notice] = []
        while self._due_s <= now_s:
            self._move(self._due_s)
            states.append(self._state(self._due_s))
            self._due_s += STATE_EVERY_S
        return states

    def stop(self) -> None:
        """Nothing has to be stopped."""

    def _move(self, to_s: float) -> None:
        for deck in (self._now, self._next):
            if deck is not None and deck.plan.playing:
                deck.source_s += (to_s - self._at_s) / deck.plan.time_ratio
        if self._next is not None and to_s >= self._next.from_s:
            self._now, self._next = self._next, None
        self._at_s = to_s

    def _state(self, time_s: float) -> SoundState:
        deck = self._now
        track = None if deck is None else self._tracks.get(deck.plan.track_id or "")
        if deck is None or track is None:
            return _nothing(time_s)
        grid = beat_grid(track)
        audible = deck.plan.playing and deck.source_s < track.duration_s
        own_bpm = local_bpm(track, deck.source_s) if audible else None
        return SoundState(
            time_s=time_s,
            dac_time_s=time_s,
            track_id=track.track_id,
            source_s=deck.source_s,
            time_ratio=deck.plan.time_ratio,
            tempo_bpm=None if own_bpm is None else own_bpm / deck.plan.time_ratio,
            beat_index=grid.index(deck.source_s) if grid else None,
            bar_index=grid.bar_and_beat(deck.source_s)[0] if grid else None,
            audible=audible,
            buffered_s=0.0,
            breaks=0,
            underflow_frames=0,
            turn=deck.plan.turn,
        )


def _nothing(time_s: float) -> SoundState:
    return SoundState(
        time_s=time_s, dac_time_s=time_s, track_id=None, source_s=0.0, time_ratio=1.0, tempo_bpm=None, beat_index=None,
        audible=False, buffered_s=0.0, breaks=0, underflow_frames=0, turn=0,
    )  # fmt: skip
