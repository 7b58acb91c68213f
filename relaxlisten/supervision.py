"""How often something that failed is started again, and when something that still runs has to be called hanging.

Decision: a part of a session that fails is started again, because most faults pass; one that fails again and again is given up
and said to be, because a fault that stays would only be repeated. The same bound holds for every part.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_RESTARTS = 3
WITHIN_S = 60.0
LONGEST_STEP_S = 0.5  # between two looks: what is longer was a stop of the whole program, or of who looks


@dataclass(frozen=True, slots=True)
class Restarts:
    """When a part was started again, in seconds of one clock, oldest first."""

    at_s: tuple[float, ...] = ()

    def one_more(self, now_s: float) -> Restarts | None:
        """With another restart at now_s; None where there were too many of late."""
        recent = tuple(at_s for at_s in self.at_s if now_s - at_s < WITHIN_S)
        return None if len(recent) >= MOST_RESTARTS else Restarts((*recent, now_s))


@dataclass(frozen=True, slots=True)
class LifeSign:
    """How long something that counts on while it lives has stood still, without the time in which who looks was stopped too."""

    count: int = -1
    looked_s: float = 0.0
    still_s: float = 0.0

    def looked(self, count: int, now_s: float) -> LifeSign:
        """With one more look at its count."""
        if count != self.count:
            return LifeSign(count, now_s, 0.0)
        return LifeSign(count, now_s, self.still_s + min(now_s - self.looked_s, LONGEST_STEP_S))
