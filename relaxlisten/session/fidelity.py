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


def fidelity(events: Iterable[Event], duration_s: float) -> Fidelity:
    """Of a recorded session. duration_s: of its protocol."""
    tracks: dict[str, Track] = {}
    plan: PlaybackPlan | None = None
    changed_s, run_s, running = 0.0, 0.0, False
    audible, tempo = _Count(), _Count()
    for event in events:
        match event:
            case TrackFound():
                tracks[event.track.track_id] = event.track
            case PlaybackPlan():
                new = plan is None or (plan.turn, plan.playing, plan.track_id) != (event.turn, event.playing, event.track_id)
                changed_s = event.time_s if new else changed_s
                plan = event
            case SessionPhase():
                run_s += event.stage is SessionStage.RUNNING and running
                running = event.stage is SessionStage.RUNNING
            case SoundState() if running and plan is not None and event.time_s - changed_s > SETTLED_S:
                audible.add(event.audible is (plan.playing and plan.track_id is not None))
                own_bpm = tracks[plan.track_id].tempo_bpm if plan.track_id in tracks else None
                if own_bpm is not None and event.tempo_bpm is not None and plan.playing:
                    tempo.add(abs(event.tempo_bpm * plan.time_ratio / own_bpm - 1.0) <= TOLERANCE)
    return Fidelity(completed=min(run_s / duration_s, 1.0), audible=audible.share, tempo=tempo.share)
