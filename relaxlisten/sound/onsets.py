"""Attacks: where a sound begins so suddenly that it must not be smeared.

Decision: energy of the second difference (which hears what is new and quick, and little of steady tones) in blocks of 1.5 ms; an
attack is where three blocks together are 8 dB above any three of the 46 ms before. So a low voice, whose every period is a burst,
is none, and a pluck that takes 4 ms to rise is one. Soft beginnings are none: they stretch well. What is found is certain as soon
as its blocks have come; attacks closer to each other than the stretcher's frame count as one.
"""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.units import AudioArray, FloatArray

BLOCK = 64
_TOGETHER = 3
_MEMORY_BLOCKS = 32
_KEPT = (_TOGETHER - 1) * BLOCK + 2  # frames that an attack may have begun in already, and two before them
_RISE = 6.3
# -70 dBFS: what begins below that is not heard as an attack.
_LEAST_ENERGY = 1e-7
# The attack begins where its blocks first reach a quarter of their height.
_BEGINNING = 0.25


class Onsets:
    """Finds attacks in a stream; least_apart_frames from each other at least."""

    def __init__(self, channels: int, least_apart_frames: int) -> None:
        self._least_apart_frames = least_apart_frames
        self._sound: FloatArray = np.zeros((_KEPT, channels))
        self._at = 0  # the input frame at which the next block begins
        self._energies: collections.deque[float] = collections.deque([0.0] * _TOGETHER, maxlen=_TOGETHER)
        self._sums: collections.deque[float] = collections.deque([0.0] * (_MEMORY_BLOCKS + _TOGETHER), _MEMORY_BLOCKS + _TOGETHER)
        self._last = -least_apart_frames

    def feed(self, block: AudioArray) -> list[int]:
        """Take more input, shape (n, channels); the input frames at which attacks begin, in order."""
        sound = np.concatenate((self._sound, block.astype(np.float64)))
        count = (len(sound) - _KEPT) // BLOCK
        self._sound = sound[count * BLOCK :]
        quick = (np.diff(sound[: _KEPT + count * BLOCK], n=2, axis=0) ** 2).sum(axis=1)
        found = []
        for number, energy in enumerate(quick[_KEPT - 2 :].reshape(count, BLOCK).sum(axis=1).tolist()):
            if self._is_attack(energy):
                blocks = quick[number * BLOCK : (number + _TOGETHER) * BLOCK]
                found.append(self._at - (_TOGETHER - 1) * BLOCK + _beginning(blocks))
            self._at += BLOCK
        return found

    def _is_attack(self, energy: float) -> bool:
        """Whether this block, with those just before it, makes one."""
        self._energies.append(energy)
        before = max(list(self._sums)[1 : _MEMORY_BLOCKS + 1])  # those that hold none of the blocks of now
        together = sum(self._energies)
        self._sums.append(together)
        far_enough = self._at - self._last > self._least_apart_frames
        if far_enough and together > _RISE * (before + _LEAST_ENERGY):
            self._last = self._at
            return True
        return False


def _beginning(quick: FloatArray) -> int:
    """The first frame whose amplitude reaches _BEGINNING of the largest."""
    return int(np.argmax(quick >= _BEGINNING**2 * quick.max()))
