"""From onsets and pitches to beats: tempo, its candidates, pulse, beat times, bars.

Decision: the rubato is taken out first (`periodicity`), the beat is chosen (`meter`) and tracked (`beat_track`) on the
straightened piece, and the beats are put back to when they were played. In the tracking the bass counts twice: chords are often
played off the beat, a bass seldom is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.bars import find_bars
from relaxlisten.music.beat_track import sharpened, track_beats
from relaxlisten.music.evening import evened
from relaxlisten.music.harmony_change import harmony_change
from relaxlisten.music.key import SPECTRA_PER_S
from relaxlisten.music.meter import Beat, Repeats, find_beats
from relaxlisten.music.onsets import FRAMES_PER_S
from relaxlisten.music.periodicity import Rubato, follow_tempo, repeats, straightened
from relaxlisten.music.pulse import pulse_clarity, pulse_of
from relaxlisten.terms import Pulse

if TYPE_CHECKING:
    from relaxlisten.music.onsets import OnsetTracks
    from relaxlisten.units import FloatArray

STEPS_PER_S = 50
_LEAST_S = 8.0
_SPAN = 8  # beats between which a tempo is measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """beats: candidates, most likely first. tempo_bpm, bars: None where there are none. beats_s: () where beatless.

    bars: beats to the bar, and the number of the first beat that begins one.
    """

    clarity: float = 0.0
    pulse: Pulse = Pulse.BEATLESS
    tempo_bpm: float | None = None
    beats: tuple[Beat, ...] = ()
    beats_s: FloatArray
    bars: tuple[int, int] | None = None


def find_rhythm(tracks: OnsetTracks, pitches: FloatArray) -> Rhythm:
    """The rhythm of a piece. pitches: what sounded at each pitch class, SPECTRA_PER_S, shape (n, 12)."""
    none = Rhythm(beats_s=np.zeros(0))
    if tracks.strength.size < _LEAST_S * FRAMES_PER_S or not tracks.strength.any():
        return none
    change = harmony_change(pitches)
    even, bass = _steps(tracks.strength), _steps(tracks.bass)
    rubato = follow_tempo(even, STEPS_PER_S)
    straight, straight_bass = (straightened(track, STEPS_PER_S, rubato) for track in (even, bass))
    beats = find_beats(
        Repeats(
            onsets=repeats(straight, STEPS_PER_S),
            bass=repeats(straight_bass, STEPS_PER_S),
            harmony=repeats(straightened(change - change.mean(), SPECTRA_PER_S, rubato), SPECTRA_PER_S),
        )
    )
    if not beats:
        return none
    clarity = pulse_clarity(max(beat.comb for beat in beats), tracks.strength, change)
    if pulse_of(clarity) is Pulse.BEATLESS:
        return Rhythm(clarity=clarity, beats=beats, beats_s=np.zeros(0))
    has_bass = min(1.0, float(tracks.bass.mean() / tracks.strength.mean()))
    beats_s = _beat_times_s(evened(tracks.strength), straight + has_bass * straight_bass, rubato, beats[0].period_s)
    return Rhythm(
        clarity=clarity,
        pulse=pulse_of(clarity),
        tempo_bpm=_tempo_bpm(beats_s, beats[0].period_s),
        beats=beats,
        beats_s=beats_s,
        bars=find_bars(_marks(tracks, change, beats_s)),
    )


def _steps(strength: FloatArray) -> FloatArray:
    """Evened onset strength, smoothed to 50 steps a second."""
    steps: FloatArray = np.convolve(evened(strength), [0.25, 0.5, 0.25], mode="same")[:: FRAMES_PER_S // STEPS_PER_S]
    return steps


def _beat_times_s(even: FloatArray, straight: FloatArray, rubato: Rubato, period_s: float) -> FloatArray:
    """Beats as they were played: found in the straightened piece, put back, and set on the onset that is nearest."""
    places_s = track_beats(straight, STEPS_PER_S, period_s)
    times_s = np.arange(even.size) / FRAMES_PER_S
    return sharpened(even, np.interp(places_s, rubato.even_time_s(times_s), times_s))


def _tempo_bpm(beats_s: FloatArray, period_s: float) -> float:
    """Of the median distance, taken over several beats where there are as many."""
    if beats_s.size < 2:
        return 60.0 / period_s
    span = min(_SPAN, beats_s.size - 1)
    return 60.0 * span / float(np.median(beats_s[span:] - beats_s[:-span]))


def _marks(tracks: OnsetTracks, change: FloatArray, beats_s: FloatArray) -> FloatArray:
    """How strongly each beat is marked: by all onsets, by those in the bass, by the change of harmony; shape (beats, 3)."""
    onsets = [np.convolve(track, np.full(9, 1.0 / 9.0), mode="same") for track in (tracks.strength, tracks.bass)]
    frames = np.arange(tracks.strength.size) / FRAMES_PER_S
    spectra = np.arange(change.size) / SPECTRA_PER_S
    columns = [*(np.interp(beats_s, frames, track) for track in onsets), np.interp(beats_s, spectra, change)]
    return np.stack(columns, axis=1)
