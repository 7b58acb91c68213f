"""Whether a voice is likely heard over the music.

Decision: vowels and consonants follow each other some four times a second, so a voice makes the brightness swing at 2 to 8 Hz
more than it does slowly; notes that are played seldom do. The two weights are those of a logistic regression on generated music
with and without a speech synthesiser over it, 6 dB below the music to 6 dB above. It is a weak hint: some quick plucked pieces
are taken for a voice. It says little of long sung vowels, which were not measured.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import butter, sosfiltfilt

from relaxlisten.music.onsets import FRAMES_PER_S

if TYPE_CHECKING:
    from relaxlisten.music.onsets import OnsetTracks
    from relaxlisten.units import FloatArray

_SYLLABLES_HZ, _SLOW_HZ = (2.0, 8.0), (0.1, 2.0)
_SWING, _AGAINST_SLOW, _CONSTANT = 2.33, 6.65, 6.91
_LOWEST_HZ = 50.0
_LEAST_S = 10.0


def vocals_likely(tracks: OnsetTracks) -> float:
    """0 to 1; 0 for less than 10 s, and where nothing sounds."""
    if tracks.centroid_hz.size < _LEAST_S * FRAMES_PER_S or not tracks.centroid_hz.any():
        return 0.0
    brightness = np.log(np.maximum(tracks.centroid_hz, _LOWEST_HZ))
    swing, slow = _swing(brightness, _SYLLABLES_HZ), _swing(brightness, _SLOW_HZ)
    evidence = _SWING * math.log(swing + 1e-3) + _AGAINST_SLOW * math.log(swing / (slow + 1e-3) + 1e-3)
    return 1.0 / (1.0 + math.exp(-(evidence + _CONSTANT)))


def _swing(track: FloatArray, band_hz: tuple[float, float]) -> float:
    return float(np.std(sosfiltfilt(butter(2, band_hz, "bandpass", fs=FRAMES_PER_S, output="sos"), track)))
