"""How strongly something new begins, a hundred times a second.

Decision: positive change of a log-frequency spectrogram, where each band is compared with the loudest of its neighbours a moment
earlier: vibrato and glides, which move within a few bands, then do not look like onsets (Böck and Widmer 2013, SuperFlux).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from relaxlisten.units import FloatArray

FRAMES_PER_S = 100
# An onset is seen a little before its sound begins, as soon as the window touches it: 5 ms on clicks, less on softer attacks.
LEAD_S = 0.003
_WINDOW_S = 0.046
_COMPARE = 2  # frames back: about half a window, so that an attack is seen once and whole
_BANDS_PER_OCTAVE = 9
_LOW_HZ, _HIGH_HZ = 55.0, 9000.0
_LEVEL = 0.05  # the music is brought to this RMS, so that the logarithm bends equally for quiet and loud recordings
_LOG_GAIN = 200.0
_CHUNK = 512


def onset_strength(mono: FloatArray, rate_hz: float) -> FloatArray:
    """Onset strength at 0, 10, 20... ms of the signal, shape (n,), unit: mean rise of ln(1 + 200 magnitude) over the bands.

    mono: shape (m,), any level. All zeros for silence.
    """
    size = 1 << round(float(np.log2(_WINDOW_S * rate_hz)))
    rms = float(np.sqrt(np.mean(mono**2))) if mono.size else 0.0
    count = int(mono.size / rate_hz * FRAMES_PER_S)
    if rms < 1e-7 or count < 4:
        return np.zeros(count)
    padded = np.concatenate([np.zeros(size // 2), mono * (_LEVEL / rms), np.zeros(size)]).astype(np.float32)
    bank = _filter_bank(size, rate_hz)
    starts = np.round(np.arange(count) * rate_hz / FRAMES_PER_S).astype(np.int64)
    bands = np.concatenate([_bands(padded, starts[at : at + _CHUNK], size, bank) for at in range(0, count, _CHUNK)])
    return _rises(bands)


def _bands(padded: NDArray[np.float32], starts: NDArray[np.int64], size: int, bank: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log magnitudes in each band, shape (len(starts), bands)."""
    window = np.hanning(size).astype(np.float32)
    frames = padded[starts[:, None] + np.arange(size)] * window
    magnitudes = np.abs(np.fft.rfft(frames, axis=1)).astype(np.float32) * np.float32(2.0 / window.sum())
    logs: NDArray[np.float32] = np.log1p(np.float32(_LOG_GAIN) * (magnitudes @ bank))
    return logs


def _rises(bands: NDArray[np.float32]) -> FloatArray:
    """Mean over the bands of the rise against the loudest neighbour two frames earlier."""
    widened = bands.copy()
    widened[:, 1:] = np.maximum(widened[:, 1:], bands[:, :-1])
    widened[:, :-1] = np.maximum(widened[:, :-1], bands[:, 1:])
    rises = np.zeros(len(bands))
    rises[_COMPARE:] = np.mean(np.maximum(bands[_COMPARE:] - widened[:-_COMPARE], 0.0), axis=1)
    return rises


def _filter_bank(size: int, rate_hz: float) -> NDArray[np.float32]:
    """Triangular bands, equally spaced in log frequency and at least one bin wide, shape (size // 2 + 1, bands)."""
    highest_hz = min(_HIGH_HZ, 0.45 * rate_hz)
    octaves = np.log2(highest_hz / _LOW_HZ)
    edges_hz = _LOW_HZ * 2.0 ** (np.arange(int(octaves * _BANDS_PER_OCTAVE) + 1) / _BANDS_PER_OCTAVE)
    edges = np.unique(np.round(edges_hz * size / rate_hz))
    bins = np.arange(size // 2 + 1)
    bands = [
        np.interp(bins, [low, middle, high], [0.0, 1.0, 0.0])
        for low, middle, high in zip(edges, edges[1:], edges[2:], strict=False)
    ]
    return np.array(bands, np.float32).T
