"""A record without events whose numbers nothing can give.

Decision: a checksum finds damage inside a number, but records of schema 1 have none. What lies outside of these wide bounds is no
measurement: it is left out of the report, counted, and named among what is missing, never bent into place.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.report.columns import floats

if TYPE_CHECKING:
    from relaxlisten.session.tables import LoadedSession, Table
    from relaxlisten.units import BoolArray

# A fortnight, and an hour before the opening: no session is so long, and nothing in it so early.
TIMES_S = (-3600.0, 14.0 * 86_400.0)
# (table, column): the least and the most that can be meant; unknown is always possible.
BOUNDS: dict[tuple[str, str], tuple[float, float]] = {
    ("Beat", "rr_ms"): (1.0, 60_000.0),
    ("Beat", "nn_ms"): (1.0, 60_000.0),
    ("Beat", "confidence"): (0.0, 1.0),
    ("Physiology", "heart_rate_bpm"): (1.0, 400.0),
    ("Physiology", "heart_rate_sd_bpm"): (0.0, 400.0),
    ("SoundState", "dac_time_s"): TIMES_S,
    ("SoundState", "tempo_bpm"): (1.0, 1000.0),
    ("TrackFound", "track.tempo_bpm"): (1.0, 1000.0),
    ("PieceResponse", "heard_s"): (0.0, TIMES_S[1]),
    ("PieceResponse", "start_heart_bpm"): (-400.0, 400.0),
    ("PieceResponse", "end_heart_bpm"): (-400.0, 400.0),
    ("PieceResponse", "elapsed_s"): (0.0, TIMES_S[1]),
    ("PieceResponse", "tempo_gap"): (-10.0, 10.0),
    ("PieceResponse", "clear"): (0.0, 1.0),
}


def plausible(session: LoadedSession) -> LoadedSession:
    """The record without such events; how many there were stands in `missing`."""
    kept = {kind: _possible(kind, table) for kind, table in session.tables.items()}
    count = sum(int((~good).sum()) for good in kept.values())
    if count == 0:
        return session
    tables = {kind: {name: column[kept[kind]] for name, column in table.items()} for kind, table in session.tables.items()}
    sentence = f"{count} events with impossible numbers were left out."
    return dataclasses.replace(session, tables=tables, missing=(*session.missing, sentence))


def _possible(kind: str, table: Table) -> BoolArray:
    good = _within(table, "time_s", TIMES_S)
    for (of, name), bounds in BOUNDS.items():
        if of == kind:
            good &= _within(table, name, bounds)
    return good


def _within(table: Table, name: str, bounds: tuple[float, float]) -> BoolArray:
    values = floats(table, name)
    good: BoolArray = np.isnan(values) | ((values >= bounds[0]) & (values <= bounds[1]))
    return good
