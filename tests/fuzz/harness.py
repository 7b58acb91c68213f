"""What every harness stands on: its form, its corpus, and a place for parsers that want a file."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = Path(__file__).parent / "corpus"
# Where files that only a parser reads are put: in memory, where the system has such a place.
FOLDER = Path(tempfile.mkdtemp(prefix="relaxlisten-fuzz-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))


@dataclass(frozen=True, slots=True)
class Harness:
    """check: raises for any input whose fate is not one that the parser states. longest: bytes worth trying."""

    name: str
    check: Callable[[bytes], None]
    longest: int
    words: tuple[bytes, ...] = ()

    def seeds(self) -> list[bytes]:
        """Inputs kept in the repository, sorted by name."""
        return [file.read_bytes() for file in sorted((CORPUS / self.name).glob("*"))]


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "replace")
