"""How a session went in time: its phases as they really came, and the lines that the chart draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.report.columns import floats, known, words
from relaxlisten.report.facts import Course
from relaxlisten.terms import SessionStage

if TYPE_CHECKING:
    from relaxlisten.session.tables import LoadedSession
    from relaxlisten.units import FloatArray

# A line of so many points is as fine as a page can show.
MOST_POINTS = 360
_STOOD = (SessionStage.RUNNING, SessionStage.PAUSED, SessionStage.ENDED)
# A value of a source that reports at least once a second is held for so long, then the line breaks.
HELD_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A phase as it came."""

    name: str
    kind: str
    start_s: float
    end_s: float


def spans(session: LoadedSession) -> tuple[Span, ...]:
    """The phases, one after the other; one that was interrupted by lost lines is one."""
    table = session["SessionPhase"]
    told = zip(
        table["time_s"].tolist(), words(table, "name"), words(table, "kind"), floats(table, "elapsed_s").tolist(),
        words(table, "stage"), strict=True,
    )  # fmt: skip
    found: list[Span] = []
    before_s = newest_s = 0.0
    for time_s, name, kind, elapsed_s, stage in told:
        if stage not in _STOOD or time_s < newest_s:  # time that runs backwards is damage
            continue
        newest_s = time_s
        goes_on = bool(found) and (found[-1].name, found[-1].kind) == (name, kind)
        if goes_on and (elapsed_s >= before_s or stage == SessionStage.ENDED):
            found[-1] = Span(name=name, kind=kind, start_s=found[-1].start_s, end_s=time_s)
        else:
            if found:
                found[-1] = Span(name=found[-1].name, kind=found[-1].kind, start_s=found[-1].start_s, end_s=time_s)
            found.append(Span(name=name, kind=kind, start_s=time_s, end_s=time_s))
        before_s = elapsed_s
    return tuple(found)


def last_s(session: LoadedSession) -> float:
    """When the record's last event came, but for answers and notes that were added later."""
    return max(
        (float(table["time_s"].max()) for kind, table in session.tables.items() if table["time_s"].size and kind != "Rating"),
        default=0.0,
    )


def tempo_between(session: LoadedSession, start_s: float, end_s: float) -> tuple[float | None, float | None]:
    """The tempo at the ear at the first and at the last moment with a pulse."""
    sound = session["SoundState"]
    times_s, tempo_bpm = floats(sound, "dac_time_s"), floats(sound, "tempo_bpm")
    inside = tempo_bpm[(times_s > start_s) & (times_s <= end_s) & ~np.isnan(tempo_bpm)]
    return (None, None) if inside.size == 0 else (known(inside[0]), known(inside[-1]))


def course(session: LoadedSession, start_s: float, end_s: float) -> Course:
    """The lines of the chart, at most MOST_POINTS each."""
    end_s = max(end_s, start_s + 1.0)
    step_s = max((end_s - start_s) / MOST_POINTS, 1.0)
    grid_s = np.arange(start_s, end_s + 0.5 * step_s, step_s)
    heart, sound = session["Physiology"], session["SoundState"]
    columns = (
        _sampled(grid_s, heart["time_s"], floats(heart, "heart_rate_bpm")),
        _sampled(grid_s, heart["time_s"], floats(heart, "heart_rate_sd_bpm")),
        _sampled(grid_s, floats(sound, "dac_time_s"), floats(sound, "tempo_bpm")),
    )
    rate, spread, tempo = (tuple(known(value) for value in column.tolist()) for column in columns)
    return Course(time_s=tuple(grid_s.tolist()), heart_bpm=rate, heart_sd_bpm=spread, tempo_bpm=tempo)


def _sampled(grid_s: FloatArray, times_s: FloatArray, values: FloatArray) -> FloatArray:
    """The newest value at each moment, NaN where it is older than HELD_S or not known."""
    if times_s.size == 0:
        return np.full(grid_s.shape, np.nan)
    order = np.argsort(times_s, kind="stable")
    at = np.searchsorted(times_s[order], grid_s, side="right") - 1
    newest = np.where(at >= 0, values[order][at], np.nan)
    age_s = grid_s - times_s[order][at]
    held: FloatArray = np.where((at >= 0) & (age_s <= HELD_S), newest, np.nan)
    return held
