"""What the tags of a sound file say about it (a shell: it reads the file's head).

Decision: tags are hints. What is missing, absurd or unreadable is simply not known; only decoding tells whether a file plays.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# ReplayGain 2 aims at -18 LUFS, R128_TRACK_GAIN (Opus, RFC 7845, in 1/256 dB) at -23 LUFS.
REPLAYGAIN_LUFS = -18.0
R128_LUFS = -23.0
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
SLOWEST_BPM, FASTEST_BPM = 20.0, 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """None where nothing is known. loudness_lufs: of the whole piece, as its ReplayGain implies."""

    title: str | None = None
    artist: str | None = None
    tempo_bpm: float | None = None
    duration_s: float | None = None
    loudness_lufs: float | None = None


def read_tags(path: Path) -> Tags:
    """The tags of a file; none of them for a file that cannot be understood."""
    from tinytag import TinyTag, TinyTagException

    try:
        found = TinyTag.get(path).as_dict()
    except (TinyTagException, OSError, ValueError, LookupError, ArithmeticError):
        return Tags()
    return understand(found)


def understand(found: Mapping[str, object]) -> Tags:
    """Tags from the reader's dictionary, whose values are a number, a text or a list of texts."""
    values = {key.lower(): _first(value) for key, value in found.items()}
    tempo_bpm, duration_s = _number(values.get("bpm")), _number(values.get("duration"))
    return Tags(
        title=_text(values.get("title")),
        artist=_text(values.get("artist")),
        tempo_bpm=tempo_bpm if tempo_bpm is not None and SLOWEST_BPM <= tempo_bpm <= FASTEST_BPM else None,
        duration_s=duration_s if duration_s is not None and duration_s > 0.0 else None,
        loudness_lufs=_loudness(values),
    )


def _loudness(values: Mapping[str, object]) -> float | None:
    r128, replaygain = _number(values.get("r128_track_gain")), _number(values.get("replaygain_track_gain"))
    level = R128_LUFS - r128 / 256.0 if r128 is not None else REPLAYGAIN_LUFS - replaygain if replaygain is not None else None
    return level if level is not None and -60.0 < level < 0.0 else None


def _first(value: object) -> object:
    return value[0] if isinstance(value, list | tuple) and value else value


def _text(value: object) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _number(value: object) -> float | None:
    found = _NUMBER.match(value.strip()) if isinstance(value, str) else None
    number = float(found[0].replace(",", ".")) if found else value
    return float(number) if isinstance(number, int | float) and math.isfinite(number) else None
