"""What a session changed, in one row: heart rate, ln RMSSD and answers, before and after; withheld where beats do not support it.

Decision: a session is compared with its own beginning only: the baseline phase, and one minute at least (where there is none, the
first two minutes), with the last three minutes of the session, by the beats and the rules of `physiology/record.py`. What a
change means is not judged.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from relaxlisten.beats.rhythm import REASON as IRREGULAR
from relaxlisten.control.protocol import protocol_from_data
from relaxlisten.messages import Rating
from relaxlisten.people_facts import Change, HeardPiece, SessionSummary
from relaxlisten.physiology.record import Series, metrics
from relaxlisten.physiology.time_domain import CERTAIN
from relaxlisten.session.people import felt_change
from relaxlisten.terms import PhaseKind, Quality, SessionStage, When

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from relaxlisten.control.protocol import RatingQuestion
    from relaxlisten.session.tables import LoadedSession, Table
    from relaxlisten.units import BoolArray

LEAST_S, FIRST_S, LAST_S = 60.0, 120.0, 180.0
MEASURES = ("heart_rate_bpm", "ln_rmssd")
MOST_IRREGULAR = 0.1


def summary(name: str, loaded: LoadedSession) -> SessionSummary:
    """The row of a session. name: of its folder."""
    header, phases = loaded.header, loaded["SessionPhase"]
    running = phases["stage"] == SessionStage.RUNNING.value
    times_s = phases["time_s"][running]
    protocol = header.protocol if header else {}
    return SessionSummary(
        session=name,
        started_utc=header.started_utc if header else "",
        title=str(protocol.get("title", "")),
        minutes=round(float(times_s[-1] - times_s[0]) / 60.0, 1) if times_s.size else 0.0,
        simulated=bool(header and header.simulated),
        condition=header.condition if header else "",
        measures=_measures(loaded, phases, running),
        ratings=_ratings(loaded["Rating"]),
        felt=_felt(loaded["Rating"], protocol),
        pieces=_pieces(loaded),
    )


def _pieces(loaded: LoadedSession) -> tuple[HeardPiece, ...]:
    """Those that were chosen, in their order, with what the session knew of them."""
    found, choices = loaded["TrackFound"], loaded["TrackChoice"]
    columns = (found["track.track_id"], found["track.tempo_bpm"], found["track.arousal"])
    known = {str(track_id): (_number(tempo_bpm), _number(arousal)) for track_id, tempo_bpm, arousal in zip(*columns, strict=True)}
    titles = {str(track_id): str(title) for track_id, title in zip(choices["track_id"], choices["title"], strict=True)}
    return tuple(
        HeardPiece(track_id=track_id, title=title, tempo_bpm=facts[0], arousal=facts[1])
        for track_id, title in titles.items()
        for facts in (known.get(track_id, (None, None)),)
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _measures(loaded: LoadedSession, phases: Table, running: BoolArray) -> dict[str, Change]:
    times_s = phases["time_s"][running]
    if not times_s.size:
        return {name: Change(withheld="the session never ran") for name in MEASURES}
    baseline_s = phases["time_s"][running & (phases["kind"] == PhaseKind.BASELINE.value)]
    begin_s = baseline_s[0] if baseline_s.size else times_s[0]
    first = (begin_s, max(baseline_s[-1], begin_s + LEAST_S) if baseline_s.size else begin_s + FIRST_S)
    last = (max(times_s[-1] - LAST_S, first[1]), times_s[-1])
    before, after = (_between(loaded, float(span[0]), float(span[1])) for span in (first, last))
    return {name: _change(before[name], after[name]) for name in MEASURES}


def _change(before: float | str, after: float | str) -> Change:
    """A value each, or the reason why it is withheld."""
    whys = [f"{when}: {one}" for when, one in (("before", before), ("after", after)) if isinstance(one, str)]
    values = [one if isinstance(one, float) else None for one in (before, after)]
    return Change(before=values[0], after=values[1], withheld="; ".join(whys))


def _between(loaded: LoadedSession, begin_s: float, end_s: float) -> dict[str, float | str]:
    beats = loaded["Beat"]
    there = (beats["time_s"] > begin_s) & (beats["time_s"] <= end_s) & ~np.isnan(beats["nn_ms"])
    series = Series(
        nn_ms=beats["nn_ms"][there],
        ends_s=beats["time_s"][there],
        clean=((beats["quality"] == Quality.NORMAL.value) & (beats["confidence"] >= CERTAIN))[there],
        follows=beats["follows"][there],
    )
    found = metrics(series, irregular=_irregular(loaded["Physiology"], begin_s, end_s), only=MEASURES)
    return {name: found[name].reason or float(found[name]) for name in MEASURES}


def _irregular(known: Table, begin_s: float, end_s: float) -> str | None:
    """Why variability says nothing, where the session itself withheld it for an irregular beat in a tenth of this time."""
    reasons: NDArray[Any] = known.get("withheld.rmssd_ms", np.empty(0, dtype=object))
    there = (known["time_s"] > begin_s) & (known["time_s"] <= end_s)
    said = [reason == IRREGULAR for reason in reasons[there]] if reasons.size else []
    return IRREGULAR if sum(said) > MOST_IRREGULAR * len(said) else None


def _ratings(table: Table) -> dict[str, Change]:
    """The last answer counts where one was given twice."""
    answers = {(row.scale, row.when): row.value for row in _rows(table)}
    scales = dict.fromkeys(scale for scale, _ in answers)
    return {scale: Change(before=answers.get((scale, When.BEFORE)), after=answers.get((scale, When.AFTER))) for scale in scales}


def _felt(table: Table, protocol: Mapping[str, Any]) -> float | None:
    questions: tuple[RatingQuestion, ...] = ()
    try:
        questions = protocol_from_data(protocol).ratings
    except (KeyError, TypeError, ValueError):  # the header is lost, or of another time
        return None
    return felt_change(_rows(table), questions)


def _rows(table: Table) -> list[Rating]:
    columns = zip(table["time_s"], table["scale"], table["value"], table["when"], strict=True)
    return [Rating(time_s=float(at), scale=str(scale), value=float(value), when=When(when)) for at, scale, value, when in columns]


def summary_to_data(row: SessionSummary) -> dict[str, Any]:
    """Plain data; `summary_from_data` is its inverse."""
    return dataclasses.asdict(row)


def summary_from_data(data: Mapping[str, Any]) -> SessionSummary:
    """A row from plain data. Raises KeyError, TypeError or ValueError for what is none."""
    changes = {key: {name: Change(**one) for name, one in data[key].items()} for key in ("measures", "ratings")}
    return SessionSummary(**{**data, **changes, "pieces": tuple(HeardPiece(**one) for one in data["pieces"])})
