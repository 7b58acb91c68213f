"""How well a piece goes with the one before it, beside tempo: energy on its way down, and related keys.

Decision: small costs in the unit of tempo (natural logarithm), so that they decide between pieces that are alike otherwise and
never against tempo or person. Where a feature is not known it costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.terms import PhaseKind

if TYPE_CHECKING:
    from relaxlisten.messages import Track

_PITCHES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"#": 1, "b": -1, "\N{MUSIC SHARP SIGN}": 1, "\N{MUSIC FLAT SIGN}": -1}
MOST_KEY_COST, KEY_STEP = 0.015, 0.004
AROUSAL_UNIT = 0.02  # a piece livelier by one standard deviation of the library, where calm is what is wanted
_GOES_DOWN = {PhaseKind.LEAD, PhaseKind.SETTLE, PhaseKind.RECOVERY, PhaseKind.CLOSE}


def arousal_cost(track: Track, before: Track | None, kind: PhaseKind) -> float:
    """What a livelier piece costs where the way is down; a calmer one is never a fault."""
    if track.arousal is None or before is None or before.arousal is None or kind not in _GOES_DOWN:
        return 0.0
    return AROUSAL_UNIT * max(track.arousal - before.arousal, 0.0)


def key_cost(track: Track, before: Track | None) -> float:
    """What a distant key costs: per step on the circle of fifths."""
    here = _fifths(track.key)
    there = _fifths(before.key if before else None)
    if here is None or there is None:
        return 0.0
    steps = abs(here - there) % 12
    return min(KEY_STEP * min(steps, 12 - steps), MOST_KEY_COST)


def _fifths(key: str | None) -> int | None:
    """Place of a key on the circle of fifths; a minor key stands with its relative major. None where it cannot be read."""
    name, _, mode = (key or "").partition(" ")
    if not name or name[0] not in _PITCHES or mode not in ("major", "minor"):
        return None
    pitch = _PITCHES[name[0]] + sum(_ACCIDENTALS.get(sign, 0) for sign in name[1:])
    return (pitch + (3 if mode == "minor" else 0)) * 7 % 12
