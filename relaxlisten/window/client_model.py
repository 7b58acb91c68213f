"""What the client's screen says: few words, none that judge. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.terms import SensorPhase, SessionStage
from relaxlisten.window.view_model import is_not_a_live_heart
from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from relaxlisten.window.view_model import Facts

ENDING_S = 60.0
DIMMEST = 0.45
_STATES = {
    SessionStage.READY: later("Getting ready …"),
    SessionStage.PAUSED: later("Paused"),
    SessionStage.ENDED: later("That was it. Stay as long as you like."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientWords:
    """mark: that this is no live heart. state: where the session as a whole stands. prompt: a sentence of the protocol."""

    mark: str = ""
    state: str = ""
    piece: str = ""
    prompt: str = ""


def client_words(facts: Facts) -> ClientWords:
    """The words of the moment."""
    mark = is_not_a_live_heart(facts)
    state = _STATES.get(facts.stage, "")
    lost = facts.sensor_phase in (SensorPhase.WAITING, SensorPhase.UNAVAILABLE)
    quiet = tr("The strap is being looked for; the music goes on.") if lost and facts.stage is SessionStage.RUNNING else ""
    return ClientWords(
        mark=mark,
        state=tr(state) if state else "",
        piece="" if facts.stage is SessionStage.ENDED else facts.piece,
        prompt=tr(facts.prompt) if facts.prompt else quiet,
    )


def dimming(facts: Facts) -> float:
    """How bright the picture is: 1, and in the last minute gently down to DIMMEST."""
    if facts.stage is SessionStage.ENDED:
        return DIMMEST
    if facts.stage is not SessionStage.RUNNING:
        return 1.0
    return max(min(facts.session_left_s / ENDING_S, 1.0), 0.0) * (1.0 - DIMMEST) + DIMMEST
