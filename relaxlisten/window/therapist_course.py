"""The course of a session: all that stands on the therapist's one axis of time.

Decision: it is fed with every event and holds rings, so that four hours at four values a second and every beat are at hand to
scroll back to, and no more memory is used after ten. What was never known is not drawn; what was known of a beat (why it was
corrected) stays with it.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.messages import (
    Beat,
    Command,
    Decision,
    Event,
    Physiology,
    SessionPhase,
    SoundState,
    Tick,
    TrackChoice,
)
from relaxlisten.terms import CommandKind, DecisionKind, Quality, SessionStage
from relaxlisten.window.therapist_series import GAP_S, Curve, Trace, Traces

if TYPE_CHECKING:
    from relaxlisten.terms import PhaseKind

SERIES_POINTS = 4 * 4 * 3600
BEAT_POINTS = 24_000
MARK_POINTS = 6_000
LABELS = 1_000
TOLD = 500
ONE_DRAG_S = 5.0
BAND_SDS = 1.96
BODY = ("heart", "heart_low", "heart_high", "rmssd", "coherence", "breathing", "clear")
# Causes of a correction, in the order of their numbers in `mark_causes`.
CAUSES = (Quality.ECTOPIC, Quality.MISSED, Quality.EXTRA, Quality.MISPLACED, Quality.NOISE)


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A phase that began at start_s; it lasts until the next begins."""

    start_s: float
    name: str
    kind: PhaseKind


@dataclass(frozen=True, slots=True)
class Label:
    """Something that happened at a moment."""

    time_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """A decision as it was told. chosen: what was decided, or asked for."""

    time_s: float
    kind: DecisionKind
    text: str
    chosen: str


class Course:
    """Feed it every event; read the traces and labels."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._body = Traces(SERIES_POINTS, BODY)
        self._tempo = Trace(SERIES_POINTS)
        self.series: dict[str, Curve] = {**{name: self._body[name] for name in BODY}, "tempo": self._tempo}
        # Of the same beats: 1 where an interval directly follows the one before it, 1 where it is as it was measured.
        self._beats = Traces(BEAT_POINTS, ("rr", "follows", "clean"))
        self.rr, self.follows, self.clean = (self._beats[name] for name in ("rr", "follows", "clean"))
        self._marks = Traces(MARK_POINTS, ("marks", "causes"))  # causes: places in CAUSES
        self.marks, self.mark_causes = self._marks["marks"], self._marks["causes"]
        self.phases: deque[PhaseSpan] = deque(maxlen=LABELS)
        self.pauses: deque[tuple[float, float | None]] = deque(maxlen=LABELS)
        self.pieces: deque[Label] = deque(maxlen=LABELS)
        self.markers: deque[Label] = deque(maxlen=LABELS)
        self.told: deque[Told] = deque(maxlen=TOLD)
        self._titles: deque[str] = deque(maxlen=LABELS)
        self._chosen = 0
        self._heard_turn = 0
        self._phase_elapsed_s = 0.0

    def feed(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case Tick():
                self.now_s = event.time_s
            case Physiology():
                self._physiology(event)
            case Beat():
                self._beat(event)
            case SoundState():
                self._sound(event)
            case SessionPhase():
                self._phase(event)
            case TrackChoice():
                self._titles.append(event.title)
                self._chosen += 1
            case Command() if event.what is CommandKind.MARKER:
                self.markers.append(Label(event.time_s, str(event.value or "marker")))
            case Decision():
                self._decision(event)

    def _decision(self, decision: Decision) -> None:
        told = Told(decision.time_s, decision.kind, decision.reason, decision.chosen)
        last = self.told[-1] if self.told else None
        if last is not None and last.chosen == told.chosen == CommandKind.VOLUME.value and told.time_s - last.time_s < ONE_DRAG_S:
            self.told.pop()  # a slider that is dragged asks many times for one thing
        self.told.append(told)

    def _physiology(self, now: Physiology) -> None:
        bpm, sd_bpm = now.heart_rate_now_bpm, now.heart_rate_now_sd_bpm
        low_bpm, high_bpm = (None, None) if bpm is None or sd_bpm is None else (bpm - BAND_SDS * sd_bpm, bpm + BAND_SDS * sd_bpm)
        clear = None if now.last_beat_age_s is None else now.valid_fraction
        metrics = (now.rmssd_ms, now.metrics.get("coherence"), now.metrics.get("breathing_per_min"), clear)
        self._body.follow(now.time_s, (bpm, low_bpm, high_bpm, *metrics))

    def _beat(self, beat: Beat) -> None:
        shown_ms = beat.nn_ms if beat.nn_ms is not None else beat.rr_ms
        if shown_ms is not None and beat.quality in CAUSES:
            self._marks.add(beat.time_s, (shown_ms, float(CAUSES.index(beat.quality))))
        if beat.nn_ms is None:
            return
        if beat.time_s - self._beats.last_s > GAP_S and self._beats.last_s > 0.0:
            self._beats.add(beat.time_s, (math.nan,) * 3)
        self._beats.add(beat.time_s, (beat.nn_ms, float(beat.follows), float(beat.quality is Quality.NORMAL)))

    def _sound(self, state: SoundState) -> None:
        if state.dac_time_s > self._tempo.last_s:
            self._tempo.follow(state.dac_time_s, state.tempo_bpm if state.audible else None)
        if state.audible and state.turn > self._heard_turn:
            self._heard_turn = state.turn
            back = self._chosen - state.turn
            if 0 <= back < len(self._titles):
                self.pieces.append(Label(state.dac_time_s, self._titles[-1 - back]))

    def _phase(self, now: SessionPhase) -> None:
        if now.stage is SessionStage.READY:
            return
        last = self.phases[-1] if self.phases else None
        if last is None or last.name != now.name or now.elapsed_s < self._phase_elapsed_s:
            self.phases.append(PhaseSpan(now.time_s, now.name, now.kind))
        self._phase_elapsed_s = now.elapsed_s
        open_pause = bool(self.pauses) and self.pauses[-1][1] is None
        if now.stage is SessionStage.PAUSED and not open_pause:
            self.pauses.append((now.time_s, None))
        elif now.stage is not SessionStage.PAUSED and open_pause:
            self.pauses.append((self.pauses.pop()[0], now.time_s))
