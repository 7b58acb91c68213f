"""A record without anything of its arm, for sessions of studies that are not open yet.

Decision: what may not stand on the screen of such a session (`control/concealing.py`) may not stand on its paper: the same kinds
of events go, the same fields of a sound state are blanked. Heart, phases, answers, notes and faults stay: they are not of the
arm's making. The label (a letter) stays too.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.session.tables import LoadedSession, Table

OF_THE_ARM = ("Decision", "PieceResponse", "TrackFound", "TempoTarget", "TrackChoice", "PlaybackPlan", "BreathCue")
_OF_THE_SOUND = ("track_id", "source_s", "time_ratio", "tempo_bpm", "beat_index", "bar_index", "audible", "turn", "refused_turn")


def without_arm(session: LoadedSession) -> LoadedSession:
    """The record as somebody may see it who must not know the arm."""
    tables = {kind: _emptied(table) if kind in OF_THE_ARM else table for kind, table in session.tables.items()}
    sound = tables["SoundState"]
    tables["SoundState"] = sound | {name: np.full(sound["time_s"].shape, None, dtype=object) for name in _OF_THE_SOUND}
    header = None if session.header is None else dataclasses.replace(session.header, control={})
    return dataclasses.replace(session, header=header, tables=tables)


def _emptied(table: Table) -> Table:
    return {name: column[:0] for name, column in table.items()}
