"""A piece as short spectra: from blocks of any size to chunks of frames on a fixed grid.

Decision: what is heard of a piece must not depend on how it was cut into blocks, nor on how loud it was mastered. Chunks of
about 20 s therefore begin at fixed places, and each is brought to one level by all that was heard up to its end. Nothing is
resampled: windows last equally long at every rate, and only rates of 64 kHz and more are averaged down by whole numbers (above
30 kHz there is nothing to fold down).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relaxlisten.units import AudioArray, FloatArray

LEVEL = 0.05  # every piece is brought to this RMS, so that logarithms bend equally for quiet and loud recordings
CHUNK_S = 20.0
_SILENT = 1e-7
_HIGHEST_RATE_HZ = 64_000


class Slower:
    """Mono, at a rate below 64 kHz."""

    def __init__(self, rate_hz: int) -> None:
        self._factor = 1 if rate_hz < _HIGHEST_RATE_HZ else rate_hz // (_HIGHEST_RATE_HZ // 2)
        self.rate_hz = rate_hz / self._factor
        self._left: AudioArray = np.zeros(0, np.float32)

    def mono(self, block: AudioArray | FloatArray) -> AudioArray:
        """Shape (n, channels) to (m,): the mean of the channels, what is not finite as silence."""
        mono: AudioArray = np.nan_to_num(np.asarray(block, np.float32).mean(axis=1), posinf=0.0, neginf=0.0)
        if self._factor == 1:
            return mono
        joined = np.concatenate([self._left, mono])
        whole = joined.size // self._factor * self._factor
        self._left = joined[whole:]
        averaged: AudioArray = joined[:whole].reshape(-1, self._factor).mean(axis=1)
        return averaged


class Cutter:
    """Cuts mono blocks into chunks of frames; frame k is centred k / frames_per_s seconds after the beginning.

    lead_in: so many frames before each chunk are given with it, at its level, for what compares a frame with earlier ones.
    """

    def __init__(self, rate_hz: float, frames_per_s: float, size: int, lead_in: int = 0) -> None:
        self._step = rate_hz / frames_per_s
        self._size, self._lead_in = size, lead_in
        self._chunk = round(CHUNK_S * frames_per_s)
        self._first = -round(lead_in * self._step) - size // 2  # place of the first waiting sample; silence before the piece
        self._waiting: list[AudioArray] = [np.zeros(-self._first, np.float32)]
        self._heard, self._next = 0, 0
        self._energy, self._sounding = 0.0, 0

    def feed(self, mono: AudioArray) -> Iterator[AudioArray]:
        """Chunks of frames that are complete now, shape (lead_in + frames, size) each."""
        self._waiting.append(mono)
        self._heard += mono.size
        while self._heard >= self._start(self._next + self._chunk - 1) + self._size:
            yield self._cut(self._chunk)

    def finish(self) -> Iterator[AudioArray]:
        """The frames that are left, the last ones filled up with silence."""
        count = int(self._heard / self._step) - self._next
        self._waiting.append(np.zeros(2 * self._size, np.float32))
        if count > 0:
            yield self._cut(count)

    def _start(self, frame: int) -> int:
        """Where a frame begins, on the piece's own axis."""
        return round(frame * self._step) - self._size // 2

    def _cut(self, count: int) -> AudioArray:
        joined = np.concatenate(self._waiting)
        numbers = np.arange(self._next - self._lead_in, self._next + count)
        starts = np.round(numbers * self._step).astype(np.int64) - self._size // 2 - self._first
        fresh_from, fresh_to = (max(self._start(at) - self._first, 0) for at in (self._next, self._next + count))
        self._hear(joined[fresh_from:fresh_to])
        level = np.sqrt(self._energy / max(self._sounding, 1))
        scaled = joined * np.float32(LEVEL / level if level > _SILENT else 0.0)
        frames: AudioArray = np.lib.stride_tricks.sliding_window_view(scaled, self._size)[starts]
        self._next += count
        kept = max(self._start(self._next - self._lead_in) - 1 - self._first, 0)
        self._waiting, self._first = [joined[kept:]], self._first + kept
        return frames

    def _hear(self, fresh: AudioArray) -> None:
        """Count what sounds towards the level: silence before or within a piece does not make the rest louder."""
        powers = np.square(fresh[: fresh.size // 1024 * 1024], dtype=np.float64).reshape(-1, 1024).mean(axis=1)
        sounding = powers > max(1e-4 * float(powers.max(initial=0.0)), _SILENT**2)
        self._energy += float(powers[sounding].sum())
        self._sounding += int(sounding.sum())
