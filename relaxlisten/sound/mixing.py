"""Gains that never click, and a limiter that never lets a peak through.

Decision: fades are equal-power (sine and cosine of one position, so that two pieces cross-fade at constant loudness); the limiter
looks ahead, estimates the true peak between samples, and costs next to nothing while nothing is loud.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.units import decibels_to_gain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from relaxlisten.units import AudioArray

CEILING_DBTP = -1.0
# Aimed below the ceiling: the four-times oversampled estimate misses 0.2 dB of a peak in music (ITU-R BS.1770-5, annex 2), and
# 0.28 dB in white noise that is 6 dB too loud, the worst that was measured.
_AIM = np.float32(decibels_to_gain(CEILING_DBTP - 0.35))
# Between samples a peak may be larger than the samples by 3 dB for a tone near half the rate; music stays well below 6 dB.
_CERTAINLY_QUIET = _AIM / np.float32(2.0)
LOOK_AHEAD = 256
HOLD = 2048
_TAPS = 24
_OVERSAMPLING = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Glide:
    """A value on its way, in equal steps, to another. left: frames that the way still takes."""

    value: float
    target: float
    left: int = 0


def glide_to(glide: Glide, target: float, frames: int) -> Glide:
    """Turn towards a new target, to be reached after so many frames; at least one."""
    return glide if target == glide.target else Glide(value=glide.value, target=target, left=max(frames, 1))


def scaled(glide: Glide, factor: float) -> Glide:
    """The same glide between other values."""
    return Glide(value=glide.value * factor, target=glide.target * factor, left=glide.left)


def after(glide: Glide, frames: int) -> Glide:
    """The glide so many frames later."""
    if glide.left <= frames:
        return glide if glide.left == 0 else Glide(value=glide.target, target=glide.target)
    value = glide.value + (glide.target - glide.value) * frames / glide.left
    return Glide(value=value, target=glide.target, left=glide.left - frames)


def step_glide(glide: Glide, frames: int) -> tuple[Glide, NDArray[np.float64]]:
    """The value at each of the next frames, shape (frames,), or (1,) where it stands still."""
    if glide.left == 0:
        return glide, np.array([glide.target])
    steps = np.minimum(np.arange(1, frames + 1), glide.left)
    return after(glide, frames), glide.value + (glide.target - glide.value) / glide.left * steps


def equal_power(position: NDArray[np.float64]) -> NDArray[np.float64]:
    """Amplitude of a fade at positions 0 (silent) to 1 (full): squares of a fade in and its fade out add up to 1."""
    return np.sin(position * (math.pi / 2.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class LimiterState:
    """waiting: frames not given yet, shape (LOOK_AHEAD, 2). needed: the gain that each of the last frames needs."""

    waiting: AudioArray
    before: AudioArray
    needed: AudioArray
    limiting: bool


def new_limiter() -> LimiterState:
    """A limiter with nothing in it; what goes in comes out LOOK_AHEAD frames later."""
    return LimiterState(
        waiting=np.zeros((LOOK_AHEAD, 2), np.float32),
        before=np.zeros((_TAPS, 2), np.float32),
        needed=np.ones(HOLD + 2 * LOOK_AHEAD, np.float32),
        limiting=False,
    )


def limit(state: LimiterState, block: AudioArray) -> tuple[LimiterState, AudioArray]:
    """As many frames as go in, LOOK_AHEAD frames late, with no true peak above CEILING_DBTP."""
    queue = np.concatenate((state.waiting, block))
    before = np.concatenate((state.before, block))[-_TAPS:]
    loud = bool(np.abs(block).max(initial=0.0) > _CERTAINLY_QUIET)
    if not loud and not state.limiting:
        quiet = LimiterState(waiting=queue[len(block) :], before=before, needed=state.needed, limiting=False)
        return quiet, queue[: len(block)]
    # What lies between samples is known half a filter late; the look-ahead is longer than that.
    needed_now = needed_gain(np.concatenate((state.before, block)))[_TAPS // 2 : _TAPS // 2 + len(block)]
    needed = np.concatenate((state.needed, needed_now))
    gain = _smooth(_least(needed, HOLD + LOOK_AHEAD), LOOK_AHEAD - _TAPS)[-len(block) :]
    kept = needed[-len(state.needed) :]
    limiting = bool(kept.min() < 1.0)
    new = LimiterState(waiting=queue[len(block) :], before=before, needed=kept, limiting=limiting)
    return new, (queue[: len(block)] * gain[:, None]).astype(np.float32)


def needed_gain(sound: AudioArray) -> AudioArray:
    """For each frame the gain, at most 1, that keeps it and what lies beside it under the aim. Shape (n,)."""
    peaks = np.abs(sound).max(axis=1)
    padded = np.pad(sound, ((_TAPS // 2, _TAPS // 2), (0, 0)))
    for taps in _interpolators():
        between = np.stack([np.convolve(padded[:, channel], taps, mode="same") for channel in range(2)])
        peaks = np.maximum(peaks, np.abs(between).max(axis=0)[_TAPS // 2 : _TAPS // 2 + len(sound)])
    spread = np.maximum(peaks, np.maximum(np.roll(peaks, 1), np.roll(peaks, -1)))
    gain: AudioArray = np.minimum(_AIM / np.maximum(spread, _AIM), 1.0).astype(np.float32)
    return gain


@cache
def _interpolators() -> tuple[NDArray[np.float64], ...]:
    """Windowed sinc filters for the three points between two samples."""
    at = np.arange(_TAPS + 1) - _TAPS // 2
    window = np.hanning(_TAPS + 3)[1:-1]
    return tuple(np.sinc(at - part / _OVERSAMPLING) * window for part in range(1, _OVERSAMPLING))


def _least(values: AudioArray, width: int) -> AudioArray:
    """The smallest of each value and the width - 1 before it; shorter by width - 1. By doubling: log2(width) passes."""
    span, least = 1, values
    while span * 2 <= width:
        least = np.minimum(least[span:], least[:-span])
        span *= 2
    rest = width - span
    return np.minimum(least[rest:], least[: len(least) - rest]) if rest else least


def _smooth(values: AudioArray, width: int) -> AudioArray:
    """The mean of each value and the width - 1 before it; shorter by width - 1."""
    total = np.cumsum(np.concatenate(([0.0], values.astype(np.float64))))
    means: AudioArray = ((total[width:] - total[:-width]) / width).astype(np.float32)
    return means
