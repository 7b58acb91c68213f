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

from relaxlisten.music.iso_cost import BEYOND_PER_MIN, CELL_S, TOLERANCE, end_cost, silence_cost, step_costs
from relaxlisten.units import S_PER_MIN

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


@dataclass(frozen=True, slots=True)
class _Next:
    """What a way costs with each piece that may come next, and the least that it costs in all then; inf for one that may not.

    silence: the number of the one before the piece. Both arrays of shape (pieces,).
    """

    silence: int | None
    cell: int
    costs: FloatArray
    bounds: FloatArray


class _Map:
    """The table with its bounds. rest: the least that the rest of a way costs, shape (silences used + 1, cells and beyond)."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.silences = len(table.silence_cells)
        reach = int(table.arrives.max(initial=0)) + sum(table.silence_cells) + 1
        every = np.arange(max(reach, table.cells + 1))
        self.rest: FloatArray = np.stack([end_cost(table, every, self.silences - used) for used in range(self.silences + 1)])
        self._onward: FloatArray = np.empty((self.silences + 1, *table.fit.shape))
        for used in range(self.silences, -1, -1):
            self._fill(used)
        self._longest = (table.arrives - np.arange(table.cells)[:, None]).max(axis=0, initial=0)
        # What each piece costs at least where there are too few: its best place, or the minutes that would be missing without it.
        missing = BEYOND_PER_MIN * CELL_S / S_PER_MIN * self._longest
        self._least = np.minimum(table.fit.min(axis=0, initial=np.inf), missing)

    def _fill(self, used: int) -> None:
        table, rest, onward = self.table, self.rest[used], self._onward[used]
        for cell in range(table.cells - 1, -1, -1):
            onward[cell] = table.fit[cell] + rest[table.arrives[cell]]
            rest[cell] = min(rest[cell], onward[cell].min(initial=np.inf))
            if used < self.silences and cell > 0 and (after := cell + table.silence_cells[used]) < table.cells:
                quiet = silence_cost(table, cell, used) + self._onward[used + 1][after].min(initial=np.inf)
                rest[cell] = min(rest[cell], quiet)

    def ended(self, place: _Place) -> float:
        """The cost of a way that ends here."""
        return place.cost + float(end_cost(self.table, place.cell, self.silences - place.silences))

    def ways_on(self, place: _Place) -> Iterator[_Next]:
        """What may come next: a piece without a silence before it, or with one."""
        table = self.table
        if place.cell >= table.cells:
            return
        yield self._next(place, place.cell, None)
        if place.steps and place.silences < self.silences:
            after = place.cell + table.silence_cells[place.silences]
            if after < table.cells:
                yield self._next(place, after, place.silences)

    def _next(self, place: _Place, cell: int, silence: int | None) -> _Next:
        table = self.table
        before = np.full(len(table.energy), place.cost)
        if silence is not None:
            before += silence_cost(table, place.cell, silence)
        if place.steps:
            last = place.steps[-1]
            before += step_costs(table, last.piece, last.cell, cell, after_silence=silence is not None)
        used = [step.piece for step in place.steps]
        before[used] = np.inf
        bounds = before + self._onward[place.silences if silence is None else silence + 1][cell]
        costs = before + table.fit[cell]
        return _Next(silence, cell, costs, np.maximum(bounds, costs + self._lack(used, cell, place.silences)))

    def _lack(self, used: list[int], cell: int, silences: int) -> FloatArray | float:
        """The least that the rest costs after each piece, where all that is left cannot fill the way."""
        left = int(self._longest.sum() - self._longest[used].sum()) + sum(self.table.silence_cells[silences:])
        if cell + left > (1.0 - TOLERANCE) * self.table.cells:
            return 0.0
        others = self._least.sum() - self._least[used].sum() - self._least
        lack: FloatArray = others + float(end_cost(self.table, cell + left, 0))
        return lack

    def onto(self, place: _Place, on: _Next, piece: int) -> _Place:
        """The way with one more piece."""
        steps = (*place.steps, Step(piece=piece, cell=on.cell, silence=on.silence))
        silences = place.silences if on.silence is None else on.silence + 1
        return _Place(steps, int(self.table.arrives[on.cell, piece]), silences, float(on.costs[piece]))


def cheapest_way(table: Table, known: Sequence[tuple[int, bool]] | None = None) -> Way:
    """The way of the least cost; without any piece where there is none to pick. known: a good way, as for `cost_of`."""
    ways = _Map(table)
    start = _Place((), 0, 0, 0.0)
    if not table.fit.size:
        return Way(steps=(), cost=ways.ended(start))
    best, bound = _look_through(ways, start, _beam(ways, start) if known is None else _followed(ways, known))
    cost = ways.ended(best)
    return Way(steps=best.steps, cost=cost, gap=max(cost - bound, 0.0))


def cost_of(table: Table, order: Sequence[tuple[int, bool]]) -> Way:
    """What a given order costs: numbers of pieces, each with whether a silence comes before it."""
    ways = _Map(table)
    place = _followed(ways, order)
    return Way(steps=place.steps, cost=ways.ended(place))


def _followed(ways: _Map, order: Sequence[tuple[int, bool]]) -> _Place:
    place = _Place((), 0, 0, 0.0)
    for piece, quiet in order:
        on = next(on for on in ways.ways_on(place) if (on.silence is not None) is quiet)
        place = ways.onto(place, on, piece)
    return place


def _beam(ways: _Map, start: _Place) -> _Place:
    """A good way, soon: of each length only the likeliest beginnings are followed."""
    best, beam = start, [start]
    while beam:
        number = itertools.count()
        found: list[tuple[float, int, _Place]] = []
        for place in beam:
            for on in ways.ways_on(place):
                for piece in _least(on.bounds, _BEAM):
                    heapq.heappush(found, (float(on.bounds[piece]), next(number), ways.onto(place, on, piece)))
        beam = [place for _, _, place in heapq.nsmallest(_BEAM, found)]
        best = min([best, *beam], key=ways.ended)
    return best


def _least(bounds: FloatArray, count: int) -> Sequence[int]:
    few = np.argpartition(bounds, count)[:count] if len(bounds) > count else np.arange(len(bounds))
    return [int(piece) for piece in few[np.argsort(bounds[few], kind="stable")] if np.isfinite(bounds[piece])]


@dataclass(frozen=True, slots=True)
class _Branch:
    """All pieces that may follow a place and lead to a cheaper way, those with the least bound first."""

    place: _Place
    on: _Next
    pieces: Sequence[int]


_Waiting = tuple[float, int, _Branch, int]  # the bound and the number of the piece in the branch that is next


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
        _, _, branch, at = heapq.heappop(waiting)
        place = ways.onto(branch.place, branch.on, branch.pieces[at])
        if at + 1 < len(branch.pieces):
            heapq.heappush(waiting, (float(branch.on.bounds[branch.pieces[at + 1]]), next(number), branch, at + 1))
        if ways.ended(place) < least - _SURE:
            best, least = place, ways.ended(place)
        for opened in _open(ways, place, least, number):
            heapq.heappush(waiting, opened)
        looks -= 1
    return best, least


def _open(ways: _Map, place: _Place, least: float, number: Iterator[int]) -> list[_Waiting]:
    opened = []
    for on in ways.ways_on(place):
        pieces = np.flatnonzero(on.bounds < least - _SURE)
        if len(pieces):
            ordered = pieces[np.argsort(on.bounds[pieces], kind="stable")].tolist()
            opened.append((float(on.bounds[ordered[0]]), next(number), _Branch(place, on, ordered), 0))
    return opened
