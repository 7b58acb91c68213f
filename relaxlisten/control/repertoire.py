"""The pieces of a session: which there are, what each has done to this person, and which comes next.

Decision: what the heart did with a piece is known when it ends, and weighed in the very next choice. The model is fitted again
only when something new is known. A choice that is asked for twice is the same twice: chance comes from the session's seed and
the number of pieces played.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from relaxlisten.control.arms import NATURE_PREFIX, ChoiceRule, SoundRule
from relaxlisten.control.choose import choose_next
from relaxlisten.control.memory import Memory, PastPiece
from relaxlisten.control.playlist_order import meant_for, next_in_order
from relaxlisten.control.values import draw, explore_share, values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from relaxlisten.control.arms import ArmRules
    from relaxlisten.control.choose import Chosen, Wish
    from relaxlisten.control.values import Values
    from relaxlisten.messages import PieceResponse, Track

# Rules of a person's own sessions; the others compare rules of choosing, and would compare nothing if a list chose.
_HEEDS_ORDER = (ChoiceRule.LEARNED, ChoiceRule.NEAREST)


class Repertoire:
    """One session's pieces. hour: of the day when it began, 0 to 24. told: see ControlSetup."""

    def __init__(self, rules: ArmRules, memory: Memory, *, seed: int, hour: float, told: Mapping[str, float]) -> None:
        self._rules = rules
        self._told = told
        self._memory = memory
        self._seed = seed
        self._hour = hour
        self._tracks: dict[str, Track] = {}
        self._values: Values | None = None
        self._explored = 0
        self._chosen = 0

    def __bool__(self) -> bool:
        """Whether there is anything to play."""
        return bool(self._mine())

    def find(self, track: Track) -> None:
        """A piece is there from now on."""
        self._tracks[track.track_id] = track
        self._values = None

    def get(self, track_id: str) -> Track | None:
        """A piece by its name."""
        return self._tracks.get(track_id)

    def learn(self, response: PieceResponse) -> None:
        """What the heart did with the piece that just ended."""
        past = PastPiece(session=self._memory.sessions, hour=self._hour, response=response)
        self._memory = dataclasses.replace(self._memory, pieces=(*self._memory.pieces, past))
        self._values = None

    def next(self, history: Sequence[str], wish: Wish) -> Chosen:
        """The next piece: the playlist's own, where it has an order, else by the arm's rule."""
        tracks, rule = meant_for(self._mine(), wish.phase.name), self._rules.choice
        in_order = next_in_order(tracks, history, wish.time_s) if rule in _HEEDS_ORDER else None
        if in_order is not None:
            return in_order
        if self._told:  # who knows the truth needs no other reason
            return choose_next(tracks, history, ChoiceRule.MEANS, dataclasses.replace(wish, settles=self._told))
        if rule is ChoiceRule.MEANS:
            return choose_next(tracks, history, rule, dataclasses.replace(wish, settles=self._means()))
        if rule is not ChoiceRule.LEARNED:
            return choose_next(tracks, history, rule, wish)
        known = self._known(tracks)
        wish = dataclasses.replace(wish, settled=known.settled)
        best = choose_next(tracks, history, rule, dataclasses.replace(wish, settles=known.mean))
        if self._explored + 1 > explore_share(self._memory.sessions) * (self._chosen + 1):
            return best
        drawn = draw(known, self._seed * 1009 + len(history))
        tried = choose_next(tracks, history, rule, dataclasses.replace(wish, settles=drawn, explores=True))
        return best if tried.track.track_id == best.track.track_id else tried

    def begun(self, chosen: Chosen) -> None:
        """The choice was carried out."""
        self._chosen += 1
        self._explored += chosen.explores

    def _mine(self) -> list[Track]:
        nature = self._rules.sound is SoundRule.NATURE
        return [track for track in self._tracks.values() if track.track_id.startswith(NATURE_PREFIX) is nature]

    def _known(self, tracks: Sequence[Track]) -> Values:
        if self._values is None:
            self._values = values(self._memory, tracks)
        return self._values

    def _means(self) -> dict[str, float]:
        """How low the heart was after each piece, on average; nothing is taken away, nothing shrunk (the published rule)."""
        ends: dict[str, list[float]] = {}
        for past in self._memory.pieces:
            if past.response.end_heart_bpm is not None:
                ends.setdefault(past.response.track_id, []).append(-past.response.end_heart_bpm)
        return {track_id: sum(changes) / len(changes) for track_id, changes in ends.items()}
