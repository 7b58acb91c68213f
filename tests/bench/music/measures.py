"""How right an answer is: tempo (A1, A2), beats (F), bars, key (exact, MIREX)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.music.engines import Answer
    from tests.bench.music.score import Truth

_TOLERANCE = 0.04
_LEVELS = (1.0, 2.0, 3.0, 1.0 / 2.0, 1.0 / 3.0)
_DOWNBEAT_PERIODS = 0.15
_SPELT = {"F#": "Gb"}


def is_tempo(found_bpm: float | None, true_bpm: float, levels: Sequence[float] = (1.0,)) -> bool:
    """Within 4 % of the truth, or of one of its multiples (Gouyon et al. 2006: A1, A2)."""
    return found_bpm is not None and any(abs(found_bpm * level / true_bpm - 1.0) <= _TOLERANCE for level in levels)


def is_tempo_at_some_level(found_bpm: float | None, true_bpm: float) -> bool:
    return is_tempo(found_bpm, true_bpm, _LEVELS)


def beat_f(found_s: Sequence[float], true_s: Sequence[float]) -> float:
    """F-measure of the beats from 5 s on, within 70 ms (mir_eval's)."""
    import mir_eval

    found, true = (mir_eval.beat.trim_beats(np.array(times_s)) for times_s in (found_s, true_s))
    return float(mir_eval.beat.f_measure(true, found)) if found.size else 0.0


def is_bar(answer: Answer, truth: Truth) -> bool:
    """Whether the beats to a bar are right, and a bar begins where one does."""
    if answer.bars is None or truth.tempo_bpm is None or answer.bars[0] != truth.beats_per_bar:
        return False
    nearest = int(np.argmin(np.abs(np.array(truth.beats_s) - answer.bars[1])))
    off_s = abs(truth.beats_s[nearest] - answer.bars[1])
    return nearest % answer.bars[0] == 0 and off_s < _DOWNBEAT_PERIODS * 60.0 / truth.tempo_bpm


def key_score(found: str | None, true: str) -> float:
    """MIREX: 1 exact, 0.5 a fifth off, 0.3 the relative, 0.2 the parallel key."""
    if found is None:
        return 0.0
    import mir_eval

    spelt = [" ".join(_SPELT.get(word, word) for word in name.split()) for name in (true, found)]
    return float(mir_eval.key.weighted_score(*spelt))


def percent(hits: Sequence[bool]) -> float:
    return 100.0 * float(np.mean(hits)) if len(hits) else math.nan


def mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else math.nan


def called_pulsed(pulsed: Sequence[float], beatless: Sequence[float], kept: float = 0.95) -> float:
    """Beatless pieces (%) above the clarity that this share of the pulsed ones reach."""
    if not len(pulsed) or not len(beatless):
        return math.nan
    limit = float(np.quantile(pulsed, 1.0 - kept, method="lower"))
    return percent([clarity >= limit for clarity in beatless])
