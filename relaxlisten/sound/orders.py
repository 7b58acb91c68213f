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


Order: TypeAlias = AddTrack | PlaybackPlan | Finish
Report: TypeAlias = SoundState | Notice
