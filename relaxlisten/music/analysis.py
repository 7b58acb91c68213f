"""All that is heard in a whole piece, from one pass over its blocks.

Decision: blocks go to three listeners (loudness, onsets, pitches), which keep a few numbers a frame; everything else is worked
out from these when the piece has ended. Memory grows by some 2 kB for a second of music, whatever its rate and its channels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music import colour
from relaxlisten.music.key import KeyListener, find_key
from relaxlisten.music.loudness import LoudnessMeter
from relaxlisten.music.onsets import OnsetListener
from relaxlisten.music.piece_analysis import PieceAnalysis, TempoCandidate
from relaxlisten.music.rhythm import find_rhythm
from relaxlisten.music.spectra import Slower
from relaxlisten.music.voice import vocals_likely
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relaxlisten.music.key import Pitches
    from relaxlisten.music.loudness import Loudness
    from relaxlisten.music.onsets import OnsetTracks
    from relaxlisten.music.rhythm import Rhythm
    from relaxlisten.units import AudioArray

_CANDIDATES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What three listeners kept of a piece."""

    duration_s: float
    loudness: Loudness
    tracks: OnsetTracks
    pitches: Pitches


def analyse(blocks: Iterable[AudioArray], rate_hz: int) -> PieceAnalysis:
    """Everything about a piece that is given as blocks, shape (n, channels), one after the other, from beginning to end."""
    heard = listen(blocks, rate_hz)
    return _told(heard, find_rhythm(heard.tracks, heard.pitches.by_time))


def listen(blocks: Iterable[AudioArray], rate_hz: int) -> Heard:
    """One pass over the blocks."""
    slower, meter = Slower(rate_hz), LoudnessMeter(rate_hz)
    onsets, keys = OnsetListener(slower.rate_hz), KeyListener(slower.rate_hz)
    frames = 0
    for block in blocks:
        frames += len(block)
        clean = np.nan_to_num(block, posinf=0.0, neginf=0.0)
        meter.feed(clean)
        mono = slower.mono(clean)
        onsets.feed(mono)
        keys.feed(mono)
    return Heard(
        duration_s=frames / rate_hz,
        loudness=meter.result(),
        tracks=onsets.finish(),
        pitches=keys.finish(),
    )


def _told(heard: Heard, rhythm: Rhythm) -> PieceAnalysis:
    key = find_key(heard.pitches)
    brightness_hz = colour.centroid_hz(heard.tracks)
    quiet_intro_s, quiet_outro_s = colour.quiet_ends_s(heard.tracks.power_db)
    return PieceAnalysis(
        duration_s=heard.duration_s,
        pulse=rhythm.pulse,
        pulse_clarity=rhythm.clarity,
        tempo_bpm=rhythm.tempo_bpm,
        tempo_confidence=rhythm.beats[0].likelihood * rhythm.clarity if rhythm.beats else 0.0,
        tempo_candidates=tuple(
            TempoCandidate(tempo_bpm=S_PER_MIN / beat.period_s, salience=beat.likelihood) for beat in rhythm.beats[:_CANDIDATES]
        ),
        beats_s=tuple(rhythm.beats_s.tolist()),
        beats_per_bar=None if rhythm.bars is None else rhythm.bars[0],
        first_downbeat=None if rhythm.bars is None else rhythm.bars[1],
        key=None if key is None else key.name,
        key_confidence=0.0 if key is None else key.confidence,
        loudness_lufs=heard.loudness.integrated_lufs,
        loudness_range_lu=heard.loudness.range_lu,
        onsets_per_s=colour.onsets_per_s(heard.tracks.strength),
        centroid_hz=brightness_hz,
        flux_ln=colour.flux_ln(heard.tracks.strength),
        valence=colour.valence(key, brightness_hz),
        vocals_likely=vocals_likely(heard.tracks),
        quiet_intro_s=quiet_intro_s,
        quiet_outro_s=quiet_outro_s,
    )
