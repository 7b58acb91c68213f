"""All that a screen shows, as plain values: no Qt, no terminal.

Decision: one state, fed with every event, that both the window and the terminal draw from, so that they never disagree. Traces
are rings of fixed length (four hours at one value a second), so memory does not grow; a line is broken by NaN wherever data are
missing. Whatever is not a real heart says so in its words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from relaxlisten.messages import (
    BreathCue,
    Command,
    Decision,
    Event,
    FromCompanion,
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
from relaxlisten.terms import BreathPart, CommandKind, DecisionKind, SensorKind, SensorPhase, SessionStage, Severity
from relaxlisten.window.breath_model import BreathModel
from relaxlisten.window.group_model import GroupModel
from relaxlisten.window.therapist_course import Course
from relaxlisten.window.therapist_series import Trace
from relaxlisten.window.words import later, tr

TRACE_POINTS = 14_400
_EVERY_S = 0.9  # of four values a second one is drawn

_KINDS = {
    SensorKind.SIMULATED: later("SIMULATED heart"),
    SensorKind.FILE: later("heart from a recorded FILE"),
    SensorKind.OPTICAL: later("optical sensor (PRV)"),
}
_PHASES = {
    SensorPhase.SCANNING: later("looking for it"),
    SensorPhase.CONNECTING: later("connecting"),
    SensorPhase.STREAMING: later("connected"),
    SensorPhase.WAITING: later("lost"),
    SensorPhase.UNAVAILABLE: later("no Bluetooth"),
    SensorPhase.ENDED: later("ended"),
}
_MARKS = {SensorKind.SIMULATED: later("SIMULATED"), SensorKind.FILE: later("RECORDED FILE")}
_BREATHS = {BreathPart.IN: later("breathe in"), BreathPart.OUT: later("breathe out")}
_HELD_AFTER = {
    CommandKind.HOLD: True,
    CommandKind.TEMPO: True,
    CommandKind.RELEASE: False,
    CommandKind.MATCH_AGAIN: False,
}


@dataclass(slots=True)
class Facts:
    """The words and numbers of the moment."""

    now_s: float = 0.0
    stage: SessionStage = SessionStage.READY
    phase: str = ""
    phase_left_s: float = 0.0
    session_left_s: float = 0.0
    heart_rate_bpm: float | None = None
    heart_why_not: str = "no heartbeat yet"
    rmssd_ms: float | None = None
    rmssd_why_not: str = ""
    breathing_per_min: float | None = None
    breathe: BreathCue | None = None
    valid_fraction: float = 0.0
    last_beat_age_s: float | None = None
    tempo_bpm: float | None = None
    piece: str = ""
    piece_reason: str = ""
    tempo_reason: str = ""
    reason: str = ""
    sensor_name: str = ""
    sensor_kind: SensorKind = SensorKind.UNKNOWN
    sensor_phase: SensorPhase | None = None
    sensor_reason: str = ""
    battery_percent: int | None = None
    retry_in_s: float | None = None
    volume: float | None = None
    audible: bool = False
    held: bool = False
    breaks: int = 0
    prompt: str = ""
    notice: str = ""
    notice_severity: Severity = Severity.INFO


class ViewModel:
    """Feed it every event; read `facts` and the traces."""

    def __init__(self) -> None:
        self.facts = Facts()
        self.heart = Trace(TRACE_POINTS)
        self.tempo = Trace(TRACE_POINTS)
        self.course = Course()
        self.group = GroupModel()
        self.breath = BreathModel()
        self._prompted_s = -math.inf

    def feed(self, event: Event | FromCompanion) -> None:
        """Take in one event."""
        self.group.feed(event)
        if isinstance(event, FromCompanion):
            self._of_another(event)
            return
        self.course.feed(event)
        self.breath.feed(event)
        match event:
            case Tick():
                self.facts.now_s = event.time_s
            case Physiology():
                self._physiology(event)
            case SoundState():
                self._sound(event)
            case SessionPhase():
                self._phase(event)
            case SensorState():
                self._sensor(event)
            case TempoTarget():
                self.facts.tempo_reason = self.facts.reason = event.reason
            case TrackChoice():
                self.facts.piece = event.title
                self.facts.piece_reason = self.facts.reason = event.reason
            case BreathCue():
                self.facts.breathe = event
            case PlaybackPlan():
                self.facts.volume = event.volume
                if event.track_id is None:
                    self.facts.piece = ""
            case Notice():
                self._notice(event)
            case Decision() if event.kind is DecisionKind.PERSON:
                self.facts.reason = event.reason
            case Command() if event.what in _HELD_AFTER:
                self.facts.held = _HELD_AFTER[event.what]
            case Command() if event.what is CommandKind.STOP:
                self.facts.reason = "Ending gently."

    def _of_another(self, heard: FromCompanion) -> None:
        if isinstance(heard.event, Notice):
            self.facts.notice, self.facts.notice_severity = f"{heard.name}: {heard.event.text}", heard.event.severity

    def _notice(self, event: Notice) -> None:
        self.facts.notice, self.facts.notice_severity = event.text, event.severity
        if event.code == "prompt":
            self.facts.prompt, self._prompted_s = event.text, event.time_s

    def _physiology(self, event: Physiology) -> None:
        facts = self.facts
        facts.heart_rate_bpm = event.heart_rate_bpm
        facts.heart_why_not = event.withheld.get("heart_rate_bpm", "")
        facts.rmssd_ms = event.rmssd_ms
        facts.rmssd_why_not = event.withheld.get("rmssd_ms", "")
        facts.breathing_per_min = event.metrics.get("breathing_per_min")
        facts.valid_fraction, facts.last_beat_age_s = event.valid_fraction, event.last_beat_age_s
        if event.time_s - self.heart.last_s >= _EVERY_S:
            self.heart.add(event.time_s, math.nan if event.heart_rate_bpm is None else event.heart_rate_bpm)

    def _sound(self, event: SoundState) -> None:
        self.facts.tempo_bpm, self.facts.audible, self.facts.breaks = event.tempo_bpm, event.audible, event.breaks
        if event.dac_time_s - self.tempo.last_s >= _EVERY_S:
            self.tempo.add(event.dac_time_s, math.nan if event.tempo_bpm is None else event.tempo_bpm)

    def _phase(self, event: SessionPhase) -> None:
        facts = self.facts
        if event.name != facts.phase and event.time_s > self._prompted_s:  # a prompt holds for its phase
            facts.prompt = ""
        facts.stage, facts.phase = event.stage, event.name
        facts.phase_left_s, facts.session_left_s = event.remaining_s, event.session_remaining_s

    def _sensor(self, event: SensorState) -> None:
        facts = self.facts
        facts.sensor_phase, facts.sensor_reason, facts.retry_in_s = event.phase, event.reason, event.retry_in_s
        facts.sensor_name = event.name or facts.sensor_name
        facts.battery_percent = facts.battery_percent if event.battery_percent is None else event.battery_percent
        facts.sensor_kind = facts.sensor_kind if event.kind is SensorKind.UNKNOWN else event.kind


def clock_text(seconds: float) -> str:
    """Minutes and seconds, rounded up: 0:01 is the last second."""
    whole = math.ceil(seconds - 1e-6)
    return f"{whole // 60}:{whole % 60:02d}"


def sensor_line(facts: Facts) -> str:
    """Name, kind, state and battery of the sensor in words."""
    if facts.sensor_phase is None:
        return tr("No sensor yet")
    parts = [tr(facts.sensor_name) if facts.sensor_name else tr("Heart-rate strap"), tr(_PHASES[facts.sensor_phase])]
    if kind := _KINDS.get(facts.sensor_kind):
        parts.insert(1, tr(kind))
    if facts.battery_percent is not None:
        parts.append(tr("battery {percent} %", percent=facts.battery_percent))
    if facts.sensor_phase is not SensorPhase.STREAMING:
        parts.append(tr(facts.sensor_reason))
    return " · ".join(part for part in parts if part)


def is_not_a_live_heart(facts: Facts) -> str:
    """The mark that simulated or recorded data bear wherever they show; empty for a real heart."""
    mark = _MARKS.get(facts.sensor_kind, "")
    return tr(mark) if mark else ""


def quality_line(facts: Facts) -> str:
    """How far the heart's signal can be trusted, in words."""
    if facts.last_beat_age_s is None:
        return tr("Signal: no heartbeat yet")
    if facts.last_beat_age_s > 10.0:
        return tr("Signal: no heartbeat for {seconds} s", seconds=f"{facts.last_beat_age_s:.0f}")
    words = tr("good") if facts.valid_fraction >= 0.9 else tr("fair") if facts.valid_fraction >= 0.6 else tr("poor")
    return tr("Signal: {words} ({share} clear beats)", words=words, share=f"{facts.valid_fraction:.0%}")


def breathing_line(facts: Facts) -> str:
    """What the pacer asks for, and the breathing rate as the heart shows it; nothing where there is none."""
    cue = facts.breathe
    asked = "" if cue is None or facts.now_s > cue.at_s + cue.length_s else f" · {tr(_BREATHS[cue.part])} ({cue.length_s:.0f} s)"
    return asked + (
        "" if facts.breathing_per_min is None else " · " + tr("breathing {rate} a minute", rate=f"{facts.breathing_per_min:.1f}")
    )


def rmssd_line(facts: Facts) -> str:
    """RMSSD, or why it is withheld."""
    label = "RMSSD (PRV)" if facts.sensor_kind is SensorKind.OPTICAL else "RMSSD"
    return (
        f"{label} {facts.rmssd_ms:.0f} ms"
        if facts.rmssd_ms is not None
        else tr("{label}: withheld ({reason})", label=label, reason=facts.rmssd_why_not or tr("no data"))
    )
