"""What another session played, so that a yoked one can play it again: pieces and tempi over time.

Decision: taken from the donor's plans, not from what its listener heard, because plans are what a pipeline can repeat exactly.
Between two plans the tempo goes in a straight line, as the sound glides. Time counts from the start of the music.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relaxlisten.messages import Command, PlaybackPlan, TrackFound
from relaxlisten.terms import Alignment, CommandKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from relaxlisten.messages import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorPlan:
    """One plan of the donor. at_s: since its music started. tempo_bpm: None without a pulse, or where nothing plays."""

    at_s: float
    track_id: str | None
    tempo_bpm: float | None
    playing: bool
    fade_s: float
    align: Alignment


def donor_path(events: Iterable[Event]) -> tuple[DonorPlan, ...]:
    """The path of a recorded session; empty where its music never started."""
    own_bpm: dict[str, float | None] = {}
    start_s: float | None = None
    path: list[DonorPlan] = []
    for event in events:
        if isinstance(event, TrackFound):
            own_bpm[event.track.track_id] = event.track.tempo_bpm
        elif isinstance(event, Command) and event.what is CommandKind.START and start_s is None:
            start_s = event.time_s
        elif isinstance(event, PlaybackPlan) and start_s is not None:
            path.append(_donated(event, own_bpm, start_s))
    return tuple(path)


def _donated(plan: PlaybackPlan, own_bpm: Mapping[str, float | None], start_s: float) -> DonorPlan:
    own = own_bpm.get(plan.track_id or "")
    return DonorPlan(
        at_s=plan.time_s - start_s,
        track_id=plan.track_id,
        tempo_bpm=None if own is None else own / plan.time_ratio,
        playing=plan.playing,
        fade_s=plan.fade_s,
        align=plan.align,
    )


def donated_at(path: Sequence[DonorPlan], at_s: float) -> DonorPlan | None:
    """What the donor had planned last at this time, its tempo carried on towards the next plan of the same piece."""
    index = sum(plan.at_s <= at_s for plan in path) - 1
    if index < 0:
        return None
    now = path[index]
    after = path[index + 1] if index + 1 < len(path) else None
    if after is None or now.tempo_bpm is None or after.tempo_bpm is None or after.track_id != now.track_id:
        return now
    if after.at_s - now.at_s > 2.0:  # the tempo stood still before it moved again
        return now
    share = (at_s - now.at_s) / (after.at_s - now.at_s)
    tempo_bpm = now.tempo_bpm + share * (after.tempo_bpm - now.tempo_bpm)
    return DonorPlan(
        at_s=now.at_s, track_id=now.track_id, tempo_bpm=tempo_bpm, playing=now.playing, fade_s=now.fade_s, align=now.align
    )


def donor_from_data(data: Sequence[Mapping[str, Any]]) -> tuple[DonorPlan, ...]:
    """A path from the header of a record."""
    return tuple(DonorPlan(**{**plan, "align": Alignment(plan["align"])}) for plan in data)
