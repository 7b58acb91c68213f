"""The tables on music: each engine on each piece, against the original."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.sound.frames import frame_shape
from relaxlisten.sound.onsets import Onsets
from tests.bench.stretch import music
from tests.bench.stretch.engines import OURS, ours
from tests.bench.stretch.tables import Column, behind, table
from tests.sound.making import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from relaxlisten.units import FloatArray
    from tests.bench.stretch.engines import Engine
    from tests.bench.stretch.pieces import Excerpt

RATIOS = (0.92, 1.08)
# Fewer attacks than these say nothing about a piece.
_LEAST_ATTACKS = 10
# Within 7 ms it is the same attack.
_SAME = round(0.007 * RATE_HZ)
COLUMNS = (
    Column(key="attacks off", title="attacks off, ms", digits=2),
    Column(key="attacks off, 95 %", title="95 % of them, ms", digits=2),
    Column(key="rise lost", title="rise lost, dB", digits=1),
    Column(key="spectrum", title="spectrum, dB", digits=1),
    Column(key="width", title="width, dB", digits=2),
    Column(key="level", title="level, dB", digits=2),
)
BY_PIECE = {"rise lost": 1, "spectrum": 1, "level": 2}


def measured(engine: Engine, piece: Excerpt, ratio: float) -> dict[str, float]:
    """Every measure of one piece."""
    original, stretched = music.audible(piece.sound), music.audible(engine.play(piece.sound, ratio))
    off_ms, lost_db = music.attack_changes(original, stretched, ratio)
    off_ms = np.abs(off_ms - _quantile(off_ms, 0.5))
    enough = off_ms.size >= _LEAST_ATTACKS
    return {
        "attacks": off_ms.size,
        "attacks off": _quantile(off_ms, 0.5) if enough else math.nan,
        "attacks off, 95 %": _quantile(off_ms, 0.95) if enough else math.nan,
        "rise lost": _quantile(lost_db, 0.5) if enough else math.nan,
        "spectrum": music.spectrum_change_db(original, stretched, ratio),
        "width": _quantile(np.abs(music.width_changes_db(original, stretched, ratio)), 0.95),
        "level": _quantile(np.abs(music.level_changes_db(original, stretched, ratio)), 0.95),
    }


def part(compared: list[Engine], found: list[Excerpt], source: str) -> Iterator[str]:
    yield "## On music"
    yield ""
    yield f"Twenty seconds from the middle of each: {source}."
    yield "Nobody knows how music should sound when stretched, so it is compared with the original, above 20 Hz. There is"
    yield "no bar, but there are the peers."
    yield ""
    yield "- Attacks: moments when the energy of what is quick rises tenfold in 5 ms. How far they are from where they are"
    yield "  due (the median, and 95 %), and how much less they rise. Pieces with fewer than ten are left out of that."
    yield "- Spectrum: how far magnitudes are from the original's in its steadier half (Laroche & Dolson 1999)."
    yield "  More is phasier."
    yield "- Width: the change of the difference of both sides against their sum. Level: its change. 95 % of windows of"
    yield "  0.4 s."
    yield ""
    yield "Median over the pieces:"
    yield ""
    figures = {
        (ratio, engine.name): {piece.name: measured(engine, piece, ratio) for piece in found}
        for ratio in RATIOS
        for engine in compared
    }
    medians = {(f"{ratio}", name): _medians(of_piece) for (ratio, name), of_piece in figures.items()}
    yield from table(COLUMNS, ("ratio", "engine"), medians)
    yield from behind(COLUMNS, medians, OURS)
    yield from copied_or_not(found, RATIOS[0])
    yield from by_piece({name: of_piece for (ratio, name), of_piece in figures.items() if ratio == RATIOS[0]}, found)


def copied_or_not(found: list[Excerpt], ratio: float) -> Iterator[str]:
    """How ours treats the attacks that it finds, and those that it does not."""
    lost: dict[bool, list[float]] = {True: [], False: []}
    for piece in found:
        seen = np.array([*Onsets(2, RATE_HZ, frame_shape(RATE_HZ).size).feed(piece.sound), -RATE_HZ])
        original = music.audible(piece.sound)
        _, lost_db = music.attack_changes(original, music.audible(ours(piece.sound, ratio)), ratio)
        for at, less_db in zip(music.attacks(original), lost_db, strict=False):
            lost[bool(np.abs(seen - at).min() < _SAME)].append(less_db)
    copied, others = lost[True], lost[False]
    if copied and others:
        copied_db, others_db = np.median(copied), np.median(others)
        yield f"{OURS} copies the attacks that it finds, and stretches all else. At ratio {ratio} it finds {len(copied)} of these"
        yield f"{len(copied) + len(others)}. Those rise {copied_db:.1f} dB less, the others {others_db:.1f} dB less (medians)."
        yield ""


def by_piece(figures: Mapping[str, Mapping[str, Mapping[str, float]]], found: list[Excerpt]) -> Iterator[str]:
    yield f"By piece, ratio {RATIOS[0]}, in dB:"
    yield ""
    columns = [
        Column(key=f"{key} {name}", title=name if number else f"{key}: {name}", digits=digits)
        for key, digits in BY_PIECE.items()
        for number, name in enumerate(figures)
    ]
    rows = {
        (piece.name, f"{figures[OURS][piece.name]['attacks']:.0f}"): {
            f"{key} {name}": of_piece[piece.name][key] for name, of_piece in figures.items() for key in BY_PIECE
        }
        for piece in found
    }
    yield from table(columns, ("piece", "attacks"), rows)


def _medians(of_piece: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    columns = {column.key: np.array([one[column.key] for one in of_piece.values()]) for column in COLUMNS}
    return {key: _quantile(values[~np.isnan(values)], 0.5) for key, values in columns.items()}


def _quantile(values: FloatArray, share: float) -> float:
    return float(np.quantile(values, share)) if values.size else math.nan
