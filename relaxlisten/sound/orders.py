"""What goes over the pipe between a session and its sound process."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from relaxlisten.messages import Notice, PlaybackPlan, SoundState, Track

if TYPE_CHECKING:
    from pathlib import Path


class Output(Enum):
    """Where sound goes: to the default card, or nowhere at the pace of the clock."""

    CARD = "card"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the process needs to begin. origin_s: the session clock's zero on the system's monotonic clock.

    forgotten_after_s: a session says every few seconds that it is there; one that hangs for so long is not waited for.
    """

    origin_s: float
    output: Output
    render_path: Path | None
    seed: int
    forgotten_after_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTrack:
    """A piece that may be planned from now on."""

    track: Track
    path: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StillHere:
    """The session has not hung; told every few seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """Fade out, close files and card, and end."""


Order: TypeAlias = AddTrack | PlaybackPlan | StillHere | Finish
Report: TypeAlias = SoundState | Notice
