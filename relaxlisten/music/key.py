"""Key of a piece, from the peaks of long spectra.

Decision: only peaks count (noise and rain have many small ones, tones few large ones), each at its own frequency by a parabola;
the tuning of the piece is found from the same peaks. The twelve sums are compared with the profiles of Albrecht and Shanahan
("The use of large corpora to train a new type of key-finding algorithm", Music Perception 31, 2013,
doi:10.1525/mp.2013.31.1.59), which were counted in 490 pieces. What sounds first counts once more, a little: most pieces begin
at home, and without that a minor key is often taken for the major one with the same notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.fft import next_fast_len, rfft

from relaxlisten.music.spectra import Cutter

if TYPE_CHECKING:
    from relaxlisten.units import AudioArray, FloatArray

SPECTRA_PER_S = 5
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
MINOR = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)
_WINDOW_S = 0.37
_LOW_HZ, _HIGH_HZ = 60.0, 2000.0
_C_HZ = 440.0 * 2.0 ** (-57 / 12)  # C0
_FINE = 120  # places in an octave, ten to a semitone
_OPENING_S, _OPENING_WEIGHT = 2.0, 0.15
_SOUNDING = (
    0.1  # sum of the square roots of a spectrum's peaks: music at the common level has about 1, faint noise has less than this
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """tonic: 0 is C. confidence: 0 to 1, by how much the second best profile is worse."""

    tonic: int
    is_major: bool
    confidence: float

    @property
    def name(self) -> str:
        """As it is written: "C major", "F# minor"."""
        return f"{NAMES[self.tonic]} {'major' if self.is_major else 'minor'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pitches:
    """What sounded at each pitch class.

    fine, opening: in tenths of a semitone, shape (120,), of the whole piece and of its first 2 s that sound. by_time: in whole
    semitones, SPECTRA_PER_S, shape (n, 12).
    """

    fine: FloatArray
    opening: FloatArray
    by_time: FloatArray


class KeyListener:
    """Hears mono blocks and keeps how much sounded at each pitch class."""

    def __init__(self, rate_hz: float) -> None:
        self._size = next_fast_len(round(_WINDOW_S * rate_hz), real=True)
        self._cutter = Cutter(rate_hz, SPECTRA_PER_S, self._size)
        self._window = np.hanning(self._size).astype(np.float32) * np.float32(4.0 / self._size)
        self._bin_hz = rate_hz / self._size
        self._first, self._beyond = round(_LOW_HZ / self._bin_hz), round(_HIGH_HZ / self._bin_hz)
        self._sums, self._opening = np.zeros(_FINE), np.zeros(_FINE)
        self._opening_left = round(_OPENING_S * SPECTRA_PER_S)
        self._rows: list[AudioArray] = []

    def feed(self, mono: AudioArray) -> None:
        """Hear the next frames, shape (n,)."""
        for frames in self._cutter.feed(mono):
            self._hear(frames)

    def finish(self) -> Pitches:
        """What was heard of all that was fed; feed no more."""
        for frames in self._cutter.finish():
            self._hear(frames)
        by_time = np.concatenate([np.zeros((0, 12), np.float32), *self._rows]).astype(np.float64)
        return Pitches(fine=self._sums, opening=self._opening, by_time=by_time)

    def _hear(self, frames: AudioArray) -> None:
        for at in range(0, len(frames), 32):
            magnitudes = np.abs(rfft(frames[at : at + 32] * self._window, axis=1)[:, self._first - 1 : self._beyond + 1])
            rows = self._pitches(magnitudes.astype(np.float64))
            self._sums += rows.sum(axis=0)
            self._open(rows)
            coarse = np.roll(rows, _FINE // 24, axis=1).reshape(len(rows), 12, -1).sum(axis=2)
            self._rows.append(coarse.astype(np.float32))

    def _open(self, rows: FloatArray) -> None:
        """Add to the opening what sounds, as long as it lasts."""
        sounding = rows[rows.sum(axis=1) > _SOUNDING][: self._opening_left]
        self._opening += sounding.sum(axis=0)
        self._opening_left -= len(sounding)

    def _pitches(self, magnitudes: FloatArray) -> FloatArray:
        """Peaks of each spectrum by pitch class, shape (frames, 120): square roots of the magnitudes, so that bass is not all."""
        before, here, after = magnitudes[:, :-2], magnitudes[:, 1:-1], magnitudes[:, 2:]
        peak = (here > before) & (here >= after) & (here > 0.02 * here.max(axis=1, keepdims=True, initial=1e-6))
        frame, place = np.nonzero(peak)
        a, b, c = (np.log(part[frame, place] + 1e-12) for part in (before, here, after))
        shift = 0.5 * (a - c) / (a - 2.0 * b + c - 1e-12)
        pitch = np.log2((place + self._first + shift) * self._bin_hz / _C_HZ)
        fine = np.round(pitch * _FINE).astype(np.int64) % _FINE
        sums = np.bincount(frame * _FINE + fine, np.sqrt(here[frame, place]), minlength=len(magnitudes) * _FINE)
        table: FloatArray = sums.astype(np.float64).reshape(-1, _FINE)
        return table


def find_key(pitches: Pitches) -> Key | None:
    """Key of what sounded; None where nothing did."""
    if not pitches.fine.any():
        return None
    chroma = _chroma(pitches)
    scores = np.array([[_likeness(np.roll(chroma, -tonic), profile) for tonic in range(12)] for profile in (MAJOR, MINOR)])
    best, second = np.sort(scores, axis=None)[[-1, -2]].tolist()
    mode, tonic = divmod(int(np.argmax(scores)), 12)
    return Key(tonic=tonic, is_major=mode == 0, confidence=float(np.clip(best * (best - second) / 0.1, 0.0, 1.0)))


def _chroma(pitches: Pitches) -> FloatArray:
    """Twelve sums, counted from where the piece's own semitones lie, the opening added."""
    per_semitone = _FINE // 12
    turn = np.vdot(np.exp(2j * np.pi * np.arange(_FINE) / per_semitone), pitches.fine)
    tuning = -np.angle(turn) / (2.0 * np.pi)  # semitones, -0.5 to 0.5
    shift = per_semitone // 2 - round(tuning * per_semitone)
    whole, opening = (np.roll(fine, shift).reshape(12, per_semitone).sum(axis=1) for fine in (pitches.fine, pitches.opening))
    chroma: FloatArray = whole / whole.sum() + _OPENING_WEIGHT * opening / max(float(opening.sum()), 1e-9)
    return chroma


def _likeness(chroma: FloatArray, profile: tuple[float, ...]) -> float:
    return float(np.corrcoef(chroma, np.array(profile))[0, 1])
