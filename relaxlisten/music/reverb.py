"""The room that the built-in music sounds in: an invented impulse response, applied by partitioned convolution.

Decision: a finite response (2.4 s) on a fixed grid of blocks. The sound at any place then depends on nothing but the last few
blocks of dry music, so that a seek rebuilds the room exactly instead of nearly.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from relaxlisten.units import AudioArray, FloatArray

ROOM_S = 2.4
PRE_DELAY_S = 0.018
# Upper edge of each band (Hz) and how long it takes to fall by 60 dB: high tones die first, as they do in wood and air.
BANDS = ((350.0, 2.3), (1200.0, 2.1), (3000.0, 1.5), (6500.0, 0.9))
_LOWEST_HZ, _HIGHEST_HZ = 110.0, 9000.0
_PERIOD_S = 3.0
_SEED = 20


class Room:
    """Partitioned convolution: one block in, the same block's reverberation out, shape (2, block)."""

    def __init__(self, rate_hz: int, block: int) -> None:
        self._block = block
        self._response = _partitions(rate_hz, block)
        self.memory_blocks = len(self._response)
        self._spectra: deque[NDArray[np.complex64]] = deque(maxlen=len(self._response))
        self._before: AudioArray = np.zeros((2, block), np.float32)

    def forget(self) -> None:
        """Silence, as before the first block."""
        self._spectra.clear()
        self._before = np.zeros((2, self._block), np.float32)

    def listen(self, dry: AudioArray) -> None:
        """Take a block in without asking for its sound."""
        window = np.concatenate([self._before, dry], axis=1)
        self._spectra.appendleft(np.fft.rfft(window, axis=1).astype(np.complex64))
        self._before = dry

    def sound(self, dry: AudioArray) -> AudioArray:
        """The reverberation that is heard during this block."""
        self.listen(dry)
        total = self._spectra[0] * self._response[0]
        for spectrum, part in zip(list(self._spectra)[1:], self._response[1:], strict=False):
            total += spectrum * part
        wet: AudioArray = np.fft.irfft(total, 2 * self._block, axis=1)[:, self._block :].astype(np.float32)
        return wet


@lru_cache(maxsize=4)
def _partitions(rate_hz: int, block: int) -> tuple[NDArray[np.complex64], ...]:
    """Spectra of the response in steps of one block, each shape (2, block + 1)."""
    response = impulse_response(rate_hz)
    count = -(-response.shape[1] // block)
    padded = np.zeros((2, count * block), np.float32)
    padded[:, : response.shape[1]] = response
    parts = np.split(padded, count, axis=1)
    return tuple(np.fft.rfft(part, 2 * block, axis=1).astype(np.complex64) for part in parts)


def impulse_response(rate_hz: int) -> AudioArray:
    """Decaying noise, different in each ear, darker as it fades; energy 44100 / rate_hz in each ear; shape (2, n)."""
    chance = np.random.default_rng(_SEED)
    # Drawn line by line in frequency, a third of a hertz apart, so that the room is the same at every sample rate.
    frequencies_hz = np.arange(int(_HIGHEST_HZ * _PERIOD_S)) / _PERIOD_S
    noise = chance.standard_normal((2, frequencies_hz.size)) + 1j * chance.standard_normal((2, frequencies_hz.size))
    frames = round(ROOM_S * rate_hz)
    time_s = np.arange(frames) / rate_hz
    response = np.zeros((2, frames))
    lower_hz = _LOWEST_HZ
    for upper_hz, decay_s in BANDS:
        band = np.fft.irfft(noise * _band(frequencies_hz, lower_hz, upper_hz), round(_PERIOD_S * rate_hz), axis=1)[:, :frames]
        response += band * np.exp(-6.9 * time_s / decay_s)
        lower_hz = upper_hz
    response *= _build_up(time_s)
    # A tone is amplified by the response's energy times the rate: scaled, so that the room is as loud at every rate.
    response *= np.sqrt(44100.0 / rate_hz / np.sum(response**2, axis=1, keepdims=True))
    return response.astype(np.float32)


def _band(frequencies_hz: FloatArray, lower_hz: float, upper_hz: float) -> NDArray[np.float32]:
    """A band whose edges overlap smoothly with its neighbours'; lower bands weigh a little more."""
    octaves = np.log2(np.maximum(frequencies_hz, 1.0))
    rise = 1.0 / (1.0 + np.exp(-8.0 * (octaves - np.log2(lower_hz))))
    fall = 1.0 / (1.0 + np.exp(8.0 * (octaves - np.log2(upper_hz))))
    weight = (350.0 / upper_hz) ** 0.25
    edges: NDArray[np.float32] = (rise * fall * weight).astype(np.float32)
    return edges


def _build_up(time_s: FloatArray) -> FloatArray:
    """Nothing before the pre-delay, then a rise over 25 ms; a short fade at the very end."""
    rise = np.clip((time_s - PRE_DELAY_S) / 0.025, 0.0, 1.0)
    fade = np.clip((ROOM_S - time_s) / 0.2, 0.0, 1.0)
    envelope: FloatArray = rise**2 * fade
    return envelope
