"""Pieces as an analysis might tell them, for tests that need no sound."""

from __future__ import annotations

from typing import Any

from relaxlisten.music.piece_analysis import PieceAnalysis, TempoCandidate
from relaxlisten.terms import Pulse


def piece(**facts: Any) -> PieceAnalysis:
    """A pulsed piece of a minute at 60 BPM, with a beat on every second from 0.5 s on, but for the facts given."""
    plain: dict[str, Any] = {
        "duration_s": 60.0, "pulse": Pulse.PULSED, "pulse_clarity": 0.9, "tempo_bpm": 60.0, "tempo_confidence": 0.8,
        "tempo_candidates": (TempoCandidate(tempo_bpm=60.0, salience=0.6), TempoCandidate(tempo_bpm=90.0, salience=0.3),
        TempoCandidate(tempo_bpm=80.0, salience=0.1)),
        "beats_s": tuple(0.5 + second for second in range(59)), "beats_per_bar": 4, "first_downbeat": 2,
        "key": "A minor", "key_confidence": 0.7, "loudness_lufs": -20.0, "loudness_range_lu": 6.0, "onsets_per_s": 2.0,
        "centroid_hz": 800.0, "flux_ln": -3.0, "valence": -0.2, "vocals_likely": 0.1, "quiet_intro_s": 1.0, "quiet_outro_s": 2.0,
    }  # fmt: skip
    return PieceAnalysis(**plain | facts)


def beatless(**facts: Any) -> PieceAnalysis:
    """A piece without a beat."""
    none: dict[str, Any] = {
        "pulse": Pulse.BEATLESS, "tempo_bpm": None, "tempo_candidates": (), "beats_s": (), "beats_per_bar": None,
        "first_downbeat": None,
    }  # fmt: skip
    return piece(**none | facts)
