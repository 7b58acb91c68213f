"""Beats from health records: FHIR R5 sampled data, and Open mHealth RR intervals.

Decision: only what holds beats is read. Rates and statistics of minutes are no beats; a file with nothing else is refused.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from relaxlisten.errors import UsageError
from relaxlisten.json_text import parse_json
from relaxlisten.session.export_fhir import RR_CODE
from relaxlisten.session.export_omh import RR_INTERVAL, SIMULATED
from relaxlisten.session.imported import Imported, from_both
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator

FHIR, OMH = "fhir-r5", "omh"
_TO_MS = {"ms": 1.0, "s": MS_PER_S, "sec": MS_PER_S}


def read_health(text: str, name: str) -> Imported:
    """The beats of a JSON file. Raises UsageError."""
    try:
        data = parse_json(text)
        if isinstance(data, dict) and data.get("resourceType"):
            return _of_fhir(data, name)
        return _of_omh(data if isinstance(data, list) else [data], name)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as fault:
        message = f"{name} is neither FHIR nor Open mHealth with beats in it ({type(fault).__name__}: {fault})."
        raise UsageError(message) from fault


def _of_fhir(data: dict[str, Any], name: str) -> Imported:
    for found in _observations(data):
        sampled = found["valueSampledData"]
        to_ms = _TO_MS[sampled["origin"]["code"]] * float(sampled.get("factor", 1))
        origin = float(sampled["origin"]["value"])
        offset_to_s = _TO_MS[sampled.get("intervalUnit", "ms")] / MS_PER_S
        times_s = [float(offset) * offset_to_s for offset in sampled["offsets"].split()]
        rr_ms = [origin + float(value) * to_ms for value in sampled["data"].split()]
        labels = [label.get("code") for label in found.get("meta", {}).get("security", ())]
        start = _moment(found["effectivePeriod"]["start"])
        return Imported(beats=from_both(times_s, rr_ms, name), layout=FHIR, started_utc=_iso(start), simulated="HTEST" in labels)
    message = f"{name} holds no beats: only FHIR R5 has a form for them (sampled data with offsets, code {RR_CODE})."
    raise UsageError(message)


def _observations(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Observations of RR intervals, in a bundle or alone."""
    resources = [entry.get("resource", {}) for entry in data.get("entry", ())] or [data]
    for one in resources:
        codes = [coding.get("code") for coding in one.get("code", {}).get("coding", ())]
        if RR_CODE in codes and "offsets" in one.get("valueSampledData", {}):
            yield one


def _of_omh(points: list[Any], name: str) -> Imported:
    single = [
        point
        for point in points
        if point["header"]["schema_id"]["name"] == RR_INTERVAL and "descriptive_statistic" not in point["body"]
    ]
    if not single:
        message = f"{name} holds no single RR intervals (omh:{RR_INTERVAL})."
        raise UsageError(message)
    ends = [_end(point["body"]["effective_time_frame"]) for point in single]
    rr_ms = [float(point["body"]["rr_interval"]["value"]) * _TO_MS[point["body"]["rr_interval"]["unit"]] for point in single]
    start = (ends[0] - datetime.timedelta(milliseconds=rr_ms[0])).replace(microsecond=0)
    times_s = [(end - start).total_seconds() for end in ends]
    sheets = [sheet.get("datasheet_reference") for sheet in single[0]["header"].get("external_datasheets", ())]
    return Imported(
        beats=from_both(times_s, rr_ms, name),
        layout=OMH,
        started_utc=_iso(start),
        simulated=True if SIMULATED in sheets else None,
    )


def _end(frame: dict[str, Any]) -> datetime.datetime:
    return _moment(frame.get("date_time") or frame["time_interval"]["end_date_time"])


def _moment(text: str) -> datetime.datetime:
    """A moment with its zone. Raises ValueError for one without."""
    found = datetime.datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time without its zone")
    return found.astimezone(datetime.UTC)


def _iso(moment: datetime.datetime) -> str:
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
