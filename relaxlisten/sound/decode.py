"""Sound files: the only module that knows soundfile's reader and soxr.

Decision: files are read in blocks and resampled on the way, so that memory does not grow with their length, and always given as
stereo float32 at the rate asked for. A file that breaks off plays as far as it goes; what is no sound is refused in one sentence.
"""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from relaxlisten.errors import RelaxListenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from relaxlisten.units import AudioArray

READ_FRAMES = 8192
_LOUDEST = np.float32(8.0)  # float files may hold anything; what is 18 dB over full scale is damage


class UnplayableFile(RelaxListenError):
    """A file that holds no sound that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What a file says of itself."""

    duration_s: float
    rate_hz: int
    channels: int


def probe(path: Path) -> FileFacts:
    """The facts of a sound file; raises UnplayableFile."""
    with _open(path) as file:
        if file.frames <= 0:
            raise UnplayableFile(f"{path.name} holds no sound; it is left out.")
        return FileFacts(duration_s=file.frames / file.samplerate, rate_hz=file.samplerate, channels=file.channels)


def open_file(path: Path, rate_hz: int, on_break: Callable[[float], None] | None = None) -> FileSource:
    """A sound file as an AudioSource at rate_hz; raises UnplayableFile. on_break(second): it ended before its stated length."""
    return FileSource(_open(path), rate_hz, on_break)


def _open(path: Path) -> soundfile.SoundFile:
    try:
        with _quietly():
            file = soundfile.SoundFile(path)
    except (soundfile.SoundFileError, OSError, TypeError) as fault:
        reason = "does not exist" if not path.exists() else "is not a sound file that can be played"
        raise UnplayableFile(f"{path.name} {reason}; it is left out.") from fault
    # soundfile seeks after every read of a file that it takes for seekable; MP3 and Opus lose what the decoder had from before.
    file.seekable = lambda: False
    return file


_one_at_a_time = threading.Lock()


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Keep the MP3 decoder, which is written in C, from writing to the terminal."""
    with _one_at_a_time, open(os.devnull, "wb") as nowhere:
        try:
            terminal = os.dup(2)
        except OSError:  # a program without a terminal has nothing to keep quiet
            yield
            return
        try:
            os.dup2(nowhere.fileno(), 2)
            yield
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)


class FileSource:
    """A file that is being played (ports.AudioSource)."""

    def __init__(self, file: soundfile.SoundFile, rate_hz: int, on_break: Callable[[float], None] | None = None) -> None:
        self.rate_hz = rate_hz
        self._on_break = on_break
        self._at = 0  # frame of the file that is read next
        self._file = file
        self._hushed = _quietly if file.format == "MP3" else contextlib.nullcontext
        self._ready = np.zeros((0, 2), np.float32)
        self._ended = False
        self._resampler = self._new_resampler()

    def read(self, frames: int) -> AudioArray:
        """Up to `frames` frames, shape (n, 2); fewer only at the end."""
        while len(self._ready) < frames and not self._ended:
            self._ready = np.concatenate((self._ready, self._next()))
        given, self._ready = self._ready[:frames], self._ready[frames:]
        return given

    def seek(self, frame: int) -> None:
        """Go on from this frame, counted at rate_hz; past the end there is nothing."""
        at = min(max(round(frame * self._file.samplerate / self.rate_hz), 0), self._file.frames)
        with self._hushed():
            self._file.seek(at)
        self._at = at
        self._ready = self._ready[:0]
        self._ended = False
        self._resampler = self._new_resampler()

    def close(self) -> None:
        """Free the file."""
        self._file.close()

    def _next(self) -> AudioArray:
        try:
            with self._hushed():
                block = self._file.read(READ_FRAMES, dtype="float32", always_2d=True)
        except soundfile.SoundFileError:
            block = np.zeros((0, self._file.channels), np.float32)  # broken off: this is its end
        self._at += len(block)
        self._ended = len(block) < READ_FRAMES
        if self._ended and self._at < self._file.frames - self._file.samplerate and self._on_break is not None:
            self._on_break(self._at / self._file.samplerate)
        stereo = to_stereo(np.clip(np.nan_to_num(block, posinf=0.0, neginf=0.0), -_LOUDEST, _LOUDEST))
        if self._resampler is None:
            return stereo
        resampled: AudioArray = self._resampler.resample_chunk(stereo, last=self._ended)
        return resampled

    def _new_resampler(self) -> Any:
        if self._file.samplerate == self.rate_hz:
            return None
        import soxr

        return soxr.ResampleStream(self._file.samplerate, self.rate_hz, 2, dtype="float32", quality="HQ")


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
