"""The recorder of a session of which nothing is kept.

Decision: nothing of it is ever written, rather than written and deleted at its end: so a program that is killed leaves nothing
behind, a full disk is no matter, and no disk holds the bytes of a file that was deleted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relaxlisten.messages import Event


class Unkept:
    """Takes what a `Recorder` takes, and lets go of it."""

    rescued_to: None = None
    unsaved: None = None
    path: None = None

    def receive(self, event: Event, *, derived: bool) -> None:
        """Nothing is kept."""

    def stalled_s(self) -> float:
        """No disk is waited for."""
        return 0.0

    def close(self) -> None:
        """There is nothing to finish."""
