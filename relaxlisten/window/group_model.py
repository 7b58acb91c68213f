"""Several people in one session, each beside their own beginning. Pure.

Decision: nobody is compared with anybody. Each curve is a change from that person's own baseline in this session (its first phase
where that only listens, else its first minute), all on one fixed scale; people stand in the order in which they were added, and
nothing is sorted, summed or coloured by how it goes. Until there is a baseline, there is no change to show, and that is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from relaxlisten.messages import FromCompanion, Physiology, SensorState, SessionPhase
from relaxlisten.terms import PhaseKind, SensorKind, SensorPhase, SessionStage
from relaxlisten.window.therapist_series import Trace
from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from relaxlisten.messages import Event

POINTS = 4 * 3600
FIRST_MINUTE_S = 60.0
LEAST_SAMPLES = 20
SCALE_BPM = 15.0
_CLEAR, _FAIR = 0.9, 0.6


@dataclass(slots=True)
class Mean:
    """The mean of a baseline; it says nothing before it rests on enough."""

    total: float = 0.0
    count: int = 0

    def add(self, value: float | None) -> None:
        """Another second, if anything is known of it."""
        if value is not None:
            self.total, self.count = self.total + value, self.count + 1

    @property
    def value(self) -> float | None:
        """The mean so far."""
        return self.total / self.count if self.count >= LEAST_SAMPLES else None


@dataclass(slots=True)
class Member:
    """One person. change: heart rate less their own baseline, over time. why_not: why no heart rate is known."""

    name: str
    heart_bpm: float | None = None
    rmssd_ms: float | None = None
    relaxation: float | None = None
    clear: float | None = None
    why_not: str = ""
    sensor: SensorPhase | None = None
    kind: SensorKind = SensorKind.UNKNOWN
    change: Trace = field(default_factory=lambda: Trace(POINTS))
    _bpm: Mean = field(default_factory=Mean)
    _ms: Mean = field(default_factory=Mean)

    @property
    def baseline_bpm(self) -> float | None:
        """Mean heart rate of the beginning."""
        return self._bpm.value

    @property
    def change_bpm(self) -> float | None:
        """Heart rate now less the baseline's."""
        baseline_bpm = self.baseline_bpm
        return None if self.heart_bpm is None or baseline_bpm is None else self.heart_bpm - baseline_bpm

    @property
    def rmssd_change(self) -> float | None:
        """RMSSD now less the baseline's, as a share of it."""
        return self.rmssd_ms / self._ms.value - 1.0 if self.rmssd_ms is not None and self._ms.value else None

    def hear(self, now: Physiology, *, in_baseline: bool) -> None:
        """Another second."""
        self.heart_bpm, self.rmssd_ms = now.heart_rate_bpm, now.rmssd_ms
        self.why_not = now.withheld.get("heart_rate_bpm", "")
        self.relaxation = now.metrics.get("relaxation")
        self.clear = None if now.last_beat_age_s is None else now.valid_fraction
        if in_baseline:
            self._bpm.add(now.heart_rate_bpm)
            self._ms.add(now.rmssd_ms)
        self.change.follow(now.time_s, None if in_baseline else self.change_bpm)


class GroupModel:
    """Feed it the session's events and those of companions; `members` are in the order of their straps."""

    def __init__(self) -> None:
        self.first = Member(name="")
        self.steered = False
        self._others: dict[int, Member] = {}
        self._in_baseline = False
        self._started_s: float | None = None
        self._has_baseline_phase = False

    @property
    def members(self) -> list[Member]:
        """Everybody; the session's own heart first."""
        return [self.first, *(self._others[number] for number in sorted(self._others))]

    @property
    def is_group(self) -> bool:
        """Whether there is more than one."""
        return bool(self._others)

    def feed(self, event: Event | FromCompanion) -> None:
        """Take in one event."""
        if isinstance(event, FromCompanion):
            self.steered = event.steered
            member = self._others.setdefault(event.number, Member(name=event.name))
            self._hear(member, event.event)
        elif isinstance(event, SessionPhase):
            self._phase(event)
        else:
            self._hear(self.first, event)

    def _hear(self, member: Member, event: Event) -> None:
        if isinstance(event, Physiology):
            member.hear(event, in_baseline=self._in_baseline)
        elif isinstance(event, SensorState):
            member.sensor = event.phase
            member.kind = member.kind if event.kind is SensorKind.UNKNOWN else event.kind

    def _phase(self, now: SessionPhase) -> None:
        running = now.stage is SessionStage.RUNNING
        if running and self._started_s is None:
            self._started_s = now.time_s
            self._has_baseline_phase = now.kind is PhaseKind.BASELINE
        early = self._started_s is not None and now.time_s - self._started_s < FIRST_MINUTE_S
        self._in_baseline = running and (now.kind is PhaseKind.BASELINE if self._has_baseline_phase else early)


def heart_words(member: Member) -> str:
    """The heart rate, or why there is none."""
    return member.why_not or tr("no heartbeat yet") if member.heart_bpm is None else f"{member.heart_bpm:.0f} bpm"


def change_words(member: Member) -> str:
    """The change from the own baseline."""
    if member.baseline_bpm is None:
        return tr("own baseline not known yet")
    if member.change_bpm is None:
        return tr("change not known now")
    return tr("{change} bpm from own baseline", change=f"{member.change_bpm:+.1f}")


def rmssd_words(member: Member) -> str:
    """RMSSD with its change, as far as they are known."""
    if member.rmssd_ms is None:
        return tr("RMSSD withheld")
    change = "" if member.rmssd_change is None else f" ({100.0 * member.rmssd_change:+.0f} %)"
    return f"RMSSD {member.rmssd_ms:.0f} ms{change}"


def signal_words(member: Member) -> str:
    """How far the signal can be trusted, and whether it is a living heart's."""
    words = _SENSORS.get(member.sensor) if member.sensor is not None else later("no strap yet")
    if words is None:
        share = -math.inf if member.clear is None else member.clear
        words = later("signal good") if share >= _CLEAR else later("signal fair") if share >= _FAIR else later("signal poor")
    mark = {SensorKind.SIMULATED: later("SIMULATED"), SensorKind.FILE: later("RECORDED FILE")}.get(member.kind)
    return " · ".join(tr(part) for part in (mark, words) if part)


_SENSORS = {
    SensorPhase.SCANNING: later("looking for it"),
    SensorPhase.CONNECTING: later("connecting"),
    SensorPhase.WAITING: later("lost, looked for again"),
    SensorPhase.UNAVAILABLE: later("no Bluetooth"),
    SensorPhase.ENDED: later("ended"),
}


def spoken(model: GroupModel) -> str:
    """Everybody in a sentence each."""
    return ". ".join(
        f"{member.name or tr('Person 1')}: {heart_words(member)}, {change_words(member)}, {rmssd_words(member)}, "
        f"{signal_words(member)}"
        for member in model.members
    )
