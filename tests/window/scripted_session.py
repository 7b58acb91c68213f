"""A session that was written beforehand: a handle that gives its events when it is told how late it is."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.messages import (
    Beat,
    Event,
    Notice,
    Physiology,
    PlaybackPlan,
    SensorState,
    SessionPhase,
    SoundState,
    TempoTarget,
    Tick,
    TrackChoice,
)
from relaxlisten.terms import CommandKind, PhaseKind, Quality, SensorKind, SensorPhase, SessionStage, Severity

if TYPE_CHECKING:
    from relaxlisten.errors import RelaxListenError

LOST_S = (300.0, 345.0)
LENGTH_S = 600.0


def physiology(time_s: float, heart_bpm: float | None, *, rmssd_ms: float | None = 42.0, age_s: float | None = 0.4) -> Physiology:
    withheld = {} if heart_bpm is not None else {"heart_rate_bpm": "no heartbeat for 12 s", "rmssd_ms": "no heartbeat for 12 s"}
    return Physiology(
        time_s=time_s, window_s=60.0, heart_rate_bpm=heart_bpm, heart_rate_sd_bpm=0.4, heart_rate_window_s=10.0,
        heart_rate_delay_s=5.0, heart_rate_now_bpm=heart_bpm, heart_rate_now_sd_bpm=1.5, rmssd_ms=rmssd_ms if heart_bpm is not
        None else None, sdnn_ms=50.0, valid_fraction=0.97 if heart_bpm is not None else 0.3, last_beat_age_s=age_s,
        withheld=withheld,
    )  # fmt: skip


def sound(time_s: float, tempo_bpm: float | None, *, audible: bool = True, breaks: int = 0) -> SoundState:
    return SoundState(
        time_s=time_s, dac_time_s=time_s, track_id="builtin:slow-keys", source_s=time_s, time_ratio=1.0, tempo_bpm=tempo_bpm,
        beat_index=0, audible=audible, buffered_s=0.3, breaks=breaks, underflow_frames=0, turn=1,
    )  # fmt: skip


def beat(time_s: float, nn_ms: float | None, quality: Quality = Quality.NORMAL) -> Beat:
    return Beat(time_s=time_s, rr_ms=nn_ms, nn_ms=nn_ms, quality=quality, confidence=1.0, follows=quality is Quality.NORMAL)


def phase(time_s: float, stage: SessionStage = SessionStage.RUNNING, name: str = "Lead") -> SessionPhase:
    return SessionPhase(
        time_s=time_s, stage=stage, name=name, kind=PhaseKind.LEAD, elapsed_s=time_s, remaining_s=max(480.0 - time_s, 0.0),
        session_remaining_s=max(LENGTH_S - time_s, 0.0),
    )  # fmt: skip


def sensor(time_s: float, what: SensorPhase, kind: SensorKind = SensorKind.ECG) -> SensorState:
    reasons = {SensorPhase.WAITING: "The connection to Polar H10 was lost: the music goes on, and the strap is looked for again."}
    reason = reasons.get(what, "Connected to Polar H10.")
    return SensorState(time_s=time_s, phase=what, reason=reason, name="Polar H10", kind=kind, battery_percent=87)


def heart_bpm(time_s: float) -> float:
    return 64.0 + 10.0 * math.exp(-time_s / 240.0) + 1.5 * math.sin(time_s / 13.0)


def events_of_second(second: int, kind: SensorKind = SensorKind.ECG) -> list[Event]:
    """What a plausible session of ten minutes says in one of its seconds; the strap is away for a while."""
    time_s = float(second)
    away = LOST_S[0] <= time_s < LOST_S[1]
    events: list[Event] = []
    if second == 1:
        events += [
            sensor(time_s, SensorPhase.STREAMING, kind),
            TrackChoice(time_s=time_s, track_id="a", title="Slow Keys", considered=6, reason="Slow Keys (63 BPM) is near."),
            PlaybackPlan(
                time_s=time_s,
                track_id="a",
                start_s=0.0,
                time_ratio=1.0,
                gain_db=0.0,
                volume=0.8,
                playing=True,
                fade_s=1.5,
                turn=1,
            ),
        ]
    if time_s == LOST_S[0]:
        events.append(sensor(time_s, SensorPhase.WAITING, kind))
    if time_s == LOST_S[1]:
        text = "The heartbeat is back."
        back = Notice(time_s=time_s, severity=Severity.INFO, code="heartbeat_back", text=text)
        events += [sensor(time_s, SensorPhase.STREAMING, kind), back]
    if second % 60 == 30:
        reason = f"Heart {heart_bpm(time_s):.0f}, music 66: going to 65.5 BPM, a little ahead of the heart."
        events.append(TempoTarget(time_s=time_s, tempo_bpm=65.5, phase=PhaseKind.LEAD, reason=reason))
    if not away:
        nn_ms = 60_000.0 / heart_bpm(time_s) + 35.0 * math.sin(time_s * 1.6)
        quality = Quality.ECTOPIC if second % 97 == 0 else Quality.AFTER_GAP if time_s == LOST_S[1] else Quality.NORMAL
        events.append(beat(time_s, None if quality is Quality.AFTER_GAP else nn_ms, quality))
    events += [sound(time_s + part / 4.0, 69.0 - 4.0 * min(time_s / 400.0, 1.0)) for part in range(4)]
    known = None if away and time_s > LOST_S[0] + 10.0 else heart_bpm(time_s)
    return [*events, Tick(time_s=time_s), physiology(time_s, known), phase(time_s)]


class ScriptedSession:
    """ports.SessionHandle: `play_to(second)` makes events due; a stop ends it with its next drain."""

    def __init__(self, kind: SensorKind = SensorKind.ECG, failure: RelaxListenError | None = None) -> None:
        self.commands: list[tuple[CommandKind, float | str | None]] = []
        self.finished = False
        self.failure = failure
        self.record_path: Path | None = Path("sessions/monday")
        self._kind = kind
        self._due: list[Event] = []
        self._second = 0

    def play_to(self, second: int) -> None:
        for at in range(self._second + 1, second + 1):
            self._due += events_of_second(at, self._kind)
        self._second = second

    def say(self, *events: Event) -> None:
        self._due += events

    def command(self, what: CommandKind, value: float | str | None = None) -> None:
        self.commands.append((what, value))
        stages = {
            CommandKind.PAUSE: SessionStage.PAUSED,
            CommandKind.RESUME: SessionStage.RUNNING,
            CommandKind.STOP: SessionStage.ENDED,
        }
        if what in stages:
            self._due.append(phase(float(self._second), stages[what]))
        self.finished = self.finished or what is CommandKind.STOP

    def drain(self) -> list[Event]:
        due, self._due = self._due, []
        return due
