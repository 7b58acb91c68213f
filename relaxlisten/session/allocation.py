"""Who gets which arm when: balanced, seeded, and shown as letters until the study is over.

Decision: crossover studies take a Williams square, in which every arm comes equally often in every place and follows every
other equally often; parallel groups take blocks that hold each arm equally often. Both are drawn from one seed, which is sealed
with the allocation, so that who runs the sessions cannot foretell the next one. Williams 1949, doi:10.1071/CH9490149.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LETTERS = "ABCDEFGHIJKL"
BLOCK = 2  # each arm comes so often in a block of a parallel design


class Design(StrEnum):
    """How arms are spread over people."""

    CROSSOVER = "crossover"  # everybody gets every arm, in an order of their own
    PARALLEL = "parallel"  # everybody gets one arm, always


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """letters: what each arm is called while it is concealed. rows: of each participant in turn, the arms of their sessions."""

    design: Design
    seed: int
    letters: dict[str, str]
    rows: tuple[tuple[str, ...], ...]

    def arm(self, participant: int, session: int) -> str:
        """The arm of a session; both count from 0. Orders begin again where a study goes on for longer."""
        row = self.rows[participant % len(self.rows)]
        return row[session % len(row)]


def allocate(arms: Sequence[str], design: Design, participants: int, seed: int) -> Allocation:
    """An allocation for so many participants."""
    rng = random.Random(f"allocation {seed}")
    shuffled = list(arms)
    rng.shuffle(shuffled)
    letters = {arm: LETTERS[number] for number, arm in enumerate(shuffled)}
    rows = _crossover(arms, participants, rng) if design is Design.CROSSOVER else _parallel(arms, participants, rng)
    return Allocation(design=design, seed=seed, letters=letters, rows=tuple(rows))


def williams(arms: Sequence[str]) -> list[tuple[str, ...]]:
    """The rows of a Williams square: n for an even number of arms, 2 n for an odd one."""
    n = len(arms)
    zigzag = [(number + 1) // 2 if number % 2 else (n - number // 2) % n for number in range(n)]
    rows = [tuple(arms[(place + shift) % n] for place in zigzag) for shift in range(n)]
    return rows if n % 2 == 0 else rows + [tuple(reversed(row)) for row in rows]


def _crossover(arms: Sequence[str], participants: int, rng: random.Random) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    while len(rows) < participants:
        square = williams(arms)
        rng.shuffle(square)
        rows += square
    return rows[:participants]


def _parallel(arms: Sequence[str], participants: int, rng: random.Random) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    while len(rows) < participants:
        block = [(arm,) for arm in arms for _ in range(BLOCK)]
        rng.shuffle(block)
        rows += block
    return rows[:participants]


def allocation_to_data(allocation: Allocation) -> dict[str, Any]:
    """Plain data; `allocation_from_data` is its inverse."""
    return {
        "design": allocation.design.value, "seed": allocation.seed, "letters": allocation.letters,
        "rows": [list(row) for row in allocation.rows],
    }  # fmt: skip


def allocation_from_data(data: Mapping[str, Any]) -> Allocation:
    """An allocation from plain data. Raises ValueError for what is none."""
    try:
        found = Allocation(
            design=Design(data["design"]), seed=int(data["seed"]), letters=dict(data["letters"]),
            rows=tuple(tuple(row) for row in data["rows"]),
        )  # fmt: skip
        known = all(row and set(row) <= found.letters.keys() for row in found.rows)
    except (KeyError, TypeError, OverflowError) as fault:
        raise ValueError("it is no allocation") from fault
    if not found.rows or not known or not all(isinstance(one, str) for pair in found.letters.items() for one in pair):
        raise ValueError("an arm of it has no letter, or a participant has no arm")
    return found
