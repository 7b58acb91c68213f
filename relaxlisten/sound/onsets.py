"""Attacks: where a sound begins so suddenly that it must not be smeared.

Decision: energy of the second difference (which hears what is new and quick, and little of steady tones) in blocks of 1.5 ms; an
attack is where three blocks together are 8 dB above any three of the 46 ms before. So a low voice, whose every period is a burst,
is none, and a pluck that takes 4 ms to rise is one. Soft beginnings are none: they stretch well. What is found is certain as soon
as its blocks have come; attacks closer to each other than the stretcher's frame count as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from relaxlisten.units import AudioArray, FloatArray

_BLOCK_S = 0.00145
_TOGETHER = 3
_MEMORY_BLOCKS = 32
_RISE = 6.3
# -70 dBFS in a block of 64 frames: what begins below that is not heard as an attack.
_LEAST_ENERGY_PER_FRAME = 1e-7 / 64
# The attack begins where its blocks first reach a quarter of their height.
_BEGINNING = 0.25


class Onsets:
    """Finds attacks in a stream; least_apart_frames from each other at least."""

    def __init__(self, channels: int, rate_hz: int, least_apart_frames: int) -> None:
        self._block = round(_BLOCK_S * rate_hz)
        self._least_apart_frames = least_apart_frames
        # Frames that an attack may have begun in already, and two before them.
        self._kept = (_TOGETHER - 1) * self._block + 2
        self._sound: FloatArray = np.zeros((self._kept, channels))
        self._energies: FloatArray = np.zeros(_MEMORY_BLOCKS + 2 * _TOGETHER - 2)  # of the last blocks
        self._at = 0  # the input frame at which the next block begins
        self._last = -least_apart_frames

    def feed(self, block: AudioArray) -> list[int]:
        """Take more input, shape (n, channels); the input frames at which attacks begin, in order."""
        sound = np.concatenate((self._sound, block.astype(np.float64)))
        count = (len(sound) - self._kept) // self._block
        self._sound = sound[count * self._block :]
        if count == 0:
            return []
        quick = (np.diff(sound[: self._kept + count * self._block], n=2, axis=0) ** 2).sum(axis=1)
        rising = self._rising(quick[self._kept - 2 :].reshape(count, self._block).sum(axis=1))
        found = []
        for number in rising.tolist():
            at = self._at + number * self._block
            if at - self._last > self._least_apart_frames:
                self._last = at
                blocks = quick[number * self._block : (number + _TOGETHER) * self._block]
                found.append(at - (_TOGETHER - 1) * self._block + _beginning(blocks))
        self._at += count * self._block
        return found

    def _rising(self, energies: FloatArray) -> NDArray[np.intp]:
        """Those of the next blocks that are, with the two before them, far above any three of the memory before these."""
        known = np.concatenate((self._energies, energies))
        self._energies = known[len(energies) :]
        together = known[:-2] + known[1:-1] + known[2:]
        before = sliding_window_view(together[:-_TOGETHER], _MEMORY_BLOCKS).max(axis=1)
        least = _LEAST_ENERGY_PER_FRAME * self._block
        return np.flatnonzero(together[-len(energies) :] > _RISE * (before[-len(energies) :] + least))


def _beginning(quick: FloatArray) -> int:
    """The first frame whose amplitude reaches _BEGINNING of the largest."""
    return int(np.argmax(quick >= _BEGINNING**2 * quick.max()))
