"""At which distances the onsets of a piece repeat, its rubato taken out.

Decision: on a logarithmic axis of lags a change of tempo is a shift. Autocorrelations of short windows (6 s) are laid over each
other by the smoothest curve of shifts that makes them agree; with it the whole piece is straightened to one tempo, and only
then are long windows (16 s) averaged. Without that, a tempo that swings by 5 % has two peaks and none where it is felt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray

STEP = 0.01  # of the logarithm of a lag
SHORTEST_S, LONGEST_S = 0.15, 8.5
LEAST_S = 6.0
_MARGIN = 30  # steps that a window may be shifted either way: tempi from 1 / 1.35 to 1.35 times the piece's own
_REPEAT_S = 16.0
_CHANGE = 0.03  # what the tempo may change by in 1 s, one standard deviation
_AWAY = 0.15  # how far it may be from the piece's own, likewise
_STIFF = 0.06  # how much the two count against agreement; 0.03 to 0.12 made no difference on generated pieces
_REFERENCES = 24
_ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubato:
    """shifts: ln of the local period over the piece's own (median 0), shape (k,), at times_s."""

    times_s: FloatArray
    shifts: FloatArray

    def even_time_s(self, times_s: FloatArray) -> FloatArray:
        """Times as they would be if the piece were played at its own tempo throughout; ascending with times_s."""
        fine_s = np.arange(0.0, float(times_s[-1]) + 0.1, 0.1)
        paces = np.exp(-np.interp(fine_s, self.times_s, self.shifts))
        passed_s = np.concatenate([[0.0], np.cumsum(0.05 * (paces[1:] + paces[:-1]))])
        even_s: FloatArray = np.interp(times_s, fine_s, passed_s)
        return even_s


def follow_tempo(even: FloatArray, frames_per_s: float) -> Rubato:
    """How the tempo moves in a piece of 6 s or more, from its evened onset strength, shape (n,)."""
    rows, times_s = _windows(even, frames_per_s, LEAST_S, 1.0)
    shifts = _aligned(rows)
    return Rubato(times_s=times_s, shifts=(shifts - np.median(shifts)) * STEP)


def straightened(track: FloatArray, frames_per_s: float, rubato: Rubato) -> FloatArray:
    """A track as it would be at one tempo, at the same frames per second."""
    times_s = np.arange(track.size) / frames_per_s
    even_s = rubato.even_time_s(times_s)
    straight: FloatArray = np.interp(np.arange(0.0, even_s[-1], 1.0 / frames_per_s), even_s, track)
    return straight


def lag_axis_s() -> FloatArray:
    """The lags, each 1 % longer than the one before."""
    axis: FloatArray = np.exp(np.arange(np.log(SHORTEST_S), np.log(LONGEST_S), STEP))
    return axis


def repeats(track: FloatArray, frames_per_s: float) -> FloatArray:
    """Mean autocorrelation of a track at one tempo, by lag."""
    rows, _ = _windows(track, frames_per_s, _REPEAT_S, 0.25 * _REPEAT_S)
    return _shifted_mean(rows, np.zeros(len(rows)))


def _windows(track: FloatArray, frames_per_s: float, size_s: float, hop_s: float) -> tuple[FloatArray, FloatArray]:
    """Unbiased normalised autocorrelation of each window, shape (windows, lags with a margin either way), and their middles."""
    size, hop = min(track.size, round(size_s * frames_per_s)), round(hop_s * frames_per_s)
    starts = np.arange(0, track.size - size + 1, hop)
    wide_s = np.exp(np.log(SHORTEST_S) + STEP * np.arange(-_MARGIN, lag_axis_s().size + _MARGIN))
    length = next_fast_len(2 * size, real=True)
    overlap = np.maximum(size - np.arange(size), 0.15 * size)
    rows: FloatArray = np.empty((starts.size, wide_s.size))
    for row, start in zip(rows, starts.tolist(), strict=True):
        raw = irfft(np.abs(rfft(track[start : start + size], length)) ** 2, length)[:size] / overlap
        row[:] = np.interp(wide_s * frames_per_s, np.arange(size), raw / max(float(raw[0]), 1e-9), right=0.0)
    middles_s = (starts + 0.5 * size).astype(np.float64) / frames_per_s
    return rows, middles_s


def _shifted_mean(rows: FloatArray, shifts: FloatArray) -> FloatArray:
    """Mean over the windows, each shifted by its own number of steps."""
    size = rows.shape[1] - 2 * _MARGIN
    total = np.zeros(size)
    for row, shift in zip(rows, shifts.astype(np.int64).tolist(), strict=True):
        total += row[_MARGIN + shift : _MARGIN + shift + size]
    return total / len(rows)


def _aligned(rows: FloatArray) -> FloatArray:
    """Shift of each window in steps, such that all agree."""
    reference = _most_typical(rows)
    shifts = np.zeros(len(rows))
    for _ in range(_ROUNDS):
        shifts = _smoothest(_agreement(rows, reference))
        reference = _shifted_mean(rows, shifts)
    return shifts


def _agreement(rows: FloatArray, reference: FloatArray) -> FloatArray:
    """How well each window goes with a reference, for each shift: 1 where it is the same, shape (windows, shifts)."""
    views = np.lib.stride_tricks.sliding_window_view(rows, reference.size, axis=1)
    wanted = np.maximum(reference, 0.0)
    agreement: FloatArray = views @ wanted / max(float(wanted @ wanted), 1e-9)
    return agreement


def _most_typical(rows: FloatArray) -> FloatArray:
    """The window that goes best with the others (of some two dozen)."""
    inner = slice(_MARGIN, rows.shape[1] - _MARGIN)
    chosen = rows[np.unique(np.linspace(0, len(rows) - 1, _REFERENCES).astype(np.int64))]
    views = np.lib.stride_tricks.sliding_window_view(chosen, chosen[:, inner].shape[1], axis=1)
    totals = []
    for row in chosen[:, inner]:
        wanted = np.maximum(row, 0.0)
        totals.append(float((views @ wanted).max(axis=1).sum() / (np.sqrt(wanted @ wanted) + 1e-9)))
    typical: FloatArray = chosen[int(np.argmax(totals)), inner]
    return typical


def _smoothest(agreement: FloatArray) -> FloatArray:
    """The path of shifts with the most agreement, changes costing their squares (Viterbi)."""
    shifts = (np.arange(agreement.shape[1]) - _MARGIN) * STEP
    change = 0.5 * _STIFF * ((shifts[:, None] - shifts[None, :]) / _CHANGE) ** 2
    local = agreement - 0.5 * _STIFF * (shifts / _AWAY) ** 2
    sums, came = local[0], np.zeros(agreement.shape, np.int16)
    for at in range(1, len(local)):
        options = sums[None, :] - change
        came[at] = options.argmax(axis=1)
        sums = options.max(axis=1) + local[at]
    path = [int(np.argmax(sums))]
    for at in range(len(local) - 1, 0, -1):
        path.append(int(came[at, path[-1]]))
    return np.array(path[::-1], np.float64) - _MARGIN
