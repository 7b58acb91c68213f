"""How a lost strap is found again, as a table.

Decision: the connection is a small state machine, `step(link, event) -> (link, action)`, that knows nothing of Bluetooth, and it
never gives up: every fault leads to a pause and a new search, for as long as the session lasts. A search, never the old handle:
systems forget devices that went away. Pauses grow with faults in a row and start again when a packet came through.
The phases are the ones that the listener is shown (`SensorPhase`).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum, auto

from relaxlisten.messages import Notice
from relaxlisten.terms import SensorPhase, Severity

BACKOFF_S = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
# Straps notify about once a second; eight seconds without anything is a lost link, told or not.
WATCHDOG_S = 8.0
PLAIN_LISTENING_S = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long each step may take, in seconds; tests shorten them."""

    scan_s: float = 12.0
    connect_s: float = 20.0
    read_s: float = 4.0
    watchdog_s: float = WATCHDOG_S
    battery_every_s: float = 300.0
    plain_listening_s: float = PLAIN_LISTENING_S
    backoff_s: tuple[float, ...] = BACKOFF_S


class LinkEvent(Enum):
    """What happened to the connection."""

    FOUND = auto()
    NOT_FOUND = auto()
    SUBSCRIBED = auto()
    FAILED = auto()  # a connection that could not be made, or ended before a packet came
    LOST = auto()  # a connection that had brought packets ended
    NO_BLUETOOTH = auto()
    DUE = auto()  # the pause is over
    STOPPED = auto()


class LinkAction(Enum):
    """What is to be done next; each ends in an event."""

    SCAN = auto()
    CONNECT = auto()
    LISTEN = auto()
    PAUSE = auto()
    QUIT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where the connection stands; faults: how many in a row."""

    phase: SensorPhase = SensorPhase.SCANNING
    faults: int = 0


_P, _E, _A = SensorPhase, LinkEvent, LinkAction
TABLE: dict[tuple[SensorPhase, LinkEvent], tuple[SensorPhase, LinkAction]] = {
    (_P.SCANNING, _E.FOUND): (_P.CONNECTING, _A.CONNECT),
    (_P.SCANNING, _E.NOT_FOUND): (_P.WAITING, _A.PAUSE),
    (_P.SCANNING, _E.FAILED): (_P.WAITING, _A.PAUSE),
    (_P.SCANNING, _E.NO_BLUETOOTH): (_P.UNAVAILABLE, _A.PAUSE),
    (_P.CONNECTING, _E.SUBSCRIBED): (_P.STREAMING, _A.LISTEN),
    (_P.CONNECTING, _E.FAILED): (_P.WAITING, _A.PAUSE),
    (_P.CONNECTING, _E.NO_BLUETOOTH): (_P.UNAVAILABLE, _A.PAUSE),
    (_P.STREAMING, _E.LOST): (_P.WAITING, _A.PAUSE),
    (_P.STREAMING, _E.FAILED): (_P.WAITING, _A.PAUSE),
    (_P.STREAMING, _E.NO_BLUETOOTH): (_P.UNAVAILABLE, _A.PAUSE),
    (_P.WAITING, _E.DUE): (_P.SCANNING, _A.SCAN),
    (_P.UNAVAILABLE, _E.DUE): (_P.SCANNING, _A.SCAN),
    **{(phase, _E.STOPPED): (_P.ENDED, _A.QUIT) for phase in SensorPhase},
}
_COUNTED = {_E.NOT_FOUND, _E.FAILED, _E.NO_BLUETOOTH}


def step(link: Link, event: LinkEvent) -> tuple[Link, LinkAction]:
    """The next state and what to do in it. Raises KeyError for an event that cannot happen in this state."""
    phase, action = TABLE[link.phase, event]
    faults = link.faults + 1 if event in _COUNTED else 0 if event is LinkEvent.LOST else link.faults
    return Link(phase=phase, faults=faults), action


def pause_s(link: Link, backoff_s: tuple[float, ...] = BACKOFF_S) -> float:
    """How long to wait before the next search: shortest after a loss, longer with every fault in a row."""
    return backoff_s[min(link.faults, len(backoff_s) - 1)]


# ---- long absence ----


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Since when no packet has come, and whether the listener was told."""

    since_s: float
    told: bool = False


def heard_packet(absence: Absence, time_s: float) -> tuple[Absence, Notice | None]:
    """A packet came at time_s; the notice says that the heart is back, where its absence was told."""
    back = dataclasses.replace(absence, since_s=time_s, told=False)
    if not absence.told:
        return back, None
    text = "The heartbeat is back: the music listens to your heart again, in the same session."
    return back, Notice(time_s=time_s, severity=Severity.INFO, code="heartbeat_back", text=text)


def silence(absence: Absence, now_s: float, after_s: float = PLAIN_LISTENING_S) -> tuple[Absence, Notice | None]:
    """Nothing came up to now_s; the notice says once that the session goes on without a heart."""
    if absence.told or now_s - absence.since_s < after_s:
        return absence, None
    text = (
        f"No heartbeat for {after_s:g} s: the session goes on as plain listening; the strap is still looked for. "
        "Check that it is worn, moist and charged."
    )
    notice = Notice(time_s=now_s, severity=Severity.WARNING, code="plain_listening", text=text)
    return dataclasses.replace(absence, told=True), notice
