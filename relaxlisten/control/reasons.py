"""The sentence of each stance of the tempo law, with the numbers it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.control.limits import fold_octave
from relaxlisten.control.stances import Stance

if TYPE_CHECKING:
    from relaxlisten.control.following import Followed
    from relaxlisten.control.stances import PolicyState, Situation

NEAR_BPM = 0.5


def reason(state: PolicyState, now: Situation, followed: Followed) -> str:
    """Why the target is what it is; a listener understands it."""
    if state.stance is None:
        return ""
    heart = f"Heart {now.heart.heart_rate_bpm:.0f}" if now.heart.heart_rate_bpm is not None else "Heart not known"
    music = f"{now.current_bpm:.0f}" if now.current_bpm is not None else "without a pulse"
    target = f"{state.target_bpm:.1f}" if state.target_bpm is not None else "as it is"
    age = f"{now.heart.last_beat_age_s:.0f} s" if now.heart.last_beat_age_s is not None else "a while"
    note = _note(state, now)
    return {
        Stance.AS_IT_IS: f"{now.phase.name}: the music stays as it is while the heart is listened to.",
        Stance.NO_PULSE: "This piece has no pulse: it is played as it is.",
        Stance.BY_HAND: _by_hand(state, now, music, note),
        Stance.SILENT: f"{now.phase.minutes:g} min of silence; the music goes on after it.",
        Stance.NO_HEART: f"No heartbeat yet: the music stays at {target} BPM.",
        Stance.STALE: f"No heartbeat for {age}: holding the tempo at {target} BPM.",
        Stance.POOR_SIGNAL: f"Only {now.heart.valid_fraction:.0%} of the beats are clear: holding the tempo at {target} BPM.",
        Stance.MATCHING: f"{heart}, music {music}: going to {target} BPM to meet the heart{note}.",
        Stance.LEADING: f"{heart}, music {music}: going to {target} BPM, a little ahead of the heart{_pace(followed)}{note}.",
        Stance.WAITING: f"{heart}, music {music}: holding until the heart follows to {_goal_text(state, now)}.",
        Stance.RETURNING: f"{heart} has risen from {state.risen_from_bpm or 0.0:.0f}: "
        f"going back to {target} BPM to meet it{note}.",
        Stance.LET_GO: f"{heart} does not follow the tempo ({_share(followed)}): staying at {target} BPM; "
        "the choice of pieces and the breath go on from here.",
        Stance.AT_FLOOR: f"{heart}, music {music}: as slow as this session goes.",
        Stance.TO_TEMPO: f"Music {music}: going to {target} BPM, the tempo of this phase{note}.",
        Stance.SETTLED: f"{heart}, music {music}: staying at {target} BPM.",
        Stance.BY_RULE: f"{heart}, music {music}: {target} BPM by the rule of this session.",
    }[state.stance]


def _by_hand(state: PolicyState, now: Situation, music: str, note: str) -> str:
    if state.target_bpm is None:
        return "Held by hand, because you asked: this piece has no pulse and is played as it is."
    if now.hand_bpm is None:
        return f"Held by hand at {state.target_bpm:.1f} BPM, because you asked."
    asked_bpm = fold_octave(now.hand_bpm, state.target_bpm) if state.refused_turn else state.target_bpm
    return f"Music {music}: going to {asked_bpm:.1f} BPM, because you asked, and held by hand there{note}."


def _pace(followed: Followed) -> str:
    words = {"follows": ", which follows well", "follows late": f", which follows after {followed.lag_s:.0f} s"}
    return words.get(followed.verdict.value, "")


def _share(followed: Followed) -> str:
    """As "it goes 5 % of the way, give or take 8"."""
    return f"it goes {100.0 * followed.gain:.0f} % of the way, give or take {100.0 * followed.gain_sd:.0f}"


def _goal_text(state: PolicyState, now: Situation) -> str:
    return "" if state.goal_bpm is None else f"{state.goal_bpm + now.phase.lead_bpm:.0f}"


def _note(state: PolicyState, now: Situation) -> str:
    if state.goal_bpm is None or now.own_bpm is None or state.target_bpm is None:
        return ""
    if state.refused_turn:
        return " as soon as it may turn again (twice in five minutes is the most)"
    wish_bpm = fold_octave(state.goal_bpm if now.hand_bpm is None else now.hand_bpm, now.own_bpm)
    if abs(wish_bpm - state.target_bpm) < NEAR_BPM:
        return ""
    return f" ({wish_bpm:.0f} is further than this piece of {now.own_bpm:.0f} BPM may be stretched)"
