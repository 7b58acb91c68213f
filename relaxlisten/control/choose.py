"""Which piece comes next, and why.

Decision: the piece that needs the least stretching to the wished tempo, among those not heard lately; ties are broken by the
session's seed, so that the same session can be replayed. A piece that can follow beat on beat, at the tempo that is heard, goes
before one that cannot, unless it is much farther from the wish. In the closing phase a piece without a pulse comes first.
"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

from relaxlisten.control.limits import fold_octave, shared_tempo
from relaxlisten.messages import Track, TrackChoice
from relaxlisten.terms import PhaseKind, Pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

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
_APART = 0.03  # what a piece counts more that cannot take up the tempo: the least step that every listener notices, and a half
_TIE = 0.005  # half a per cent of tempo is no reason to prefer a piece


def choose_next(
    tracks: Sequence[Track], history: Sequence[str], wish_bpm: float | None, phase: Phase, rules: MusicRules, *,
    heard_bpm: float | None, limits: Limits, seed: int, time_s: float,
) -> tuple[Track, TrackChoice]:  # fmt: skip
    """The next piece and the message that explains it. tracks must not be empty; history: track ids played, oldest first.

    heard_bpm: the tempo that plays now; None where nothing with a pulse does.
    """
    wish = UNKNOWN_HEART_BPM if wish_bpm is None else wish_bpm
    kind = phase.kind
    fresh = fresh_pieces(allowed_pieces(tracks, phase, rules), history, rules)
    costs = [(_cost(track, wish, kind) + _apart(track, heard_bpm, limits), track) for track in fresh]
    least = min(cost for cost, _ in costs)
    best = sorted((track for cost, track in costs if cost <= least + _TIE), key=lambda track: track.track_id)
    chosen = random.Random(f"{seed}:{len(history)}").choice(best)
    choice = TrackChoice(
        time_s=time_s,
        track_id=chosen.track_id,
        title=chosen.title,
        considered=len(fresh),
        reason=_reason(chosen, wish_bpm, kind, len(fresh)),
    )
    return chosen, choice


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


def _cost(track: Track, wish_bpm: float, kind: PhaseKind) -> float:
    if track.tempo_bpm is None:
        return _NO_PULSE_COST[kind]
    return abs(math.log(fold_octave(wish_bpm, track.tempo_bpm) / track.tempo_bpm))


def _apart(track: Track, heard_bpm: float | None, limits: Limits) -> float:
    pulsed = heard_bpm is not None and track.tempo_bpm is not None
    return _APART if pulsed and shared_tempo(heard_bpm, track.tempo_bpm, limits) is None else 0.0


def _reason(track: Track, wish_bpm: float | None, kind: PhaseKind, considered: int) -> str:
    among = "the only piece there is" if considered == 1 else f"chosen among {considered} pieces"
    if track.tempo_bpm is None:
        return f"{track.title} has no pulse, which suits this phase ({kind.value}); {among}."
    if wish_bpm is None:
        return f"No heartbeat yet: {track.title} ({track.tempo_bpm:.0f} BPM) lies near a resting heart; {among}."
    wish = fold_octave(wish_bpm, track.tempo_bpm)
    change = 100.0 * (wish / track.tempo_bpm - 1.0)
    return f"{track.title} ({track.tempo_bpm:.0f} BPM) is near the {wish:.0f} BPM wished for ({change:+.1f} %); {among}."
