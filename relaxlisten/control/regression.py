"""A Bayesian linear regression in closed form, for a mixture of how much the pieces may differ.

Decision: normal and inverse-gamma, so that everything is a matrix equation and no sampler has to converge. The one thing that
is not conjugate, how much pieces differ from each other, is a grid of five answers, each weighed by how well it foretells the
data (empirical Bayes without choosing). Textbook: Gelman et al., Bayesian Data Analysis, 3rd ed., chapters 14 and 15.
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
    """design: shape (n, p). outcome, weight: shape (n,), in units of the noise expected. prior_mean, prior_sd: shape (p,)."""

    design: FloatArray
    outcome: FloatArray
    weight: FloatArray
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
    precision_0 = np.diag(problem.prior_sd**-2.0)
    weighted = problem.design * problem.weight[:, None]
    precision = precision_0 + problem.design.T @ weighted
    right = precision_0 @ problem.prior_mean + weighted.T @ problem.outcome
    covariance = np.linalg.inv(precision)
    mean = covariance @ right
    a = NOISE_WORTH + problem.outcome.size / 2.0
    squares = float(problem.outcome @ (problem.weight * problem.outcome) + problem.prior_mean @ precision_0 @ problem.prior_mean)
    b = NOISE_WORTH + max(squares - float(mean @ right), 0.0) / 2.0
    determinants = 2.0 * float(np.log(problem.prior_sd).sum()) + float(np.linalg.slogdet(precision)[1])
    evidence = NOISE_WORTH * math.log(NOISE_WORTH) - a * math.log(b) + math.lgamma(a) - math.lgamma(NOISE_WORTH)
    evidence += 0.5 * float(np.log(problem.weight).sum()) - 0.5 * determinants
    return Posterior(
        mean=mean, covariance=np.asarray(covariance * (b / (a - 1.0)), np.float64), evidence=evidence, noise=b / (a - 1.0)
    )


def shares(posteriors: Sequence[Posterior]) -> FloatArray:
    """How much each answer has to say, by how well it foretold the data; they add up to 1."""
    evidence = np.array([posterior.evidence for posterior in posteriors])
    weights = np.exp(evidence - evidence.max())
    added: FloatArray = weights / weights.sum()
    return added
