"""Messages that come from other programs, or tell how their clocks stand to ours.

Decision: they are messages like all others (`messages.py` names every one) and only stand apart because a module has its bounds.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RrInterval:
    """One RR interval as a file or another program gave it, raw: the input of a heart that does not come in packets.

    time_s: when it came in. beat_s: when the R-peak that ends it was, on the session clock. after_gap: it does not begin at the
    beat before it.
    """

    time_s: float
    beat_s: float
    rr_ms: float
    after_gap: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOffset:
    """How another clock stands to the session's, measured at time_s: its reading is the session clock's plus offset_s.

    clock: "lsl". error_s: the measurement is wrong by at most this much.
    """

    time_s: float
    clock: str
    offset_s: float
    error_s: float
