"""Does this heart follow the tempo? An estimate that goes along with the session, with its uncertainty.

Decision: the heart rate is explained, every ten seconds, by a constant, by the settling that any quiet listening brings, and by
the tempo that was heard, seen through a delay of 15, 45, 90 or 180 s. Each delay is a Bayesian linear regression of its own
(normal and inverse gamma, closed form); they share their say by how well each foretold what came. A sample counts as half of
one, because neighbours are alike (slow waves of a minute, drift). Priors: gain 0.2 +- 0.25 (Van Dyck 2017 and Muetze 2018 found
mostly none, Saperston 1993 some); settling -2 +- 2.5 bpm; noise 1.5 bpm, worth eight samples. Plain floats, no linear algebra
library: the same bits on every machine.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from enum import Enum

from relaxlisten.control.limits import fold_octave

SAMPLE_S = 10.0
DELAYS_S = (15.0, 45.0, 90.0, 180.0)
NOISE_BPM, NOISE_WORTH = 1.5, 4.0
ALIKE = 2.0  # a sample is worth one over this
SETTLING_S = 150.0
LEAST_GAIN = 0.15  # a heart that goes less of the way than this does not follow in any sense that helps
SURE = 0.85
LAGGING_S = 75.0
LEAST_MOVED_BPM = 2.0  # the tempo must have gone this far before anything can be said
_PRIOR_MEAN = (0.0, -2.0, 0.2)
_PRIOR_SD = (3.0, 2.5, 0.25)

_Vector = tuple[float, float, float]
_Matrix = tuple[_Vector, _Vector, _Vector]


class Verdict(Enum):
    """What can be said of this heart and the tempo."""

    UNKNOWN = "not known yet"
    FOLLOWS = "follows"
    LAGS = "follows late"
    INDIFFERENT = "does not follow"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Regression:
    """One delay's view. seen_bpm: the tempo through the delay, from the reference on. evidence: log probability of what came.

    covariance: in units of the noise's variance, which is about b / a.
    """

    delay_s: float
    mean: _Vector = _PRIOR_MEAN
    covariance: _Matrix = (
        ((_PRIOR_SD[0] / NOISE_BPM) ** 2, 0.0, 0.0),
        (0.0, (_PRIOR_SD[1] / NOISE_BPM) ** 2, 0.0),
        (0.0, 0.0, (_PRIOR_SD[2] / NOISE_BPM) ** 2),
    )
    a: float = NOISE_WORTH
    b: float = NOISE_WORTH * NOISE_BPM**2
    seen_bpm: float = 0.0
    evidence: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """The estimate. reference_bpm: heart rate when it began. moved_bpm: how far the tempo has been led from there."""

    reference_bpm: float | None = None
    began_s: float = 0.0
    sampled_s: float = 0.0
    samples: int = 0
    moved_bpm: float = 0.0
    bank: tuple[_Regression, ...] = tuple(_Regression(delay_s=delay_s) for delay_s in DELAYS_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What the estimate says. gain: share of the way to the tempo that the heart goes, +- gain_sd, after lag_s."""

    gain: float
    gain_sd: float
    lag_s: float
    likely: float
    verdict: Verdict


def observe(state: Following, heart_bpm: float, tempo_bpm: float | None, time_s: float) -> Following:
    """The estimate after another second. tempo_bpm: what is heard; None without a pulse, when nothing draws the heart."""
    if state.reference_bpm is None:
        return dataclasses.replace(state, reference_bpm=heart_bpm, began_s=time_s, sampled_s=time_s)
    reference_bpm = state.reference_bpm
    away_bpm = 0.0 if tempo_bpm is None else fold_octave(tempo_bpm, reference_bpm) - reference_bpm
    elapsed_s = time_s - state.sampled_s
    if elapsed_s < SAMPLE_S:
        return state
    bank = tuple(_seen(one, away_bpm, elapsed_s) for one in state.bank)
    settled = 1.0 - math.exp(-(time_s - state.began_s) / SETTLING_S)
    value_bpm = heart_bpm - reference_bpm
    learned = tuple(_learn(one, (1.0, settled, one.seen_bpm), value_bpm) for one in bank)
    moved_bpm = max(state.moved_bpm, abs(away_bpm))
    return dataclasses.replace(state, sampled_s=time_s, samples=state.samples + 1, moved_bpm=moved_bpm, bank=learned)


def judge(state: Following) -> Followed:
    """What the session has shown of this heart so far."""
    most = max(one.evidence for one in state.bank)
    weights = [math.exp(one.evidence - most) for one in state.bank]
    shares = [weight / sum(weights) for weight in weights]
    gain = sum(share * one.mean[2] for share, one in zip(shares, state.bank, strict=True))
    variance = sum(
        share * (one.covariance[2][2] * one.b / one.a + (one.mean[2] - gain) ** 2)
        for share, one in zip(shares, state.bank, strict=True)
    )
    lag_s = sum(share * one.delay_s for share, one in zip(shares, state.bank, strict=True))
    likely = sum(share * _above(one, LEAST_GAIN) for share, one in zip(shares, state.bank, strict=True))
    verdict = _verdict(state, likely, lag_s)
    return Followed(gain=gain, gain_sd=math.sqrt(variance), lag_s=lag_s, likely=likely, verdict=verdict)


def _verdict(state: Following, likely: float, lag_s: float) -> Verdict:
    if state.moved_bpm < LEAST_MOVED_BPM:
        return Verdict.UNKNOWN
    if likely >= SURE:
        return Verdict.LAGS if lag_s > LAGGING_S else Verdict.FOLLOWS
    return Verdict.INDIFFERENT if likely <= 1.0 - SURE else Verdict.UNKNOWN


def _above(one: _Regression, gain: float) -> float:
    """Probability that the gain is more than this."""
    return 0.5 * math.erfc((gain - one.mean[2]) / math.sqrt(2.0 * one.covariance[2][2] * one.b / one.a))


def _seen(one: _Regression, away_bpm: float, elapsed_s: float) -> _Regression:
    keep = math.exp(-elapsed_s / one.delay_s)
    return dataclasses.replace(one, seen_bpm=away_bpm + (one.seen_bpm - away_bpm) * keep)


def _learn(one: _Regression, row: _Vector, value_bpm: float) -> _Regression:
    """Bayes' rule for one sample, which counts 1 / ALIKE."""
    first, second, third = one.covariance
    spread = (_dot(first, row), _dot(second, row), _dot(third, row))
    variance = _dot(row, spread) + ALIKE
    error_bpm = value_bpm - _dot(row, one.mean)
    mean = _less(one.mean, spread, -error_bpm / variance)
    covariance = (
        _less(first, spread, spread[0] / variance),
        _less(second, spread, spread[1] / variance),
        _less(third, spread, spread[2] / variance),
    )
    a, b = one.a + 0.5 / ALIKE, one.b + 0.5 * error_bpm**2 / variance
    foretold = math.log(variance * one.b / one.a) + error_bpm**2 / (variance * one.b / one.a)
    evidence = one.evidence - 0.5 * foretold / ALIKE
    return dataclasses.replace(one, mean=mean, covariance=covariance, a=a, b=b, evidence=evidence)


def _dot(one: _Vector, other: _Vector) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _less(one: _Vector, other: _Vector, share: float) -> _Vector:
    return (one[0] - share * other[0], one[1] - share * other[1], one[2] - share * other[2])
