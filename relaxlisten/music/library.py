"""The listener's own music: from files to tracks, those that need no listening first.

Decision: what a sidecar says goes before what a tag says, and that before what is heard. Files are opened by a callable that is
passed in; only what is not tagged is listened for. A file that cannot be played becomes a sentence, never an end to the scan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.errors import RelaxListenError, UnplayableFile, UsageError
from relaxlisten.messages import Track
from relaxlisten.music.excerpt import read_excerpt, read_whole
from relaxlisten.music.playlist import relative_name
from relaxlisten.music.sidecar import Sidecar, parse_sidecar, sidecar_paths
from relaxlisten.music.tags import Tags, read_tags
from relaxlisten.music.tempo import TempoEstimate, estimate_tempo, find_first_beat_s
from relaxlisten.terms import TempoSource
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from relaxlisten.music.excerpt import Excerpt
    from relaxlisten.music.playlist import MusicList
    from relaxlisten.ports import AudioSource
    from relaxlisten.units import FloatArray

PREFIX = "file:"
TARGET_LUFS = -23.0
MOST_BOOST_DB, MOST_CUT_DB = 12.0, -24.0
_LOOK_AT = 20  # files whose tags are read before one is listened to, so that a large collection does not delay the music


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """What is known of a file before its sound is read."""

    path: Path
    track_id: str
    tags: Tags
    sidecar: Sidecar

    @property
    def tempo_bpm(self) -> float | None:
        """Tempo from the sidecar, else from the tag."""
        return self.sidecar.tempo_bpm or self.tags.tempo_bpm

    @property
    def work(self) -> int:
        """0: can be played at once; 1: a little must be heard (how loud it is); 2: its tempo must be found."""
        if self.tempo_bpm is None:
            return 2
        return 0 if self.tags.duration_s is not None and self.tags.loudness_lufs is not None else 1


def scan(
    music: MusicList,
    open_piece: Callable[[Path], tuple[AudioSource, float]],
    on_track: Callable[[Track, Path], None],
    on_problem: Callable[[str], None],
    should_stop: Callable[[], bool],
) -> int:
    """Tell every piece that can be played, soonest ready first; returns how many. Meant for a thread of its own.

    open_piece gives a piece and its length in s. Where it raises RelaxListenError, OSError, RuntimeError or ValueError the file
    is left out, in a sentence; a sentence that says the same of many files (a decoder is missing) is told once.
    """
    on_problem = _once(on_problem)
    for problem in music.problems:
        on_problem(problem)
    told = 0
    for file in _soonest_first(music, on_problem):
        if should_stop():
            break
        track = _heard(file, open_piece, on_problem)
        if track is not None:
            on_track(track, file.path)
            told += 1
    return told


def _once(tell: Callable[[str], None]) -> Callable[[str], None]:
    """Pass on each sentence the first time only."""
    told: set[str] = set()

    def tell_once(sentence: str) -> None:
        if sentence not in told:
            told.add(sentence)
            tell(sentence)

    return tell_once


def _soonest_first(music: MusicList, on_problem: Callable[[str], None]) -> Iterator[KnownFile]:
    """Files that need no listening as they are met, the others after them; one is given early where the first few all need it."""
    waiting: list[KnownFile] = []
    early = True
    for count, path in enumerate(music.paths, start=1):
        file = know_file(path, music.folder, on_problem)
        if file.work == 0:
            early = False
            yield file
        else:
            waiting.append(file)
        if early and count == _LOOK_AT:
            early = False
            soonest = min(waiting, key=lambda file: file.work)
            waiting.remove(soonest)
            yield soonest
    yield from sorted(waiting, key=lambda file: file.work)


def know_file(path: Path, folder: Path, on_problem: Callable[[str], None]) -> KnownFile:
    """Tags and sidecar of a file; a faulty sidecar is told and then counts as absent."""
    sidecar = Sidecar()
    try:
        beside = next((candidate for candidate in sidecar_paths(path) if candidate.is_file()), None)
        if beside is not None:
            sidecar = parse_sidecar(beside.read_text(encoding="utf-8"), relative_name(beside, folder))
    except UsageError as fault:
        on_problem(str(fault))
    except (OSError, UnicodeDecodeError):
        on_problem(f"{relative_name(beside or path, folder)} cannot be read: the piece plays without it.")
    return KnownFile(path=path, track_id=PREFIX + relative_name(path, folder), tags=read_tags(path), sidecar=sidecar)


def describe_file(file: KnownFile, excerpt: Excerpt | None) -> Track:
    """The track of a file; excerpt None only where `file.work` is 0."""
    tempo_bpm, source, first_beat_s = _tempo(file, excerpt)
    return Track(
        track_id=file.track_id,
        title=file.sidecar.title or _tagged_title(file.tags) or file.path.stem,
        duration_s=excerpt.duration_s if excerpt else file.tags.duration_s or 0.0,
        tempo_bpm=tempo_bpm,
        tempo_source=source,
        first_beat_s=first_beat_s,
        beats_per_bar=file.sidecar.beats_per_bar or 4,
        gain_db=_gain_db(_level_lufs(file.tags, excerpt)),
    )


def _heard(
    file: KnownFile, open_piece: Callable[[Path], tuple[AudioSource, float]], on_problem: Callable[[str], None]
) -> Track | None:
    """The track of a file, listened to where that is needed; None, and a sentence, for one that cannot be played."""
    if file.work == 0:
        return describe_file(file, None)
    name = file.track_id.removeprefix(PREFIX)
    listen = read_whole if file.tags.loudness_lufs is None else read_excerpt
    try:
        excerpt = listen(*open_piece(file.path))
    except UnplayableFile as fault:
        on_problem(f"{name} {fault.reason}; it is left out.")
    except RelaxListenError as fault:
        on_problem(str(fault))
    except (OSError, RuntimeError, ValueError):
        on_problem(f"{name} is not a sound file that can be played; it is left out.")
    else:
        if excerpt.duration_s > 0.0 and len(excerpt.samples) > 0:
            return describe_file(file, excerpt)
        on_problem(f"{name} holds no sound; it is left out.")
    return None


def _tempo(file: KnownFile, excerpt: Excerpt | None) -> tuple[float | None, TempoSource, float]:
    """Tempo, where it is known from, and the first beat on the time axis of the whole file."""
    declared_bpm = file.tempo_bpm
    if declared_bpm is None:
        estimate = _estimate(excerpt)
        tempo_bpm, source, in_excerpt_s = estimate.tempo_bpm, TempoSource.ESTIMATE, estimate.first_beat_s
    else:
        tempo_bpm, source = declared_bpm, TempoSource.SIDECAR if file.sidecar.tempo_bpm else TempoSource.TAG
        in_excerpt_s = None
        if file.sidecar.first_beat_s is None and excerpt is not None:
            in_excerpt_s = find_first_beat_s(_mono(excerpt), excerpt.rate_hz, declared_bpm)
    if tempo_bpm is None:
        return None, TempoSource.NONE, file.sidecar.first_beat_s or 0.0
    if file.sidecar.first_beat_s is not None:
        return tempo_bpm, source, file.sidecar.first_beat_s
    if in_excerpt_s is None or excerpt is None:
        return tempo_bpm, source, 0.0
    return tempo_bpm, source, (excerpt.start_s + in_excerpt_s) % (S_PER_MIN / tempo_bpm)


def _estimate(excerpt: Excerpt | None) -> TempoEstimate:
    if excerpt is None:
        return TempoEstimate(tempo_bpm=None, confidence=0.0, first_beat_s=None, candidates=())
    return estimate_tempo(_mono(excerpt), excerpt.rate_hz)


def _mono(excerpt: Excerpt) -> FloatArray:
    samples = np.nan_to_num(np.asarray(excerpt.samples, dtype=np.float64))
    mono: FloatArray = samples.mean(axis=1) if samples.ndim == 2 else samples
    return mono


def _level_lufs(tags: Tags, excerpt: Excerpt | None) -> float | None:
    """Loudness as tagged, else as heard; of the whole piece, either way."""
    return excerpt.loudness_lufs if tags.loudness_lufs is None and excerpt is not None else tags.loudness_lufs


def _gain_db(level_lufs: float | None) -> float:
    """What brings a piece to -23 LUFS, within limits; 0 where its level is not known."""
    return 0.0 if level_lufs is None else max(MOST_CUT_DB, min(MOST_BOOST_DB, TARGET_LUFS - level_lufs))


def _tagged_title(tags: Tags) -> str | None:
    """Artist and title, as far as they are known."""
    return f"{tags.artist}: {tags.title}" if tags.artist and tags.title else tags.title
