"""All that is heard in a whole piece, from one pass over its blocks.

Decision: blocks go to three listeners (loudness, onsets, pitches), which keep a few numbers a frame; everything else is worked
out from these when the piece has ended. Memory grows by some 2 kB for a second of music, whatever its rate and its channels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music import colour
from relaxlisten.music.beat_track import track_beats
from relaxlisten.music.key import KeyListener, find_key
from relaxlisten.music.loudness import LoudnessMeter
from relaxlisten.music.onsets import OnsetListener
from relaxlisten.music.piece_analysis import PieceAnalysis, TempoCandidate
from relaxlisten.music.spectra import Slower
from relaxlisten.music.tempo import estimate_from, evened
from relaxlisten.terms import Pulse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relaxlisten.units import AudioArray


def analyse(blocks: Iterable[AudioArray], rate_hz: int) -> PieceAnalysis:
    """Everything about a piece that is given as blocks, shape (n, channels), one after the other, from beginning to end."""
    slower, meter = Slower(rate_hz), LoudnessMeter(rate_hz)
    onset_listener, key_listener = OnsetListener(slower.rate_hz), KeyListener(slower.rate_hz)
    frames = 0
    for block in blocks:
        frames += len(block)
        clean = np.nan_to_num(block, posinf=0.0, neginf=0.0)
        meter.feed(clean)
        mono = slower.mono(clean)
        onset_listener.feed(mono)
        key_listener.feed(mono)
    tracks = onset_listener.finish()
    pitch_sums, _ = key_listener.finish()
    estimate = estimate_from(tracks.strength)
    pulsed = estimate.tempo_bpm is not None
    beats_s = track_beats(evened(tracks.strength), estimate.tempo_bpm) if estimate.tempo_bpm is not None else np.zeros(0)
    key = find_key(pitch_sums)
    loudness = meter.result()
    brightness_hz = colour.centroid_hz(tracks)
    quiet_intro_s, quiet_outro_s = colour.quiet_ends_s(tracks.power_db)
    return PieceAnalysis(
        duration_s=frames / rate_hz,
        pulse=Pulse.PULSED if pulsed else Pulse.BEATLESS,
        pulse_clarity=estimate.confidence,
        tempo_bpm=estimate.tempo_bpm,
        tempo_confidence=estimate.confidence,
        tempo_candidates=tuple(
            TempoCandidate(tempo_bpm=one.tempo_bpm, salience=one.salience / 4.0) for one in estimate.candidates
        ),
        beats_s=tuple(beats_s[beats_s >= 0.0].tolist()),
        beats_per_bar=None,
        first_downbeat=None,
        key=None if key is None else key.name,
        key_confidence=0.0 if key is None else key.confidence,
        loudness_lufs=loudness.integrated_lufs,
        loudness_range_lu=loudness.range_lu,
        onsets_per_s=colour.onsets_per_s(tracks.strength),
        centroid_hz=brightness_hz,
        flux_ln=colour.flux_ln(tracks.strength),
        valence=colour.valence(key, brightness_hz),
        vocals_likely=0.0,
        quiet_intro_s=quiet_intro_s,
        quiet_outro_s=quiet_outro_s,
    )
