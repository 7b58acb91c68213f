"""A yoked session: at each second it plays what its donor played then, whatever this heart does.

Decision: a donor's piece that is not here is passed over, and what plays goes on; the donor's tempo is taken as it was, because
it had passed the donor's limits.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from relaxlisten.control import playback as sounding
from relaxlisten.control.donor import donated_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.control.donor import DonorPlan
    from relaxlisten.control.playback import Playback
    from relaxlisten.control.protocol import Phase
    from relaxlisten.messages import Derived
    from relaxlisten.pieces import Pieces


def follow_donor(
    path: Sequence[DonorPlan], at_s: float, playback: Playback, pieces: Pieces, phase: Phase, time_s: float
) -> tuple[Playback, list[Derived]]:
    """The playback as the donor's was at_s after its start, and what there is to say of it."""
    donated = donated_at(path, at_s)
    if donated is None:
        return playback, []
    before = (sounding.time_ratio(playback), playback.playing)
    playback, events = _piece_of(donated, playback, pieces, phase, time_s)
    track = playback.track
    tempo_bpm = donated.tempo_bpm if track and track.tempo_bpm else None
    playback = dataclasses.replace(playback, tempo_bpm=tempo_bpm, playing=donated.playing and donated.track_id is not None)
    if events or (sounding.time_ratio(playback), playback.playing) != before:
        events.append(sounding.plan(playback, time_s, donated.fade_s))
    return playback, events


def _piece_of(
    donated: DonorPlan, playback: Playback, pieces: Pieces, phase: Phase, time_s: float
) -> tuple[Playback, list[Derived]]:
    """The playback with the donor's piece, where it is here and does not play already."""
    track = pieces.like(donated.track_id) if donated.track_id else playback.track
    if track is None or (playback.track is not None and track.track_id == playback.track.track_id):
        return playback, []
    chosen = pieces.donated(track, time_s)
    answer = pieces.ended(phase, playback.tempo_bpm, time_s)
    pieces.begun(chosen, time_s)
    begun = sounding.begin(playback, track, donated.tempo_bpm or track.tempo_bpm, time_s)
    return begun, [*([answer] if answer else []), chosen.choice, chosen.decision]
