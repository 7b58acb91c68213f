"""What the tempo law knows and remembers: plain values, shared by the law and its sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from relaxlisten.control.following import Following
from relaxlisten.control.turning import Turning

if TYPE_CHECKING:
    from relaxlisten.control.hand import Hand
    from relaxlisten.control.playback import Playback
    from relaxlisten.control.protocol import Phase
    from relaxlisten.messages import Physiology


class Stance(Enum):
    """What the law is doing; a change of stance is worth a sentence even where the tempo stays."""

    AS_IT_IS = "as it is"
    NO_PULSE = "no pulse"
    BY_HAND = "by hand"
    SILENT = "silent"
    NO_HEART = "no heart"
    STALE = "stale"
    POOR_SIGNAL = "poor signal"
    MATCHING = "matching"
    LEADING = "leading"
    WAITING = "waiting"
    RETURNING = "returning"
    LET_GO = "let go"
    AT_FLOOR = "at the floor"
    TO_TEMPO = "to a tempo"
    SETTLED = "settled"
    BY_RULE = "by the rule of an arm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heart:
    """What is known of the heart now; None where nothing is."""

    heart_rate_bpm: float | None
    last_beat_age_s: float | None
    valid_fraction: float


def heart_of(known: Physiology | None) -> Heart:
    """What the metrics of a second say to the law."""
    if known is None:
        return Heart(heart_rate_bpm=None, last_beat_age_s=None, valid_fraction=0.0)
    return Heart(heart_rate_bpm=known.heart_rate_bpm, last_beat_age_s=known.last_beat_age_s, valid_fraction=known.valid_fraction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that one decision rests on. current_bpm: tempo of the last plan. own_bpm: the piece's, None without a pulse.

    hand_bpm: the tempo that a person asked for, held by hand; None where it is held as it was.
    """

    time_s: float
    phase: Phase
    heart: Heart
    own_bpm: float | None
    current_bpm: float | None
    held_by_hand: bool
    hand_bpm: float | None = None


def situation_of(time_s: float, phase: Phase, heart: Heart, playback: Playback, hand: Hand) -> Situation:
    """What the law decides on now."""
    return Situation(
        time_s=time_s,
        phase=phase,
        heart=heart,
        own_bpm=playback.track.tempo_bpm if playback.track else None,
        current_bpm=playback.tempo_bpm,
        held_by_hand=hand.holds,
        hand_bpm=hand.tempo_bpm,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyState:
    """goal_bpm: where the music should be, on the heart's scale. target_bpm: the same for the piece that plays.

    next_step_s: when the goal may be lowered again. level_bpm: the heart rate over half a minute; low_bpm: its lowest since the
    lead began; risen_s: since when it has been well above that; risen_from_bpm: from where it rose, the last time. returns: how
    often the lead has been given up for that. let_go: the heart does not follow, tempo is not used any more. refused_turn: the
    tempo would turn, and may not yet.
    """

    at_s: float = 0.0
    stance: Stance | None = None
    since_s: float = 0.0
    goal_bpm: float | None = None
    target_bpm: float | None = None
    own_bpm: float | None = None
    next_step_s: float = 0.0
    level_bpm: float | None = None
    low_bpm: float | None = None
    risen_s: float | None = None
    risen_from_bpm: float | None = None
    returns: int = 0
    let_go: bool = False
    refused_turn: bool = False
    turning: Turning = field(default_factory=Turning)
    following: Following = field(default_factory=Following)
