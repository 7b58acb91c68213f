"""The few shapes that the rooms agree on; who implements them does not matter to who uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from relaxlisten.errors import RelaxListenError
    from relaxlisten.messages import (
        ClockOffset,
        Command,
        Derived,
        Event,
        FromCompanion,
        Notice,
        Notification,
        PlaybackPlan,
        RrInterval,
        SensorState,
        SoundState,
        Track,
    )
    from relaxlisten.terms import CommandKind
    from relaxlisten.units import AudioArray


class Clock(Protocol):
    """The session clock: seconds since the session was opened, never stepping back."""

    def now_s(self) -> float: ...


class Sensor(Protocol):
    """A source of heart beats. `poll` never blocks and returns what arrived up to now_s, oldest first."""

    def start(self, clock: Clock) -> None: ...
    def poll(self, now_s: float) -> Sequence[Notification | RrInterval | SensorState | Notice]: ...
    def hear(self, state: SoundState) -> None:
        """What the wearer hears now. A real heart hears by itself; a simulated one is told."""

    def stop(self) -> None: ...


class Hearing(Protocol):
    """From packets to metrics: what a pipeline knows of the heart. A simulation may put in a heart that needs no packets."""

    def notification(self, packet: Notification | RrInterval) -> list[Derived]: ...
    def sensor_state(self, state: SensorState) -> list[Derived]: ...
    def tick(self, time_s: float, *, baseline: bool) -> list[Derived]: ...


class AudioSource(Protocol):
    """A piece of music as stereo float32 blocks at one rate; memory does not grow with its length."""

    rate_hz: int

    def read(self, frames: int) -> AudioArray:
        """Up to `frames` frames, shape (n, 2); fewer only at the end; shape (0, 2) after it."""

    def seek(self, frame: int) -> None: ...
    def close(self) -> None: ...


class ReadySource(Protocol):
    """An opened piece, at its place, that tells whether it can be read without waiting. failed: it cannot be played at all.

    left_frames: how many can still be read, once that is known; None before.
    """

    failed: bool

    @property
    def ready(self) -> bool: ...
    @property
    def left_frames(self) -> int | None: ...
    def read(self, frames: int) -> AudioArray: ...
    def close(self) -> None: ...


class TimeStretcher(Protocol):
    """Changes tempo without pitch, block by block. time_ratio = output duration / input duration (> 1 is slower)."""

    latency_frames: int

    def feed(self, block: AudioArray, time_ratio: float) -> AudioArray: ...
    def reset(self) -> None: ...


class Sound(Protocol):
    """Where the music comes out: a sound process with a card, or a file rendered without waiting. None of these calls blocks."""

    def start(self, clock: Clock) -> None: ...
    def add_track(self, track: Track, path: Path | None) -> None:
        """Make a piece playable; path is None for built-in music."""

    def apply(self, plan: PlaybackPlan) -> None: ...
    def poll(self, now_s: float) -> Sequence[SoundState | Notice]: ...
    def stop(self) -> None:
        """Fade out if anything still sounds, finish files, free the card. Blocks for as long as the fade lasts (at most 3 s)."""


class Observer(Protocol):
    """Receives every event, in order; returns nothing and steers nothing. It must not block."""

    def receive(self, event: Event, *, derived: bool) -> None: ...


class Link(Protocol):
    """Another program beside a running session: it receives like an observer, and puts in what came from there. None blocks."""

    def start(self, clock: Clock) -> None: ...
    def receive(self, event: Event, *, derived: bool) -> None: ...
    def poll(self, now_s: float) -> Sequence[Command | ClockOffset | Notice]: ...
    def stop(self) -> None: ...


class SessionHandle(Protocol):
    """A running session, as a window or a terminal sees it."""

    def command(self, what: CommandKind, value: float | str | None = None) -> None: ...
    def drain(self) -> list[Event | FromCompanion]:
        """Events since the last call, oldest first, those of companions among them; never blocks."""

    @property
    def finished(self) -> bool: ...
    @property
    def record_path(self) -> Path | None:
        """The folder with session.jsonl; None where nothing is kept."""

    @property
    def failure(self) -> RelaxListenError | None:
        """What went wrong, once the session is finished."""
