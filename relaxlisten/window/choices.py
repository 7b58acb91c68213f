"""What a person chooses before a session, and how they like the window, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relaxlisten.terms import Bed


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChoices:
    """sensor: "simulated", "none", "ble", "ble:ADDRESS" or "file:PATH". music: "builtin", a folder or a playlist.

    volume: 0 to 1, never above volume_cap. bed: a sound of nature under pieces without a pulse. person: a pseudonym, None for
    nobody. ratings: answers given before, as "SCALE=VALUE". keep: whether anything of the session is recorded.
    """

    sensor: str
    music: str
    protocol: str
    volume: float
    volume_cap: float = 1.0
    bed: Bed | None = None
    person: str | None = None
    ratings: tuple[str, ...] = ()
    keep: bool = True


class Pacing(StrEnum):
    """Who paces the breath on the client's screen."""

    SESSION = "session"  # where the protocol asks for it
    MUSIC = "music"  # there, and elsewhere counted in beats of the music
    NONE = "none"


class Motion(StrEnum):
    """Whether shapes move."""

    SYSTEM = "system"  # as the system says
    FULL = "full"
    REDUCED = "reduced"


class Light(StrEnum):
    """How bright the client's screen is."""

    SYSTEM = "system"  # light or dark, as the system
    LOW = "low"  # for a dark room


@dataclass(frozen=True, slots=True, kw_only=True)
class Liking:
    """How somebody likes the window. language: a code, "" for the system's. view: the page that a session opens with.

    full_screen: of the client's screen. store: whether sessions may be kept; None where nobody has been asked yet.
    """

    language: str = ""
    view: str = "client"
    full_screen: bool = False
    pacing: Pacing = Pacing.SESSION
    trend: bool = False
    light: Light = Light.SYSTEM
    motion: Motion = Motion.SYSTEM
    store: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What the window knows from last time. chosen: None at the first visit. sensor_name: of the strap in `chosen`.

    places: folders and playlists that were chosen before, newest first.
    """

    chosen: SessionChoices | None = None
    sensor_name: str = ""
    places: tuple[str, ...] = ()
    liking: Liking = Liking()


def without_person(remembered: Remembered, name: str) -> Remembered:
    """The same, with nobody in particular in the place of this person."""
    chosen = remembered.chosen
    if chosen is None or chosen.person is None or chosen.person.casefold() != name.casefold():
        return remembered
    return replace(remembered, chosen=replace(chosen, person=None))


MOST_PLACES = 5


def places_with(places: tuple[str, ...], music: str) -> tuple[str, ...]:
    """The places, with the newest first, each once; the built-in music is no place."""
    newest = () if music == "builtin" else (music,)
    return (*newest, *(place for place in places if place != music))[:MOST_PLACES]
