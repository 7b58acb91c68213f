"""A decision about tempo with all that it rests on, for the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.control.following import judge
from relaxlisten.control.limits import reachable_tempo
from relaxlisten.control.stances import Stance
from relaxlisten.messages import Decision
from relaxlisten.terms import DecisionKind

if TYPE_CHECKING:
    from relaxlisten.control.limits import Limits
    from relaxlisten.control.stances import PolicyState, Situation
    from relaxlisten.messages import TempoTarget

_WHAT_IF_BPM = 3.0


def tempo_decision(state: PolicyState, now: Situation, target: TempoTarget, limits: Limits) -> Decision:
    """The log's line for a change of target or stance."""
    followed = judge(state.following)
    stance = state.stance.value if state.stance else ""
    tempo = "as it is" if target.tempo_bpm is None else f"{target.tempo_bpm:.1f} BPM"
    return Decision(
        time_s=now.time_s,
        kind=DecisionKind.TEMPO,
        chosen=f"{stance}: {tempo}",
        reason=target.reason,
        inputs={
            "phase": now.phase.name,
            "heart_rate_bpm": _rounded(now.heart.heart_rate_bpm),
            "beat_age_s": _rounded(now.heart.last_beat_age_s),
            "clear_beats": _rounded(now.heart.valid_fraction),
            "music_bpm": _rounded(now.current_bpm),
            "piece_bpm": _rounded(now.own_bpm),
            "goal_bpm": _rounded(state.goal_bpm),
            "follows_share": _rounded(followed.gain),
            "follows_share_sd": _rounded(followed.gain_sd),
            "follows_after_s": _rounded(followed.lag_s),
            "verdict": followed.verdict.value,
        },
        score="BPM that this wish would have led to",
        alternatives=_alternatives(state, now, limits),
    )


def _alternatives(state: PolicyState, now: Situation, limits: Limits) -> dict[str, float]:
    """Where the tempo would go by other wishes, within the same limits."""
    heart_bpm, own_bpm = now.heart.heart_rate_bpm, now.own_bpm
    if own_bpm is None or state.stance is Stance.NO_PULSE:
        return {}
    stays = {"stay as it is": now.current_bpm or own_bpm, "the piece's own tempo": own_bpm}
    wishes = {} if heart_bpm is None else {"meet the heart": heart_bpm, "go 3 BPM below the heart": heart_bpm - _WHAT_IF_BPM}
    return {
        **{name: round(bpm, 2) for name, bpm in stays.items()},
        **{name: round(reachable_tempo(bpm, own_bpm, limits), 2) for name, bpm in wishes.items()},
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
