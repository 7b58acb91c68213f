"""Resonance assessment: at which pace of breathing this heart swings most, after Lehrer (doi:10.1023/A:1014554114842).

Decision: the paces and their lengths are a protocol's data (`playlists/resonance-15.toml`); this module scores what the heart
did in each step. Four criteria that do not depend on each other's units: the swing of the heart rate, the power of its wave at
the pace, how steadily the wave keeps its phase to the pacer, and how smooth it is. Each step is ranked by each criterion and the
mean rank decides, so no weight has to be believed. Confidence is the share of the criteria that agree with the choice within one
pace.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.physiology.frequency_domain import detrended
from relaxlisten.units import MS_PER_MIN, MS_PER_S, S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.physiology.record import Series
    from relaxlisten.units import FloatArray

# The heart needs some breaths to settle into a pace.
SETTLING_S = 20.0
LEAST_S = 60.0
LEAST_CLEAN = 0.9
NEIGHBOUR_PER_MIN = 0.5
# Where the wave at the pace is less than this of all that the heart did, it did not follow the pace.
LEAST_SMOOTHNESS = 0.3
NOT_FOLLOWED = "the heart did not follow this pace: was the breath kept to it?"
# Values nearer to each other than this share are alike: they differ by chance.
ALIKE = 0.03
CRITERIA = ("swing_bpm", "power_bpm2", "steadiness", "smoothness")


@dataclass(frozen=True, slots=True, kw_only=True)
class PacedStep:
    """What was breathed and what the heart did.

    nn_ms, ends_s: shape (n,). clean: share of the step that uncorrected beats cover.
    """

    breaths_per_min: float
    start_s: float
    end_s: float
    nn_ms: FloatArray
    ends_s: FloatArray
    clean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepScore:
    """One step. swing_bpm: peak to trough, the median over breaths. power_bpm2: of the wave at the pace.

    steadiness: 0 to 1, how well the wave keeps its phase to the pacer. smoothness: 0 to 1, share of the variance that is that
    wave.
    mean_rank: 1 is best; None where `withheld` says why the step does not count.
    """

    breaths_per_min: float
    swing_bpm: float = 0.0
    power_bpm2: float = 0.0
    steadiness: float = 0.0
    smoothness: float = 0.0
    mean_rank: float | None = None
    withheld: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resonance:
    """The result. breaths_per_min: None where `withheld` says why. confidence: 0 to 1. steps: in the order they were breathed."""

    breaths_per_min: float | None
    confidence: float
    steps: tuple[StepScore, ...]
    withheld: str | None = None


def assess(steps: Sequence[PacedStep]) -> Resonance:
    """Score each step and choose the pace of the best."""
    scores = [_score(step) for step in steps]
    valid = [index for index, score in enumerate(scores) if score.withheld is None]
    if len(valid) < 3:
        return Resonance(
            breaths_per_min=None, confidence=0.0, steps=tuple(scores), withheld=f"{len(valid)} steps count, and 3 are needed"
        )
    criteria = np.array([[getattr(scores[i], name) for name in CRITERIA] for i in valid])
    better = criteria[None, :, :] > criteria[:, None, :] * (1.0 + ALIKE)
    ranks = 1.0 + better.sum(axis=1)
    means = ranks.mean(axis=1)
    ranked = list(scores)
    for place, mean_rank in zip(valid, means, strict=True):
        ranked[place] = dataclasses.replace(scores[place], mean_rank=float(mean_rank))
    paces = np.array([scores[i].breaths_per_min for i in valid])
    # Of equal mean ranks the one with the larger swing.
    best = min(range(len(valid)), key=lambda k: (means[k], -criteria[k, 0]))
    agreeing = np.abs(paces[criteria.argmax(axis=0)] - paces[best]) <= NEIGHBOUR_PER_MIN + 1e-9
    return Resonance(breaths_per_min=float(paces[best]), confidence=float(agreeing.mean()), steps=tuple(ranked))


def paced_steps(paces: Sequence[tuple[float, float, float]], series: Series) -> list[PacedStep]:
    """The steps of a record. paces: breaths per minute, beginning and end of each, in seconds on the series' clock."""
    steps = []
    for breaths_per_min, start_s, end_s in paces:
        inside = (series.ends_s > start_s) & (series.ends_s <= end_s)
        nn_ms, clean = series.nn_ms[inside], series.clean[inside]
        steps.append(
            PacedStep(
                breaths_per_min=breaths_per_min,
                start_s=start_s,
                end_s=end_s,
                nn_ms=nn_ms,
                ends_s=series.ends_s[inside],
                clean=min(float(nn_ms[clean].sum()) / MS_PER_S / (end_s - start_s), 1.0),
            )
        )
    return steps


def _score(step: PacedStep) -> StepScore:
    begin_s = step.start_s + SETTLING_S
    inside = (step.ends_s > begin_s) & (step.ends_s <= step.end_s)
    nn_ms, ends_s = step.nn_ms[inside], step.ends_s[inside]
    if step.end_s - begin_s < LEAST_S or nn_ms.size < LEAST_S / 2.0:
        return StepScore(breaths_per_min=step.breaths_per_min, withheld=f"less than {LEAST_S:.0f} s of beats at this pace")
    if step.clean < LEAST_CLEAN:
        return StepScore(breaths_per_min=step.breaths_per_min, withheld=f"only {step.clean:.0%} of this step are clean beats")
    middles_s, lengths_s = ends_s - nn_ms / (2.0 * MS_PER_S), nn_ms / MS_PER_S
    wave_bpm = detrended(MS_PER_MIN / nn_ms, middles_s, lengths_s)
    breath = (middles_s - step.start_s) * step.breaths_per_min / S_PER_MIN
    turned = lengths_s * wave_bpm * np.exp(-2j * np.pi * breath)
    power_bpm2 = float(np.abs(2.0 * turned.sum() / lengths_s.sum()) ** 2 / 2.0)
    variance_bpm2 = float(np.average(wave_bpm**2, weights=lengths_s))
    each = [breath.astype(int) == number for number in np.unique(breath.astype(int))]
    sums = np.array([turned[one].sum() for one in each])
    smoothness = min(power_bpm2 / variance_bpm2, 1.0) if variance_bpm2 > 0.0 else 0.0
    return StepScore(
        breaths_per_min=step.breaths_per_min,
        swing_bpm=float(np.median([np.ptp(wave_bpm[one]) for one in each[1:-1]])),
        power_bpm2=power_bpm2,
        steadiness=float(np.abs(np.mean(sums / np.maximum(np.abs(sums), 1e-12)))),
        smoothness=smoothness,
        withheld=None if smoothness >= LEAST_SMOOTHNESS else NOT_FOLLOWED,
    )
