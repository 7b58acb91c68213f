"""What a study's figures are drawn from, gathered row by row.

Decision: a mean is that of participants, each by the mean of their own sessions, with Student's interval over participants:
sessions of one person are not independent. It is there to look at; a claim needs the model that the study planned.
"""

from __future__ import annotations

import collections
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from relaxlisten.simulation.tables import Interval, interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from relaxlisten.cohort.rules import Reason

# What is drawn, with its name and unit.
DRAWN = {
    "heart_rate_bpm_change": ("Heart rate against the baseline", "bpm"),
    "ln_rmssd_change": ("ln RMSSD against the baseline", "ln ms"),
}
BINS = 20


@dataclass(slots=True)
class Summary:
    """sums: by figure, phase, label and participant: sum and count. shares: sessions by clean share. why: sessions by reason."""

    sessions: int = 0
    counted: int = 0
    simulated: int = 0
    concealed: int = 0
    participants: set[str] = field(default_factory=set)
    labels: collections.Counter[str] = field(default_factory=collections.Counter)
    why: collections.Counter[str] = field(default_factory=collections.Counter)
    shares: list[int] = field(default_factory=lambda: [0] * BINS)
    excluded: list[tuple[str, str]] = field(default_factory=list)
    sums: dict[tuple[str, str, str], dict[str, tuple[float, int]]] = field(default_factory=dict)
    kinds: dict[str, None] = field(default_factory=dict)

    def session(self, row: Mapping[str, Any], reasons: Sequence[Reason]) -> None:
        """One more session."""
        self.sessions += 1
        self.simulated += bool(row.get("simulated"))
        self.concealed += bool(row.get("concealed"))
        self.participants.add(row["participant"])
        self.labels[str(row["label"] or "unknown")] += 1
        if row.get("clean_share") is not None:
            self.shares[min(int(row["clean_share"] * BINS), BINS - 1)] += 1
        if reasons:
            self.excluded.append((row["session"], row["reasons"]))
            self.why.update(reason.sort for reason in reasons)
        else:
            self.counted += 1

    def phase(self, row: Mapping[str, Any]) -> None:
        """One more phase, of a session that counts."""
        self.kinds[row["phase_kind"]] = None
        for figure in DRAWN:
            value = row.get(figure)
            if value is not None:
                people = self.sums.setdefault((figure, row["phase_kind"], str(row["label"])), {})
                total, count = people.get(row["participant"], (0.0, 0))
                people[row["participant"]] = (total + value, count + 1)

    def mean(self, figure: str, kind: str, label: str) -> Interval:
        """Of a figure in a phase and an arm, over participants."""
        people = self.sums.get((figure, kind, label), {})
        return interval([total / count for total, count in people.values()])
