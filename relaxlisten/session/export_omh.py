"""A session as Open mHealth data points, with headers of IEEE 1752.1.

Decision: every raw RR interval is a point of omh:rr-interval:1.0; each minute gives heart rate (omh:heart-rate:2.0, average),
breathing (omh:respiratory-rate:2.0, average) and the standard deviation of RR (omh:rr-interval:1.0 with that statistic). RMSSD
has no schema there and is left out. What was withheld has no point. A simulated heart is named in each header's datasheets.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from relaxlisten.session.export_text import raw_intervals
from relaxlisten.session.minutes import minutes
from relaxlisten.session.wall_clock import moment, started_or_refuse

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from relaxlisten.session.tables import LoadedSession

_NAMESPACE = uuid.UUID("7b1d6a0e-2f0a-5f0b-9a39-c3f36a0c4d52")
SIMULATED = "urn:relaxlisten:simulated-heart"
RR_INTERVAL = "rr-interval"
_VERSIONS = {RR_INTERVAL: "1.0", "heart-rate": "2.0", "respiratory-rate": "2.0"}
# Each figure of a minute that has a schema: its schema, the field in the body, the unit, the statistic.
_FIGURES = {
    "heart_rate_bpm": ("heart-rate", "heart_rate", "beats/min", "average"),
    "breathing_per_min": ("respiratory-rate", "respiratory_rate", "breaths/min", "average"),
    "sdnn_ms": (RR_INTERVAL, "rr_interval", "ms", "standard deviation"),
}


def omh_points(session: LoadedSession) -> list[dict[str, Any]]:
    """All data points, in the order of time within each kind. Raises UsageError where the date of the session is not known."""
    start = started_or_refuse(session, "Open mHealth")
    header = session.header
    identity = uuid.uuid5(_NAMESPACE, f"{start.isoformat()} {header.seal_key if header else ''}")
    sheets = [{"datasheet_type": "simulation", "datasheet_reference": SIMULATED}] if header and header.simulated else []
    return [
        {"header": _header(identity, number, schema, body["effective_time_frame"], sheets), "body": body}
        for number, (schema, body) in enumerate([*_beats(session, start), *_minutes(session, start)])
    ]


def _header(identity: uuid.UUID, number: int, schema: str, frame: dict[str, Any], sheets: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid5(identity, str(number))),
        "schema_id": {"namespace": "omh", "name": schema, "version": _VERSIONS[schema]},
        "source_creation_date_time": frame["time_interval"]["end_date_time"],
        "modality": "sensed",
        **({"external_datasheets": sheets} if sheets else {}),
    }


def _beats(session: LoadedSession, start: datetime.datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each interval with the time of the beat that ends it."""
    for time_s, rr_ms in zip(*(column.tolist() for column in raw_intervals(session)), strict=True):
        interval = {"end_date_time": moment(start, time_s), "duration": {"value": round(rr_ms, 4), "unit": "ms"}}
        yield (
            RR_INTERVAL,
            {
                "rr_interval": {"value": round(rr_ms, 4), "unit": "ms"},
                "effective_time_frame": {"time_interval": interval},
            },
        )


def _minutes(session: LoadedSession, start: datetime.datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    for minute in minutes(session):
        interval = {"start_date_time": moment(start, minute.start_s), "end_date_time": moment(start, minute.end_s)}
        for name, (schema, key, unit, statistic) in _FIGURES.items():
            if name in minute.values:
                yield (
                    schema,
                    {
                        key: {"value": round(minute.values[name], 3), "unit": unit},
                        "effective_time_frame": {"time_interval": interval},
                        "descriptive_statistic": statistic,
                    },
                )
