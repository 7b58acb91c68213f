"""What a study needs of one record, taken out of its lines in one pass.

Decision: the lines are looked at one after the other and most are forgotten at once, so that a session costs the memory of its
beats. Every checksum is checked, as `session/scan.py` does, but JSON is read only of kinds that are used: a day of sessions is
mostly sound and ticks. What is damaged is left out and counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from relaxlisten.messages import SoundState
from relaxlisten.session.fidelity import Delivery
from relaxlisten.session.format import read_event, read_header
from relaxlisten.session.scan import Damage, scan
from relaxlisten.terms import SensorKind, SessionStage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relaxlisten.messages import Beat, Event, Rating, SensorState, SessionPhase
    from relaxlisten.session.format import SessionHeader
    from relaxlisten.session.scan import Whole

WANTED = frozenset({"SessionHeader", "Beat", "SessionPhase", "Rating", "SensorState", "SoundState", "PlaybackPlan", "TrackFound"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseSpan:
    """A phase as it was run. begin_s, end_s: on the session clock."""

    name: str
    kind: str
    begin_s: float
    end_s: float


@dataclass(slots=True, kw_only=True)
class Reading:
    """One record. damaged: lines left out. lost: events that are counted in the record and are not there."""

    header: SessionHeader | None = None
    beats: list[Beat] = field(default_factory=list)
    phases: list[PhaseSpan] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    sensor: SensorKind = SensorKind.UNKNOWN
    delivery: Delivery = field(default_factory=Delivery)
    damaged: int = 0
    lost: int = 0
    ended: bool = False


def read(lines: Iterable[bytes], name: str) -> Reading:
    """A record's reading. Raises UsageError for a newer schema; never for damage."""
    reading, most, count = Reading(), 0, 0
    for entry in scan(lines, WANTED):
        if isinstance(entry, Damage):
            reading.damaged += 1
            continue
        most, count = max(most, entry.place), count + 1
        if entry.data["event"] == "SessionHeader":
            reading.header = read_header(entry.data, name)
        elif entry.data["event"] in WANTED:
            _take(reading, entry)
    reading.lost = max(most + 1 - count, 0)
    return reading


def _take(reading: Reading, entry: Whole) -> None:
    try:
        event = _event(entry)
    except (ValueError, KeyError, TypeError):
        reading.damaged += 1
        return
    reading.delivery.see(event)
    match type(event).__name__:
        case "Beat":
            reading.beats.append(event)  # type: ignore[arg-type]  # named by its kind
        case "Rating":
            reading.ratings.append(event)  # type: ignore[arg-type]
        case "SensorState":
            _sensor(reading, event)  # type: ignore[arg-type]
        case "SessionPhase":
            _phase(reading, event)  # type: ignore[arg-type]


def _event(entry: Whole) -> Event:
    """A sealed sound state is taken as it stands: there are thousands of them, and its seal holds."""
    if entry.sealed and entry.data["event"] == "SoundState":
        fields: dict[str, Any] = {key: value for key, value in entry.data.items() if key not in ("event", "derived", "n")}
        return SoundState(**fields)
    return read_event(entry.data).event


def _sensor(reading: Reading, state: SensorState) -> None:
    if state.kind is not SensorKind.UNKNOWN:
        reading.sensor = state.kind


def _phase(reading: Reading, now: SessionPhase) -> None:
    reading.ended = now.stage is SessionStage.ENDED
    if now.stage is not SessionStage.RUNNING:
        return
    last = reading.phases[-1] if reading.phases else None
    if last is not None and last.name == now.name and last.kind == now.kind:
        reading.phases[-1] = PhaseSpan(name=last.name, kind=last.kind, begin_s=last.begin_s, end_s=now.time_s)
    else:
        reading.phases.append(PhaseSpan(name=now.name, kind=now.kind.value, begin_s=now.time_s, end_s=now.time_s))
