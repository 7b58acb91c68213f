"""How far a session delivered what its arm intended: one number from 0 to 1, and its parts.

Decision: the index is the product of three shares, so that any one failure shows: of the session's time that was run, of the
time in which music was audible when and only when it should have been, and of the time in which the tempo at the ear was within
1 % of the plan's. What was intended is read from the session's own plans; a person's commands (pause, skip) count as not
delivered, because they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.messages import PlaybackPlan, SessionPhase, SoundState, TrackFound
from relaxlisten.terms import SessionStage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relaxlisten.messages import Event, Track

TOLERANCE = 0.01
SETTLED_S = 12.0  # a plan is judged once its fade is over: a bar's wait, and the longest fade between two pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Fidelity:
    """Each a share from 0 to 1. tempo: 1 where nothing with a pulse was to be heard."""

    completed: float
    audible: float
    tempo: float

    @property
    def index(self) -> float:
        """All three."""
        return self.completed * self.audible * self.tempo


@dataclass(slots=True)
class _Count:
    right: int = 0
    all: int = 0

    def add(self, right: bool) -> None:
        self.right += right
        self.all += 1

    @property
    def share(self) -> float:
        return self.right / self.all if self.all else 1.0


class Delivery:
    """What was intended and what was delivered, event by event; for records that are read in one pass."""

    def __init__(self) -> None:
        self._tracks: dict[str, Track] = {}
        self._plan: PlaybackPlan | None = None
        self._changed_s, self._run_s, self._running = 0.0, 0.0, False
        self._audible, self._tempo = _Count(), _Count()

    def see(self, event: Event) -> None:
        """One more event of the record, in its order."""
        match event:
            case TrackFound():
                self._tracks[event.track.track_id] = event.track
            case PlaybackPlan():
                plan = self._plan
                new = plan is None or (plan.turn, plan.playing, plan.track_id) != (event.turn, event.playing, event.track_id)
                self._changed_s = event.time_s if new else self._changed_s
                self._plan = event
            case SessionPhase():
                self._run_s += event.stage is SessionStage.RUNNING and self._running
                self._running = event.stage is SessionStage.RUNNING
            case SoundState() if self._running and event.time_s - self._changed_s > SETTLED_S:
                self._hear(event)

    def _hear(self, state: SoundState) -> None:
        plan = self._plan
        if plan is None:
            return
        self._audible.add(state.audible is (plan.playing and plan.track_id is not None))
        own_bpm = self._tracks[plan.track_id].tempo_bpm if plan.track_id in self._tracks else None
        if own_bpm is not None and state.tempo_bpm is not None and plan.playing:
            self._tempo.add(abs(state.tempo_bpm * plan.time_ratio / own_bpm - 1.0) <= TOLERANCE)

    def fidelity(self, duration_s: float) -> Fidelity:
        """So far. duration_s: of the protocol."""
        return Fidelity(completed=min(self._run_s / duration_s, 1.0), audible=self._audible.share, tempo=self._tempo.share)


def fidelity(events: Iterable[Event], duration_s: float) -> Fidelity:
    """Of a recorded session. duration_s: of its protocol."""
    delivery = Delivery()
    for event in events:
        delivery.see(event)
    return delivery.fidelity(duration_s)
