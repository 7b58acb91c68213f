"""What one record gives to a study's tables: one row, and one for each phase, as plain data.

Decision: everything is measured anew from the beats, with the functions that measure any record (`physiology/record.py`), so that
a phase's figures rest on its own beats and not on windows that reach into the phase before. What cannot be told has its reason.
Nothing here knows the study's rules: what is left out is decided later, so that other rules need no new measuring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from relaxlisten.control.protocol import protocol_from_data
from relaxlisten.physiology.record import Series, metrics
from relaxlisten.physiology.time_domain import CERTAIN
from relaxlisten.rr import irregular
from relaxlisten.terms import PhaseKind, Quality, When

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.cohort.reading import PhaseSpan, Reading
    from relaxlisten.messages import Beat
    from relaxlisten.physiology.record import Metric

METRICS = ("heart_rate_bpm", "ln_rmssd", "rmssd_ms", "sdnn_ms", "breathing_per_min")
# Tables are read by other programs: a figure's last bits are the linear algebra library's and not the heart's.
DIGITS = 9


def measured(reading: Reading) -> dict[str, Any]:
    """A session's row (`session`), its phases' rows (`phases`) and the answers given (`ratings`)."""
    whole = _metrics(reading.beats)
    phases = _phases(reading)
    return {
        "session": {**_header(reading), **_run(reading), **{name: _rounded(metric.value) for name, metric in whole.items()}},
        "phases": phases,
        "ratings": _ratings(reading),
    }


def _header(reading: Reading) -> dict[str, Any]:
    header = reading.header
    if header is None:
        return {"header": False, "condition": None, "sealed": False, "simulated": None, "sensor": None, "protocol": None}
    return {
        "header": True,
        "condition": header.condition,
        "sealed": "sealed" in header.control,
        "started_utc": header.started_utc,
        "simulated": header.simulated,
        "sensor": header.sensor,
        "protocol": header.protocol.get("name"),
        "version": header.versions.get("relaxlisten"),
        "made_by": [one.what for one in header.derived_from],
    }


def _run(reading: Reading) -> dict[str, Any]:
    length_s = sum(phase.end_s - phase.begin_s + 1.0 for phase in reading.phases)
    planned_s = _planned_s(reading)
    delivered = reading.delivery.fidelity(planned_s) if planned_s else None
    return {
        "sensor_kind": reading.sensor.value,
        "length_s": length_s,
        "planned_s": planned_s,
        "ended": reading.ended,
        "beats": len(reading.beats),
        "clean_share": _clean_share(reading.beats, length_s),
        "damaged_lines": reading.damaged,
        "lost_events": reading.lost,
        "fidelity": None if delivered is None else _rounded(delivered.index),
        "fidelity_completed": None if delivered is None else _rounded(delivered.completed),
        "fidelity_audible": None if delivered is None else _rounded(delivered.audible),
        "fidelity_tempo": None if delivered is None else _rounded(delivered.tempo),
    }


def _planned_s(reading: Reading) -> float | None:
    if reading.header is None:
        return None
    try:
        return protocol_from_data(reading.header.protocol).duration_s or None
    except (KeyError, TypeError, ValueError):
        return None


def _phases(reading: Reading) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    baseline: dict[str, float | None] = {}
    ends_s = np.array([beat.time_s for beat in reading.beats])
    for number, phase in enumerate(reading.phases, start=1):
        first, last = np.searchsorted(ends_s, (phase.begin_s, phase.end_s + 1.0), side="right")
        row = _phase_row(number, phase, reading.beats[first:last])
        if phase.kind == PhaseKind.BASELINE and not baseline:
            baseline = {name: row[name] for name in METRICS}
        for name in METRICS:
            row[f"{name}_baseline"] = baseline.get(name)
            row[f"{name}_change"] = _less(row[name], baseline.get(name))
        rows.append(row)
    return rows


def _phase_row(number: int, phase: PhaseSpan, beats: Sequence[Beat]) -> dict[str, Any]:
    length_s = phase.end_s - phase.begin_s + 1.0
    found = _metrics(beats)
    row: dict[str, Any] = {
        "phase_number": number,
        "phase": phase.name,
        "phase_kind": phase.kind,
        "begin_s": phase.begin_s,
        "phase_length_s": length_s,
        "phase_beats": len(beats),
        "phase_clean_share": _clean_share(beats, length_s),
    }
    for name, metric in found.items():
        row[name] = _rounded(metric.value)
        row[f"{name}_withheld"] = metric.reason
    return row


def _metrics(beats: Sequence[Beat]) -> dict[str, Metric]:
    series = _series(beats)
    raw_ms = np.array([np.nan if beat.rr_ms is None else beat.rr_ms for beat in beats], dtype=np.float64)
    return metrics(series, irregular=irregular(raw_ms), only=METRICS)


def _series(beats: Sequence[Beat]) -> Series:
    known = [beat for beat in beats if beat.nn_ms is not None]
    return Series(
        nn_ms=np.array([beat.nn_ms for beat in known], dtype=np.float64),
        ends_s=np.array([beat.time_s for beat in known], dtype=np.float64),
        clean=np.array([_is_clean(beat) for beat in known], dtype=np.bool_),
        follows=np.array([beat.follows for beat in known], dtype=np.bool_),
    )


def _is_clean(beat: Beat) -> bool:
    return beat.quality is Quality.NORMAL and beat.confidence >= CERTAIN


def _clean_share(beats: Sequence[Beat], length_s: float) -> float:
    """How much of a time uncorrected intervals cover."""
    clean_s = sum(beat.nn_ms for beat in beats if beat.nn_ms is not None and _is_clean(beat)) / 1000.0
    return round(min(clean_s / length_s, 1.0), DIGITS) if length_s > 0.0 else 0.0


def _ratings(reading: Reading) -> dict[str, float | None]:
    """By scale and moment: the last answer of each, and how it changed."""
    said = {(rating.scale, rating.when): rating.value for rating in reading.ratings}
    found: dict[str, float | None] = {}
    for scale in dict.fromkeys(scale for scale, _ in said):
        before, after = said.get((scale, When.BEFORE)), said.get((scale, When.AFTER))
        found |= {f"{scale}_before": before, f"{scale}_after": after, f"{scale}_change": _less(after, before)}
    return found


def _less(value: float | None, base: float | None) -> float | None:
    return None if value is None or base is None else _rounded(value - base)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
