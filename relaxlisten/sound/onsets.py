"""Attacks: where a sound begins so suddenly that it must not be smeared.

Decision: energy of the second difference (which hears what is new and quick, and little of steady tones) in blocks of 1.5 ms; an
attack is a block 12 dB above all of the 46 ms before. Soft beginnings are none: they stretch well. What is found is certain as
soon as its block has come; attacks closer to each other than the stretcher's frame count as one.
"""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.units import AudioArray, FloatArray

BLOCK = 64
_MEMORY_BLOCKS = 32
_RISE = 16.0
# -70 dBFS: what begins below that is not heard as an attack.
_LEAST_ENERGY = 1e-7
# The attack begins where its block first reaches a quarter of its height.
_BEGINNING = 0.25


class Onsets:
    """Finds attacks in a stream; least_apart_frames from each other at least."""

    def __init__(self, channels: int, least_apart_frames: int) -> None:
        self._least_apart_frames = least_apart_frames
        self._before: FloatArray = np.zeros((2, channels))
        self._rest: FloatArray = np.zeros((0, channels))
        self._at = 0
        self._energies: collections.deque[float] = collections.deque(maxlen=_MEMORY_BLOCKS)
        self._last = -least_apart_frames

    def feed(self, block: AudioArray) -> list[int]:
        """Take more input, shape (n, channels); the input frames at which attacks begin, in order."""
        sound = np.concatenate((self._rest, block.astype(np.float64)))
        count = len(sound) // BLOCK
        whole = np.concatenate((self._before, sound[: count * BLOCK]))
        self._rest = sound[count * BLOCK :]
        if count == 0:
            return []
        self._before = whole[-2:]
        quick = (np.diff(whole, n=2, axis=0) ** 2).sum(axis=1).reshape(count, BLOCK)
        found = [self._at + number * BLOCK + _beginning(quick[number]) for number in self._rises(quick.sum(axis=1))]
        self._at += count * BLOCK
        return found

    def _rises(self, energies: FloatArray) -> list[int]:
        found = []
        for number, energy in enumerate(energies.tolist()):
            at = self._at + number * BLOCK
            if energy > _RISE * (max(self._energies, default=0.0) + _LEAST_ENERGY) and at - self._last > self._least_apart_frames:
                found.append(number)
                self._last = at
            self._energies.append(energy)
        return found


def _beginning(quick: FloatArray) -> int:
    """The first frame of a block whose amplitude reaches _BEGINNING of the block's largest."""
    return int(np.argmax(quick >= _BEGINNING**2 * quick.max()))
