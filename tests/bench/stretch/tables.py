"""Markdown tables of figures, each column with its bar."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.bench.stretch.measures import LEAST_DB

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """key: of the figure. most, least: our bar, if there is one. seen: what was seen where ours did not meet it."""

    key: str
    title: str
    digits: int
    most: float = math.inf
    least: float = -math.inf
    seen: str = ""

    @property
    def bar(self) -> str:
        if self.most < math.inf:
            return f"≤ {self.most:g}"
        return f"≥ {self.least:g}" if self.least > -math.inf else ""

    def cell(self, value: float) -> str:
        if math.isnan(value):
            return "-"
        if value < LEAST_DB + 1.0:
            return "none"
        return f"{value:.{self.digits}f}"

    def miss(self, value: float) -> str | None:
        """What is wrong with a figure, if it does not meet the bar."""
        if math.isnan(value) or self.least <= value <= self.most:
            return None
        return f"{self.title} {self.cell(value)}, bar {self.bar}"


def table(columns: Sequence[Column], labels: Sequence[str], rows: Mapping[tuple[str, ...], Mapping[str, float]]) -> Iterator[str]:
    """The table with its bars in the first row. labels: titles of the parts of a row's name."""
    yield "| " + " | ".join([*labels, *(column.title for column in columns)]) + " |"
    yield "|---" * (len(labels) + len(columns)) + "|"
    if any(column.bar for column in columns):
        yield "| " + " | ".join(["our bar", *[""] * (len(labels) - 1), *(column.bar for column in columns)]) + " |"
    for name, figures in rows.items():
        yield "| " + " | ".join([*name, *(column.cell(figures[column.key]) for column in columns)]) + " |"


def misses(columns: Sequence[Column], rows: Mapping[tuple[str, ...], Mapping[str, float]], engine: str) -> Iterator[str]:
    """Below the table: each cell of the engine that does not meet its bar, or that all do."""
    found = [
        "- " + "".join(f"{part}: " for part in name if part != engine) + wrong
        for name, figures in rows.items()
        if engine in name
        for column in columns
        if (wrong := column.miss(figures[column.key])) is not None
    ]
    yield f"Cells of {engine} that do not meet the bar:" if found else f"{engine} meets the bar in every cell."
    yield ""
    if found:
        yield from found
        yield ""
        for seen in (one.seen for one in columns if one.seen and any(f"{one.title} " in line for line in found)):
            yield seen
            yield ""


def behind(columns: Sequence[Column], rows: Mapping[tuple[str, str], Mapping[str, float]], engine: str) -> Iterator[str]:
    """Below the table: the columns, and the rows by the first part of their names, where the engine has more than all others."""
    found = []
    for column in columns:
        mine = {at: figures[column.key] for (at, name), figures in rows.items() if name == engine}
        others = {at: [row[column.key] for (where, name), row in rows.items() if where == at and name != engine] for at in mine}
        worse = [at for at, value in mine.items() if others[at] and value > max(others[at])]
        found += [f"- {column.title}: at {', '.join(worse)}"] if worse else []
    if found:
        yield ""
        yield f"Where {engine} is worse than every peer:"
        yield ""
        yield from found
    yield ""
