"""A person's hand on the tempo: held where it is, or moved by a few BPM and held there.

Decision: a hand moves what the law would move, and under the same rules: no further than a piece may be stretched, no faster
than the slew, and no more turns than twice in five minutes. It only says where to; `tempo_policy` and `limits` say how. A hand
that holds is let go by a person, never by time; what it has moved stays where it is then, until the law has a reason to move it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.control.limits import fold_octave, within_reach
from relaxlisten.terms import CommandKind

if TYPE_CHECKING:
    from relaxlisten.control.limits import Limits
    from relaxlisten.control.playback import Playback
    from relaxlisten.messages import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """holds: whether the law is off. tempo_bpm: asked for, at the level of the piece that played then; None: as it was."""

    holds: bool = False
    tempo_bpm: float | None = None


def moved(hand: Hand, command: Command, target_bpm: float | None, playback: Playback, limits: Limits) -> Hand:
    """The hand after HOLD, RELEASE or TEMPO. A TEMPO without a number, or without a pulse to move, changes nothing.

    target_bpm: where the law was taking the tempo. A step counts from there, so that it shows at once.
    """
    match command.what:
        case CommandKind.HOLD:
            return Hand(holds=True, tempo_bpm=hand.tempo_bpm)
        case CommandKind.RELEASE:
            return Hand()
    own_bpm, by_bpm = playback.own_bpm, command.value
    if own_bpm is None or playback.tempo_bpm is None or isinstance(by_bpm, str) or by_bpm is None or not math.isfinite(by_bpm):
        return hand
    held_bpm = hand.tempo_bpm if hand.tempo_bpm is not None else target_bpm
    from_bpm = playback.tempo_bpm if held_bpm is None else held_bpm
    return Hand(holds=True, tempo_bpm=within_reach(fold_octave(from_bpm, own_bpm) + by_bpm, own_bpm, limits))
