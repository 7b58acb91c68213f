"""From one sampling rate to another, block by block: the only module that knows soxr."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.units import AudioArray


class Resampler:
    """A stream of stereo frames at another rate. Output frame k is what the input holds at k * from_hz / to_hz."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._stream = None
        if from_hz != to_hz:
            import soxr

            self._stream = soxr.ResampleStream(from_hz, to_hz, 2, dtype="float32", quality="HQ")

    def feed(self, block: AudioArray, *, last: bool = False) -> AudioArray:
        """Take frames, shape (n, 2); give all that are certain, and with the last block all there are."""
        if self._stream is None:
            return block
        resampled: AudioArray = self._stream.resample_chunk(np.ascontiguousarray(block, np.float32), last=last)
        return resampled
