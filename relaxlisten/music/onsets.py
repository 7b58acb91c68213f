"""How strongly something new begins, a hundred times a second.

Decision: positive change of a log-frequency spectrogram, where each band is compared with the loudest of its neighbours a
moment earlier: vibrato and glides, which move within a few bands, then do not look like onsets (Böck and Widmer 2013,
SuperFlux).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.fft import next_fast_len, rfft

from relaxlisten.music.spectra import Cutter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from relaxlisten.units import AudioArray, FloatArray

FRAMES_PER_S = 100
# An onset is seen a little before its sound begins, as soon as the window touches it: 5 ms on clicks, less on softer attacks.
LEAD_S = 0.003
_WINDOW_S = 0.0464
_COMPARE = 2  # frames back: about half a window, so that an attack is seen once and whole
_BANDS_PER_OCTAVE = 9
_LOW_HZ, _HIGH_HZ = 55.0, 9000.0
_BASS_HZ = 200.0
_LOG_GAIN = 200.0
_BATCH = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetTracks:
    """Shape (n,) each, at 0, 10, 20... ms of the piece.

    strength: mean rise of ln(1 + 200 magnitude) over all bands. bass: over those below 200 Hz. centroid_hz: centre of gravity of
    the magnitudes up to 9 kHz, 0 in silence. power_db: power of the same, in dB against the mean of the piece so far.
    """

    strength: FloatArray
    bass: FloatArray
    centroid_hz: FloatArray
    power_db: FloatArray


class OnsetListener:
    """Hears mono blocks and keeps four numbers a frame."""

    def __init__(self, rate_hz: float) -> None:
        self._size = next_fast_len(round(_WINDOW_S * rate_hz), real=True)
        self._cutter = Cutter(rate_hz, FRAMES_PER_S, self._size, lead_in=_COMPARE)
        window = np.hanning(self._size).astype(np.float32)
        self._window = window * np.float32(2.0 / window.sum())
        self._bank, self._bass = _filter_bank(self._size, rate_hz)
        self._hz = (np.arange(len(self._bank)) * rate_hz / self._size).astype(np.float32)
        self._rows: list[AudioArray] = []

    def feed(self, mono: AudioArray) -> None:
        """Hear the next frames, shape (n,)."""
        for frames in self._cutter.feed(mono):
            self._hear(frames)

    def finish(self) -> OnsetTracks:
        """The tracks of all that was fed; feed no more."""
        for frames in self._cutter.finish():
            self._hear(frames)
        table = np.concatenate([np.zeros((0, 4), np.float32), *self._rows]).astype(np.float64)
        strength, bass, centroid_hz, power_db = table.T
        return OnsetTracks(strength=strength, bass=bass, centroid_hz=centroid_hz, power_db=power_db)

    def _hear(self, frames: AudioArray) -> None:
        parts = [self._magnitudes(frames[at : at + _BATCH]) for at in range(0, len(frames), _BATCH)]
        magnitudes = np.concatenate(parts)
        rises = _rises(np.log1p(np.float32(_LOG_GAIN) * (magnitudes @ self._bank)))
        heard = magnitudes[_COMPARE:]
        total = heard.sum(axis=1)
        centroid_hz = (heard @ self._hz) / np.maximum(total, 1e-9)
        power_db = 10.0 * np.log10(np.einsum("fb,fb->f", heard, heard) + 1e-10)
        strength, bass = rises.mean(axis=1), rises[:, : self._bass].mean(axis=1)
        self._rows.append(np.stack([strength, bass, centroid_hz, power_db], axis=1).astype(np.float32))

    def _magnitudes(self, frames: AudioArray) -> AudioArray:
        magnitudes: AudioArray = np.abs(rfft(frames * self._window, axis=1)[:, : len(self._bank)])
        return magnitudes


def _rises(bands: AudioArray) -> AudioArray:
    """Rise of every band against the loudest neighbour two frames earlier, shape (frames - 2, bands)."""
    widened = bands.copy()
    widened[:, 1:] = np.maximum(widened[:, 1:], bands[:, :-1])
    widened[:, :-1] = np.maximum(widened[:, :-1], bands[:, 1:])
    rises: AudioArray = np.maximum(bands[_COMPARE:] - widened[:-_COMPARE], 0.0)
    return rises


def _filter_bank(size: int, rate_hz: float) -> tuple[NDArray[np.float32], int]:
    """Triangular bands, equally spaced in log frequency and at least one bin wide, shape (bins, bands); how many are bass."""
    highest_hz = min(_HIGH_HZ, 0.45 * rate_hz)
    octaves = np.log2(highest_hz / _LOW_HZ)
    edges_hz = _LOW_HZ * 2.0 ** (np.arange(int(octaves * _BANDS_PER_OCTAVE) + 1) / _BANDS_PER_OCTAVE)
    edges = np.unique(np.round(edges_hz * size / rate_hz))
    bins = np.arange(int(edges[-1]) + 1)
    bands = [np.interp(bins, list(three), [0.0, 1.0, 0.0]) for three in _triples(edges)]
    bass = int(np.sum(edges[1:-1] * rate_hz / size < _BASS_HZ))
    return np.array(bands, np.float32).T, bass


def _triples(edges: FloatArray) -> Iterator[tuple[float, float, float]]:
    return zip(edges[:-2].tolist(), edges[1:-1].tolist(), edges[2:].tolist(), strict=True)
