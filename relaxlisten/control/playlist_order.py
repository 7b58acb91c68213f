"""What a playlist says about when its pieces are played: in which phases, and in which order.

Decision: in a phase it is chosen among the pieces that are meant for it and those that are meant for all; where there are none,
all may play. In a playlist that is to be played in its order the next is the one after the last that was begun, whatever the
heart does; once it has come to its end the choice is free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.control.choose import Chosen
from relaxlisten.messages import Decision, TrackChoice
from relaxlisten.terms import DecisionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import Track


def meant_for(tracks: Sequence[Track], phase_name: str) -> Sequence[Track]:
    """The pieces that may play in a phase; all where none is meant for it."""
    name = phase_name.casefold()
    return [track for track in tracks if not track.phases or name in (one.casefold() for one in track.phases)] or tracks


def next_in_order(tracks: Sequence[Track], history: Sequence[str], time_s: float) -> Chosen | None:
    """The piece whose turn it is; None where there is no order, or it has come to its end.

    history: track ids played, oldest first.
    """
    places = {track.track_id: track.place for track in tracks if track.place is not None}
    done = max((places[track_id] for track_id in history if track_id in places), default=-1)
    left = [track for track in tracks if track.place is not None and track.place > done]
    if not left:
        return None
    track = min(left, key=lambda one: places[one.track_id])
    number = places[track.track_id] + 1
    reason = f"{track.title} is number {number} of the playlist, which is played in its order."
    choice = TrackChoice(time_s=time_s, track_id=track.track_id, title=track.title, considered=1, reason=reason)
    decision = Decision(
        time_s=time_s, kind=DecisionKind.PIECE, chosen=track.title, reason=reason, inputs={"rule": "playlist", "number": number}
    )  # fmt: skip
    return Chosen(track=track, choice=choice, decision=decision)
