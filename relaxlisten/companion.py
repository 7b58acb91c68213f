"""Another person in the same session: heard by a strap of their own, beside the one whose heart the music listens to.

Decision: each companion has a record of their own, in a folder inside the session's, on the session's one clock. So a person's
data can be reported on, exported, handed over or deleted without another's, and every tool that reads a session reads it. It
holds this heart, raw and derived, and what the session did around it (phases, pieces, tempo, what was heard and asked for), as
inputs; no word on the other heart, no note (it may be about somebody else) and nothing that is remembered of the first person.
Only this heart's events are derived, so that it replays to the last bit by itself. Nothing here steers: the music listens to the
first strap, or, in an arm that listens to none, to nobody.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from relaxlisten.hearing import HeartListener
from relaxlisten.messages import (
    BreathCue,
    Command,
    Notification,
    PlaybackPlan,
    RrInterval,
    SensorState,
    SessionPhase,
    SoundState,
    TempoTarget,
    Tick,
    TrackChoice,
    TrackFound,
)
from relaxlisten.terms import CommandKind, PhaseKind, SessionStage

if TYPE_CHECKING:
    from relaxlisten.messages import Derived, Event

# In the settings of a header: which of the straps this is. The first has none.
COMPANION = "companion"
NOT_THIS_HEART = "The music goes by another heart, or by none."
_SHARED = (Tick, Command, SoundState, SessionPhase, PlaybackPlan, BreathCue, TrackFound)


def shared(event: Event) -> Event | None:
    """What a companion's record keeps of the session's event; None for what belongs to the other heart."""
    if isinstance(event, Command) and event.what is CommandKind.MARKER:
        return None
    if isinstance(event, _SHARED):
        return event
    if isinstance(event, TempoTarget | TrackChoice):
        return dataclasses.replace(event, reason=NOT_THIS_HEART)
    return None


class CompanionPipeline:
    """From a companion's packets, and the session's ticks and phases, to beats and metrics."""

    def __init__(self) -> None:
        self._listener = HeartListener()
        self._in_baseline = False

    def feed(self, event: Event) -> list[Derived]:
        """What follows from one input, in order."""
        match event:
            case Notification() | RrInterval():
                return self._listener.notification(event)
            case SensorState():
                return self._listener.sensor_state(event)
            case SessionPhase():
                self._in_baseline = event.stage is SessionStage.RUNNING and event.kind is PhaseKind.BASELINE
            case Tick():
                return self._listener.tick(event.time_s, baseline=self._in_baseline)
        return []
