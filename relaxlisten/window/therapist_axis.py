"""Which part of a session is seen: the newest minutes, or what somebody went back to, near or far.

Decision: a view either follows the present or stands still; it never does a little of both. Whatever moves it, the session goes
on and is taken in behind it. Moved or zoomed to where the present is in sight again, it follows again.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

SHORTEST_S, LONGEST_S = 30.0, 4.0 * 3600.0
USUAL_S = 300.0
# Room to the right of the present, as a share of the view, so that the newest point is not at the very edge.
AHEAD = 0.02
ZOOM = 1.5
STEP = 0.25
_TICKS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """span_s: how much is seen. end_s: its right edge; None while it follows the present."""

    span_s: float = USUAL_S
    end_s: float | None = None

    @property
    def follows(self) -> bool:
        """Whether it goes along with the session."""
        return self.end_s is None


def seen(view: View, now_s: float) -> tuple[float, float]:
    """Start and end of what is seen; a session shorter than the view begins at its left edge."""
    end_s = max(now_s + AHEAD * view.span_s, view.span_s) if view.end_s is None else view.end_s
    return end_s - view.span_s, end_s


def zoomed(view: View, now_s: float, factor: float, at: float = 1.0) -> View:
    """Nearer (factor below 1) or further, about a place: 0 the left edge, 1 the right. A view that follows goes on following."""
    span_s = min(max(view.span_s * factor, SHORTEST_S), LONGEST_S)
    if view.follows:
        return View(span_s=span_s)
    start_s, end_s = seen(view, now_s)
    fixed_s = start_s + at * (end_s - start_s)
    return _settled(View(span_s=span_s, end_s=fixed_s + (1.0 - at) * span_s), now_s)


def moved(view: View, now_s: float, share: float) -> View:
    """Back (below 0) or on by a share of what is seen."""
    return _settled(dataclasses.replace(view, end_s=seen(view, now_s)[1] + share * view.span_s), now_s)


def back_to_now(view: View) -> View:
    """The same span, at the present."""
    return View(span_s=view.span_s)


def column_s(view: View, width: int) -> float:
    """Seconds a column of pixels."""
    return view.span_s / max(width, 1)


def ticks(start_s: float, end_s: float, most: int) -> list[tuple[float, str]]:
    """Times with their words, at most so many, on round minutes or seconds."""
    step_s = next((step for step in _TICKS_S if (end_s - start_s) / step <= most), _TICKS_S[-1])
    first = max(math.ceil(start_s / step_s), 0)
    return [(number * float(step_s), _clock(number * step_s)) for number in range(first, math.floor(end_s / step_s) + 1)]


def _clock(seconds: int) -> str:
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _settled(view: View, now_s: float) -> View:
    """Within the session: not before its start, and following where its end is in sight."""
    if view.end_s is None or view.end_s >= now_s:
        return back_to_now(view)
    return dataclasses.replace(view, end_s=max(view.end_s, min(view.span_s, now_s)))
