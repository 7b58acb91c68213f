"""M4A, MP4 and AAC files: the only module that knows PyAV, which is an extra because of its size and its licences.

Decision: an MP4 file says how much of its beginning is the encoder's own delay and how long the sound is; both are obeyed. A bare
AAC stream (ADTS) says neither: one frame, the least delay that the codec has, is left out, and it is gone through to find its
length or a place in it. A seek starts to decode a little before the frame, so that what is given is what playing up to it gives.
libav keeps an MP4 file's table of packets in memory (44 MB were measured for three hours); nothing else grows with length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from relaxlisten.errors import RelaxListenError, UnplayableFile
from relaxlisten.sound.opened import to_stereo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from relaxlisten.units import AudioArray

PREROLL_FRAMES = 8192  # four frames of HE-AAC, eight of AAC: overlap and band replication have settled by then
_ADTS_DELAY_FRAMES = 1024  # one AAC frame (ISO 14496-3, 4.5.2.3): the first is only the overlap of what is heard next
_MISSING = 'M4A and AAC files need PyAV, which is missing: install it with pip install "relaxlisten[m4a]"; they are left out.'


class MissingDecoder(RelaxListenError):
    """What would read such files is not installed; the sentence is the same for all of them."""


def open_m4a(path: Path) -> AvFile:
    """An opened MP4 or ADTS file; raises UnplayableFile, MissingDecoder without PyAV."""
    try:
        return AvFile(path)
    except ImportError as fault:
        raise MissingDecoder(_MISSING) from fault


class AvFile:
    """What libav reads (OpenedFile)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._container, self._stream = _open(path)
        self._is_adts = self._container.format.name == "aac"
        self.rate_hz: int = self._stream.codec_context.sample_rate
        self.channels: int = self._stream.codec_context.layout.nb_channels
        self.frames = self._stated_frames()
        self._ready = np.zeros((0, 2), np.float32)
        self._decoding = self._decode_from(0)

    def read(self, frames: int) -> AudioArray:
        """Up to `frames` frames, shape (n, 2); fewer only at the end."""
        while len(self._ready) < frames and (more := next(self._decoding, None)) is not None:
            self._ready = np.concatenate((self._ready, more))
        given, self._ready = self._ready[:frames], self._ready[frames:]
        return given

    def seek(self, frame: int) -> bool:
        """Go on from this very frame; False where that is impossible."""
        from av import FFmpegError

        self._ready = self._ready[:0]
        try:
            if self._is_adts:  # without an index, libav would guess the place from the bit rate
                self._container.close()
                self._container, self._stream = _open(self._path)
            else:
                start_s = (frame - PREROLL_FRAMES) / self.rate_hz  # below 0 lies what the encoder put before the sound
                self._container.seek(self._origin + int(start_s / self._stream.time_base), stream=self._stream)
        except (FFmpegError, UnplayableFile):
            return False
        self._decoding = self._decode_from(frame)
        return True

    def count(self) -> int:
        """Frames found by going through the whole file; a seek is needed before the next read."""
        if self._is_adts:
            units = sum(packet.duration or 0 for packet in self._container.demux(self._stream))
            return max(self._frames_in(units) - _ADTS_DELAY_FRAMES, 0)
        return sum(len(block) for block in self._decoding)

    def close(self) -> None:
        """Free the file."""
        self._container.close()

    @property
    def _origin(self) -> int:
        """Time stamp of what is heard first, in the stream's units."""
        if self._is_adts:
            origin: int = round(_ADTS_DELAY_FRAMES / self.rate_hz / self._stream.time_base)
            return origin
        return int(self._stream.start_time or 0)

    def _stated_frames(self) -> int | None:
        if self._is_adts or not self._stream.duration:
            return None
        return self._frames_in(self._stream.duration)

    def _decode_from(self, first: int) -> Iterator[AudioArray]:
        """Stereo blocks from this frame to the stated end; damaged packets are passed over."""
        from av import FFmpegError

        try:
            for packet in self._container.demux(self._stream):
                if packet.pts is not None and self._frame_at(packet.pts) < first - PREROLL_FRAMES:
                    continue
                for start, block in self._decoded(packet):
                    wanted = block[max(first - start, 0) : None if self.frames is None else max(self.frames - start, 0)]
                    if len(wanted):
                        yield wanted
        except FFmpegError:
            return  # broken off: this is its end

    def _decoded(self, packet: Any) -> Iterator[tuple[int, AudioArray]]:
        from av import FFmpegError

        try:
            frames = packet.decode()
        except FFmpegError:
            return
        for frame in frames:
            if frame.pts is not None:
                yield self._frame_at(frame.pts), _samples(frame)

    def _frame_at(self, pts: int) -> int:
        return self._frames_in(pts - self._origin)

    def _frames_in(self, units: int) -> int:
        """A time in the stream's units as frames."""
        frames: int = round(units * self._stream.time_base * self.rate_hz)
        return frames


def _open(path: Path) -> tuple[Any, Any]:
    """The container and its first sound."""
    import av

    try:
        container = av.open(path)
    except (av.FFmpegError, OSError, ValueError) as fault:
        raise UnplayableFile(path.name, "is not a sound file that can be played") from fault
    for stream in container.streams.audio:
        if stream.codec_context is not None and stream.codec_context.sample_rate:
            return container, stream
    container.close()
    raise UnplayableFile(path.name, "holds no sound")


def _samples(frame: Any) -> AudioArray:
    """A decoded frame as stereo, shape (n, 2)."""
    values = frame.to_ndarray()
    block = values.T if frame.format.is_planar else values.reshape(-1, frame.layout.nb_channels)
    if np.issubdtype(block.dtype, np.integer):
        block = block.astype(np.float64) / -float(np.iinfo(block.dtype).min)
    return to_stereo(block.astype(np.float32))
