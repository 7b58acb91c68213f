"""A whole piece stretched at once, for anyone: `relaxlisten.stretch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.errors import UsageError
from relaxlisten.sound.stretch import PhaseVocoder

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from relaxlisten.units import AudioArray, FloatArray

# So many frames share one ratio, their mean: at 44.1 kHz 6 ms.
_BLOCK = 256
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 8_000, 192_000
LEAST_RATIO, MOST_RATIO = 0.5, 2.0


def stretch(audio: ArrayLike, rate_hz: int, time_ratio: ArrayLike) -> AudioArray:
    """A whole piece at another tempo and the same pitch; float32, shape (frames, channels).

    audio: shape (frames, channels), or (frames,) for one channel. rate_hz: 8,000 to 192,000. time_ratio: output length / input
    length, above 1 is slower, from 0.5 to 2; one number, or one for each input frame. What comes out is as long as the ratios add
    up to, to the frame. Raises UsageError for anything else.
    """
    sound = np.atleast_2d(np.asarray(audio, np.float32).T).T
    ratios = np.asarray(time_ratio, np.float64)
    _check(sound, rate_hz, ratios)
    vocoder = PhaseVocoder(sound.shape[1], rate_hz)
    blocks = [slice(at, min(at + _BLOCK, len(sound))) for at in range(0, len(sound), _BLOCK)]
    of_block = [float(ratios if ratios.ndim == 0 else ratios[block].mean()) for block in blocks]
    parts = [vocoder.feed(sound[block], ratio) for block, ratio in zip(blocks, of_block, strict=True)]
    parts.append(vocoder.feed(np.zeros((2 * vocoder.latency_frames, sound.shape[1]), np.float32), of_block[-1]))
    length = round(sum((block.stop - block.start) * ratio for block, ratio in zip(blocks, of_block, strict=True)))
    return np.concatenate(parts)[:length]


def _check(sound: AudioArray, rate_hz: int, ratios: FloatArray) -> None:
    if sound.ndim != 2 or len(sound) == 0:
        message = f"Audio must have the shape (frames, channels) with at least one frame; this has {sound.shape}."
        raise UsageError(message)
    if not LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ:
        message = f"The sampling rate must be from {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz, not {rate_hz}."
        raise UsageError(message)
    if ratios.ndim > 1 or (ratios.ndim == 1 and ratios.size != len(sound)):
        message = f"time_ratio must be one number or {len(sound)} (one for each frame), not of the shape {ratios.shape}."
        raise UsageError(message)
    if not ((ratios >= LEAST_RATIO) & (ratios <= MOST_RATIO)).all():
        message = f"Every time_ratio must be from {LEAST_RATIO} to {MOST_RATIO}: above 1 is slower."
        raise UsageError(message)
