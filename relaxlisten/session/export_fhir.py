"""A session as a FHIR bundle (R4 4.0.1 or R5 5.0.0): a device and observations of each minute.

Decision: heart rate, R-R standard deviation and respiratory rate have LOINC codes; RMSSD has none and carries a code of our own.
Each observation has its own period, and a value or the reason why there is none. The subject is a pseudonym and nothing else.
Data of a simulated heart carry the security label HTEST (test data) and say so in words. Beats go into R5 only: R4's SampledData
knows nothing but an even sampling period, which beats do not have.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from relaxlisten import __version__
from relaxlisten.session.export_text import raw_intervals
from relaxlisten.session.minutes import Minute, minutes
from relaxlisten.session.wall_clock import moment, started_or_refuse
from relaxlisten.terms import SensorKind
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    import datetime

    from relaxlisten.session.tables import LoadedSession

R4, R5 = "4.0.1", "5.0.0"
_LOINC, _UCUM = "http://loinc.org", "http://unitsofmeasure.org"
LOCAL = "urn:relaxlisten:codes"
RR_CODE = "rr-interval"
_CATEGORY = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}
_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_TEST_DATA = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST", "display": "test health data"}
_NAMESPACE = uuid.UUID("6f5e2f0c-93f4-5d5e-8a51-3f6a5f1f7b1e")
# Each figure of a minute: system and code, its name there, UCUM unit.
_FIGURES = {
    "heart_rate_bpm": (_LOINC, "8867-4", "Heart rate", "/min"),
    "sdnn_ms": (_LOINC, "80404-7", "R-R interval.standard deviation (Heart rate variability)", "ms"),
    "rmssd_ms": (LOCAL, "rmssd", "Root mean square of successive differences of NN intervals", "ms"),
    "breathing_per_min": (_LOINC, "9279-1", "Respiratory rate", "/min"),
}


def fhir_bundle(session: LoadedSession, release: str, subject: str = "") -> dict[str, Any]:
    """The whole bundle. release: R4 or R5. subject: a pseudonym; one for this session alone where none is given.

    Raises UsageError where the date of the session is not known.
    """
    start = started_or_refuse(session, "FHIR")
    identity = uuid.uuid5(_NAMESPACE, f"{start.isoformat()} {session.header.seal_key if session.header else ''}")
    device_url = f"urn:uuid:{uuid.uuid5(identity, 'device')}"
    frame = _frame(session, subject or str(uuid.uuid5(identity, "subject")), device_url)
    found = [one for minute in minutes(session) for one in _of_minute(minute, start, frame)]
    found += [_beats(session, start, frame)] if release == R5 and raw_intervals(session)[0].size else []
    entries = [{"fullUrl": device_url, "resource": _device(session, release)}]
    entries += [{"fullUrl": f"urn:uuid:{uuid.uuid5(identity, str(number))}", "resource": one} for number, one in enumerate(found)]
    return {"resourceType": "Bundle", "type": "collection", "timestamp": moment(start, 0.0), "entry": entries}


def _frame(session: LoadedSession, subject: str, device_url: str) -> dict[str, Any]:
    """What all observations of a session have in common."""
    simulated = session.header is not None and session.header.simulated
    optical = SensorKind.OPTICAL.value in session["SensorState"]["kind"]
    notes = ["The heart was simulated: these are no data of a person."] if simulated else []
    notes += ["From an optical sensor: pulse intervals, pulse rate variability."] if optical else []
    return {
        "resourceType": "Observation",
        **({"meta": {"security": [_TEST_DATA]}} if simulated else {}),
        "status": "final",
        "category": [_CATEGORY],
        "subject": {"type": "Patient", "identifier": {"system": f"{LOCAL}:pseudonym", "value": subject}},
        "device": {"reference": device_url},
        **({"note": [{"text": text} for text in notes]} if notes else {}),
    }


def _device(session: LoadedSession, release: str) -> dict[str, Any]:
    """The program, and what kind of sensor it heard; the sensor's own name, often with a serial number, stays in the record."""
    kinds = [str(kind) for kind in dict.fromkeys(session["SensorState"]["kind"].tolist()) if kind]
    named = {"name": "RelaxListen", "type": "user-friendly-name"}
    names: dict[str, Any] = (
        {"deviceName": [named]} if release == R4 else {"name": [{"value": "RelaxListen", "type": named["type"]}]}
    )
    kind = {"text": f"heart-rate listener; sensor: {', '.join(kinds) or 'unknown'}"}
    return {
        "resourceType": "Device", "manufacturer": "The RelaxListen developers", **names,
        "type": kind if release == R4 else [kind], "version": [{"value": _version(session)}],
    }  # fmt: skip


def _version(session: LoadedSession) -> str:
    return session.header.versions.get("relaxlisten", __version__) if session.header else __version__


def _of_minute(minute: Minute, start: datetime.datetime, frame: dict[str, Any]) -> list[dict[str, Any]]:
    period = {"start": moment(start, minute.start_s), "end": moment(start, minute.end_s)}
    return [{**frame, "code": _code(name), "effectivePeriod": period, **_valued(minute, name)} for name in _FIGURES]


def _code(name: str) -> dict[str, Any]:
    system, code, display, _ = _FIGURES[name]
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def _valued(minute: Minute, name: str) -> dict[str, Any]:
    unit = _FIGURES[name][3]
    if name in minute.values:
        return {"valueQuantity": {"value": round(minute.values[name], 3), "unit": unit, "system": _UCUM, "code": unit}}
    return {"dataAbsentReason": {"coding": [{"system": _ABSENT, "code": "unknown"}], "text": minute.withheld[name]}}


def _beats(session: LoadedSession, start: datetime.datetime, frame: dict[str, Any]) -> dict[str, Any]:
    """Every raw RR interval with the time of the beat that ends it, in ms since the period's start (R5)."""
    beats_s, rr_ms = raw_intervals(session)
    display = "R-R intervals as the sensor gave them, at the time of the beat that ends each"
    return {
        **frame,
        "code": {"coding": [{"system": LOCAL, "code": RR_CODE, "display": display}], "text": display},
        "effectivePeriod": {"start": moment(start, 0.0), "end": moment(start, float(beats_s.max()))},
        "valueSampledData": {
            "origin": {"value": 0, "unit": "ms", "system": _UCUM, "code": "ms"},
            "intervalUnit": "ms",
            "dimensions": 1,
            "offsets": " ".join(f"{time_s * MS_PER_S:.2f}" for time_s in beats_s),
            "data": " ".join(f"{rr:.4f}" for rr in rr_ms),
        },
    }
