"""What a screen may show of a session whose arm is concealed.

Decision: everything that depends on the arm is taken out or made the same for all: tempi, pieces, reasons and positions, what
is audible, and even how often any of it changes. The heart, the signal, the phases and the faults are shown, because they are
not of the arm's making. The record keeps the truth.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from relaxlisten.messages import (
    BreathCue,
    Decision,
    PieceResponse,
    PlaybackPlan,
    SoundState,
    TempoTarget,
    TrackChoice,
    TrackFound,
)

if TYPE_CHECKING:
    from relaxlisten.messages import Event


def concealed(event: Event) -> Event | None:
    """The event as it may be shown; None where it may not."""
    match event:
        case Decision() | PieceResponse() | TrackFound() | TempoTarget() | TrackChoice() | PlaybackPlan() | BreathCue():
            return None
        case SoundState():
            return dataclasses.replace(
                event, track_id=None, source_s=0.0, time_ratio=1.0, tempo_bpm=None, beat_index=None, bar_index=None, audible=True,
                turn=0, refused_turn=0,
            )  # fmt: skip
    return event
