"""Libraries for tests of the way down, and two planners that are worse: the best next piece each time, and any piece."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.iso_cost import Candidate, Wish, step_costs
from relaxlisten.music.iso_search import cost_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.music.iso_cost import Table
    from relaxlisten.music.iso_search import Way

PITCHES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def piece(name: str, tempo_bpm: float | None, minutes: float = 4.0, **facts: object) -> Candidate:
    return Candidate(name=name, title=name, duration_s=60.0 * minutes, tempo_bpm=tempo_bpm, **facts)  # type: ignore[arg-type]


def library(count: int, seed: int, *, minutes: tuple[float, float] = (2.0, 7.0)) -> list[Candidate]:
    """A collection of slow music: a fifth without a pulse, tempi around 70 BPM, an artist for every eighth piece or so."""
    drawn = random.Random(seed)
    return [
        Candidate(
            name=f"{number}.flac",
            title=f"Piece {number}",
            duration_s=60.0 * drawn.uniform(*minutes),
            tempo_bpm=None if drawn.random() < 0.2 else drawn.lognormvariate(4.25, 0.25),
            artist=None if drawn.random() < 0.1 else f"Artist {drawn.randrange(max(count // 8, 2))}",
            energy=None if drawn.random() < 0.05 else drawn.gauss(0.0, 1.0),
            brightness_hz=drawn.lognormvariate(7.0, 0.4),
            key=None if drawn.random() < 0.1 else f"{drawn.choice(PITCHES)} {drawn.choice(('major', 'minor'))}",
        )
        for number in range(count)
    ]


def every_order(table: Table, most: int) -> list[Way]:
    """All ways of up to `most` pieces, each with its cost: with a silence before a piece and without."""
    found, begun = [cost_of(table, [])], [[]]
    silences = len(table.silence_cells)
    while begun:
        order = begun.pop()
        for number in range(len(table.energy)):
            for quiet in (False, True) if order and sum(before for _, before in order) < silences else (False,):
                if number in [one for one, _ in order]:
                    continue
                try:
                    way = cost_of(table, [*order, (number, quiet)])
                except StopIteration:  # the way had reached its end
                    continue
                found.append(way)
                if len(way.steps) < most:
                    begun.append([*order, (number, quiet)])
    return found


def greedy(table: Table) -> Way:
    """Always the piece that costs least for each of its minutes, until the way is at its end or would only become dearer."""
    order: list[tuple[int, bool]] = []
    best, cell, last_cell = cost_of(table, order), 0, 0
    while cell < table.cells and len(order) < len(table.energy):
        step = step_costs(table, order[-1][0], last_cell, cell, after_silence=False) if order else 0.0
        rate = (table.fit[cell] + step) / (table.arrives[cell] - cell)
        rate[[number for number, _ in order]] = np.inf
        order.append((int(rate.argmin()), False))
        way = cost_of(table, order)
        if way.cost >= best.cost:
            break
        best, last_cell, cell = way, cell, int(table.arrives[cell, order[-1][0]])
    return best


def at_random(table: Table, seed: int) -> Way:
    """Any piece, until the way is as long as wished for."""
    numbers = list(range(len(table.energy)))
    random.Random(seed).shuffle(numbers)
    order: list[tuple[int, bool]] = []
    while arrival(table, order) < table.cells and len(order) < len(numbers):
        order.append((numbers[len(order)], False))
    return cost_of(table, order)


def arrival(table: Table, order: Sequence[tuple[int, bool]]) -> int:
    cell = 0
    for number, _ in order:
        cell = int(table.arrives[cell, number])
    return cell


def wish(from_bpm: float = 78.0, to_bpm: float = 56.0, minutes: float = 25.0, *silences_s: float) -> Wish:
    return Wish(from_bpm=from_bpm, to_bpm=to_bpm, length_s=60.0 * minutes, silences_s=silences_s)
