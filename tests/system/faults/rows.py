"""What a row of the fault table is: a fault, how it is injected, what then has to be so, and what three runs measured.

Decision: a row is data, but for `play`, which injects. What was heard, told and recorded is judged the same way for every row
(`judge.py`), so that no row can pass by looking away; a row only states its bounds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.system.faults.stage import Stage


class Ending(Enum):
    """How the program of a row ends."""

    ASKED = "asked"  # by TERM after the fault: gently, all saved
    BY_FAULT = "by the fault"  # the fault is that it is asked: gently, all saved
    KILLED = "killed"  # it has no time for anything
    REFUSED = "refused"  # it does not start, and says why
    UNSAVED = "unsaved"  # asked, and it fails: the record is somewhere else than it was to be


class Keeps(Enum):
    """What is left of the record."""

    WHOLE = "whole"
    CUT = "all but the last second"
    ELSEWHERE = "whole, in another place"
    PARTS = "whole, in two places that are both told"
    NONE = "none was begun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the listener reads. within_s: after the fault, or after it is mended where `mended` is so."""

    words: str
    within_s: float
    mended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One fault. how: what is real and what stands in. silence_s: the longest that music is silent between fault and end.

    None: it has to be, for as long as the fault lasts. back_s: until sound is heard once the fault is mended. end_s: from the
    wish to end, or the end of the process, to the last sound; None where no music had begun. bounds: of what `play` measures, by
    name, at most.
    """

    id: str
    fault: str
    how: str
    music: str
    play: Callable[[Stage], dict[str, float]]
    told: tuple[Told, ...] = ()
    silence_s: float | None = 0.05
    back_s: float | None = None
    end_s: float | None = 3.0
    ending: Ending = Ending.ASKED
    keeps: Keeps = Keeps.WHOLE
    bounds: dict[str, float] = field(default_factory=dict)
    quick: bool = False
    needs: Callable[[], str | None] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run of a row measured, in seconds by name, and what was not as it had to be."""

    measured: dict[str, float]
    wrong: tuple[str, ...]
