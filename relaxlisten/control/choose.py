"""Which piece comes next, and why.

Decision: every rule of choosing is a function from pieces to scores, of which the greatest is taken; ties are broken by the
session's seed, so that the same session can be replayed. By tempo alone it is the piece that needs the least stretching to the
wish, among those not heard lately; a piece that can follow beat on beat, at the tempo that is heard, goes before one that
cannot, unless it is much farther from the wish. What settles this person is weighed against that (`values.py`): within reach of
the stretch tempo counts little, beyond it much; where the heart is to be met, what is expected of a piece only decides between
pieces that meet it alike. In the closing phase a piece without a pulse comes first.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.control.arms import ChoiceRule
from relaxlisten.control.limits import fold_octave, shared_tempo
from relaxlisten.control.suits import arousal_cost, key_cost
from relaxlisten.messages import Decision, Track, TrackChoice
from relaxlisten.terms import DecisionKind, PhaseKind, Pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from relaxlisten.control.limits import Limits
    from relaxlisten.control.protocol import MusicRules, Phase

# Where no heart is known yet: the centre of the range that listeners rest in, and of slow music (MIREX tempo priors use 66-70).
UNKNOWN_HEART_BPM = 66.0
# A piece without a pulse counts like a stretch of this size (natural logarithm of tempo) where the tempo is to be led.
_NO_PULSE_COST = {
    PhaseKind.BASELINE: 0.30,
    PhaseKind.MATCH: 0.60,
    PhaseKind.LEAD: 0.60,
    PhaseKind.SETTLE: 0.08,
    PhaseKind.RECOVERY: 0.08,
    PhaseKind.CLOSE: 0.0,
    PhaseKind.SILENCE: 0.0,
}
_NO_PULSE_ONCE_LET_GO = 0.02
_APART = 0.03  # what a piece counts more that cannot take up the tempo: the least step that every listener notices, and a half
_TIE = 0.005  # half a per cent of tempo is no reason to prefer a piece
VALUE_WEIGHT = 0.5  # a standard unit of settling is worth half of the tempo (natural logarithm): hearts rarely follow tempo
_MEETING_VALUE_WEIGHT = 0.05  # the whole range of what is expected of pieces (about 1 unit) is then worth what `_APART` is twice
LIKING_WEIGHT = 0.05
_WITHIN_REACH = 0.25  # what tempo counts where the stretch makes up for it, or where it is not used any more
_MEETS = {PhaseKind.BASELINE, PhaseKind.MATCH}
_SHOWN = 5
_WORTH_A_WORD = 0.05  # units


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """All that one choice rests on beside the pieces. bpm: the tempo wished; None where no heart is known.

    heard_bpm: the tempo that plays now; None where nothing with a pulse does. before: the piece that plays. let_go: tempo is
    not used. above_baseline: whether the heart is; None where not known. settles: expected settling per piece, as far as it is
    to be weighed; settled: the pieces of which it rests on this person's hearings, and not on what pieces like it do to most.
    """

    bpm: float | None
    phase: Phase
    rules: MusicRules
    limits: Limits
    seed: int
    time_s: float
    heard_bpm: float | None = None
    heart_bpm: float | None = None
    before: Track | None = None
    let_go: bool = False
    above_baseline: bool | None = None
    settles: Mapping[str, float] | None = None
    settled: frozenset[str] = frozenset()
    explores: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A piece, the message that carries the choice out, and the one that explains it."""

    track: Track
    choice: TrackChoice
    decision: Decision
    explores: bool = False


def choose_next(tracks: Sequence[Track], history: Sequence[str], rule: ChoiceRule, wish: Wish) -> Chosen:
    """The next piece. tracks must not be empty; history: track ids played, oldest first."""
    fresh = fresh_pieces(allowed_pieces(tracks, wish.phase, wish.rules), history, wish.rules)
    scores = {track.track_id: _score(track, rule, wish) for track in fresh}
    most = max(scores.values())
    best = sorted((track for track in fresh if scores[track.track_id] >= most - _TIE), key=lambda track: track.track_id)
    if rule is ChoiceRule.RANDOM:
        best = sorted(fresh, key=lambda track: track.track_id)
    chosen = random.Random(f"{wish.seed}:{len(history)}").choice(best)
    sentence = _reason(chosen, rule, wish, len(fresh))
    choice = TrackChoice(time_s=wish.time_s, track_id=chosen.track_id, title=chosen.title, considered=len(fresh), reason=sentence)
    return Chosen(track=chosen, choice=choice, decision=_decision(chosen, rule, wish, scores, sentence), explores=wish.explores)


# ---- which pieces there are to choose from ----


def allowed_pieces(tracks: Sequence[Track], phase: Phase, rules: MusicRules) -> Sequence[Track]:
    """The pieces that a phase takes; all of them where none is of its kind: music that does not quite fit is better than none."""
    fitting = [track for track in tracks if _is_of(track, phase.pieces) and _within(track, rules)]
    return fitting or [track for track in tracks if _within(track, rules)] or tracks


def _is_of(track: Track, pieces: Pieces) -> bool:
    return pieces is Pieces.ANY or (track.tempo_bpm is not None) is (pieces is Pieces.PULSED)


def _within(track: Track, rules: MusicRules) -> bool:
    if track.tempo_bpm is None:
        return True
    quick_enough = track.tempo_bpm >= rules.slowest_bpm
    return quick_enough and (not rules.quickest_bpm or track.tempo_bpm <= rules.quickest_bpm)


def fresh_pieces(tracks: Sequence[Track], history: Sequence[str], rules: MusicRules) -> list[Track]:
    """The pieces that were not heard lately; at least half of them."""
    remembered = min(int(rules.remembered_pieces), len(tracks) // 2)
    recent = set(list(dict.fromkeys(reversed(history)))[:remembered])
    return [track for track in tracks if track.track_id not in recent]


# ---- what each is worth ----


def _score(track: Track, rule: ChoiceRule, wish: Wish) -> float:
    match rule:
        case ChoiceRule.LEARNED:
            settles = 0.0 if wish.settles is None else wish.settles.get(track.track_id, 0.0)
            suits = arousal_cost(track, wish.before, wish.phase.kind) + key_cost(track, wish.before)
            weight = _MEETING_VALUE_WEIGHT if wish.phase.kind in _MEETS else VALUE_WEIGHT
            return weight * settles + LIKING_WEIGHT * track.liking - suits - _tempo_cost(track, wish)
        case ChoiceRule.MEANS:
            return 0.0 if wish.settles is None else wish.settles.get(track.track_id, 0.0)
        case ChoiceRule.SLOWER:
            return -_slower_cost(track, wish)
        case ChoiceRule.RANDOM:
            return 0.0
        case _:
            return -_nearest_cost(track, wish)


def _nearest_cost(track: Track, wish: Wish) -> float:
    return _distance(track, wish) + _apart(track, wish)


def _tempo_cost(track: Track, wish: Wish) -> float:
    """What tempo counts where other things count too: little within reach, all of it beyond."""
    distance = _distance(track, wish)
    if wish.let_go:
        return _NO_PULSE_ONCE_LET_GO if track.tempo_bpm is None else _WITHIN_REACH * min(distance, 0.2)
    if track.tempo_bpm is None:
        return distance + _apart(track, wish)
    reach = math.log1p(wish.limits.stretch_percent / 100.0)
    return _WITHIN_REACH * min(distance, reach) + max(distance - reach, 0.0) + _apart(track, wish)


def _distance(track: Track, wish: Wish) -> float:
    if track.tempo_bpm is None:
        return _NO_PULSE_COST[wish.phase.kind]
    return abs(math.log(fold_octave(_bpm(wish), track.tempo_bpm) / track.tempo_bpm))


def _bpm(wish: Wish) -> float:
    return UNKNOWN_HEART_BPM if wish.bpm is None else wish.bpm


def _apart(track: Track, wish: Wish) -> float:
    pulsed = wish.heard_bpm is not None and track.tempo_bpm is not None
    return _APART if pulsed and shared_tempo(wish.heard_bpm, track.tempo_bpm, wish.limits) is None else 0.0


def _slower_cost(track: Track, wish: Wish) -> float:
    """The published rule: above the threshold the next slower song, otherwise one like the last."""
    last_bpm = wish.before.tempo_bpm if wish.before and wish.before.tempo_bpm else _bpm(wish)
    if track.tempo_bpm is None:
        return 1.0
    step = math.log(last_bpm / track.tempo_bpm)
    if wish.above_baseline:
        return step if step > _TIE else 2.0 - step
    return abs(step)


# ---- in words ----


def _decision(chosen: Track, rule: ChoiceRule, wish: Wish, scores: Mapping[str, float], sentence: str) -> Decision:
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
    inputs: dict[str, float | str | None] = {
        "rule": rule.value,
        "phase": wish.phase.name,
        "wish_bpm": _rounded(wish.bpm),
        "heard_bpm": _rounded(wish.heard_bpm),
        "heart_rate_bpm": _rounded(wish.heart_bpm),
        "candidates": float(len(scores)),
        "expected_settling": None if wish.settles is None else _rounded(wish.settles.get(chosen.track_id)),
    }
    return Decision(
        time_s=wish.time_s, kind=DecisionKind.PIECE, chosen=chosen.title, reason=sentence, inputs=inputs, score="more is better",
        alternatives={track_id: round(score, 3) for track_id, score in best},
    )  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _reason(track: Track, rule: ChoiceRule, wish: Wish, considered: int) -> str:
    among = "the only piece there is" if considered == 1 else f"chosen among {considered} pieces"
    return f"{_tempo_words(track, wish)}{_settling_words(track, rule, wish)}; {among}."


def _tempo_words(track: Track, wish: Wish) -> str:
    if track.tempo_bpm is None:
        return f"{track.title} has no pulse, which suits this phase ({wish.phase.kind.value})"
    if wish.bpm is None:
        return f"No heartbeat yet: {track.title} ({track.tempo_bpm:.0f} BPM) lies near a resting heart"
    bpm = fold_octave(wish.bpm, track.tempo_bpm)
    change = 100.0 * (bpm / track.tempo_bpm - 1.0)
    near = "is near" if abs(change) <= 2.0 * wish.limits.stretch_percent else "is as near as this music has it to"
    return f"{track.title} ({track.tempo_bpm:.0f} BPM) {near} the {bpm:.0f} BPM wished for ({change:+.1f} %)"


def _settling_words(track: Track, rule: ChoiceRule, wish: Wish) -> str:
    if rule is not ChoiceRule.LEARNED or wish.settles is None:
        return ""
    if wish.explores:
        return " and may settle you more than is known yet: it is tried"
    settles = wish.settles.get(track.track_id, 0.0)
    if abs(settles) < _WORTH_A_WORD:
        return ""
    if track.track_id in wish.settled:
        more = "more" if settles > 0.0 else "less"
        return f" and has settled you {more} than your average piece ({settles:+.2f} units)"
    return f" and pieces like it settle most people a little ({settles:+.2f} units)" if settles > 0.0 else ""
