"""Music that needs no looking for: a few pieces that are there at once, for arms without own music, and simulations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.errors import RelaxListenError
    from relaxlisten.finding import FoundTrack
    from relaxlisten.messages import Track


class ReadyMusic:
    """What a session's loop needs of a library, with everything found already."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        self.complete = True
        self.failure: RelaxListenError | None = None
        self._waiting = list(tracks)

    def scan(self) -> None:
        """Nothing has to be looked for."""

    def start(self) -> None:
        """Nothing has to be looked for."""

    def stop(self) -> None:
        """Nothing is being looked for."""

    def poll(self) -> list[FoundTrack | str]:
        """All of it, once."""
        from relaxlisten.finding import FoundTrack

        found, self._waiting = self._waiting, []
        return [FoundTrack(track=track, path=None) for track in found]
