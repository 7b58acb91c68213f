"""Session time on the wall clock: for formats that ask for dates."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from relaxlisten.errors import UsageError

if TYPE_CHECKING:
    from relaxlisten.session.tables import LoadedSession


def started(session: LoadedSession) -> datetime.datetime | None:
    """When second 0 of a session was, to the second; None where its header is lost, or its file was imported without a date."""
    if session.header is None or not session.header.started_utc:
        return None
    return datetime.datetime.fromisoformat(session.header.started_utc)


def started_or_refuse(session: LoadedSession, layout: str) -> datetime.datetime:
    """The same, for a format that cannot do without. Raises UsageError."""
    start = started(session)
    if start is None:
        message = f"The date of this session is not known, and {layout} needs one: use kubios, csv or parquet."
        raise UsageError(message)
    return start


def moment(start: datetime.datetime, time_s: float) -> str:
    """A second of the session as ISO 8601 in UTC, to the millisecond."""
    at = start + datetime.timedelta(seconds=time_s)
    return at.astimezone(datetime.UTC).isoformat(timespec="milliseconds")
