"""What the tags of a sound file say about it (a shell: it reads the file's head).

Decision: tags are hints, and are never written. What is missing, absurd or unreadable is simply not known; only decoding tells
whether a file plays. How far a tempo tag is trusted beside what was heard stands in `described.py`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.foreign_text import plain_line
from relaxlisten.music.key_names import normal_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# ReplayGain 2 aims at -18 LUFS, R128_TRACK_GAIN (Opus, RFC 7845, in 1/256 dB) at -23 LUFS.
REPLAYGAIN_LUFS = -18.0
R128_LUFS = -23.0
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
SLOWEST_BPM, FASTEST_BPM = 20.0, 300.0
_KEY_TAGS = ("initial_key", "initialkey", "key", "tkey")
_LYRICS_TAGS = ("lyrics", "unsyncedlyrics", "syncedlyrics")
# As Picard writes the recording: MUSICBRAINZ_TRACKID in Vorbis comments and APE, "MusicBrainz Track Id" in MP4, UFID in ID3.
_RECORDING_TAGS = ("musicbrainz_trackid", "musicbrainz track id")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UFID = re.compile(rb"http://musicbrainz\.org\0([0-9a-f-]{36})")
_UFID_WITHIN = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """None where nothing is known. loudness_lufs: of the whole piece, as its ReplayGain or R128 gain implies.

    key: "A minor", whatever form it was written in. recording_id: of MusicBrainz. has_lyrics: the words are in the tags.
    """

    title: str | None = None
    artist: str | None = None
    tempo_bpm: float | None = None
    duration_s: float | None = None
    loudness_lufs: float | None = None
    key: str | None = None
    recording_id: str | None = None
    has_lyrics: bool = False


def read_tags(path: Path) -> Tags:
    """The tags of a file; none of them for a file that cannot be understood."""
    from tinytag import TinyTag, TinyTagException

    try:
        found = TinyTag.get(path).as_dict()
        return understand(found | _unique_file_id(path))
    except (TinyTagException, OSError, ValueError, LookupError, ArithmeticError):
        return Tags()


def _unique_file_id(path: Path) -> dict[str, object]:
    """The recording in an ID3 tag's UFID frame, which the reader of tags passes over."""
    with path.open("rb") as file:
        head = file.read(_UFID_WITHIN) if file.read(3) == b"ID3" else b""
    found = _UFID.search(head)
    return {"musicbrainz_trackid": found[1].decode("ascii")} if found else {}


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
        key=normal_key(_text_of(values, _KEY_TAGS) or ""),
        recording_id=_recording(_text_of(values, _RECORDING_TAGS) or ""),
        has_lyrics=_text_of(values, _LYRICS_TAGS) is not None,
    )


def _loudness(values: Mapping[str, object]) -> float | None:
    r128, replaygain = _number(values.get("r128_track_gain")), _number(values.get("replaygain_track_gain"))
    level = R128_LUFS - r128 / 256.0 if r128 is not None else REPLAYGAIN_LUFS - replaygain if replaygain is not None else None
    return level if level is not None and -60.0 < level < 0.0 else None


def _recording(text: str) -> str | None:
    return text.lower() if _UUID.fullmatch(text.lower()) else None


def _text_of(values: Mapping[str, object], names: tuple[str, ...]) -> str | None:
    """The first of these tags that holds any text."""
    return next((text for name in names if (text := _text(values.get(name))) is not None), None)


def _first(value: object) -> object:
    return value[0] if isinstance(value, list | tuple) and value else value


def _text(value: object) -> str | None:
    return plain_line(value) or None if isinstance(value, str) else None


def _number(value: object) -> float | None:
    found = _NUMBER.match(value.strip()) if isinstance(value, str) else None
    number = float(found[0].replace(",", ".")) if found else value
    return float(number) if isinstance(number, int | float) and math.isfinite(number) else None
