"""The cheapest way down: which pieces, in which order.

Decision: best-first search with a bound that can only be too low: the cheapest way on from a place if a piece might come twice
and neighbours cost nothing, which one pass over the table gives exactly. A beam finds a good way first; then what may still be
cheaper is looked through, cheapest first, until nothing is left (the way is the best there is) or the look-through has become too
long (the way is at most `gap` above the best). No random numbers: the same library gives the same way.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.iso_cost import end_cost, silence_cost, step_costs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relaxlisten.music.iso_cost import Table
    from relaxlisten.units import FloatArray

_BEAM = 4
_MOST_LOOKS = 4_000_000  # pieces looked at, over all places: about 0.2 s
_MOST_PLACES = 20_000
_SURE = 1e-9  # differences below it are rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A piece at a place. cell: where it begins, after a silence of that number (None: after none)."""

    piece: int
    cell: int
    silence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Pieces in their order, what they cost, and by how much the best way may be cheaper (0: this is the best)."""

    steps: tuple[Step, ...]
    cost: float
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class _Place:
    """A way so far: where it stands, with how many silences behind it. cost: so far, without an end."""

    steps: tuple[Step, ...]
    cell: int
    silences: int
    cost: float


class _Map:
    """The table with the bound: the least that the rest of the way costs, shape (silences used + 1, cells + longest piece)."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.silences = len(table.silence_cells)
        reach = int(table.arrives.max(initial=0)) + sum(table.silence_cells) + 1
        every = np.arange(max(reach, table.cells + 1))
        self.rest: FloatArray = np.stack([end_cost(table, every, self.silences - used) for used in range(self.silences + 1)])
        self.onward: FloatArray = np.empty((self.silences + 1, *table.fit.shape))
        for used in range(self.silences, -1, -1):
            self._fill(used)

    def _fill(self, used: int) -> None:
        table, rest, onward = self.table, self.rest[used], self.onward[used]
        for cell in range(table.cells - 1, -1, -1):
            onward[cell] = table.fit[cell] + rest[table.arrives[cell]]
            rest[cell] = min(rest[cell], onward[cell].min(initial=np.inf))
            if used < self.silences and cell > 0 and (after := cell + table.silence_cells[used]) < table.cells:
                quiet = silence_cost(table, cell, used) + self.onward[used + 1][after].min(initial=np.inf)
                rest[cell] = min(rest[cell], quiet)

    def ended(self, place: _Place) -> float:
        """The cost of a way that ends here."""
        return place.cost + float(end_cost(self.table, place.cell, self.silences - place.silences))

    def ways_on(self, place: _Place) -> Iterator[tuple[FloatArray, int | None]]:
        """For each piece that may come next, the least that the whole way costs then; without a silence before it, and with."""
        table = self.table
        if place.cell >= table.cells:
            return
        yield self._bounds(place, place.cell, place.silences, None), None
        if place.steps and place.silences < self.silences:
            after = place.cell + table.silence_cells[place.silences]
            if after < table.cells:
                yield self._bounds(place, after, place.silences + 1, place.silences), place.silences

    def _bounds(self, place: _Place, cell: int, silences: int, silence: int | None) -> FloatArray:
        bounds: FloatArray = place.cost + self.onward[silences][cell]
        if silence is not None:
            bounds = bounds + silence_cost(self.table, place.cell, silence)
        if place.steps:
            last = place.steps[-1]
            bounds = bounds + step_costs(self.table, last.piece, last.cell, cell, after_silence=silence is not None)
        bounds[[step.piece for step in place.steps]] = np.inf
        return bounds

    def onto(self, place: _Place, piece: int, silence: int | None, bound: float) -> _Place:
        """The way with one more piece, whose bound is known."""
        cell = place.cell if silence is None else place.cell + self.table.silence_cells[silence]
        silences = place.silences if silence is None else silence + 1
        arrives = int(self.table.arrives[cell, piece])
        steps = (*place.steps, Step(piece=piece, cell=cell, silence=silence))
        return _Place(steps, arrives, silences, bound - float(self.rest[silences][arrives]))


def cheapest_way(table: Table) -> Way:
    """The way of the least cost; without any piece where there is none to pick."""
    ways = _Map(table)
    start = _Place((), 0, 0, 0.0)
    if not table.fit.size:
        return Way(steps=(), cost=ways.ended(start))
    best = _beam(ways, start)
    best, bound = _look_through(ways, start, best)
    cost = ways.ended(best)
    return Way(steps=best.steps, cost=cost, gap=max(cost - bound, 0.0))


def cost_of(table: Table, order: Sequence[tuple[int, bool]]) -> Way:
    """What a given order costs: numbers of pieces, each with whether a silence comes before it."""
    ways = _Map(table)
    place = _Place((), 0, 0, 0.0)
    for piece, quiet in order:
        silence = place.silences if quiet else None
        bounds = next(bounds for bounds, before in ways.ways_on(place) if before == silence)
        place = ways.onto(place, piece, silence, float(bounds[piece]))
    return Way(steps=place.steps, cost=ways.ended(place))


def _beam(ways: _Map, start: _Place) -> _Place:
    """A good way, soon: of each length only the likeliest beginnings are followed."""
    best, beam = start, [start]
    while beam:
        found: list[tuple[float, int, _Place]] = []
        number = itertools.count()
        for place in beam:
            for bounds, silence in ways.ways_on(place):
                for piece in _least(bounds, _BEAM):
                    bound = float(bounds[piece])
                    heapq.heappush(found, (bound, next(number), ways.onto(place, piece, silence, bound)))
        beam = [place for _, _, place in heapq.nsmallest(_BEAM, found)]
        best = min([best, *beam], key=ways.ended)
    return best


def _least(bounds: FloatArray, count: int) -> Sequence[int]:
    few = np.argpartition(bounds, count)[:count] if len(bounds) > count else np.arange(len(bounds))
    return [int(piece) for piece in few[np.argsort(bounds[few], kind="stable")] if np.isfinite(bounds[piece])]


def _look_through(ways: _Map, start: _Place, best: _Place) -> tuple[_Place, float]:
    """The best way, and the least that any way may cost as far as was looked."""
    least = ways.ended(best)
    number = itertools.count()
    waiting = _open(ways, start, least, number)
    heapq.heapify(waiting)
    looks = min(_MOST_PLACES, max(_MOST_LOOKS // len(ways.table.energy), 1))
    while waiting and waiting[0][0] < least - _SURE:
        if looks == 0:
            return best, waiting[0][0]
        bound, _, branch, at = heapq.heappop(waiting)
        place = ways.onto(branch.place, int(branch.pieces[at]), branch.silence, bound)
        if at + 1 < len(branch.pieces):
            heapq.heappush(waiting, (float(branch.bounds[at + 1]), next(number), branch, at + 1))
        if ways.ended(place) < least - _SURE:
            best, least = place, ways.ended(place)
        for opened in _open(ways, place, least, number):
            heapq.heappush(waiting, opened)
        looks -= 1
    return best, least


@dataclass(frozen=True, slots=True)
class _Branch:
    """All pieces that may follow a place, those with the least bound first."""

    place: _Place
    silence: int | None
    pieces: Sequence[int]
    bounds: FloatArray


def _open(ways: _Map, place: _Place, least: float, number: Iterator[int]) -> list[tuple[float, int, _Branch, int]]:
    opened = []
    for bounds, silence in ways.ways_on(place):
        pieces = np.flatnonzero(bounds < least - _SURE)
        pieces = pieces[np.argsort(bounds[pieces], kind="stable")]
        if len(pieces):
            branch = _Branch(place, silence, pieces.tolist(), bounds[pieces])
            opened.append((float(bounds[pieces[0]]), next(number), branch, 0))
    return opened
