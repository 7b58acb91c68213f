"""For anyone with RR intervals: clean them, and tell what they say. Three lines of Python do what `relaxlisten rr` does.

    beats = relaxlisten.clean_rr(rr_ms)            # one row a beat: beats.nn_ms, beats.quality, ...
    metrics = relaxlisten.hrv(beats)               # or hrv(rr_ms)
    print(metrics["rmssd_ms"].value, metrics["rmssd_ms"].reason)

Decision: the same cleaner as in a session, causal: what it says of a beat never rests on more than three later ones. `offline`
looks ahead in one way, and says so in the column: it has first learned from the record's beginning how this heart varies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.beats import rhythm
from relaxlisten.beats.artifacts import Cleaner
from relaxlisten.beats.corrected import rows
from relaxlisten.errors import UsageError
from relaxlisten.physiology.record import Metric, Series, metrics
from relaxlisten.physiology.time_domain import CERTAIN
from relaxlisten.terms import Quality
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import ArrayLike

    from relaxlisten.beats.corrected import Row
    from relaxlisten.units import FloatArray

# Columns of the table of beats, in this order.
COLUMNS = ("index", "time_s", "rr_ms", "nn_ms", "quality", "confidence")
_ROW = np.dtype(
    [
        ("index", np.int64),
        ("time_s", np.float64),
        ("rr_ms", np.float64),
        ("nn_ms", np.float64),
        ("quality", "U12"),
        ("confidence", np.float64),
    ]
)
# Of a record, so much may be irregular before its variability is withheld.
MOST_IRREGULAR = 0.1
LEARNED_FROM_BEATS = 120


def clean_rr(rr_ms: ArrayLike, *, offline: bool = False) -> np.recarray:
    """Clean a series of RR intervals in ms; a record array with one row a beat and the columns of COLUMNS.

    rr_ms is NaN for a beat that was put back, nn_ms for one that was taken out or that follows a gap; quality is a word of
    `terms.Quality`; time_s counts from the first beat's beginning. Raises UsageError for what is no series of intervals.
    """
    values = _checked(rr_ms)
    cleaner = Cleaner()
    if offline:
        cleaner.learn(values[:LEARNED_FROM_BEATS][::-1])
    decisions = [decision for value in values for decision in cleaner.push(value)] + cleaner.flush()
    ends_s = (np.cumsum(values) / MS_PER_S).tolist()
    table: list[Row] = []
    at = 0
    for decision in decisions:
        count = len(decision.rr_ms)
        table += rows(decision, ends_s[at : at + count])
        at += count
    return _table(table)


def recorded_beats(
    time_s: FloatArray, rr_ms: FloatArray, nn_ms: FloatArray, quality: Sequence[str], confidence: FloatArray
) -> np.recarray:
    """The table that `hrv` takes, from the beats of a record: one row a beat, in time; NaN for an interval that is not known."""
    table = np.empty(len(time_s), dtype=_ROW)
    columns = (np.arange(len(time_s)), time_s, rr_ms, nn_ms, quality, confidence)
    for name, column in zip(COLUMNS, columns, strict=True):
        table[name] = column
    return table.view(np.recarray)


def hrv(beats: ArrayLike, only: Collection[str] | None = None) -> dict[str, Metric]:
    """Metrics by name of a table from `clean_rr`, or of raw RR intervals in ms, which are cleaned first.

    only: names of the metrics that are wanted, None for all.
    """
    table = beats if isinstance(beats, np.ndarray) and beats.dtype == _ROW else clean_rr(beats)
    known = np.flatnonzero(~np.isnan(table["nn_ms"]))
    nn_ms, ends_s = table["nn_ms"][known], table["time_s"][known]
    gaps = np.cumsum(table["quality"] == Quality.AFTER_GAP.value)[known]
    series = Series(
        nn_ms=nn_ms,
        ends_s=ends_s,
        clean=((table["quality"] == Quality.NORMAL.value) & (table["confidence"] >= CERTAIN))[known],
        follows=np.concatenate([[False], gaps[1:] == gaps[:-1]])[: known.size].astype(np.bool_),
    )
    return metrics(series, irregular=_irregular(table["rr_ms"]), only=only)


def _checked(rr_ms: ArrayLike) -> list[float]:
    values = np.asarray(rr_ms, dtype=np.float64)
    if values.ndim != 1 or values.size == 0:
        message = f"RR intervals must be one list of numbers in ms; this has the shape {values.shape}."
        raise UsageError(message)
    wrong = np.flatnonzero(~(np.isfinite(values) & (values > 0.0)))
    if wrong.size:
        message = f"RR interval {wrong[0] + 1} is {values[wrong[0]]:g}: every interval must be above 0 ms."
        raise UsageError(message)
    if float(np.median(values)) < 10.0:
        message = f"These intervals seem to be in seconds (their median is {np.median(values):g}): multiply by 1000."
        raise UsageError(message)
    return [float(value) for value in values]


def _irregular(rr_ms: FloatArray) -> str | None:
    """Why variability says nothing, where more than a tenth of the record has no regular beat."""
    raw = rr_ms[~np.isnan(rr_ms)].tolist()
    size = rhythm.MEMORY_BEATS
    looks = [rhythm.irregularity(raw[at : at + size]) > rhythm.BEGINS_ABOVE for at in range(0, len(raw) - size + 1, size // 2)]
    return rhythm.REASON if looks and sum(looks) > MOST_IRREGULAR * len(looks) else None


def _table(found: Sequence[Row]) -> np.recarray:
    table = np.empty(len(found), dtype=_ROW)
    times_s, rr_ms, nn_ms, qualities, confidences = zip(*found, strict=True)
    table["index"] = np.arange(len(found))
    table["time_s"] = times_s
    table["rr_ms"] = np.array(rr_ms, dtype=np.float64)  # None becomes nan
    table["nn_ms"] = np.array(nn_ms, dtype=np.float64)
    table["quality"] = [quality.value for quality in qualities]
    table["confidence"] = confidences
    return table.view(np.recarray)
