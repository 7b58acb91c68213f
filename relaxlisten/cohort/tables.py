"""The tables of a study: which columns, and rows from what was measured.

Decision: one row a session and one row a phase, every row complete in itself (who, which session, which arm or letter, whether it
counts and why not), because that is what a mixed model takes: `lmer(ln_rmssd_change ~ label * phase_kind + (1 | participant))`.
Nothing is averaged. Unknown is empty; true and false are TRUE and FALSE.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from relaxlisten.cohort.measures import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WHO = ("participant", "session_number", "label", "concealed", "session", "excluded", "reasons")
SESSION = (
    "started_utc", "simulated", "sensor", "sensor_kind", "protocol", "version", "length_s", "planned_s", "ended", "beats",
    "clean_share", "damaged_lines", "lost_events", "fidelity", "fidelity_completed", "fidelity_audible", "fidelity_tempo",
    *METRICS,
)  # fmt: skip
PHASE = ("phase_number", "phase", "phase_kind", "begin_s", "phase_length_s", "phase_beats", "phase_clean_share")
# What would tell one concealed arm from another.
OF_THE_ARM = ("fidelity", "fidelity_audible", "fidelity_tempo")
# Of the session, beside each of its phases.
OF_SESSION = ("simulated", "sensor_kind", "protocol", "fidelity", "clean_share")
EXCLUSION = ("participant", "session_number", "session", "reasons")
TEXTS = frozenset(
    {"participant", "label", "session", "reasons", "started_utc", "sensor", "sensor_kind", "protocol", "version", "phase",
     "phase_kind"}
)  # fmt: skip
FLAGS = frozenset({"concealed", "excluded", "simulated", "ended"})


def session_columns(ratings: Iterable[str]) -> list[str]:
    """Of the table of sessions. ratings: columns of answers."""
    return [*WHO, *SESSION, *ratings, "sha256"]


def phase_columns(ratings: Iterable[str]) -> list[str]:
    """Of the table of phases."""
    figures = [f"{name}{part}" for name in METRICS for part in ("", "_baseline", "_change", "_withheld")]
    return [*WHO, *PHASE, *figures, *OF_SESSION, *ratings]


def kind_of(column: str) -> str:
    """Of a column's values: text, flag or number."""
    if column in TEXTS or column.endswith("_withheld") or column == "sha256":
        return "text"
    return "flag" if column in FLAGS else "number"


def head(columns: Sequence[str]) -> str:
    """The first line of a table."""
    return line(columns, {column: column for column in columns})


def line(columns: Sequence[str], row: Mapping[str, Any]) -> str:
    """A row as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([cell(row.get(column)) for column in columns])
    return text.getvalue()


def cell(value: Any) -> str:
    """A value as it stands in a table; text that a spreadsheet would take for a formula is kept from it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return repr(value)
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and isinstance(value, str) else text
