"""What a re-analysis prints: how far each metric moved."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.reanalysis import Moved


def print_moved(moved: Sequence[Moved], *, as_json: bool) -> None:
    """A table of what moved, or all of it for machines."""
    if as_json:
        print(json.dumps([dataclasses.asdict(one) for one in moved], indent=1))  # noqa: T201  # a command's output
        return
    console = Console(highlight=False, soft_wrap=True)
    unlike = [one for one in moved if one.differ or one.recorded_only or one.derived_only]
    console.print(f"{len(moved)} metrics were derived anew; {len(moved) - len(unlike)} are the same to the last bit.")
    if not unlike:
        return
    table = Table("Metric", "Pairs", "Differ", "Mean", "Most", "At", "Only recorded", "Only new", box=None)
    for one in unlike:
        at = "-" if one.at_s is None else f"{int(one.at_s) // 60:02d}:{int(one.at_s) % 60:02d}"
        sizes = ("-" if size is None else f"{size:.4g}" for size in (one.mean, one.most))
        table.add_row(one.metric, str(one.pairs), str(one.differ), *sizes, at, str(one.recorded_only), str(one.derived_only))
    console.print(table)
    console.print("Mean and most: of the absolute differences, over all pairs. The inputs are as they were recorded.")
