"""A session of a study that is still sealed, with everything left out that its arm has made.

Decision: shown is what every arm has alike: the heart, the signal, the phases, ticks, answers, commands and the faults that are
not of the music. All else is emptied, and what remains is counted anew, because the places of lines tell how much was written
between them. The record itself keeps the truth, and so it tells it to whoever opens the file: its text, and its size. What a
heart does to music, and what people press, cannot be concealed.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.control.setup import SEALED
from relaxlisten.session.scan import Damage
from relaxlisten.session.tables import LoadedSession, empty_table, ending

if TYPE_CHECKING:
    from relaxlisten.session.format import SessionHeader
    from relaxlisten.session.tables import Table

SHOWN = (
    "Notification", "RrInterval", "SensorState", "Command", "Tick", "Notice", "Rating", "ClockOffset",
    "HeartRateMeasurement", "Beat", "Physiology", "SessionPhase",
)  # fmt: skip
# Beginnings of the codes of notices that only arms with music or sound can give.
_OF_THE_MUSIC = ("music_", "piece_", "sound_", "no_sound", "render_")
_LOST = "Lines of this record are lost or damaged; how many, and where, is concealed with the arm."


def is_sealed(header: SessionHeader | None) -> bool:
    """Whether the session was run with its arm concealed. Of a lost header: no, for then nothing says so."""
    return header is not None and SEALED in header.control


def conceal(session: LoadedSession) -> LoadedSession:
    """The session as anybody may see it before its study is opened."""
    shown = {kind: session.tables[kind] for kind in SHOWN}
    shown["Notice"] = _rows(
        shown["Notice"], np.array([not str(code).startswith(_OF_THE_MUSIC) for code in shown["Notice"]["code"]])
    )
    tables = {kind: empty_table(kind) for kind in session.tables if kind not in shown} | _counted_anew(shown)
    lost = session.damage or len(session.missing) > len(ending(session.tables))
    return LoadedSession(
        header=None if session.header is None else dataclasses.replace(session.header, control={SEALED: ""}),
        tables=tables,
        damage=tuple(Damage(line=0, offset=0, size=0, reason=one.reason) for one in session.damage),
        missing=(*((_LOST,) if lost else ()), *ending(tables)),
        concealed=True,
    )


def _rows(table: Table, kept: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Table:
    return {name: column[kept.astype(np.bool_)] for name, column in table.items()}


def _counted_anew(tables: dict[str, Table]) -> dict[str, Table]:
    """The tables with lines numbered from 2 on without gaps, as if nothing else had been written."""
    lines = np.sort(np.concatenate([table["line"] for table in tables.values()]))
    return {kind: {**table, "line": np.searchsorted(lines, table["line"]) + 2} for kind, table in tables.items()}
