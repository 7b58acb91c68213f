"""Sound files: the only module that knows soundfile's reader; what it cannot read, `decode_m4a` may.

Decision: files are read in blocks and resampled on the way, so that memory does not grow with their length, and always given as
stereo float32 at the rate asked for. What a file holds decides how it is read, not its name. A file that breaks off plays as far
as it goes, one that is damaged goes on after the damage where its format lets it; what is no sound is refused in one sentence.
"""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from relaxlisten.errors import UnplayableFile
from relaxlisten.sound.opened import to_stereo
from relaxlisten.sound.rates import Resampler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from relaxlisten.sound.opened import OpenedFile
    from relaxlisten.units import AudioArray

READ_FRAMES = 8192
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 1_000, 1_000_000  # what lies outside is a damaged header: a second of it would fill the memory
_LOUDEST = np.float32(8.0)  # float files may hold anything; what is 18 dB over full scale is damage
_UNKNOWN_FRAMES = 1 << 62  # libsndfile's word for "not stated" is the largest number there is
_TRIES = 64  # of a read: the MP3 decoder gives up after 1 kB of rubbish and goes on when asked again


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What a file says of itself."""

    duration_s: float
    rate_hz: int
    channels: int


def probe(path: Path) -> FileFacts:
    """The facts of a sound file, which is gone through where it does not state its length; raises UnplayableFile."""
    with contextlib.closing(_open(path)) as file:
        frames = file.count() if file.frames is None else file.frames
        if frames <= 0:
            raise UnplayableFile(path.name, "holds no sound")
        return FileFacts(duration_s=frames / file.rate_hz, rate_hz=file.rate_hz, channels=file.channels)


def open_file(path: Path, rate_hz: int, on_break: Callable[[float], None] | None = None) -> FileSource:
    """A sound file as an AudioSource at rate_hz; raises UnplayableFile. on_break(second): it ended before its stated length."""
    return FileSource(_open(path), rate_hz, on_break)


def _open(path: Path) -> OpenedFile:
    file = _open_m4a(path) if _is_m4a(path, _head(path)) else _open_soundfile(path)
    if LOWEST_RATE_HZ <= file.rate_hz <= HIGHEST_RATE_HZ:
        return file
    file.close()
    raise UnplayableFile(path.name, f"states a rate of {file.rate_hz} Hz, which no sound has")


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except FileNotFoundError:
        reason = "does not exist"
    except IsADirectoryError:
        reason = "is a folder"
    except PermissionError:
        reason = "may not be read (no permission)"
    except OSError as fault:
        reason = f"cannot be read ({fault.strerror or fault})"
    else:
        if head:
            return head
        reason = "is empty"
    raise UnplayableFile(path.name, reason)


def _is_m4a(path: Path, head: bytes) -> bool:
    """MP4's first box (ISO 14496-12, 4.3), or an ADTS frame (ISO 14496-3, 1.A.2: layer 0), which may follow an ID3 tag."""
    is_adts = len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0
    return head[4:8] == b"ftyp" or is_adts or (head[:3] == b"ID3" and path.suffix.lower() == ".aac")


def _open_m4a(path: Path) -> OpenedFile:
    from relaxlisten.sound.decode_m4a import open_m4a

    return open_m4a(path)


def _open_soundfile(path: Path) -> OpenedFile:
    try:
        return _SoundfileFile(path)
    except (soundfile.SoundFileError, OSError, TypeError) as fault:
        raise UnplayableFile(path.name, "is not a sound file that can be played") from fault


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


class _SoundfileFile:
    """What libsndfile reads (OpenedFile)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = file = self._reopened()
        self.rate_hz: int = file.samplerate
        self.channels: int = file.channels
        self.frames: int | None = file.frames if file.frames < _UNKNOWN_FRAMES else None
        self._hushed = _quietly if file.format == "MP3" else contextlib.nullcontext

    def _reopened(self) -> soundfile.SoundFile:
        with _quietly():
            # Names as the system has them: on Linux they may be in no encoding at all, which the library would refuse.
            file = soundfile.SoundFile(self._path if os.name == "nt" else os.fsencode(self._path))
        # soundfile seeks after every read of a file that it takes for seekable: MP3 and Opus lose what the decoder had by then.
        file.seekable = lambda: False
        return file

    def read(self, frames: int) -> AudioArray:
        for _ in range(_TRIES):
            with contextlib.suppress(soundfile.SoundFileError), self._hushed():
                return to_stereo(self._file.read(frames, dtype="float32", always_2d=True))
        return np.zeros((0, 2), np.float32)

    def seek(self, frame: int) -> bool:
        try:
            with self._hushed():
                self._file.seek(frame)
        except soundfile.SoundFileError:  # the FLAC decoder, for one, reads nothing any more after this
            self._file.close()
            self._file = self._reopened()
            return False
        return True

    def count(self) -> int:
        found = 0
        while block := len(self.read(READ_FRAMES)):
            found += block
        return found

    def close(self) -> None:
        self._file.close()


class FileSource:
    """A file that is being played (ports.AudioSource)."""

    def __init__(self, file: OpenedFile, rate_hz: int, on_break: Callable[[float], None] | None = None) -> None:
        self.rate_hz = rate_hz
        self._on_break = on_break
        self._at = 0  # frame of the file that is read next
        self._file = file
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
        at = max(round(frame * self._file.rate_hz / self.rate_hz), 0)
        self._at = at if self._file.frames is None else min(at, self._file.frames)
        self._ready = self._ready[:0]
        self._ended = not self._file.seek(self._at)
        self._resampler = self._new_resampler()
        if self._ended:
            self._tell_break()

    def close(self) -> None:
        """Free the file."""
        self._file.close()

    def _next(self) -> AudioArray:
        block = self._file.read(READ_FRAMES)
        self._at += len(block)
        self._ended = len(block) < READ_FRAMES
        if self._ended:
            self._tell_break()
        if not np.isfinite(block).all():
            block = np.nan_to_num(block, posinf=0.0, neginf=0.0)
        stereo: AudioArray = np.clip(block, -_LOUDEST, _LOUDEST)
        return self._resampler.feed(stereo, last=self._ended)

    def _tell_break(self) -> None:
        """Say where a file ends that ends more than a second before its stated length."""
        missing = 0 if self._file.frames is None else self._file.frames - self._at
        if missing > self._file.rate_hz and self._on_break is not None:
            self._on_break(self._at / self._file.rate_hz)

    def _new_resampler(self) -> Resampler:
        return Resampler(self._file.rate_hz, self.rate_hz)
