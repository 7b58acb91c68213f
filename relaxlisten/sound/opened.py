"""What every decoder gives, whichever library it stands on: an opened file, in stereo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.units import AudioArray


class OpenedFile(Protocol):
    """A decoder at work on one file. Frames are counted from the first that is heard, at the file's own rate."""

    rate_hz: int
    channels: int
    frames: int | None
    """Length as the file states it; None where it states none."""

    def read(self, frames: int) -> AudioArray:
        """Up to `frames` frames, shape (n, 2); fewer only at the end, or where the file breaks off. Samples may be NaN."""

    def seek(self, frame: int) -> bool:
        """Go on from this frame; False where the file does not reach it."""

    def count(self) -> int:
        """Frames found by going through the whole file; a seek is needed before the next read."""

    def close(self) -> None:
        """Free the file."""


def to_stereo(block: AudioArray) -> AudioArray:
    """Shape (n, channels) to (n, 2): mono on both sides; of more than two, left and right with the others added to both."""
    channels = block.shape[1]
    if channels == 2:
        return block
    if channels == 1:
        return np.repeat(block, 2, axis=1)
    others = block[:, 2:].sum(axis=1, keepdims=True) * np.float32(0.5**0.5)
    mixed: AudioArray = (block[:, :2] + others) / np.float32(1.0 + (channels - 2) * 0.5**0.5)
    return mixed
