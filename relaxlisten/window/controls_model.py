"""Which of the window's controls make sense now, and what they are called. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from relaxlisten.terms import SessionStage
from relaxlisten.window.words import later


class Place(StrEnum):
    """Where in the course of a visit somebody is."""

    WELCOME = "welcome"
    START = "start"
    SESSION = "session"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """can_report: whether there is a record, and something that reports. has_people: whether there is a list of people."""

    place: Place
    stage: SessionStage = SessionStage.READY
    can_report: bool = False
    has_people: bool = False


_SHOWN = {
    Place.WELCOME: (),
    Place.START: ("main", "people", "settings", "keys", "volume"),
    Place.SESSION: ("main", "end", "skip", "marker", "view", "keys", "volume"),
    Place.ENDED: ("main", "report", "view", "settings", "keys"),
}
_PAUSED, _READY, _ENDED = SessionStage.PAUSED, SessionStage.READY, SessionStage.ENDED
_NOT_IN = {"main": (_ENDED,), "end": (_ENDED,), "skip": (_ENDED, _PAUSED, _READY), "marker": (_ENDED,)}
_MAIN = {Place.START: later("Start"), Place.SESSION: later("Pause"), Place.ENDED: later("New session")}


def shown(situation: Situation) -> tuple[str, ...]:
    """The controls that are there."""
    absent = {"report": not situation.can_report, "people": not situation.has_people}
    return tuple(name for name in _SHOWN[situation.place] if not absent.get(name, False))


def enabled(name: str, situation: Situation) -> bool:
    """Whether a control does something now."""
    in_session = situation.place is Place.SESSION
    return name in shown(situation) and not (in_session and situation.stage in _NOT_IN.get(name, ()))


def main_text(situation: Situation) -> str:
    """What the big button does next."""
    if situation.place is Place.SESSION and situation.stage is SessionStage.PAUSED:
        return later("Resume")
    return _MAIN.get(situation.place, "")
