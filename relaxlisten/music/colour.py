"""What a piece sounds like, apart from its beat: brightness, density, quiet ends, mode, a voice.

Decision: plain features only. Valence is explained badly by sound (Korhonen 2004: R² 8 %): it is made of mode and brightness
alone and is never a gate.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import find_peaks

from relaxlisten.music.onsets import FRAMES_PER_S

if TYPE_CHECKING:
    from relaxlisten.music.key import Key
    from relaxlisten.music.onsets import OnsetTracks
    from relaxlisten.units import FloatArray

_QUIET_DB = -12.0
_HEARD_DB = -50.0
_ONSET = 0.06  # least rise: a soft piano note has several times as much, a drone's ripple a third
_APART_S = 0.06
_NEUTRAL_HZ, _OCTAVES = 900.0, 1.5  # brightness that counts as neither; one unit of valence


def centroid_hz(tracks: OnsetTracks) -> float:
    """Brightness: geometric mean over all that sounds of the centre of gravity of the spectrum; 0 where nothing does."""
    least_db = np.max(tracks.power_db, initial=-math.inf) + _HEARD_DB
    heard = tracks.centroid_hz[(tracks.power_db > least_db) & (tracks.centroid_hz > 0.0)]
    return float(np.exp(np.mean(np.log(heard)))) if heard.size else 0.0


def onsets_per_s(strength: FloatArray) -> float:
    """Attacks heard per second."""
    if not strength.size:
        return 0.0
    found, _ = find_peaks(strength, height=_ONSET, distance=round(_APART_S * FRAMES_PER_S), prominence=0.5 * _ONSET)
    return float(found.size / (strength.size / FRAMES_PER_S))


def flux_ln(strength: FloatArray) -> float:
    """Ln of the mean onset strength, at least -12 (silence)."""
    return max(-12.0, math.log(float(np.mean(strength)) + 1e-12)) if strength.size else -12.0


def quiet_ends_s(power_db: FloatArray) -> tuple[float, float]:
    """How long a piece stays 12 dB or more below its own level at its beginning and at its end (means over 400 ms)."""
    size = round(0.4 * FRAMES_PER_S)
    if power_db.size < size:
        return 0.0, 0.0
    power = np.convolve(10.0 ** (power_db / 10.0), np.full(size, 1.0 / size), mode="same")
    loud = np.flatnonzero(power > 10.0 ** (_QUIET_DB / 10.0) * np.mean(power))
    return float(loud[0]) / FRAMES_PER_S, float(power.size - 1 - loud[-1]) / FRAMES_PER_S


def valence(key: Key | None, brightness_hz: float) -> float | None:
    """-1 to 1: major and bright is more. Of low confidence."""
    if key is None or brightness_hz <= 0.0:
        return None
    mode = (0.5 if key.is_major else -0.5) * key.confidence
    bright = 0.5 * math.tanh(math.log2(brightness_hz / _NEUTRAL_HZ) / _OCTAVES)
    return mode + bright
