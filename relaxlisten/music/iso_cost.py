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
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from relaxlisten.units import FloatArray

    IntArray = NDArray[np.intp]

CELL_S = 10.0
STEP = 0.02
TOLERANCE = 0.05  # of the whole length
_STRETCH, _MISSING, _ENERGY, _BRIGHTNESS, _NO_PULSE = 1.0, 2.0, 0.5, 0.25, 4.0
_TEMPO_STEP, _KEY_STEP, _RISE, _SAME_ARTIST = 0.5, 0.1, 0.3, 10.0
BEYOND_PER_MIN = 200.0
_SILENCE_OFF, _NO_SILENCE = 10.0, 20.0
_STRAIGHT_FROM = 3.0  # steps of 2 %
_NOT_KNOWN = 0.5  # a square of standard deviations: a fact that is not known counts as somewhat off


class Candidate(NamedTuple):
    """A piece that may be picked. tempo_bpm: None where there is no pulse to rely on. candidates_bpm: other tempi heard in it.

    energy: arousal in standard deviations of the library; brightness_hz: its spectral centroid; None where not known. A tuple,
    because thousands are made for one plan.
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
    artist = table.artist[last]
    cost: FloatArray = _SAME_ARTIST * (table.artist == artist) if artist >= 0 else np.zeros(len(table.artist))
    if after_silence:
        return cost
    miss = table.last_miss[last_cell, last]
    if not np.isnan(miss):
        noticed = _noticed(table.first_miss[cell] - miss)
        noticed[np.isnan(noticed)] = 0.0
        cost += _TEMPO_STEP * noticed
    cost += _RISE * np.square(np.fmax(table.energy - table.energy[last], 0.0))  # fmax passes over NaN
    if table.circle[last] >= 0:
        around = np.abs(table.circle - table.circle[last])
        fifths = np.where(table.circle < 0, 0, np.minimum(around, 12 - around))
        cost += _KEY_STEP * np.maximum(fifths - 1, 0)
    return cost


def ln_path(parts: FloatArray, wish: Wish) -> FloatArray:
    """Ln of the path's tempo."""
    slope, start = math.log(wish.to_bpm / wish.from_bpm), math.log(wish.from_bpm)
    path: FloatArray = np.minimum(parts, 1.0) * slope + start
    return path


def tempo_rate(away: FloatArray, wish: Wish) -> tuple[FloatArray, FloatArray]:
    """What a minute costs whose path lies so far (ln) from the piece's tempo, and what is missing then (ln)."""
    slowest, fastest = wish.ln_limits
    stretch = np.clip(away, slowest, fastest)
    missing = stretch - away
    # In place: memory of this size costs more to get than to fill.
    rate = np.minimum(stretch, 0.0) / slowest
    rate += np.maximum(stretch, 0.0) / fastest
    np.square(rate, out=rate)
    rate *= _STRETCH
    noticed = _noticed(missing)
    noticed *= _MISSING
    rate += noticed
    return rate, missing


def no_pulse_rate(left: FloatArray) -> FloatArray:
    """What a minute without a pulse costs; left: part of the way."""
    rate: FloatArray = _NO_PULSE * np.square(left)
    return rate


def energy_rate(off: FloatArray) -> FloatArray:
    """What a minute costs whose energy lies so far (in standard deviations) from the path; NaN: it is not known."""
    return _off_rate(off, _ENERGY)


def brightness_rate(off: FloatArray) -> FloatArray:
    """Likewise for brightness."""
    return _off_rate(off, _BRIGHTNESS)


def _off_rate(off: FloatArray, weight: float) -> FloatArray:
    rate: FloatArray = np.square(off)
    rate[np.isnan(rate)] = _NOT_KNOWN
    rate *= weight
    return rate


def _noticed(ln_tempo: FloatArray) -> FloatArray:
    """The square of a difference of tempo in noticeable steps; a straight line from three of them on."""
    steps = np.abs(ln_tempo)
    steps /= STEP
    beyond = np.maximum(steps - _STRAIGHT_FROM, 0.0)
    np.square(beyond, out=beyond)
    np.square(steps, out=steps)
    steps -= beyond
    return steps
