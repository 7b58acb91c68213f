"""How loud a piece is as a whole, heard block by block: ITU-R BS.1770-5 (integrated loudness), EBU Tech 3342 (loudness range).

Decision: what is kept is the mean power of every 100 ms, ten numbers a second: both gates are exact and memory hardly grows. The
standard states its weighting filter for 48 kHz; for other rates each section is taken back to its analogue form and from there to
the rate (bilinear transform, exact at the section's own corner), and the whole is made exact at 997 Hz, where levels are defined.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import sosfilt, sosfreqz

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from relaxlisten.units import AudioArray, FloatArray

STEPS_PER_S = 10
GATE_STEPS = 4  # blocks of 400 ms, overlapping by 75 % (BS.1770-5, annex 1)
RANGE_STEPS = 30  # windows of 3 s (Tech 3342, 3.1)
SILENCE_LUFS = -70.0
_RELATIVE_LU, _RANGE_RELATIVE_LU = -10.0, -20.0
_QUIET, _LOUD = 0.10, 0.95  # percentiles between which the range lies (Tech 3342, 3.1)
_OFFSET_LU = -0.691  # 997 Hz at full scale in one channel is -3.01 LUFS with it
_LEVEL_HZ = 997.0
_TABLE_RATE_HZ = 48_000.0
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))  # table 1
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))  # table 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """integrated_lufs: None under 0.4 s or where all is below -70 LUFS. range_lu: likewise, under 3 s."""

    integrated_lufs: float | None
    range_lu: float | None


class LoudnessMeter:
    """Takes blocks of one or two channels and knows at any time how loud all of them were together."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._weighting = k_weighting(rate_hz)
        self._passages: list[FloatArray] = []
        self._memory: FloatArray | None = None
        self._frames = 0
        self._sums: list[float] = []  # of the squares, by step; the last step may be unfinished

    def feed(self, block: AudioArray | FloatArray) -> None:
        """Hear the next frames, shape (n, channels), all finite; the number of channels stays the same."""
        if len(block) == 0:
            return
        if self._memory is None:  # the filter's, known once there are channels
            self._memory = np.zeros((2, block.shape[1], 2))
        samples = np.ascontiguousarray(block.T, dtype=np.float64)
        weighted, self._memory = sosfilt(self._weighting, samples, axis=1, zi=self._memory)
        self._add(np.einsum("cn,cn->n", weighted, weighted))

    def skip(self) -> None:
        """What follows does not follow directly: no block reaches across."""
        self._passages.append(self._powers())
        self._memory, self._frames, self._sums = None, 0, []

    def result(self) -> Loudness:
        """The loudness of all that was fed."""
        passages = [*self._passages, self._powers()]
        blocks = np.concatenate([_sliding_means(powers, GATE_STEPS) for powers in passages])
        windows = np.concatenate([_sliding_means(powers, RANGE_STEPS) for powers in passages])
        return Loudness(integrated_lufs=_integrated_lufs(blocks), range_lu=_range_lu(windows))

    def _add(self, squares: FloatArray) -> None:
        first, last = self._step_of(self._frames), self._step_of(self._frames + len(squares) - 1)
        starts = np.maximum(self._starts(first, last + 1) - self._frames, 0)
        for step, total in enumerate(np.add.reduceat(squares, starts).tolist(), start=first):
            if step == len(self._sums):
                self._sums.append(total)
            else:
                self._sums[step] += total
        self._frames += len(squares)

    def _powers(self) -> FloatArray:
        """Mean square of every finished step."""
        finished = self._step_of(self._frames)
        powers: FloatArray = np.array(self._sums[:finished]) / np.diff(self._starts(0, finished + 1))
        return powers

    def _step_of(self, frame: int) -> int:
        return frame * STEPS_PER_S // self._rate_hz

    def _starts(self, first: int, beyond: int) -> NDArray[np.int64]:
        """The first frame of each step: 100 ms are no whole number of frames at every rate."""
        return -(-np.arange(first, beyond, dtype=np.int64) * self._rate_hz // STEPS_PER_S)


def k_weighting(rate_hz: float) -> FloatArray:
    """The standard's filter at a rate of 8 to 192 kHz, shape (2, 6): second-order sections as scipy has them."""
    sections = np.array([_at_rate(*_SHELF, rate_hz), _at_rate(*_HIGH_PASS, rate_hz)])
    table = np.array([np.concatenate(_SHELF), np.concatenate(_HIGH_PASS)])
    sections[0, :3] *= _gain(table, _TABLE_RATE_HZ) / _gain(sections, rate_hz)
    return sections


def _gain(sections: FloatArray, rate_hz: float) -> float:
    """Amplitude of the filter at 997 Hz."""
    _, response = sosfreqz(sections, [_LEVEL_HZ], fs=rate_hz)
    return float(np.abs(response[0]))


def _at_rate(above: tuple[float, ...], below: tuple[float, ...], rate_hz: float) -> FloatArray:
    """A section of 48 kHz at another rate. K = tan(π f / rate) turns s into (1 - z) / (1 + z) / K, and f stays where it is."""
    corner = math.sqrt((below[0] + below[1] + below[2]) / (below[0] - below[1] + below[2]))
    corner_hz = math.atan(corner) * _TABLE_RATE_HZ / math.pi
    change = corner / math.tan(math.pi * corner_hz / rate_hz)
    section = np.concatenate([_changed(above, change), _changed(below, change)])
    normal: FloatArray = section / section[3]
    return normal


def _changed(polynomial: tuple[float, ...], change: float) -> FloatArray:
    """A polynomial in z whose analogue form, of constant, s and s² parts, is turned with another K."""
    p0, p1, p2 = polynomial
    constant, linear, square = (p0 + p1 + p2) / 4.0, (p0 - p2) / 2.0 * change, (p0 - p1 + p2) / 4.0 * change**2
    return np.array([constant + linear + square, 2.0 * (constant - square), constant - linear + square])


def _sliding_means(powers: FloatArray, steps: int) -> FloatArray:
    if powers.size < steps:
        return np.zeros(0)
    means: FloatArray = np.lib.stride_tricks.sliding_window_view(powers, steps).mean(axis=1)
    return means


def _lufs(power: float) -> float:
    return _OFFSET_LU + 10.0 * math.log10(power)


def _power(lufs: float) -> float:
    return float(10.0 ** ((lufs - _OFFSET_LU) / 10.0))


def _gated(powers: FloatArray, relative_lu: float) -> FloatArray:
    """Those above silence, and of these the ones that are not too far below their mean."""
    audible = powers[powers > _power(SILENCE_LUFS)]
    return audible[audible > np.mean(audible) * 10.0 ** (relative_lu / 10.0)] if audible.size else audible


def _integrated_lufs(blocks: FloatArray) -> float | None:
    gated = _gated(blocks, _RELATIVE_LU)
    return _lufs(float(np.mean(gated))) if gated.size else None


def _range_lu(windows: FloatArray) -> float | None:
    gated = _gated(windows, _RANGE_RELATIVE_LU)
    if not gated.size:
        return None
    quiet, loud = np.quantile(gated, [_QUIET, _LOUD], method="nearest").tolist()
    return _lufs(loud) - _lufs(quiet)
