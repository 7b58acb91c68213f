"""The tables on music: each engine on each piece, against the original."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.stretch import music
from tests.bench.stretch.engines import OURS
from tests.bench.stretch.tables import Column, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from relaxlisten.units import FloatArray
    from tests.bench.stretch.engines import Engine
    from tests.bench.stretch.pieces import Excerpt

RATIOS = (0.92, 1.08)
# Fewer attacks than these say nothing about a piece.
_LEAST_ATTACKS = 10
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
    yield from worst_of_all(medians)
    yield from by_piece({name: of_piece for (ratio, name), of_piece in figures.items() if ratio == RATIOS[0]}, found)


def worst_of_all(rows: Mapping[tuple[str, str], Mapping[str, float]]) -> Iterator[str]:
    """Each cell in which ours is worse than that of every peer: more is worse in all."""
    found = []
    for (ratio, name), figures in rows.items():
        peers = [other for (at, peer), other in rows.items() if at == ratio and peer != OURS]
        if name == OURS and peers:
            worse = [column for column in COLUMNS if all(figures[column.key] > other[column.key] for other in peers)]
            found += [f"- {ratio}: {one.title} {one.cell(figures[one.key])}" for one in worse]
    if found:
        yield ""
        yield f"Cells of {OURS} that are worse than those of every peer:"
        yield ""
        yield from found


def by_piece(figures: Mapping[str, Mapping[str, Mapping[str, float]]], found: list[Excerpt]) -> Iterator[str]:
    yield ""
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
