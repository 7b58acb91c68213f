"""A session's beats as text that other programs read: Kubios, HRV Logger, and CSV tables of everything.

Decision: the RR intervals go out raw, as the strap gave them, because those programs do their own cleaning; what ours made of
them stands in the CSV tables (rr_ms beside nn_ms with its quality). A beat that the cleaner put in has no raw interval and is not
written.
"""

from __future__ import annotations

import csv
import datetime
import io
from typing import TYPE_CHECKING, Any

import numpy as np

from relaxlisten.session.wall_clock import started_or_refuse
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from relaxlisten.session.tables import LoadedSession, Table
    from relaxlisten.units import FloatArray


def raw_intervals(session: LoadedSession) -> tuple[FloatArray, FloatArray]:
    """Time of each beat in s on the session clock and its raw RR interval in ms, each of shape (beats,)."""
    beats = session["Beat"]
    heard = ~np.isnan(beats["rr_ms"])
    return beats["time_s"][heard], beats["rr_ms"][heard]


def kubios_text(session: LoadedSession) -> str:
    """Two columns, time and RR interval in s, separated by a tab; one beat a line."""
    return "".join(f"{time_s:.4f}\t{rr_ms / MS_PER_S:.6f}\n" for time_s, rr_ms in zip(*raw_intervals(session), strict=True))


def hrv_logger_text(session: LoadedSession) -> str:
    """HRV Logger's RR file: date (UTC), time stamp (ms since 1970), interval (ms), time since the start (ms).

    Raises UsageError where the date of the session is not known.
    """
    start = started_or_refuse(session, "HRV Logger's format")
    lines = ["date,timestamp,rr,since_start"]
    for time_s, rr_ms in zip(*raw_intervals(session), strict=True):
        moment = start + datetime.timedelta(seconds=float(time_s))
        lines.append(f"{moment:%Y-%m-%d %H:%M:%S %z},{moment.timestamp() * MS_PER_S:.0f},{rr_ms:.3f},{time_s * MS_PER_S:.0f}")
    return "\n".join(lines) + "\n"


def csv_text(table: Table) -> str:
    """One kind of event as CSV, a column a field; what is not known is left empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table)
    writer.writerows([_cell(value) for value in row] for row in zip(*(column.tolist() for column in table.values()), strict=True))
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        return " ".join(str(item) for item in value)
    return "" if value is None or value != value else value  # NaN alone differs from itself
