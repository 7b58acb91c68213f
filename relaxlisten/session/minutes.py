"""A session minute by minute: the few figures that health records have words for.

Decision: the metrics of the session's own trailing windows, taken at the end of each whole window, so that no two overlap. Heart
rate is that of the mean NN interval. What was withheld stays None, with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.units import MS_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relaxlisten.session.tables import LoadedSession, Table

NOT_MEASURED = "not measured"
# Where each figure stands in the table of Physiology.
_COLUMNS = {
    "heart_rate_bpm": "metrics.mean_nn_ms",
    "sdnn_ms": "sdnn_ms",
    "rmssd_ms": "rmssd_ms",
    "breathing_per_min": "metrics.breathing_per_min",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """values: heart_rate_bpm, sdnn_ms, rmssd_ms, breathing_per_min as far as they are known. withheld: why the others are not."""

    start_s: float
    end_s: float
    values: dict[str, float] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)


def minutes(session: LoadedSession) -> Iterator[Minute]:
    """The minutes of a session, in order, from where its first whole window begins."""
    table = session["Physiology"]
    end_s = -np.inf
    for row in np.argsort(table["time_s"], kind="stable").tolist():
        time_s, window_s = float(table["time_s"][row]), float(table["window_s"][row])
        start_s = time_s - window_s
        if start_s < max(end_s, 0.0) - 1e-9:
            continue
        end_s = time_s
        values = {name: value for name in _COLUMNS if (value := _value(table, name, row)) is not None}
        withheld = {name: _reason(table, name, row) for name in _COLUMNS if name not in values}
        yield Minute(start_s=start_s, end_s=time_s, values=values, withheld=withheld)


def _value(table: Table, name: str, row: int) -> float | None:
    column = table.get(_COLUMNS[name])
    if column is None or column[row] is None or np.isnan(value := float(column[row])):
        return None
    return MS_PER_MIN / value if name == "heart_rate_bpm" else value


def _reason(table: Table, name: str, row: int) -> str:
    column = table.get("withheld." + _COLUMNS[name].removeprefix("metrics."))
    return NOT_MEASURED if column is None or not column[row] else str(column[row])
