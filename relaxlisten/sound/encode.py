"""What was heard, kept in a file of 24 bits: WAV or FLAC, by its name's ending.

Decision: a program that is killed must leave a file that plays. Every block goes to the system at once. libsndfile states a WAV
file's length only when it closes; our own header is brought up to date once a second of sound, and becomes RF64 (EBU Tech 3306)
where 4 GiB are passed. FLAC states its length only at the end; cut short it plays up to its last whole block of 4096 frames.
"""

from __future__ import annotations

import contextlib
import struct
from typing import TYPE_CHECKING, Protocol

import numpy as np
import soundfile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from relaxlisten.units import AudioArray

CHANNELS = 2
BYTES_PER_FRAME = 3 * CHANNELS
HEADER_BYTES = 80
_LARGEST = 0xFFFFFFFF  # what a length in a WAV file can state
_FULL_SCALE = 1 << 23


class SoundWriter(Protocol):
    """A file that is being written. Both calls raise OSError where the disk refuses."""

    def write(self, block: AudioArray) -> None:
        """Add frames, shape (n, 2)."""

    def close(self) -> None:
        """State the length and let go of the file."""


def create_sound_file(path: Path, rate_hz: int) -> SoundWriter:
    """A new .wav or .flac file; raises OSError where it cannot be made, ValueError for any other ending."""
    match path.suffix.lower():
        case ".wav":
            return WaveWriter(path, rate_hz)
        case ".flac":
            return FlacWriter(path, rate_hz)
    raise ValueError(f"{path.name} is neither .wav nor .flac")


class WaveWriter:
    """A WAV file (SoundWriter); killed, at most a second of it is not stated by its header."""

    def __init__(self, path: Path, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._frames = 0
        self._stated_frames = -rate_hz  # nothing is stated yet
        self._file = path.open("wb")
        self.write(np.zeros((0, CHANNELS), np.float32))

    def write(self, block: AudioArray) -> None:
        """Add frames, shape (n, 2)."""
        try:
            self._file.write(_as_24_bits(block))
            self._frames += len(block)
            if self._frames >= self._stated_frames + self._rate_hz:
                self._state_length()
            self._file.flush()
        except OSError:
            with contextlib.suppress(OSError):
                self._file.close()
            raise

    def close(self) -> None:
        """State the length and let go of the file."""
        with self._file:
            self._state_length()

    def _state_length(self) -> None:
        self._file.seek(0)
        self._file.write(wave_header(self._rate_hz, self._frames))
        self._file.seek(0, 2)
        self._stated_frames = self._frames


def wave_header(rate_hz: int, frames: int) -> bytes:
    """The 80 bytes before the frames: RIFF, with room for 64-bit lengths, which it uses (RF64) where 32 bits do not suffice."""
    data_bytes = frames * BYTES_PER_FRAME
    riff_bytes = HEADER_BYTES - 8 + data_bytes
    if riff_bytes <= _LARGEST:
        start = struct.pack("<4sI4s4sI28x", b"RIFF", riff_bytes, b"WAVE", b"JUNK", 28)
    else:
        lengths = struct.pack("<QQQI", riff_bytes, data_bytes, frames, 0)
        start = struct.pack("<4sI4s4sI", b"RF64", _LARGEST, b"WAVE", b"ds64", 28) + lengths
    bytes_per_s = rate_hz * BYTES_PER_FRAME
    sound = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, CHANNELS, rate_hz, bytes_per_s, BYTES_PER_FRAME, 24)
    return start + sound + struct.pack("<4sI", b"data", data_bytes if riff_bytes <= _LARGEST else _LARGEST)


def _as_24_bits(block: AudioArray) -> bytes:
    """Frames as little-endian integers of three bytes; what is over full scale is clipped."""
    whole = np.clip(np.rint(block.astype(np.float64) * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype("<i4")
    return whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


class FlacWriter:
    """A FLAC file (SoundWriter)."""

    def __init__(self, path: Path, rate_hz: int) -> None:
        with _as_os_errors():
            self._file = soundfile.SoundFile(path, "w", samplerate=rate_hz, channels=CHANNELS, subtype="PCM_24", format="FLAC")

    def write(self, block: AudioArray) -> None:
        """Add frames, shape (n, 2)."""
        with _as_os_errors():
            self._file.write(block)

    def close(self) -> None:
        """Write the last block and the length."""
        with _as_os_errors():
            self._file.close()


@contextlib.contextmanager
def _as_os_errors() -> Iterator[None]:
    try:
        yield
    except soundfile.SoundFileError as fault:
        raise OSError(str(fault)) from fault
