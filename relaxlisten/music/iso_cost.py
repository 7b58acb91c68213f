"""What a way down costs: how well each piece fits its place in it, and each its neighbour.

Decision: the whole cost is stated here, in one unit: 1 is what a minute costs that is stretched to the limit. A piece costs, for
each of its minutes:
  1.0 (stretch / limit)²      how far it is stretched to be at the tempo of the path
  2.0 (missing / 2 %)²        what is missing to the path where the limit holds it back; a step of 2 % is what listeners notice;
                              beyond 6 % it grows as a straight line, so that one piece that fits nowhere does not outweigh all
  0.5 (energy off the path)², 0.25 (brightness off the path)²      in standard deviations of the library
  4.0 (part of the way left)²      for a piece without a pulse, instead of the first two: it belongs to the end
and from each piece to the next:
  0.5 (step / 2 %)²      of the tempo that is heard, likewise;      0.1 for each step on the circle of fifths beyond the first
  0.3 (rise of energy)²;      10 for the same artist twice in a row, where there are several
The end costs (error of the whole length / 5 %)² up to 5 %, and 200 for each minute beyond: more than any minute of music that is
off the path by its tempo, so that the length comes first. A silence costs 10 (distance from its even place / whole length)², and
20 where it finds none; it hides the step, the keys and the rise between the pieces around it.
The path: tempo falls evenly (the same part each minute), energy and brightness from the library's upper fifth to its lowest
tenth. Places are counted in cells of 10 s, so that a table of all pieces at all places can be made.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.key_circle import circle_place
from relaxlisten.music.metrical_level import TRIPLES, heard_at
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from relaxlisten.units import FloatArray

    IntArray = NDArray[np.intp]
    _Ends = tuple[float, float]  # of a path

CELL_S = 10.0
STEP = 0.02
TOLERANCE = 0.05  # of the whole length
_STRETCH, _MISSING, _ENERGY, _BRIGHTNESS, _NO_PULSE = 1.0, 2.0, 0.5, 0.25, 4.0
_TEMPO_STEP, _KEY_STEP, _RISE, _SAME_ARTIST = 0.5, 0.1, 0.3, 10.0
BEYOND_PER_MIN = 200.0
_SILENCE_OFF, _NO_SILENCE = 10.0, 20.0
_STRAIGHT_FROM = 3.0  # steps of 2 %
_NOT_KNOWN = 0.5  # a square of standard deviations: a fact that is not known counts as somewhat off
_FROM_QUANTILE, _TO_QUANTILE = 0.8, 0.1
_ROWS = 256  # pieces at a time, so that the tables between stay in the processor's cache
_LN_2 = math.log(2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A piece that may be picked. tempo_bpm: None where there is no pulse to rely on. candidates_bpm: other tempi heard in it.

    energy: arousal in standard deviations of the library; brightness_hz: its spectral centroid; None where not known.
    """

    name: str
    title: str
    duration_s: float
    tempo_bpm: float | None
    artist: str | None = None
    candidates_bpm: tuple[float, ...] = ()
    energy: float | None = None
    brightness_hz: float | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The way that is asked for. silences_s: their lengths, in order. stretch_percent: the most that a tempo may be changed."""

    from_bpm: float
    to_bpm: float
    length_s: float
    silences_s: tuple[float, ...] = ()
    stretch_percent: float = 8.0

    def tempo_bpm(self, part: float) -> float:
        """The tempo of the path; part: 0 at the beginning of the way, 1 at its end and after it."""
        return self.from_bpm * math.exp(math.log(self.to_bpm / self.from_bpm) * min(max(part, 0.0), 1.0))

    @property
    def ln_limits(self) -> tuple[float, float]:
        """The slowest and the fastest that a tempo may be changed to, as ln of heard over own."""
        most = self.stretch_percent / 100.0
        return math.log(1.0 - most), math.log(1.0 + most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All that the search looks up. Arrays of shape (cells, pieces): for a piece that begins in a cell.

    fit: its own cost. arrives: the cell after it. first_miss, last_miss: ln of the tempo that is heard over the path's where it
    begins and ends (NaN without a pulse). Arrays of shape (pieces,): energy (NaN: not known), circle (place of its key on the
    circle of fifths, -1: not known), artist (a number, -1: not known). silence_cells: lengths.
    """

    wish: Wish
    cells: int
    fit: FloatArray
    arrives: IntArray
    first_miss: FloatArray
    last_miss: FloatArray
    energy: FloatArray
    energy_path: tuple[float, float]
    circle: IntArray
    artist: IntArray
    silence_cells: tuple[int, ...]


def tabulate(pieces: Sequence[Candidate], wish: Wish) -> Table:
    """The costs of all pieces at all places."""
    cells = max(round(wish.length_s / CELL_S), 1)
    energy = _column(pieces, lambda piece: piece.energy)
    bright = _z(_column(pieces, lambda piece: piece.brightness_hz and math.log(piece.brightness_hz)))
    paths = (_descent(energy), _descent(bright))
    shape = (cells, len(pieces))
    fit, arrives, first_miss, last_miss = np.empty(shape), np.empty(shape, np.intp), np.empty(shape), np.empty(shape)
    for row in range(0, len(pieces), _ROWS):
        few = slice(row, row + _ROWS)
        places = _places(_Facts(pieces[few], energy[few], bright[few]), paths, cells, wish)
        fit[:, few], arrives[:, few], first_miss[:, few], last_miss[:, few] = places
    return Table(
        wish=wish,
        cells=cells,
        fit=fit,
        arrives=arrives,
        first_miss=first_miss,
        last_miss=last_miss,
        energy=energy,
        energy_path=paths[0],
        circle=np.array([-1 if (at := circle_place(piece.key)) is None else at for piece in pieces], np.intp),
        artist=_numbered([piece.artist for piece in pieces]),
        silence_cells=tuple(max(round(silence_s / CELL_S), 1) for silence_s in wish.silences_s),
    )


class _Facts:
    """Some pieces as columns."""

    def __init__(self, pieces: Sequence[Candidate], energy: FloatArray, bright: FloatArray) -> None:
        self.pieces, self.energy, self.bright = pieces, energy, bright
        self.own_s = np.array([piece.duration_s for piece in pieces])
        self.ln_own = np.log(_column(pieces, lambda piece: piece.tempo_bpm))


def _places(facts: _Facts, paths: tuple[_Ends, _Ends], cells: int, wish: Wish) -> tuple[FloatArray, ...]:
    """The table's fit, arrives, first_miss and last_miss of these pieces."""
    begins = np.arange(cells)[:, None] / cells
    middles = begins + facts.own_s / wish.length_s / 2.0
    level = facts.ln_own + _levels(facts, middles, wish)
    middle_stretch = np.nan_to_num(np.clip(_ln_path(middles, wish) - level, *wish.ln_limits))
    heard_s = facts.own_s * np.exp(-middle_stretch)
    ends = begins + heard_s / wish.length_s
    tempo, misses = _tempo_cost((begins, (begins + ends) / 2.0, ends), level, wish)
    left = 1.0 - np.minimum((begins + ends) / 2.0, 1.0)
    rate = np.where(np.isnan(level), _NO_PULSE * left**2, tempo)
    rate += _ENERGY * _off(facts.energy, paths[0], left) + _BRIGHTNESS * _off(facts.bright, paths[1], left)
    arrives: FloatArray = np.arange(float(cells))[:, None] + np.maximum(np.rint(heard_s / CELL_S), 1.0)
    return rate * heard_s / S_PER_MIN, arrives, misses[0], misses[-1]


def end_cost(table: Table, cell: IntArray | int, silences_left: int) -> FloatArray:
    """What it costs to end there."""
    error = np.abs(np.asarray(cell, float) / table.cells - 1.0)
    beyond_min = np.maximum(error - TOLERANCE, 0.0) * table.wish.length_s / S_PER_MIN
    cost: FloatArray = (np.minimum(error, TOLERANCE) / TOLERANCE) ** 2 + BEYOND_PER_MIN * beyond_min + _NO_SILENCE * silences_left
    return cost


def silence_cost(table: Table, cell: int, number: int) -> float:
    """What it costs to begin the silence of that number (from 0) there: silences are wished for at even distances."""
    even = (number + 1) / (len(table.silence_cells) + 1)
    return _SILENCE_OFF * (cell / table.cells - even) ** 2


def step_costs(table: Table, last: int, last_cell: int, cell: int, *, after_silence: bool) -> FloatArray:
    """From a piece (that began in last_cell) to each piece, which begins in a cell; shape (pieces,)."""
    cost: FloatArray = np.where((table.artist == table.artist[last]) & (table.artist >= 0), _SAME_ARTIST, 0.0)
    if after_silence:
        return cost
    step = np.nan_to_num(table.first_miss[cell] - table.last_miss[last_cell, last])
    rise = np.maximum(np.nan_to_num(table.energy - table.energy[last]), 0.0)
    around = np.abs(table.circle - table.circle[last])
    fifths = np.where((table.circle < 0) | (table.circle[last] < 0), 0, np.minimum(around, 12 - around))
    cost += _TEMPO_STEP * _noticed(step) + _RISE * rise**2 + _KEY_STEP * np.maximum(fifths - 1, 0)
    return cost


def _ln_path(parts: FloatArray, wish: Wish) -> FloatArray:
    slope, start = math.log(wish.to_bpm / wish.from_bpm), math.log(wish.from_bpm)
    path: FloatArray = np.minimum(parts, 1.0) * slope + start
    return path


def _levels(facts: _Facts, parts: FloatArray, wish: Wish) -> FloatArray:
    """The metrical level nearest to the path, as ln of 1, 2, 1/2, and of 3 or 1/3 where that was heard; NaN: no pulse."""
    away = _ln_path(parts, wish) - facts.ln_own
    best: FloatArray = np.clip(np.rint(away / _LN_2), -1.0, 1.0) * _LN_2
    for factor in TRIPLES:
        some = [at for at, piece in enumerate(facts.pieces) if _heard(piece, factor)]
        nearer = np.abs(away[:, some] - math.log(factor)) < np.abs(away[:, some] - best[:, some])
        best[:, some] = np.where(nearer, math.log(factor), best[:, some])
    return best


def _heard(piece: Candidate, factor: float) -> bool:
    return bool(piece.candidates_bpm) and piece.tempo_bpm is not None and heard_at(piece.tempo_bpm, factor, piece.candidates_bpm)


def _tempo_cost(places: Sequence[FloatArray], own: FloatArray, wish: Wish) -> tuple[FloatArray, list[FloatArray]]:
    """Cost a minute, by Simpson's rule over beginning, middle and end; and what is missing at these three."""
    slowest, fastest = wish.ln_limits
    cost, misses = np.zeros_like(own), []
    for parts, weight in zip(places, (1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0), strict=True):
        away = _ln_path(parts, wish) - own
        stretch = np.clip(away, slowest, fastest)
        misses.append(stretch - away)
        stretch /= np.where(stretch < 0.0, slowest, fastest)
        cost += (weight * _STRETCH) * np.square(stretch)
        cost += (weight * _MISSING) * _noticed(misses[-1])
    return cost, misses


def _noticed(ln_tempo: FloatArray) -> FloatArray:
    """The square of a difference of tempo in noticeable steps; a straight line from three of them on."""
    steps = np.abs(ln_tempo) / STEP
    squared: FloatArray = np.square(steps) - np.square(np.maximum(steps - _STRAIGHT_FROM, 0.0))
    return squared


def _descent(values: FloatArray) -> _Ends:
    known = values[~np.isnan(values)]
    if not known.size:
        return 0.0, 0.0
    high, low = np.quantile(known, (_FROM_QUANTILE, _TO_QUANTILE))
    return float(high), float(low)


def _off(values: FloatArray, path: _Ends, left: FloatArray) -> FloatArray:
    """Squared distance from the path; nothing where the library knows no such fact at all."""
    if np.isnan(values).all():
        return np.zeros_like(left)
    wished = path[1] + (path[0] - path[1]) * left
    return np.nan_to_num((values - wished) ** 2, nan=_NOT_KNOWN)


def _z(values: FloatArray) -> FloatArray:
    known = values[~np.isnan(values)]
    spread = float(known.std()) if known.size else 0.0
    z: FloatArray = (values - (known.mean() if known.size else 0.0)) / (spread if spread > 0.0 else 1.0)
    return z


def _column(pieces: Sequence[Candidate], fact: Callable[[Candidate], float | None]) -> FloatArray:
    return np.array([math.nan if (value := fact(piece)) is None else value for piece in pieces], float)


def _numbered(names: Sequence[str | None]) -> IntArray:
    known = {name: number for number, name in enumerate(dict.fromkeys(name.casefold() for name in names if name))}
    several = len(known) > 1
    return np.array([known[name.casefold()] if name and several else -1 for name in names], np.intp)
