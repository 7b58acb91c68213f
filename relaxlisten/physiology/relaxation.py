"""Relaxation as a change from the person's own baseline in the same session, in standard units.

Decision: no norm of other people. Each measure's change is divided by its own spread during the baseline, signed so that up is
calmer, and the changes are averaged:

    relaxation = mean of (ln RMSSD - baseline) / sd,  (baseline - heart rate) / sd,  (baseline - breathing rate) / sd

over those that are known both then and now; at least two of them, else it is withheld. It is a change, not a state, and no
diagnosis.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMULA = "mean change of ln RMSSD (+), heart rate (-) and breathing rate (-), each in SDs of the baseline"
# +1: more is calmer, -1: less is calmer.
SIGNS = {"ln_rmssd": 1.0, "heart_rate_bpm": -1.0, "breathing_per_min": -1.0}
# A spread below these is the estimate's own noise: ln RMSSD of 60 s varies by 0.12 in a steady heart, the heart rate by 0.5 bpm.
LEAST_SD = {"ln_rmssd": 0.12, "heart_rate_bpm": 0.5, "breathing_per_min": 0.5}
LEAST_SAMPLES = 20
LEAST_MEASURES = 2
NOT_YET = "the baseline is still being taken"
TOO_LITTLE = "fewer than two of the measures are known then and now"
NO_BASELINE = "no baseline: too little was known of the heart in the first phase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Mean and standard deviation of each measure, by its name in SIGNS."""

    means: Mapping[str, float]
    sds: Mapping[str, float]


def baseline(series: Mapping[str, Sequence[float]]) -> Baseline:
    """The baseline from samples of each measure, one a second or so; a measure with fewer than LEAST_SAMPLES is left out."""
    enough = {name: values for name, values in series.items() if len(values) >= LEAST_SAMPLES}
    return Baseline(
        means={name: statistics.fmean(values) for name, values in enough.items()},
        sds={name: max(statistics.stdev(values), LEAST_SD[name]) for name, values in enough.items()},
    )


def relaxation(now: Mapping[str, float], start: Baseline) -> float | None:
    """Change from the baseline in standard units, up is calmer; None where fewer than two measures are known then and now."""
    changes = [SIGNS[name] * (now[name] - mean) / start.sds[name] for name, mean in start.means.items() if name in now]
    return statistics.fmean(changes) if len(changes) >= LEAST_MEASURES else None
