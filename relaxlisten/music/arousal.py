"""How stirring each piece of a collection is, beside the others of the same collection.

Decision: the mean of z(loudness), z(onsets per second), z(ln brightness) and z(ln flux), and of z(ln tempo) where a piece is
pulsed: simple features explain most of what listeners call arousal (Korhonen 2004: R² 75 %; Schubert 2004). The scores are
relative to the listener's own collection, so they are made anew whenever it changes, and there are none under five pieces, where
a mean and a spread would say nothing. A feature that a piece does not have is left out of its mean.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.terms import Pulse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.music.piece_analysis import PieceAnalysis
    from relaxlisten.units import FloatArray

FEWEST_PIECES = 5
FEATURES = 5
_NO_SPREAD = 1e-9


def arousals(pieces: Sequence[PieceAnalysis]) -> list[float | None]:
    """One number for each piece, in order; 0 is the collection's middle, 1 a standard deviation above it. None: not known."""
    return arousals_of(np.array([features(piece) for piece in pieces]).reshape(-1, FEATURES))


def arousals_of(table: FloatArray) -> list[float | None]:
    """The same from the pieces' features; shape (pieces, FEATURES)."""
    if len(table) < FEWEST_PIECES:
        return [None] * len(table)
    scores = _z_scores(table)
    known = ~np.isnan(scores)
    counts = known.sum(axis=1).tolist()
    sums = np.where(known, scores, 0.0).sum(axis=1).tolist()
    return [total / count if count else None for total, count in zip(sums, counts, strict=True)]


def features(piece: PieceAnalysis) -> tuple[float, ...]:
    """What it rests on, FEATURES numbers; NaN where there is none."""
    loudness = math.nan if piece.loudness_lufs is None else piece.loudness_lufs
    brightness = math.log(piece.centroid_hz) if piece.centroid_hz > 0.0 else math.nan
    pulsed = piece.pulse is Pulse.PULSED and piece.tempo_bpm is not None
    tempo = math.log(piece.tempo_bpm) if pulsed and piece.tempo_bpm else math.nan
    return loudness, piece.onsets_per_s, brightness, piece.flux_ln if math.isfinite(piece.flux_ln) else math.nan, tempo


def _z_scores(features: FloatArray) -> FloatArray:
    """Each column around its own mean, in its own standard deviations; 0 where a column does not vary. NaN stays NaN."""
    known = ~np.isnan(features)
    counts = np.maximum(known.sum(axis=0), 1)
    means = np.where(known, features, 0.0).sum(axis=0) / counts
    spreads = np.sqrt((np.where(known, features - means, 0.0) ** 2).sum(axis=0) / counts)
    scores: FloatArray = (features - means) / np.where(spreads > _NO_SPREAD, spreads, np.inf)
    return scores
