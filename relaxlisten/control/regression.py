"""A Bayesian linear regression in closed form, for a mixture of how much the pieces may differ.

Decision: normal and inverse-gamma, so that everything is a matrix equation and no sampler has to converge. The one thing that
is not conjugate, how much pieces differ from each other, is a grid of five answers, each weighed by how well it foretells the
data (empirical Bayes without choosing). Textbook: Gelman et al., Bayesian Data Analysis, 3rd ed., chapters 14 and 15.

Decision: what a piece does may change in months, so old observations say less of it; how noisy a heart is and how much pieces
differ does not. So the coefficients come from faded observations, and the noise and the evidence from all of them alike. Were
the fading in all, it would be read as a smaller noise, and every interval would come out too narrow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.units import FloatArray

NOISE_WORTH = 3.0  # the prior of the noise counts like six observations


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """design: shape (n, p). outcome: shape (n,), in units of the noise expected. prior_mean, prior_sd: shape (p,).

    weight: how clearly each was seen, shape (n,). fade: how much each still says today, shape (n,), 1 for what is new.
    """

    design: FloatArray
    outcome: FloatArray
    weight: FloatArray
    fade: FloatArray
    prior_mean: FloatArray
    prior_sd: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """What is known of the coefficients after the data.

    mean: shape (p,). covariance: shape (p, p), with the noise's own uncertainty in it. evidence: ln of the marginal likelihood.
    noise: the variance expected of an observation.
    """

    mean: FloatArray
    covariance: FloatArray
    evidence: float
    noise: float


def solve(problem: Problem) -> Posterior:
    """The posterior of the coefficients."""
    _, faded, mean = _coefficients(problem, problem.weight * problem.fade)
    noise, evidence = _noise(problem)
    return Posterior(mean=mean, covariance=faded * noise, evidence=evidence, noise=noise)


def _coefficients(problem: Problem, weight: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Precision and covariance in units of the noise's variance, and the mean; shapes (p, p), (p, p), (p,)."""
    precision_0 = np.diag(problem.prior_sd**-2.0)
    weighted = problem.design * weight[:, None]
    precision = precision_0 + problem.design.T @ weighted
    covariance = np.asarray(np.linalg.inv(precision), np.float64)
    return precision, covariance, covariance @ (precision_0 @ problem.prior_mean + weighted.T @ problem.outcome)


def _noise(problem: Problem) -> tuple[float, float]:
    """The variance expected of an observation, and ln of the marginal likelihood: both of all observations, none faded."""
    precision, _, mean = _coefficients(problem, problem.weight)
    left = problem.outcome - problem.design @ mean
    moved = (mean - problem.prior_mean) / problem.prior_sd
    a = NOISE_WORTH + problem.outcome.size / 2.0
    b = NOISE_WORTH + (float(left @ (problem.weight * left)) + float(moved @ moved)) / 2.0
    determinants = 2.0 * float(np.log(problem.prior_sd).sum()) + float(np.linalg.slogdet(precision)[1])
    evidence = NOISE_WORTH * math.log(NOISE_WORTH) - a * math.log(b) + math.lgamma(a) - math.lgamma(NOISE_WORTH)
    evidence += 0.5 * float(np.log(problem.weight).sum()) - 0.5 * determinants
    return b / (a - 1.0), evidence


def shares(posteriors: Sequence[Posterior]) -> FloatArray:
    """How much each answer has to say, by how well it foretold the data; they add up to 1."""
    evidence = np.array([posterior.evidence for posterior in posteriors])
    weights = np.exp(evidence - evidence.max())
    added: FloatArray = weights / weights.sum()
    return added
