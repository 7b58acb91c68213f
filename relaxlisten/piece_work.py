"""The two things that are done with a file of music, wherever they are done: recognise it, and hear it.

Decision: a job and its outcome are plain values, so that the same function runs in a worker process, on a cluster and in a test.
It never raises: whatever a file does to the program becomes a reason, to be read after the file's name. `alive` is called now
and then while a piece is heard, so that one that hangs can be told from one that is long.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.errors import RelaxListenError, UnplayableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from relaxlisten.music.piece_analysis import PieceAnalysis
    from relaxlisten.music.tags import Tags
    from relaxlisten.ports import AudioSource
    from relaxlisten.units import AudioArray

ANALYSIS_RATE_HZ = 44_100
LONGEST_S = 24 * 3600.0
_BLOCK_FRAMES = 1 << 16


@dataclass(frozen=True, slots=True)
class Recognise:
    """Tell which piece it is, and what its tags say."""

    path: Path


@dataclass(frozen=True, slots=True)
class Hear:
    """Tell what is to be heard in it. up_to_s: only its beginning is listened to, where a session waits for it."""

    path: Path
    up_to_s: float | None = None


@dataclass(frozen=True, slots=True)
class Recognised:
    """content: stands for the piece, whatever the file is called."""

    content: str
    tags: Tags


@dataclass(frozen=True, slots=True)
class Heard:
    """All that was heard."""

    analysis: PieceAnalysis


@dataclass(frozen=True, slots=True)
class Failed:
    """reason: to be read after the file's name, or a whole sentence where it is general and says the same of many files.

    lasting: it will be so again as long as the file is the same.
    """

    reason: str
    lasting: bool = True
    general: bool = False

    def told(self, name: str) -> str:
        """The sentence for the listener."""
        return self.reason if self.general else f"{name} {self.reason}; it is left out."


Job = Recognise | Hear
Outcome = Recognised | Heard | Failed


def do(job: Job, alive: Callable[[], None]) -> Outcome:
    """Do a job; never raises."""
    try:
        return _recognise(job.path) if isinstance(job, Recognise) else _hear(job, alive)
    except UnplayableFile as fault:
        return Failed(fault.reason)
    except RelaxListenError as fault:  # something is missing on this machine, not in the file
        return Failed(str(fault), lasting=False, general=True)
    except FileNotFoundError:
        return Failed("does not exist", lasting=False)
    except OSError as fault:
        return Failed(f"cannot be read ({fault.strerror or fault})", lasting=False)
    except MemoryError:
        return Failed("needs more memory than there is", lasting=False)
    except Exception as fault:  # one file, whatever it holds, must not end a scan of thousands
        return Failed(f"cannot be analysed ({type(fault).__name__}: {fault})")


def _recognise(path: Path) -> Outcome:
    from relaxlisten.music.audio_bytes import content_id
    from relaxlisten.music.tags import read_tags

    return Recognised(content_id(path), read_tags(path))


def _hear(job: Hear, alive: Callable[[], None]) -> Outcome:
    from relaxlisten.music.analysis import analyse
    from relaxlisten.sound.decode import open_file, probe

    source = open_file(job.path, ANALYSIS_RATE_HZ)
    try:
        analysis = analyse(_blocks(source, job, alive), ANALYSIS_RATE_HZ)
    finally:
        source.close()
    if analysis.duration_s <= 0.0:
        return Failed("holds no sound")
    if any(isinstance(value, float) and math.isnan(value) for value in dataclasses.astuple(analysis)):
        return Failed("cannot be analysed (a number came out that is none)")
    return Heard(analysis if job.up_to_s is None else dataclasses.replace(analysis, duration_s=probe(job.path).duration_s))


def _blocks(source: AudioSource, job: Hear, alive: Callable[[], None]) -> Iterator[AudioArray]:
    """The piece from its beginning to its end; a decoder that never ends is not followed for ever."""
    frames, wanted = 0, (job.up_to_s or LONGEST_S) * source.rate_hz
    while len(block := source.read(_BLOCK_FRAMES)):
        alive()
        yield block
        frames += len(block)
        if frames >= wanted and job.up_to_s is not None:
            return
        if frames >= wanted:
            raise UnplayableFile(job.path.name, "does not end within a day")
