"""How far and how fast a tempo may move.

Decision: all moves of the tempo pass through these few functions, so that no law above them, and no person's command, can
exceed what a listener accepts: drift is noticed from about 0.17-0.3 % per beat, steps from about 2 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from relaxlisten.units import S_PER_MIN

HARD_STRETCH_PERCENT = 12.0
HARD_SLEW_PERCENT_PER_BEAT = 0.17  # the lowest drift that listeners were found to notice
_HALF_OCTAVE = math.log(2.0) / 2.0
_OUT_OF_REACH = 0.20  # natural logarithm of tempo: well beyond the largest stretch, where the wish begins to lose its pull


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """stretch_percent: largest change of a piece's own tempo. deadband_bpm: a wish nearer than this changes nothing."""

    stretch_percent: float = 8.0
    slew_percent_per_beat: float = 0.05
    deadband_bpm: float = 1.0


def fold_octave(tempo_bpm: float, reference_bpm: float) -> float:
    """The double, half, quadruple ... of tempo_bpm that lies nearest to reference_bpm (on the logarithmic scale of tempo)."""
    octaves = round(math.log2(reference_bpm / tempo_bpm))
    return tempo_bpm * math.ldexp(1.0, octaves)


def shared_tempo(heard_bpm: float | None, own_bpm: float | None, limits: Limits) -> float | None:
    """The tempo that is heard, on the metrical level of a piece of own_bpm; None where that piece cannot be stretched to it."""
    if heard_bpm is None or own_bpm is None:
        return None
    tempo_bpm = fold_octave(heard_bpm, own_bpm)
    return tempo_bpm if abs(tempo_bpm / own_bpm - 1.0) <= limits.stretch_percent / 100.0 else None


def reachable_tempo(wish_bpm: float, own_bpm: float, limits: Limits) -> float:
    """The tempo nearest to wish_bpm (any octave of it) that a piece of own_bpm may be stretched to.

    A wish far out of reach pulls less and less, down to nothing half an octave away: there the octaves above and below are
    equally near, and a heart that hovers about that point must not toss the tempo from one limit to the other.
    """
    most = limits.stretch_percent / 100.0
    folded_bpm = fold_octave(wish_bpm, own_bpm)
    distance = abs(math.log(folded_bpm / own_bpm))
    pull = min(max((_HALF_OCTAVE - distance) / (_HALF_OCTAVE - _OUT_OF_REACH), 0.0), 1.0)
    change = min(max(folded_bpm / own_bpm - 1.0, -most), most)
    return own_bpm * (1.0 + pull * change)


def within_reach(tempo_bpm: float, own_bpm: float, limits: Limits) -> float:
    """The tempo nearest to tempo_bpm that a piece may be stretched to which goes at own_bpm now; no octaves."""
    most = limits.stretch_percent / 100.0
    return min(max(tempo_bpm, own_bpm * (1.0 - most)), own_bpm * (1.0 + most))


def slew_tempo(current_bpm: float, target_bpm: float, elapsed_s: float, limits: Limits) -> float:
    """The tempo after elapsed_s on the way from current_bpm to target_bpm, at the allowed change per beat."""
    beats = current_bpm * max(elapsed_s, 0.0) / S_PER_MIN
    factor = (1.0 + limits.slew_percent_per_beat / 100.0) ** beats
    return float(min(max(target_bpm, current_bpm / factor), current_bpm * factor))
