"""What each piece does to this person, against what the session would have done anyway, and how sure that is.

Decision: three outcomes, each with the same model: the heart rate and ln RMSSD of a piece's last minute against the session's
baseline, and how much calmer the person said to be. A linear model takes away what was there before the piece, the drift of a
session, the time of day, the phase, and how far the tempo was from the heart; what is left belongs to the piece: a part that
goes with its features (the prior in a first session) and a part of its own, shrunk towards that by how much pieces have turned
out to differ. Old sessions fade: one of 25 sessions ago counts half. Effects are told against the listener's average piece.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from relaxlisten.control.regression import Posterior, Problem, shares, solve
from relaxlisten.terms import PhaseKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from relaxlisten.control.memory import Memory, PastPiece
    from relaxlisten.messages import PieceResponse, Track
    from relaxlisten.units import FloatArray

HALF_LIFE_SESSIONS = 25.0
DRIFT_S = 300.0
Z_90 = 1.6449
# How much pieces of one person may differ, in units of the noise of one piece.
SPREADS = (0.1, 0.3, 0.6, 1.0, 1.6, 2.5)
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
# Most hearts hardly care for tempo and mood, some do much: two priors of the features, equally likely, one so many times wider.
WIDTHS = (1.0, 6.0)
_COVARIATE_MEAN = (0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0)
_COVARIATE_SD = (2.0, 0.3, 1.0, 0.5, 0.5, 0.7, 0.7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """Effects of pieces, against their average, in the outcome's unit. mean, sd: shape (k,).

    prior_sd: what was not known before any session, shape (k,). hearings: how often each was heard, shape (k,).
    """

    outcome: str
    unit: str
    track_ids: tuple[str, ...]
    mean: FloatArray
    sd: FloatArray
    prior_sd: FloatArray
    hearings: FloatArray

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
    heard = _columns([past.response.track_id for past in rows])
    data = _Data(
        design=np.array([_covariates(past, outcome) for past in rows]).reshape(len(rows), len(_COVARIATE_MEAN)),
        pieces=_one_hot([heard[past.response.track_id] for past in rows], len(heard)),
        outcome=np.array([outcome.end(past.response) or 0.0 for past in rows]) / outcome.scale,
        weight=np.array([past.response.clear for past in rows]),
        fade=np.array([_fade(past.session, memory.sessions) for past in rows]),
        sessions=[past.session for past in rows],
    )
    return _fit(outcome.name, outcome.unit, outcome.scale, outcome.sign, tracks, heard, data)


def felt_effects(memory: Memory, tracks: Sequence[Track]) -> Effects:
    """The same from what the person said after whole sessions; it needs no strap."""
    rows = memory.feelings
    heard = _columns([track_id for past in rows for track_id in past.shares])
    pieces = np.zeros((len(rows), len(heard)))
    for row, past in enumerate(rows):
        for track_id, share in past.shares.items():
            pieces[row, heard[track_id]] = share
    design = np.zeros((len(rows), len(_COVARIATE_MEAN)))
    design[:, 0] = 1.0
    data = _Data(
        design=design,
        pieces=pieces,
        outcome=np.array([past.change for past in rows]) / FEELING_SCALE,
        weight=np.ones(len(rows)),
        fade=np.array([_fade(past.session, memory.sessions) for past in rows]),
        sessions=[],
    )
    return _fit("feeling", "of the scale", FEELING_SCALE, 1.0, tracks, heard, data)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Data:
    """n observations. design: covariates, shape (n, 7). pieces: shares of the pieces heard, shape (n, h). sessions: () or n."""

    design: FloatArray
    pieces: FloatArray
    outcome: FloatArray
    weight: FloatArray
    fade: FloatArray
    sessions: Sequence[int]


def _fit(
    name: str, unit: str, scale: float, sign: float, tracks: Sequence[Track], heard: Mapping[str, int], data: _Data
) -> Effects:
    """The regression: covariates, features of the piece, a part of each piece's own, and one of each session's.

    Only pieces that were heard have a column of their own, so that the library may be as large as it likes.
    """
    known = {track.track_id: track for track in tracks}
    which = _columns(data.sessions)
    in_session = _one_hot([which[session] for session in data.sessions], len(which)).reshape(len(data.outcome), len(which))
    features_heard = _features([known.get(track_id) for track_id in heard])
    design = np.hstack([data.design, data.pieces @ features_heard, data.pieces, in_session])
    mean_0 = np.concatenate([_COVARIATE_MEAN, sign * np.array(_FEATURE_MEAN), np.zeros(len(heard) + len(which))])
    kinds, feature_sd = list(itertools.product(SPREADS, WIDTHS)), np.array(_FEATURE_SD)
    answers = [
        solve(
            Problem(
                design=design, outcome=data.outcome, weight=data.weight, fade=data.fade, prior_mean=mean_0,
                prior_sd=np.concatenate(
                    [_COVARIATE_SD, width * feature_sd, np.full(len(heard), spread), np.full(len(which), SESSION_SPREAD)]
                ),
            )
        )
        for spread, width in kinds
    ]  # fmt: skip
    features, own = _features(list(tracks)), np.array([heard.get(track.track_id, -1) for track in tracks], dtype=np.intp)
    told = [_told(answer, features, own, len(heard), spread) for answer, (spread, _) in zip(answers, kinds, strict=True)]
    weight = shares(answers)
    mean = sum(share * one for share, (one, _) in zip(weight, told, strict=True))
    variance = sum(share * (spread + (one - mean) ** 2) for share, (one, spread) in zip(weight, told, strict=True))
    hearings = data.pieces.sum(axis=0)
    return Effects(
        outcome=name,
        unit=unit,
        track_ids=tuple(track.track_id for track in tracks),
        mean=np.asarray(mean) * scale,
        sd=np.sqrt(np.maximum(np.asarray(variance), 0.0)) * scale,
        prior_sd=_prior_sd(features) * scale,
        hearings=np.array([hearings[column] if column >= 0 else 0.0 for column in own]),
    )


def _told(
    answer: Posterior, features: FloatArray, own: NDArray[np.intp], heard: int, spread: float
) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of each piece's effect, less the average piece's: features' part and own part, of (k,) pieces.

    own: the column of each piece among those heard; -1 for one that was not, whose own part is as it was before.
    """
    count = len(own)
    f = slice(len(_COVARIATE_MEAN), len(_COVARIATE_MEAN) + len(_FEATURE_MEAN))
    o = slice(f.stop, f.stop + heard)
    is_heard = own >= 0
    ours = np.zeros((count, heard))
    ours[np.flatnonzero(is_heard), own[is_heard]] = 1.0
    parts = np.hstack([features, ours])
    mean = parts @ np.concatenate([answer.mean[f], answer.mean[o]])
    covariance = answer.covariance[f.start : o.stop, f.start : o.stop]
    known = is_heard if is_heard.any() else np.ones(count, dtype=np.bool_)
    centred = parts - parts[known].mean(axis=0, keepdims=True) if count else parts
    variance = np.einsum("ij,ij->i", centred @ covariance, centred)
    fresh = spread**2 * answer.noise * np.where(is_heard, 0.0, 1.0)  # the own part of a piece that was never heard
    return mean - (mean[known].mean() if count else 0.0), variance + fresh


def _prior_sd(features: FloatArray) -> FloatArray:
    """Before any session."""
    count = max(len(features), 1)
    centred = features - features.mean(axis=0, keepdims=True) if len(features) else features
    shared = ((centred * np.array(_FEATURE_SD)) ** 2).sum(axis=1)
    sds = [np.sqrt(shared + spread**2 * (1.0 - 1.0 / count)) for spread in SPREADS]
    mean: FloatArray = np.mean(sds, axis=0)
    return mean


def _columns(names: Sequence[Any]) -> dict[Any, int]:
    """A column for each, in the order in which they come first."""
    return {name: column for column, name in enumerate(dict.fromkeys(names))}


def _features(tracks: Sequence[Track | None]) -> FloatArray:
    """No pulse, ln tempo in fifths, arousal; zero for a piece that is only remembered."""
    features = np.zeros((len(tracks), len(_FEATURE_MEAN)))
    for row, track in enumerate(tracks):
        if track is not None:
            tempo = 0.0 if track.tempo_bpm is None else math.log(track.tempo_bpm / _ABOUT_BPM) / 0.2
            features[row] = (float(track.tempo_bpm is None), tempo, track.arousal or 0.0)
    return features


def _covariates(past: PastPiece, outcome: Outcome) -> tuple[float, ...]:
    r = past.response
    turn = 2.0 * math.pi * past.hour / 24.0
    start = (outcome.start(r) or 0.0) / outcome.scale
    led = float(r.phase is PhaseKind.LEAD)
    drift = math.exp(-r.elapsed_s / DRIFT_S)
    return (1.0, start, drift, math.sin(turn), math.cos(turn), led, float(r.phase is PhaseKind.MATCH))


def _usable(past: PastPiece, outcome: Outcome) -> bool:
    return outcome.end(past.response) is not None and outcome.start(past.response) is not None


def _fade(session: int, sessions: int) -> float:
    return float(0.5 ** (max(sessions - session, 0) / HALF_LIFE_SESSIONS))


def _one_hot(columns: Sequence[int], width: int) -> FloatArray:
    matrix = np.zeros((len(columns), width))
    matrix[np.arange(len(columns)), list(columns)] = 1.0
    return matrix
