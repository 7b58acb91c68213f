"""What Start finds out in the background: which straps are in reach, how much music is in a place (a shell: threads).

Decision: Start asks by a timer and never waits. The search for straps is made by whoever opens the window (`Finder`), begins when
Start is shown and ends before a session begins, because a strap talks to one listener only.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from relaxlisten.errors import UsageError
from relaxlisten.music.playlist import list_music
from relaxlisten.unwaited import unwaited

if TYPE_CHECKING:
    from concurrent.futures import Future

    from relaxlisten.sensor.seen import Sighting


class Finder(Protocol):
    """A search for straps that goes on (`sensor.watch.StrapWatch`)."""

    @property
    def sighting(self) -> Sighting:
        """What is known now."""

    def choose(self, address: str | None) -> None:
        """Listen to this strap."""

    def look_again(self) -> None:
        """Look around anew."""

    def stop(self) -> None:
        """Let all straps go."""


class MusicLook:
    """Counts the pieces in a place; `pieces` is None until that is known."""

    def __init__(self) -> None:
        self._asked: Future[int | None] | None = None
        self.place = ""

    def ask(self, place: str) -> None:
        """Look at another place."""
        if place != self.place:
            self.place = place
            self._asked = unwaited("music-look", lambda: count_music(Path(place)))

    @property
    def known(self) -> bool:
        """Whether the answer is there."""
        return self._asked is not None and self._asked.done()

    @property
    def pieces(self) -> int | None:
        """How many pieces; None where the place is gone. Only where it is known."""
        return self._asked.result() if self._asked is not None else None


def count_music(place: Path) -> int | None:
    """Pieces in a folder or playlist; 0 where nothing can be played, None where there is no such place."""
    try:
        return len(list_music(place).paths) if place.exists() else None
    except UsageError:
        return 0
    except OSError:
        return None
