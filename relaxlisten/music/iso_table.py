"""A library as columns, and from them the table of what each piece costs at each place of the way.

Decision: the table has a column for each piece that may be in the best way, not for each that there is. `least_costs` bounds from
below what a piece costs wherever it comes, from sixteen stretches of the way instead of all places; a piece whose bound exceeds
what a whole way costs is in no better one. Of 5,000 pieces some hundreds are left (`iso_playlist.py`), and nothing is lost.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.key_circle import circle_place
from relaxlisten.music.iso_cost import (
    CELL_S,
    Table,
    brightness_rate,
    energy_rate,
    ln_path,
    no_pulse_rate,
    tempo_rate,
)
from relaxlisten.music.metrical_level import TRIPLES, are_heard
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.music.iso_cost import Candidate, IntArray, Wish
    from relaxlisten.units import BoolArray, FloatArray

    _Ends = tuple[float, float]  # of a path

_FROM_QUANTILE, _TO_QUANTILE = 0.8, 0.1
_ROWS = 64  # pieces at a time, so that the tables between stay in the processor's cache
_LN_2 = math.log(2.0)
_STRETCHES = 16  # of the way, for the bounds
_SIMPSON = (1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0)


def tabulate(pieces: Sequence[Candidate], wish: Wish) -> Table:
    """The costs of all pieces at all places."""
    return Shelf(pieces, wish).table(np.arange(len(pieces)))


class Shelf:
    """All pieces as columns, each of shape (pieces,), with what is relative to all the others.

    energy, bright: in standard deviations, NaN where not known. ln_own: of the tempo, NaN without a pulse. energy_path,
    bright_path: where the path begins and ends. What is known of no piece lies on the path: it costs nothing.
    """

    def __init__(self, pieces: Sequence[Candidate], wish: Wish) -> None:
        self.wish = wish
        self.cells = max(round(wish.length_s / CELL_S), 1)
        self.own_s = np.array([piece.duration_s for piece in pieces], float)
        self.ln_own = np.log(_column([piece.tempo_bpm for piece in pieces]))
        self.heard = {factor: _heard(pieces, factor) for factor in TRIPLES}
        self.energy = _column([piece.energy for piece in pieces])
        self.bright = _z(np.log(_column([piece.brightness_hz or None for piece in pieces])))
        self.energy_path, self.bright_path = _descent(self.energy), _descent(self.bright)
        self.circle = np.array([-1 if (at := circle_place(piece.key)) is None else at for piece in pieces], np.intp)
        self.artist = _numbered([piece.artist for piece in pieces])

    def table(self, numbers: IntArray) -> Table:
        """The costs of these pieces at all places."""
        shape = (self.cells, len(numbers))
        fit, arrives, first_miss, last_miss = np.empty(shape), np.empty(shape, np.intp), np.empty(shape), np.empty(shape)
        for row in range(0, len(numbers), _ROWS):
            few = slice(row, row + _ROWS)
            fit[:, few], arrives[:, few], first_miss[:, few], last_miss[:, few] = self._places(numbers[few])
        return Table(
            wish=self.wish,
            cells=self.cells,
            fit=fit,
            arrives=arrives,
            first_miss=first_miss,
            last_miss=last_miss,
            energy=self.energy[numbers],
            energy_path=self.energy_path,
            circle=self.circle[numbers],
            artist=self.artist[numbers],
            silence_cells=tuple(max(round(silence_s / CELL_S), 1) for silence_s in self.wish.silences_s),
        )

    def least_costs(self) -> FloatArray:
        """In no place of a stretch of the way does a piece cost less than this; shape (stretches, pieces)."""
        edges = np.linspace(0.0, 1.0, _STRETCHES + 1).tolist()
        rates = np.array([self._least_rate(begin, end) for begin, end in itertools.pairwise(edges)])
        quickened = np.where(np.isnan(self.ln_own), 1.0, math.exp(self.wish.ln_limits[1]))
        least: FloatArray = rates * (self.own_s / quickened / S_PER_MIN)
        return least

    def _places(self, numbers: IntArray) -> tuple[FloatArray, ...]:
        """The table's fit, arrives, first_miss and last_miss of some pieces."""
        wish, own_s = self.wish, self.own_s[numbers]
        begins = np.arange(self.cells)[:, None] / self.cells
        middles = begins + own_s / wish.length_s / 2.0
        level = self._levels(middles, numbers)
        no_pulse = np.isnan(level[0])
        middle_stretch = np.clip(ln_path(middles, wish) - level, *wish.ln_limits)
        middle_stretch[:, no_pulse] = 0.0
        heard_s = own_s * np.exp(-middle_stretch)
        ends = begins + heard_s / wish.length_s
        rate, first_miss, last_miss = _tempo_cost((begins, (begins + ends) / 2.0, ends), level, wish)
        left = 1.0 - np.minimum((begins + ends) / 2.0, 1.0)
        rate[:, no_pulse] = no_pulse_rate(left[:, no_pulse])
        rate += energy_rate(left * _fall(self.energy_path) + (self.energy_path[1] - _known(self.energy)[numbers]))
        rate += brightness_rate(left * _fall(self.bright_path) + (self.bright_path[1] - _known(self.bright)[numbers]))
        arrives: FloatArray = np.arange(float(self.cells))[:, None] + np.maximum(np.rint(heard_s / CELL_S), 1.0)
        return rate * heard_s / S_PER_MIN, arrives, first_miss, last_miss

    def _levels(self, parts: FloatArray, numbers: IntArray) -> FloatArray:
        """Ln of the tempo at the metrical level nearest to the path: as it is, doubled, halved, three times or a third of it."""
        own = self.ln_own[numbers]
        away = ln_path(parts, self.wish) - own
        best: FloatArray = np.clip(np.rint(away / _LN_2), -1.0, 1.0) * _LN_2
        for factor, heard in self.heard.items():
            some = np.flatnonzero(heard[numbers])
            nearer = np.abs(away[:, some] - math.log(factor)) < np.abs(away[:, some] - best[:, some])
            best[:, some] = np.where(nearer, math.log(factor), best[:, some])
        best += own
        return best

    def _least_rate(self, begin: float, end: float) -> FloatArray:
        """What a minute costs at least whose middle lies in this part of the way, by its tempo in the middle alone."""
        slow, quick = sorted(ln_path(np.array([begin, end]), self.wish).tolist())
        levels = self.ln_own + np.log([[1.0], [2.0], [0.5], *([factor] for factor in TRIPLES)])
        tempo = tempo_rate(np.clip(0.0, slow - levels, quick - levels), self.wish)[0].min(axis=0)
        rate = np.where(np.isnan(self.ln_own), no_pulse_rate(np.array(1.0 - end)), _SIMPSON[1] * tempo)
        rate += energy_rate(_outside(_known(self.energy), self.energy_path, (begin, end)))
        rate += brightness_rate(_outside(_known(self.bright), self.bright_path, (begin, end)))
        return rate


def _outside(values: FloatArray, path: _Ends, parts: tuple[float, float]) -> FloatArray:
    """How far values lie from all that the path is between these parts of the way."""
    low, high = sorted(path[1] + _fall(path) * (1.0 - part) for part in parts)
    outside: FloatArray = values - np.clip(values, low, high)
    return outside


def _tempo_cost(places: Sequence[FloatArray], level: FloatArray, wish: Wish) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Cost a minute, by Simpson's rule over beginning, middle and end; what is missing at the beginning and at the end."""
    cost, misses = np.zeros_like(level), []
    for parts, weight in zip(places, _SIMPSON, strict=True):
        rate, missing = tempo_rate(ln_path(parts, wish) - level, wish)
        rate *= weight
        cost += rate
        misses.append(missing)
    return cost, misses[0], misses[-1]


def _heard(pieces: Sequence[Candidate], factor: float) -> BoolArray:
    """Which pieces were heard at this multiple of their own tempo too; shape (pieces,)."""
    pulsed = [(at, piece.tempo_bpm, piece.candidates_bpm) for at, piece in enumerate(pieces) if piece.tempo_bpm]
    owners = np.array([at for at, _, heard_bpm in pulsed for _ in heard_bpm], np.intp)
    own_bpm = np.array([own for _, own, heard_bpm in pulsed for _ in heard_bpm])
    candidates_bpm = np.array([bpm for _, _, heard_bpm in pulsed for bpm in heard_bpm])
    found = np.zeros(len(pieces), bool)
    found[owners[are_heard(own_bpm, factor, candidates_bpm)]] = True
    return found


def _known(values: FloatArray) -> FloatArray:
    """All 0, where the path of what nobody knows lies too; else as they are."""
    return np.zeros_like(values) if np.isnan(values).all() else values


def _fall(path: _Ends) -> float:
    return path[0] - path[1]


def _descent(values: FloatArray) -> _Ends:
    known = values[~np.isnan(values)]
    if not known.size:
        return 0.0, 0.0
    high, low = np.quantile(known, (_FROM_QUANTILE, _TO_QUANTILE))
    return float(high), float(low)


def _z(values: FloatArray) -> FloatArray:
    known = values[~np.isnan(values)]
    spread = float(known.std()) if known.size else 0.0
    z: FloatArray = (values - (known.mean() if known.size else 0.0)) / (spread if spread > 0.0 else 1.0)
    return z


def _column(values: Sequence[float | None]) -> FloatArray:
    """NaN where nothing is known."""
    return np.array(values, float)


def _numbered(names: Sequence[str | None]) -> IntArray:
    known = {name: number for number, name in enumerate(dict.fromkeys(name.casefold() for name in names if name))}
    several = len(known) > 1
    return np.array([known[name.casefold()] if name and several else -1 for name in names], np.intp)
