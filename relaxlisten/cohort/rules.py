"""Which sessions a study leaves out of its figures, and why.

Decision: a rule is a row of a table: what it asks, and the sentence where it is broken. A session that is left out stays in every
table with its reasons, so that nobody has to trust the rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# Task Force 1996 and usual practice: a stretch of which more than a fifth was corrected says little of variability.
LEAST_CLEAN_SHARE = 0.8
LEAST_RUN_SHARE = 0.8
SENSORS = ("ecg", "optical", "file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """least_clean: share of the time that uncorrected beats cover. least_run: of the protocol. sensors: kinds that count.

    least_minutes: of a session; 0 for no bound. most_lost: events that may be missing or damaged.
    """

    least_clean: float = LEAST_CLEAN_SHARE
    least_run: float = LEAST_RUN_SHARE
    least_minutes: float = 0.0
    sensors: tuple[str, ...] = SENSORS
    most_lost: int = 60

    def sentences(self) -> list[str]:
        """The rules, as they stand in a report."""
        return [
            "The record can be read and its header is whole.",
            f"At least {self.least_clean:.0%} of its time are covered by uncorrected beats.",
            f"At least {self.least_run:.0%} of its protocol were run"
            + (f", and {self.least_minutes:g} minutes." if self.least_minutes else "."),
            f"Its sensor is one of: {', '.join(self.sensors)}.",
            f"At most {self.most_lost} of its events are damaged or lost.",
            "It was not cut out of another record.",
        ]


@dataclass(frozen=True, slots=True)
class Reason:
    """sort: what sessions are counted by. sentence: the same with this session's own figures."""

    sort: str
    sentence: str


def reasons(session: Mapping[str, Any], rules: Rules) -> list[Reason]:
    """Why a session is left out; empty where it counts."""
    if session.get("unreadable"):
        return [Reason("the record cannot be read", str(session["unreadable"]))]
    run = _share(session["length_s"], session["planned_s"])
    lost = session["damaged_lines"] + session["lost_events"]
    clean, minutes = session["clean_share"], session["length_s"] / 60.0
    sensor, sensor_words = session["sensor_kind"], f"its sensor is {_sensor_words(session['sensor_kind'])}"
    cut = "trim" in session.get("made_by", ())
    checks = (
        (not session["header"], "its header is lost", "its header is lost"),
        (clean < rules.least_clean, "too little of its time are clean beats", f"only {clean:.0%} of its time are clean beats"),
        (
            run is not None and run < rules.least_run,
            "too little of its protocol was run",
            f"only {run or 0.0:.0%} of its protocol were run",
        ),
        (minutes < rules.least_minutes, "it was too short", f"it lasted only {minutes:.1f} minutes"),
        (sensor not in rules.sensors, sensor_words, sensor_words),
        (lost > rules.most_lost, "too many of its events are damaged or lost", f"{lost} of its events are damaged or lost"),
        (cut, "it is a stretch of another record", "it is a stretch of another record"),
    )
    return [Reason(sort, sentence) for broken, sort, sentence in checks if broken]


def _share(part: float, whole: float | None) -> float | None:
    return part / whole if whole else None


def _sensor_words(kind: str) -> str:
    return {"unknown": "not known", "simulated": "a simulated heart"}.get(kind, kind)
