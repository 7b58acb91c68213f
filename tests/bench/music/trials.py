"""Every engine on every piece, two at a time; pieces that were made once may be kept and found again."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

import soundfile

from tests.bench.music import corpus
from tests.bench.music.render import RATE_HZ
from tests.bench.music.score import Truth

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.bench.music.corpus import Clip
    from tests.bench.music.engines import Answer, Engine

WORKERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A piece without its sound, and what each engine answered."""

    name: str
    truth: Truth
    answers: dict[str, Answer]


def on_corpus(seed: int, kept: Path | None, compared: tuple[Engine, ...]) -> list[Trial]:
    """All pieces of a seed."""
    with ProcessPoolExecutor(WORKERS) as pool:
        return list(pool.map(partial(_on_one, seed, kept, compared), corpus.numbers()))


def on_clips(clips: Iterable[Clip], compared: tuple[Engine, ...]) -> list[Trial]:
    return [_heard(clip, compared) for clip in clips]


def _on_one(seed: int, kept: Path | None, compared: tuple[Engine, ...], piece: tuple[str, int]) -> Trial:
    if kept is None:
        return _heard(corpus.make(seed, *piece), compared)
    path = kept / str(seed) / f"{piece[0]}-{piece[1]}"
    if not path.with_suffix(".json").exists():
        clip = corpus.make(seed, *piece)
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path.with_suffix(".flac"), clip.sound, RATE_HZ)
        path.with_suffix(".json").write_text(json.dumps(asdict(clip.truth)))
    truth = json.loads(path.with_suffix(".json").read_text())
    sound = soundfile.read(path.with_suffix(".flac"), dtype="float32", always_2d=True)[0]
    truth = Truth(**{**truth, "beats_s": tuple(truth["beats_s"])})
    return _heard(corpus.Clip(name=str(path), sound=sound, truth=truth), compared)


def _heard(clip: Clip, compared: tuple[Engine, ...]) -> Trial:
    answers = {engine.name: engine.timed(clip.sound) for engine in compared}
    return Trial(name=clip.name, truth=clip.truth, answers=answers)
