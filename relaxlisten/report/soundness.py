"""How good a session's data are, and what is withheld and why."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.report.columns import floats, known, text_of, words
from relaxlisten.report.facts import Clocks, Quality, Withheld
from relaxlisten.terms import Quality as BeatQuality
from relaxlisten.terms import SensorPhase, Severity
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from relaxlisten.physiology.record import Metric
    from relaxlisten.report.measured import Beats
    from relaxlisten.session.tables import LoadedSession

_ALARMING = (Severity.WARNING, Severity.ERROR)
# What is shown live, whose gaps a reader of the report will ask about.
LIVE = ("heart_rate_bpm", "rmssd_ms", "breathing_per_min", "relaxation")
LEAST_SHARE = 0.01


def quality(session: LoadedSession, beats: Beats, duration_s: float) -> Quality:
    """The data's quality."""
    sensor, sound = session["SensorState"], session["SoundState"]
    rows = beats.rows
    causes = collections.Counter(rows["quality"].tolist())
    normal = rows["quality"] == BeatQuality.NORMAL.value
    clean_s = float(np.nansum(rows["nn_ms"][normal])) / MS_PER_S if rows.size else 0.0
    gaps, gap_s = _gaps(rows)
    return Quality(
        sensor=_last(words(sensor, "name")),
        sensor_kind=_last(words(sensor, "kind")) or "unknown",
        battery_percent=_last_number(floats(sensor, "battery_percent")),
        intervals=bool(rows.size),
        beats=int(rows.size),
        causes={cause.value: causes[cause.value] for cause in BeatQuality if causes[cause.value]},
        clean_share=float(normal.mean()) if rows.size else None,
        clean_time_share=min(clean_s / duration_s, 1.0) if rows.size and duration_s > 0.0 else None,
        gaps=gaps,
        gap_s=gap_s,
        connections_lost=words(sensor, "phase").count(SensorPhase.WAITING),
        sound_breaks=_most(floats(sound, "breaks")),
        silent_frames=_most(floats(sound, "underflow_frames")),
        notices=_notices(session),
    )


def _gaps(rows: np.recarray) -> tuple[int, float]:
    """How often nothing is known of the time before a beat, and for how long in all; the first beat ends no gap."""
    after = np.flatnonzero(rows["quality"] == BeatQuality.AFTER_GAP.value)
    after = after[after > 0]
    return int(after.size), float((rows["time_s"][after] - rows["time_s"][after - 1]).sum())


def _last(texts: list[str]) -> str:
    return next((text for text in reversed(texts) if text), "")


def _last_number(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float | None:
    kept = values[~np.isnan(values)]
    return float(kept[-1]) if kept.size else None


def _most(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> int:
    kept = values[~np.isnan(values)]
    return int(kept.max()) if kept.size else 0


def _notices(session: LoadedSession) -> tuple[tuple[str, int], ...]:
    table = session["Notice"]
    rows = zip(words(table, "severity"), words(table, "text"), strict=True)
    return tuple(collections.Counter(text for severity, text in rows if severity in _ALARMING).items())


def withheld(session: LoadedSession, metrics: Mapping[str, Metric]) -> tuple[Withheld, ...]:
    """Metrics of the whole record that are not told, by reason; then how long the live ones were not."""
    by_reason: dict[str, list[str]] = {}
    for name, metric in metrics.items():
        if metric.reason is not None:
            by_reason.setdefault(metric.reason, []).append(name)
    whole = [Withheld(names=tuple(names), share=None, reason=text_of(reason)) for reason, names in by_reason.items()]
    live = (_live(session, name) for name in LIVE)
    return (*whole, *(one for one in live if one is not None and (one.share or 0.0) >= LEAST_SHARE))


def _live(session: LoadedSession, name: str) -> Withheld | None:
    table = session["Physiology"]
    reasons = [reason for reason in words(table, f"withheld.{name}") if reason]
    if not reasons:
        return None
    reason, _ = collections.Counter(reasons).most_common(1)[0]
    return Withheld(names=(name,), share=len(reasons) / int(table["time_s"].size), reason=reason)


def clocks(session: LoadedSession) -> Clocks:
    """What the record itself shows of its clocks."""
    sound, ticks = session["SoundState"], session["Tick"]["time_s"]
    delays_s = floats(sound, "dac_time_s") - sound["time_s"]
    return Clocks(
        ear_delay_s=_median(delays_s),
        card_drift_ppm=_last_number(floats(sound, "card_drift_ppm")),
        ticks=int(ticks.size),
        longest_tick_s=known(float(np.diff(ticks).max())) if ticks.size > 1 else None,
    )


def _median(values: Iterable[float]) -> float | None:
    kept = np.array([value for value in values if value == value], dtype=np.float64)
    return float(np.median(kept)) if kept.size else None
