"""What the beats of a record say: of the whole session, of each phase, and of the end against the beginning.

Decision: heart rates are told from clean beats, and from the sensor's own rate where it sends no intervals. What counts as a
change is what goes beyond chance: a minute's mean heart rate wanders by HEART.scale about the course of a session by itself
(control/response.py), so that the difference of two stretches of m and n minutes has the 90 % range
1.645 scale sqrt(1 / m + 1 / n). That is a range for one heart in one sitting, not a test, and it says nothing about the cause.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.control.response import HEART, Z_90
from relaxlisten.physiology.time_domain import CERTAIN
from relaxlisten.report.columns import floats, known, words
from relaxlisten.report.facts import HeartChange, Sample, Stretch
from relaxlisten.rr import hrv, recorded_beats
from relaxlisten.terms import PhaseKind, Quality
from relaxlisten.units import MS_PER_MIN, MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from relaxlisten.physiology.record import Metric
    from relaxlisten.report.course import Span
    from relaxlisten.session.tables import LoadedSession

END_S = 120.0
# As in pieces.py: the beginning of a session whose protocol has no baseline.
BASELINE_WITHOUT_PHASE_S = 60.0
LEAST_CLEAN_S = 20.0
BY_PHASE = ("rmssd_ms", "ln_rmssd", "sdnn_ms", "hf_ms2", "lf_ms2", "breathing_per_min")


class Beats:
    """The beats of a record in time, and what they say of any part of it."""

    def __init__(self, session: LoadedSession) -> None:
        table = session["Beat"]
        order = np.argsort(table["time_s"], kind="stable")
        columns = {name: floats(table, name)[order] for name in ("time_s", "rr_ms", "nn_ms", "confidence")}
        qualities = words(table, "quality")
        self.rows = recorded_beats(**columns, quality=[qualities[index] for index in order])
        self._rates = session["Physiology"]

    def stretch(self, start_s: float, end_s: float) -> Stretch:
        """The heart of a part of the session."""
        inside = self._inside(start_s, end_s)
        nn_ms = inside["nn_ms"][_clean(inside)]
        clean_s = float(nn_ms.sum()) / MS_PER_S
        if self.rows.size == 0:
            return self._rate_stretch(start_s, end_s)
        heart_bpm = MS_PER_MIN / float(nn_ms.mean()) if nn_ms.size else None
        return Stretch(start_s=start_s, end_s=end_s, heart_bpm=heart_bpm, clean_s=clean_s, beats=int(nn_ms.size))

    def _rate_stretch(self, start_s: float, end_s: float) -> Stretch:
        """Of a sensor that sends no intervals: seconds with a known rate count as clean."""
        times_s, rates = self._rates["time_s"], floats(self._rates, "heart_rate_bpm")
        inside = rates[(times_s > start_s) & (times_s <= end_s) & ~np.isnan(rates)]
        heart_bpm = known(float(inside.mean())) if inside.size else None
        return Stretch(start_s=start_s, end_s=end_s, heart_bpm=heart_bpm, clean_s=float(inside.size), beats=0)

    def metrics(self, start_s: float, end_s: float, only: Sequence[str] | None = None) -> Mapping[str, Metric]:
        """Metrics of a part of the session, each with its window or the reason why it is withheld."""
        return hrv(self._inside(start_s, end_s), only)

    def sample(self, start_s: float, end_s: float) -> Sample:
        """How many intervals the metrics of a part of the session rest on."""
        inside = self._inside(start_s, end_s)
        good, there = _clean(inside), ~np.isnan(inside["nn_ms"])
        pairs = int((good[1:] & good[:-1]).sum())
        return Sample(clean=int(good.sum()), pairs=pairs, flow=int(there.sum()))

    def _inside(self, start_s: float, end_s: float) -> np.recarray:
        times_s = self.rows["time_s"]
        return self.rows[(times_s > start_s) & (times_s <= end_s)].view(np.recarray)


def _clean(rows: np.recarray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    good = (rows["quality"] == Quality.NORMAL.value) & (rows["confidence"] >= CERTAIN) & ~np.isnan(rows["nn_ms"])
    return np.asarray(good, dtype=np.bool_)


def heart_change(beats: Beats, spans: Sequence[Span]) -> HeartChange | None:
    """The last two minutes before the close against the baseline; None where too little of either is clean."""
    if not spans:
        return None
    first, last = spans[0], spans[-1]
    begin_s = first.end_s if first.kind == PhaseKind.BASELINE else min(first.start_s + BASELINE_WITHOUT_PHASE_S, last.end_s)
    end_s = last.start_s if last.kind == PhaseKind.CLOSE and len(spans) > 1 else last.end_s
    if end_s - END_S < begin_s:
        return None
    start, end = beats.stretch(first.start_s, begin_s), beats.stretch(end_s - END_S, end_s)
    if start.heart_bpm is None or end.heart_bpm is None or min(start.clean_s, end.clean_s) < LEAST_CLEAN_S:
        return None
    return HeartChange(
        start=start, end=end, change_bpm=end.heart_bpm - start.heart_bpm, chance_bpm=chance_bpm(start.clean_s, end.clean_s)
    )


def chance_bpm(one_s: float, other_s: float) -> float:
    """Half the 90 % range of the difference between the mean heart rates of two stretches of one sitting, by chance alone."""
    return Z_90 * HEART.scale * math.sqrt(60.0 / one_s + 60.0 / other_s)
