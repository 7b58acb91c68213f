"""What each piece does to this person, against what the session would have done anyway, and how sure that is.

Decision: three outcomes, each with the same model: the heart rate and ln RMSSD of a piece's last minute against the session's
baseline, and how much calmer the person said to be. A linear model takes away what was there before the piece, the drift of a
session, the time of day, the phase, and how far the tempo was from the heart; what is left belongs to the piece: a part that
goes with its features (the prior in a first session) and a part of its own, shrunk towards that by how much pieces have turned
out to differ. Old sessions fade: one of 25 sessions ago counts half. Effects are told against the listener's average piece.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.control.regression import Problem, mix, solve
from relaxlisten.terms import PhaseKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from relaxlisten.control.memory import Memory, PastPiece
    from relaxlisten.messages import PieceResponse, Track
    from relaxlisten.units import FloatArray

HALF_LIFE_SESSIONS = 25.0
DRIFT_S = 300.0
Z_90 = 1.6449
# How much pieces of one person may differ, in units of the noise of one piece.
SPREADS = (0.1, 0.3, 0.6, 1.0, 1.6)
SESSION_SPREAD = 0.7
_ABOUT_BPM = 66.0
# An effect is spoken of once it rests on so many hearings, and is known at least so much better than before any.
LEAST_HEARINGS, LEAST_NARROWED = 3, 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One thing that is measured. scale: noise of one piece, in the outcome's unit. sign: 1 where more is calmer."""

    name: str
    unit: str
    scale: float
    sign: float
    start: Callable[[PieceResponse], float | None]
    end: Callable[[PieceResponse], float | None]


# Scales: spread of a minute's mean about a session's course, of the two recordings in tests/data and the simulated heart.
HEART = Outcome(
    name="heart rate", unit="bpm", scale=1.5, sign=-1.0, start=lambda r: r.start_heart_bpm, end=lambda r: r.end_heart_bpm
)
VARIABILITY = Outcome(
    name="ln RMSSD", unit="", scale=0.15, sign=1.0, start=lambda r: r.start_ln_rmssd, end=lambda r: r.end_ln_rmssd
)
FEELING_SCALE = 0.15
# Prior of the features (no pulse, ln tempo, arousal) towards calm: slower, softer pieces, weakly (de Witte 2020).
_FEATURE_MEAN, _FEATURE_SD = (0.0, -0.2, -0.2), (0.5, 0.5, 0.4)
_COVARIATE_MEAN = (0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
_COVARIATE_SD = (2.0, 0.3, 1.0, 0.5, 0.5, 0.7, 0.7, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """Effects of pieces, against their average, in the outcome's unit. mean: shape (k,). covariance: shape (k, k).

    prior_sd: what was not known before any session, shape (k,). hearings: how often each was heard, shape (k,).
    """

    outcome: str
    unit: str
    track_ids: tuple[str, ...]
    mean: FloatArray
    covariance: FloatArray
    prior_sd: FloatArray
    hearings: FloatArray

    @property
    def sd(self) -> FloatArray:
        """Standard deviation of each effect."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    def interval(self, index: int) -> tuple[float, float]:
        """The 90 % credible interval of one effect."""
        mean, sd = float(self.mean[index]), float(self.sd[index])
        return mean - Z_90 * sd, mean + Z_90 * sd

    def enough(self, index: int) -> bool:
        """Whether there is enough to speak of this one."""
        narrowed = float(self.sd[index]) <= LEAST_NARROWED * float(self.prior_sd[index])
        return bool(self.hearings[index] >= LEAST_HEARINGS) and narrowed


def effects(memory: Memory, tracks: Sequence[Track], outcome: Outcome) -> Effects:
    """What is known of the effects of these pieces on one outcome."""
    rows = [past for past in memory.pieces if _usable(past, outcome)]
    index = _index(tracks, [past.response.track_id for past in rows])
    design = np.array([_covariates(past, outcome) for past in rows]).reshape(len(rows), len(_COVARIATE_MEAN))
    pieces = _one_hot([index[past.response.track_id] for past in rows], len(index))
    values = np.array([outcome.end(past.response) or 0.0 for past in rows]) / outcome.scale
    weight = np.array([_weight(past.session, memory.sessions) * past.response.clear for past in rows])
    return _fit(outcome.name, outcome.unit, outcome.scale, outcome.sign, tracks, index, design, pieces, values, weight,
                [past.session for past in rows])  # fmt: skip


def felt_effects(memory: Memory, tracks: Sequence[Track]) -> Effects:
    """The same from what the person said after whole sessions; it needs no strap."""
    rows = memory.feelings
    index = _index(tracks, [track_id for past in rows for track_id in past.shares])
    pieces = np.zeros((len(rows), len(index)))
    for row, past in enumerate(rows):
        for track_id, share in past.shares.items():
            pieces[row, index[track_id]] = share
    design = np.zeros((len(rows), len(_COVARIATE_MEAN)))
    design[:, 0] = 1.0
    values = np.array([past.change for past in rows]) / FEELING_SCALE
    weight = np.array([_weight(past.session, memory.sessions) for past in rows])
    return _fit("feeling", "of the scale", FEELING_SCALE, 1.0, tracks, index, design, pieces, values, weight, [])


def _fit(
    name: str, unit: str, scale: float, sign: float, tracks: Sequence[Track], index: Mapping[str, int], design: FloatArray,
    pieces: FloatArray, values: FloatArray, weight: FloatArray, sessions: Sequence[int],
) -> Effects:  # fmt: skip
    """The regression: covariates, features of the piece, a part of each piece's own, and one of each session's."""
    features = _features(tracks, len(index))
    which = {session: number for number, session in enumerate(dict.fromkeys(sessions))}
    in_session = _one_hot([which[session] for session in sessions], len(which)).reshape(len(values), len(which))
    whole = np.hstack([design, pieces @ features, pieces, in_session])
    contrast = _contrast(features, len(index), len(tracks), design.shape[1], len(which))
    mean_0 = np.concatenate([_COVARIATE_MEAN, sign * np.array(_FEATURE_MEAN), np.zeros(len(index) + len(which))])
    answers = [
        solve(Problem(design=whole, outcome=values, weight=weight, prior_mean=mean_0, prior_sd=_prior_sd(spread, index, which)))
        for spread in SPREADS
    ]
    mean, covariance = mix(answers, contrast)
    prior = np.mean([np.sqrt(((contrast * _prior_sd(spread, index, which)) ** 2).sum(axis=1)) for spread in SPREADS], axis=0)
    return Effects(
        outcome=name,
        unit=unit,
        track_ids=tuple(track.track_id for track in tracks),
        mean=mean * scale,
        covariance=covariance * scale**2,
        prior_sd=prior * scale,
        hearings=np.array([pieces[:, index[track.track_id]].sum() for track in tracks]),
    )


def _prior_sd(spread: float, index: Mapping[str, int], which: Mapping[int, int]) -> FloatArray:
    return np.concatenate([_COVARIATE_SD, _FEATURE_SD, np.full(len(index), spread), np.full(len(which), SESSION_SPREAD)])


def _contrast(features: FloatArray, all_pieces: int, pieces: int, covariates: int, sessions: int) -> FloatArray:
    """Each piece that can be chosen, less the average of them."""
    own = np.zeros((pieces, all_pieces))
    own[np.arange(pieces), np.arange(pieces)] = 1.0
    whole = np.hstack([np.zeros((pieces, covariates)), features[:pieces], own, np.zeros((pieces, sessions))])
    less: FloatArray = whole - whole.mean(axis=0, keepdims=True) if pieces else whole
    return less


def _index(tracks: Sequence[Track], heard: Sequence[str]) -> dict[str, int]:
    """A column for each piece: those that can be chosen first, then those that are only remembered."""
    known = dict.fromkeys([track.track_id for track in tracks])
    return {track_id: number for number, track_id in enumerate(known | dict.fromkeys(heard))}


def _features(tracks: Sequence[Track], columns: int) -> FloatArray:
    """No pulse, ln tempo in fifths, arousal; zero where a piece is only remembered."""
    features = np.zeros((columns, len(_FEATURE_MEAN)))
    for row, track in enumerate(tracks):
        tempo = 0.0 if track.tempo_bpm is None else math.log(track.tempo_bpm / _ABOUT_BPM) / 0.2
        features[row] = (float(track.tempo_bpm is None), tempo, track.arousal or 0.0)
    return features


def _covariates(past: PastPiece, outcome: Outcome) -> tuple[float, ...]:
    r = past.response
    turn = 2.0 * math.pi * past.hour / 24.0
    start = (outcome.start(r) or 0.0) / outcome.scale
    led = float(r.phase is PhaseKind.LEAD)
    gap = 0.0 if r.tempo_gap is None else r.tempo_gap / 0.1
    drift = math.exp(-r.elapsed_s / DRIFT_S)
    return (1.0, start, drift, math.sin(turn), math.cos(turn), led, float(r.phase is PhaseKind.MATCH), gap)


def _usable(past: PastPiece, outcome: Outcome) -> bool:
    return outcome.end(past.response) is not None and outcome.start(past.response) is not None


def _weight(session: int, sessions: int) -> float:
    return float(0.5 ** (max(sessions - session, 0) / HALF_LIFE_SESSIONS))


def _one_hot(columns: Sequence[int], width: int) -> FloatArray:
    matrix = np.zeros((len(columns), width))
    matrix[np.arange(len(columns)), list(columns)] = 1.0
    return matrix
