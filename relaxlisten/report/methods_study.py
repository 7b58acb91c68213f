"""The figures of a whole study for a methods text.

Decision: what would tell an arm (its name, the seed of the allocation, who got what) is told once the study is open, and not
before. No session is excluded here: what is not whole is named, and whoever analyses decides.
"""

from __future__ import annotations

import collections
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.report.methods import Figure
from relaxlisten.report.methods_figures import constants

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from relaxlisten.report.methods_figures import Found

ALLOCATIONS = {
    "crossover": "everybody got every arm, in the orders of a Williams square, shuffled",
    "parallel": "everybody got one arm, in shuffled blocks that hold each arm equally often",
}
_SOURCE = "records in sessions/"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudySession:
    """One recorded session of a study. name: its folder's ("P01-1"). label: its letter. fault: why it is not whole; "" if it is.

    fidelity, clean_share: None where not known.
    """

    name: str
    label: str
    duration_s: float
    simulated: bool | None
    clean_share: float | None
    fidelity: float | None
    version: str
    fault: str

    @property
    def participant(self) -> str:
        """Whose session it was."""
        return self.name.rpartition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What is known once a study is open. arms: by letter."""

    seed: int
    arms: Mapping[str, str]
    opened_utc: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFacts:
    """A study's folder. opened: None while it is concealed."""

    design: str
    protocol: str
    participants: int
    arm_count: int
    sessions: tuple[StudySession, ...]
    opened: Opened | None


def study_figures(facts: StudyFacts) -> Mapping[str, Figure]:
    """All that may be told, by key."""
    found = (*_plan(facts), *_opened(facts), *_sessions(facts.sessions), *constants())
    return {
        key: Figure(key=key, shown=str(value), source=source) for key, value, source in found if value is not None and value != ""
    }


def _plan(facts: StudyFacts) -> Iterator[Found]:
    yield "participants_planned", facts.participants, "study.json: participants"
    yield "design", facts.design, "study.json: design"
    yield "arm_count", facts.arm_count, "study.json: arms, count"
    yield "protocol", facts.protocol, "study.json: protocol"
    yield "allocation", ALLOCATIONS.get(facts.design), "study.json: design, as relaxlisten/session/allocation.py draws it"
    yield "participants", len({one.participant for one in facts.sessions}), "sessions/: different participants"
    yield "sessions", len(facts.sessions), "sessions/: records"


def _opened(facts: StudyFacts) -> Iterator[Found]:
    opened = facts.opened
    if opened is None:
        return
    yield "arms", ", ".join(sorted(opened.arms.values())), "unblinded.json: letters"
    yield "allocation_seed", opened.seed, "unblinded.json: seed"
    yield "unblinded", opened.opened_utc, "unblinded.json: opened_utc"
    yield "unblind_reason", opened.reason, "unblinded.json: reason"
    counts = collections.Counter(opened.arms.get(one.label, one.label) for one in facts.sessions)
    listed = ", ".join(f"{arm} {count}" for arm, count in sorted(counts.items()))
    yield "sessions_by_arm", listed, f"{_SOURCE}: SessionHeader.condition, by unblinded.json: letters"


def _sessions(sessions: Sequence[StudySession]) -> Iterator[Found]:
    minutes = [one.duration_s / 60.0 for one in sessions if one.duration_s > 0.0]
    yield from _spread("duration", minutes, 1, "SessionPhase.time_s: last less first, in min")
    yield from _spread(
        "fidelity", [one.fidelity for one in sessions if one.fidelity is not None], 2, "session/fidelity.py: index"
    )
    shares = [100.0 * one.clean_share for one in sessions if one.clean_share is not None]
    if shares:
        yield "clean_median", f"{statistics.median(shares):.1f}", f"{_SOURCE}: Beat.nn_ms (quality = normal), % of the duration"
    yield "simulated", sum(one.simulated is True for one in sessions) or None, f"{_SOURCE}: SessionHeader.simulated"
    faults = [f"{one.name} ({one.fault})" for one in sessions if one.fault]
    yield "faulty", len(faults), f"{_SOURCE}: records that are not whole, or without a beat"
    yield "faults", "; ".join(faults) or "none", f"{_SOURCE}: LoadedSession.missing"
    versions = ", ".join(sorted({one.version for one in sessions if one.version}))
    yield "version_relaxlisten", versions, f"{_SOURCE}: SessionHeader.versions.relaxlisten"


def _spread(key: str, values: Sequence[float], digits: int, how: str) -> Iterator[Found]:
    if values:
        yield f"{key}_low", f"{min(values):.{digits}f}", f"{_SOURCE}: {how}; lowest"
        yield f"{key}_high", f"{max(values):.{digits}f}", f"{_SOURCE}: {how}; highest"
        yield f"{key}_median", f"{statistics.median(values):.{digits}f}", f"{_SOURCE}: {how}; median"
