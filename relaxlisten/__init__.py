"""RelaxListen listens to a heart and plays music that helps a person settle.

sensor -> beats -> physiology -> control -> music -> sound -> ears

messages.py   what flows            ports.py     the shapes that the rooms agree on
pipeline.py   the pure steps, composed: feed(event) -> list[event]
runtime.py    the shell that runs a session: live, offline or replayed
sensor/ beats/ physiology/ control/ music/ sound/ session/ window/    one room a job; ARCHITECTURE.md has the map
cli.py        the commands        rr.py   for anyone with RR intervals: clean_rr, hrv
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relaxlisten.rr import clean_rr, hrv
    from relaxlisten.session.load import load
    from relaxlisten.sound.whole import stretch

__all__ = ["clean_rr", "hrv", "load", "stretch"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """The public functions, loaded when they are first asked for: importing the package must cost nothing."""
    if name in ("clean_rr", "hrv"):
        from relaxlisten import rr

        return getattr(rr, name)
    if name == "load":
        from relaxlisten.session import load as loading

        return loading.load
    if name == "stretch":
        from relaxlisten.sound import whole

        return whole.stretch
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
