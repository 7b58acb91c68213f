"""The therapist's picture in words: values at a moment, causes of corrections, and what is seen, for screen readers. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from relaxlisten.terms import Quality
from relaxlisten.window.therapist_axis import seen
from relaxlisten.window.view_model import clock_text
from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from relaxlisten.window.therapist_axis import View
    from relaxlisten.window.therapist_course import Course
    from relaxlisten.window.therapist_lanes import Lane
    from relaxlisten.window.therapist_series import Curve

CAUSE_WORDS = {
    Quality.ECTOPIC: later("early beat, moved"),
    Quality.MISSED: later("missed beat, put in"),
    Quality.EXTRA: later("false beat, taken out"),
    Quality.MISPLACED: later("misplaced, moved"),
    Quality.NOISE: later("noise"),
}
# How old a value may be to stand for a moment: twice the longest time between two.
_HOLDS_S = 3.0
# Of each lane: trace, colour, format.
_VALUES = {
    "rates": (("heart", "heart", "{:.0f} bpm"), ("tempo", "music", "{:.1f} BPM")),
    "rr": (("rr", "rr", "{:.0f} ms"),),
    "rmssd": (("rmssd", "rmssd", "{:.0f} ms"),),
    "coherence": (("coherence", "coherence", "{:.1f}"),),
    "breathing": (("breathing", "breathing", "{:.1f}"),),
    "clear": (("clear", "text", "{:.0%}"),),
}

_SPOKEN = (
    (later("Heart rate {value} bpm"), "heart", "{:.0f}"),
    (later("music {value} BPM"), "tempo", "{:.1f}"),
    (later("RMSSD {value} ms"), "rmssd", "{:.0f}"),
    (later("coherence {value}"), "coherence", "{:.1f}"),
    (later("breathing {value} a minute"), "breathing", "{:.1f}"),
)


def value_at(trace: Curve, time_s: float) -> float | None:
    """The value that held at a moment; None where none did."""
    times_s, values = trace.between(time_s, time_s)
    last = int((times_s <= time_s).sum()) - 1
    if last < 0 or time_s - times_s[last] > _HOLDS_S or math.isnan(values[last]):
        return None
    return float(values[last])


def latest(course: Course, lane: Lane, at_s: float) -> list[tuple[str, str]]:
    """Colour and words of each value of a lane at a moment; a dash for what is not known."""
    words = []
    for name, colour, text in _VALUES[lane.name]:
        value = value_at(course.rr if name == "rr" else course.series[name], at_s)
        words.append((colour, "-" if value is None else text.format(value)))
    return words


def spoken(course: Course, view: View, now_s: float) -> str:
    """The picture as a sentence, with its values."""
    start_s, end_s = seen(view, now_s)
    at_s = min(end_s, now_s)
    parts = []
    for words, name, text in _SPOKEN:
        value = value_at(course.series[name], at_s)
        parts.append(tr(words, value=tr("not known") if value is None else text.format(value)))
    place = tr("now") if view.follows else tr("at {time}", time=clock_text(at_s))
    shown = tr("seen: {start} to {end}", start=clock_text(max(start_s, 0.0)), end=clock_text(at_s))
    return f"{', '.join(parts)} ({place}; {shown})"
