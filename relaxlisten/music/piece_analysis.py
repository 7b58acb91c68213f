"""What was heard in a whole piece of music, as plain facts that a catalogue can keep.

Decision: facts about one piece only. What needs the other pieces to compare with (arousal) is made of these by the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relaxlisten.terms import Pulse

ANALYSIS_VERSION = 1
"""Goes up by one with every change that lets pieces come out otherwise: what an older one heard is then heard again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TempoCandidate:
    """A tempo that the music may be felt at; saliences of all candidates of a piece add up to 1 at most."""

    tempo_bpm: float
    salience: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceAnalysis:
    """What was heard in one piece; None where it is not known or there is none.

    tempo_bpm: of the whole piece (median), None where beatless. tempo_candidates: most salient first. tempo_confidence,
    pulse_clarity, key_confidence, vocals_likely: 0 to 1. beats_s: source seconds of the beats, () where beatless; their distances
    are the local tempo. first_downbeat: index in beats_s of the first beat that begins a bar. key: "C major",
    "A minor". loudness_lufs, loudness_range_lu: EBU R128. onsets_per_s: attacks heard. centroid_hz: brightness (geometric
    mean over time). flux_ln: ln of the mean onset strength. valence: -1 to 1, of low confidence, never a gate. quiet_intro_s,
    quiet_outro_s: how long the piece stays 12 dB or more below its own loudness at its beginning and its end.
    """

    duration_s: float
    pulse: Pulse
    pulse_clarity: float
    tempo_bpm: float | None
    tempo_confidence: float
    tempo_candidates: tuple[TempoCandidate, ...]
    beats_s: tuple[float, ...]
    beats_per_bar: int | None
    first_downbeat: int | None
    key: str | None
    key_confidence: float
    loudness_lufs: float | None
    loudness_range_lu: float | None
    onsets_per_s: float
    centroid_hz: float
    flux_ln: float
    valence: float | None
    vocals_likely: float
    quiet_intro_s: float
    quiet_outro_s: float
