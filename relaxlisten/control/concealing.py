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
    Notice,
    PieceResponse,
    PlaybackPlan,
    SoundState,
    TempoTarget,
    TrackChoice,
    TrackFound,
)

if TYPE_CHECKING:
    from relaxlisten.messages import Event

# What is of the arm's making: how many of these there are, and what they hold, would tell one arm from another.
OF_THE_ARM = (Decision, PieceResponse, TrackFound, TempoTarget, TrackChoice, PlaybackPlan, BreathCue)
# Only an arm with music looks through music; and the goal of a phase that is over was the arm's.
_PHASE_OVER = "This phase is over: your heart has come to rest."


def concealed(event: Event) -> Event | None:
    """The event as it may be shown; None where it may not."""
    if isinstance(event, OF_THE_ARM):
        return None
    match event:
        case Notice(code="music_left_out"):
            return None
        case Notice(code="session_phase"):
            return dataclasses.replace(event, text=_PHASE_OVER)
        case SoundState():
            return dataclasses.replace(
                event, track_id=None, source_s=0.0, time_ratio=1.0, tempo_bpm=None, beat_index=None, bar_index=None, audible=True,
                turn=0, refused_turn=0,
            )  # fmt: skip
    return event
