"""The range of heart rate that a listener wants to stay in.

Decision: a wish about comfort, set by the person, not a judgement about health: outside of it for long enough, on a clear
signal, the music fades and the session pauses with a sentence, and nothing sounds an alarm. After a pause it takes a minute
before it asks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relaxlisten.control.protocol import Comfort

GRACE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ComfortWatch:
    """outside_since_s: None while the heart is inside, or not known. quiet_until_s: nothing is said before."""

    outside_since_s: float | None = None
    quiet_until_s: float = 0.0


def watch(state: ComfortWatch, comfort: Comfort, heart_rate_bpm: float | None, time_s: float) -> tuple[ComfortWatch, str | None]:
    """The watch a moment later, and the sentence to pause with, if it is time. heart_rate_bpm: None where it is in doubt."""
    side = None if heart_rate_bpm is None or time_s < state.quiet_until_s else _side(comfort, heart_rate_bpm)
    if side is None or heart_rate_bpm is None:
        return ComfortWatch(quiet_until_s=state.quiet_until_s), None
    since_s = time_s if state.outside_since_s is None else state.outside_since_s
    if time_s - since_s < comfort.for_s:
        return ComfortWatch(outside_since_s=since_s, quiet_until_s=state.quiet_until_s), None
    word, bound_bpm = side
    sentence = (
        f"Your heart has been {word} the {bound_bpm:.0f} bpm that you chose as comfortable for {comfort.for_s:.0f} s "
        f"(now {heart_rate_bpm:.0f}): the music fades and the session pauses. Rest as you like; go on when you want to."
    )
    return ComfortWatch(quiet_until_s=time_s + GRACE_S), sentence


def resumed(state: ComfortWatch, time_s: float) -> ComfortWatch:
    """The watch after a pause."""
    return ComfortWatch(quiet_until_s=max(state.quiet_until_s, time_s + GRACE_S))


def _side(comfort: Comfort, heart_rate_bpm: float) -> tuple[str, float] | None:
    if comfort.heart_rate_high_bpm and heart_rate_bpm > comfort.heart_rate_high_bpm:
        return "above", comfort.heart_rate_high_bpm
    if comfort.heart_rate_low_bpm and heart_rate_bpm < comfort.heart_rate_low_bpm:
        return "below", comfort.heart_rate_low_bpm
    return None
