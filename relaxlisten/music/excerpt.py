"""What is heard of a piece before it is played: a part for its tempo, and all of it (or enough) for its loudness.

Decision: the tempo is sought in 75 s from the middle. The loudness is that of the whole piece up to 20 minutes, of a longer one
that of 15 parts of 80 s, evenly spread from its beginning to its end. Both are heard in one pass, and only the 75 s are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.loudness import LoudnessMeter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relaxlisten.ports import AudioSource
    from relaxlisten.units import AudioArray, FloatArray

EXCERPT_S = 75.0
_EXCERPT_WHOLE_UP_TO_S = 90.0
HEARD_WHOLE_UP_TO_S = 1200.0
PARTS = 15  # an odd number: the middle one holds the excerpt
_PART_S = HEARD_WHOLE_UP_TO_S / PARTS
_READ_FRAMES = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A part of a piece. samples: shape (n,) or (n, channels). start_s: where it begins; duration_s: of the whole piece.

    loudness_lufs: of the whole piece; None where it was not listened for, or where there is none.
    """

    samples: AudioArray | FloatArray
    rate_hz: int
    start_s: float
    duration_s: float
    loudness_lufs: float | None = None


def excerpt_span_s(duration_s: float) -> tuple[float, float]:
    """Start and length (s) of the part that the tempo is sought in: all of a short piece, the middle of a long one."""
    if duration_s <= _EXCERPT_WHOLE_UP_TO_S:
        return 0.0, duration_s
    return (duration_s - EXCERPT_S) / 2.0, EXCERPT_S


def heard_spans_s(duration_s: float) -> tuple[tuple[float, float], ...]:
    """Starts and lengths (s) of what the loudness is taken from: all of it, or parts of a very long piece."""
    if duration_s <= HEARD_WHOLE_UP_TO_S:
        return ((0.0, duration_s),)
    return tuple((number * (duration_s - _PART_S) / (PARTS - 1), _PART_S) for number in range(PARTS))


def read_excerpt(source: AudioSource, duration_s: float) -> Excerpt:
    """The excerpt of an opened piece, its loudness not listened for; closes the source."""
    return _read(source, duration_s, [excerpt_span_s(duration_s)], None)


def read_whole(source: AudioSource, duration_s: float) -> Excerpt:
    """The excerpt of an opened piece and the loudness of the whole; closes the source."""
    return _read(source, duration_s, heard_spans_s(duration_s), LoudnessMeter(source.rate_hz))


def _read(source: AudioSource, duration_s: float, spans_s: Sequence[tuple[float, float]], meter: LoudnessMeter | None) -> Excerpt:
    start_s, length_s = excerpt_span_s(duration_s)
    first, beyond = round(start_s * source.rate_hz), round((start_s + length_s) * source.rate_hz)
    kept: list[AudioArray] = []
    try:
        for span_start_s, span_length_s in spans_s:
            if meter is not None:
                meter.skip()
            for at, block in _blocks(source, round(span_start_s * source.rate_hz), round(span_length_s * source.rate_hz)):
                if meter is not None:
                    meter.feed(block)
                if at < beyond and at + len(block) > first:
                    kept.append(block[max(first - at, 0) : beyond - at])
    finally:
        source.close()
    return Excerpt(
        samples=np.concatenate(kept) if kept else np.zeros((0, 2), np.float32),
        rate_hz=source.rate_hz,
        start_s=first / source.rate_hz,
        duration_s=duration_s,
        loudness_lufs=None if meter is None else meter.result().integrated_lufs,
    )


def _blocks(source: AudioSource, start: int, frames: int) -> Iterator[tuple[int, AudioArray]]:
    """Frames from `start` on in small reads, each with its place; fewer where the piece ends."""
    source.seek(start)
    at = start
    while at < start + frames:
        block = source.read(min(start + frames - at, _READ_FRAMES))
        if len(block) == 0:
            return
        yield at, block
        at += len(block)
