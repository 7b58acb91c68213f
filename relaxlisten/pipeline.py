"""The pure steps of a session, composed: feed(event) -> list of derived events.

Decision: the pipeline has no clock, thread or file. Whatever drives it (a live session, an offline one, a replay) feeds the same
inputs in the same order and gets the same outputs, bit for bit. It acts on ticks and commands; packets only inform it.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from relaxlisten.control import care as caring
from relaxlisten.control import comfort, pacer, steering
from relaxlisten.control import playback as sounding
from relaxlisten.control.arms import ARMS, SoundRule, TempoRule
from relaxlisten.control.care import Care, Verdict
from relaxlisten.control.donor import donated_at
from relaxlisten.control.playback import Playback
from relaxlisten.control.setup import ControlSetup
from relaxlisten.control.stances import PolicyState, Situation, heart_of
from relaxlisten.control.timeline import Timeline, after_command, after_tick, describe, phase_remaining_s, present_phase
from relaxlisten.control.why import tempo_decision
from relaxlisten.hearing import HeartListener
from relaxlisten.messages import (
    Command,
    Derived,
    Input,
    Notification,
    Physiology,
    RrInterval,
    SensorState,
    SoundState,
    Tick,
    TrackFound,
)
from relaxlisten.music.beat_grid import beat_grid
from relaxlisten.music.tempo_map import local_bpm
from relaxlisten.pieces import Pieces
from relaxlisten.terms import Alignment, CommandKind, PhaseKind, SessionStage

if TYPE_CHECKING:
    from relaxlisten.control.choose import Chosen
    from relaxlisten.control.protocol import Phase, Protocol
    from relaxlisten.messages import Track
    from relaxlisten.ports import Hearing
    from relaxlisten.terms import Bed


class Pipeline:
    """One session's worth of state between its inputs and its outputs."""

    def __init__(
        self, protocol: Protocol, *, seed: int, volume: float, volume_cap: float = 1.0, bed: Bed | None = None,
        setup: ControlSetup | None = None, hearing: Hearing | None = None,
    ) -> None:  # fmt: skip
        setup = setup or ControlSetup()
        self._protocol = protocol
        self._rules = ARMS[setup.arm]
        self._donor = setup.donor
        self._listener = hearing or HeartListener()
        self._pieces = Pieces(protocol, setup, seed=seed)
        self._timeline = Timeline()
        self._policy = PolicyState()
        self._playback = Playback(volume=volume, volume_cap=volume_cap, bed=bed)
        self._physiology: Physiology | None = None
        self._care = Care()
        self._pacer = pacer.Pacer()
        self._started_s: float | None = None
        self._held_by_hand = False
        self._closing = False

    @property
    def stage(self) -> SessionStage:
        """Where the session as a whole stands."""
        return self._timeline.stage

    def feed(self, event: Input) -> list[Derived]:
        """What follows from one input, in order."""
        match event:
            case Notification() | RrInterval():
                return self._listener.notification(event)
            case SensorState():
                return self._listener.sensor_state(event)
            case SoundState():
                self._playback = sounding.hear(self._playback, event)
                return self._breathe(event.time_s)
            case TrackFound():
                self._pieces.find(event.track)
            case Tick():
                return self._tick(event.time_s)
            case Command():
                return self._command(event)
        return []

    # ---- time passes ----

    def _tick(self, time_s: float) -> list[Derived]:
        baseline = self._timeline.stage is SessionStage.RUNNING and self._as_it_is()
        heart = self._listener.tick(time_s, baseline=baseline)
        self._physiology = next((message for message in heart if isinstance(message, Physiology)), self._physiology)
        elapsed_s = time_s - self._timeline.at_s
        before = self._timeline.stage
        self._timeline = after_tick(self._timeline, self._protocol, time_s)
        running = self._timeline.stage is SessionStage.RUNNING
        if running:
            self._pieces.hear(self._physiology, heart_of(self._physiology), self._phase, time_s)
        cared = self._look_after(time_s) if running else []
        moved = self._run(time_s, elapsed_s) if self._timeline.stage is SessionStage.RUNNING else []
        ended = self._end(time_s) if self._ended_since(before) else []
        return [*heart, describe(self._timeline, self._protocol, time_s), *cared, *moved, *ended]

    def _look_after(self, time_s: float) -> list[Derived]:
        """Prompts, exits, comfort and breath; may move the session on, or pause it."""
        self._care, verdict, said = caring.attend(
            self._care, self._protocol, self._timeline, heart_of(self._physiology), self._policy.goal_bpm, time_s
        )
        if verdict is Verdict.NEXT_PHASE:
            self._timeline = after_command(self._timeline, self._protocol, CommandKind.NEXT_PHASE, time_s)
        if verdict is Verdict.PAUSE:
            self._timeline = after_command(self._timeline, self._protocol, CommandKind.PAUSE, time_s)
            self._playback = dataclasses.replace(self._playback, playing=False, changed_s=time_s)
            return [*said, sounding.plan(self._playback, time_s, sounding.COMFORT_FADE_S)]
        return [*said, *self._breathe(time_s)]

    def _breathe(self, time_s: float) -> list[Derived]:
        if self._timeline.stage is not SessionStage.RUNNING:
            return []
        self._pacer, cue = pacer.step(self._pacer, self._phase, sounding.ear(self._playback, _beat_at), time_s)
        return [cue] if cue else []

    @property
    def _phase(self) -> Phase:
        return present_phase(self._timeline, self._protocol)

    def _run(self, time_s: float, elapsed_s: float) -> list[Derived]:
        if self._must_close():
            return self._close(time_s)
        if self._closing or not self._pieces:
            return []
        if self._rules.tempo is TempoRule.DONOR:
            return self._follow_donor(time_s)
        events: list[Derived] = []
        if self._playback.track is not None and self._playback.playing is self._is_silence():
            events += self._fall_silent_or_go_on(time_s)
        elif self._playback.track is None and not self._is_silence():
            events += self._next_piece(time_s, sounding.FIRST_FADE_S, by_hand=True)
        elif self._is_time_for_next(time_s):
            events += self._next_piece(time_s, sounding.CROSSFADE_S, by_hand=False)
        return [*events, *self._steer(time_s, elapsed_s)]

    def _is_time_for_next(self, time_s: float) -> bool:
        """Sooner where the next piece can take up the tempo: it waits for a bar line, and takes some bars to come in."""
        if sounding.needs_next(self._playback, time_s):
            return True
        if not sounding.may_need_next(self._playback, time_s):
            return False
        return self._shared_bpm(self._next(time_s, by_hand=False)) is not None

    def _is_silence(self) -> bool:
        return self._phase.is_silent or self._rules.sound is SoundRule.NOTHING

    def _fall_silent_or_go_on(self, time_s: float) -> list[Derived]:
        self._playback = dataclasses.replace(self._playback, playing=not self._is_silence(), changed_s=time_s)
        return [sounding.plan(self._playback, time_s, sounding.SILENCE_FADE_S)]

    def _steer(self, time_s: float, elapsed_s: float) -> list[Derived]:
        before = sounding.time_ratio(self._playback)
        self._follow_piece(time_s)
        situation = self._situation(time_s)
        limits, as_it_is = self._protocol.limits, self._keeps_own_tempo()
        self._policy, target = steering.steer(self._rules.tempo, self._policy, situation, limits)
        target_bpm = sounding.in_reach(self._playback, self._policy.target_bpm, limits, as_it_is=as_it_is)
        self._playback = sounding.steer(self._playback, target_bpm, elapsed_s, limits)
        events: list[Derived] = [target, tempo_decision(self._policy, situation, target, limits)] if target else []
        if sounding.time_ratio(self._playback) != before:
            events.append(sounding.plan(self._playback, time_s, sounding.CROSSFADE_S))
        return events

    def _follow_piece(self, time_s: float) -> None:
        """Take note of the tempo that the piece itself has come to, where it keeps no even one."""
        track = self._playback.track
        if track is not None and track.beat_path is not None:
            own_bpm = local_bpm(track, sounding.source_ahead_s(self._playback, time_s))
            self._playback = sounding.follow(self._playback, own_bpm, self._protocol.limits, as_it_is=self._keeps_own_tempo())

    def _keeps_own_tempo(self) -> bool:
        return (self._as_it_is() and not self._held_by_hand) or self._rules.tempo is TempoRule.OWN

    def _situation(self, time_s: float) -> Situation:
        track = self._playback.track
        return Situation(
            time_s=time_s,
            phase=self._phase,
            heart=heart_of(self._physiology),
            own_bpm=track.tempo_bpm if track else None,
            current_bpm=self._playback.tempo_bpm,
            held_by_hand=self._held_by_hand,
        )

    def _follow_donor(self, time_s: float) -> list[Derived]:
        """What the donor's session did at this time."""
        donated = donated_at(self._donor, time_s - (self._started_s if self._started_s is not None else time_s))
        if donated is None:
            return []
        track = self._pieces.like(donated.track_id) if donated.track_id else self._playback.track
        events: list[Derived] = []
        if track is not None and (self._playback.track is None or track.track_id != self._playback.track.track_id):
            chosen = self._pieces.donated(track, time_s)
            events += [*self._ended_piece(time_s), chosen.choice, chosen.decision]
            self._playback = sounding.begin(self._playback, track, donated.tempo_bpm or track.tempo_bpm, time_s)
            self._pieces.begun(chosen, time_s)
        before = (sounding.time_ratio(self._playback), self._playback.playing)
        tempo_bpm = donated.tempo_bpm if track and track.tempo_bpm else None
        playing = donated.playing and donated.track_id is not None
        self._playback = dataclasses.replace(self._playback, tempo_bpm=tempo_bpm, playing=playing)
        if events or (sounding.time_ratio(self._playback), self._playback.playing) != before:
            events.append(sounding.plan(self._playback, time_s, donated.fade_s))
        return events

    # ---- pieces ----

    def _next_piece(self, time_s: float, fade_s: float, *, by_hand: bool) -> list[Derived]:
        if not self._pieces or self._is_silence() or self._rules.tempo is TempoRule.DONOR:
            return []
        chosen = self._next(time_s, by_hand=by_hand)
        shared_bpm = self._shared_bpm(chosen)
        events = self._ended_piece(time_s)
        own_bpm, goal_bpm = local_bpm(chosen.track, 0.0), self._goal_bpm()
        alone_bpm = own_bpm if goal_bpm is None else sounding.first_tempo(chosen.track, goal_bpm, self._protocol.limits)
        self._playback = sounding.begin(self._playback, chosen.track, shared_bpm or alone_bpm, time_s, own_bpm=own_bpm)
        self._pieces.begun(chosen, time_s)
        events += [chosen.choice, chosen.decision]
        if shared_bpm is None:
            return [*events, sounding.plan(self._playback, time_s, fade_s)]
        if by_hand:  # who skips does not want to wait for a bar
            return [*events, sounding.plan(self._playback, time_s, fade_s, Alignment.BEAT)]
        return [*events, sounding.plan(self._playback, time_s, sounding.aligned_fade_s(self._playback), Alignment.BAR)]

    def _next(self, time_s: float, *, by_hand: bool) -> Chosen:
        return self._pieces.next(
            self._playback, self._policy, heart_of(self._physiology), self._phase, time_s,
            by_hand=by_hand, own_tempo=self._rules.tempo is TempoRule.OWN,
        )  # fmt: skip

    def _ended_piece(self, time_s: float) -> list[Derived]:
        """What the heart did with the piece that ends now."""
        answer = self._pieces.ended(self._phase, self._playback.tempo_bpm, time_s)
        return [answer] if answer else []

    def _shared_bpm(self, chosen: Chosen) -> float | None:
        """The tempo that a piece can take up from the present one; None where it cannot, or keeps its own."""
        own = self._as_it_is() or self._rules.tempo is TempoRule.OWN
        return None if own else sounding.shared_tempo(self._playback, chosen.track, self._protocol.limits)

    def _goal_bpm(self) -> float | None:
        """Where a piece is to begin; None where it keeps its own tempo."""
        return None if self._as_it_is() or self._rules.tempo is TempoRule.OWN else self._policy.goal_bpm

    def _as_it_is(self) -> bool:
        """Whether each piece keeps its own tempo."""
        return self._phase.kind is PhaseKind.BASELINE

    # ---- the end ----

    def _must_close(self) -> bool:
        phase = self._phase
        last = self._timeline.phase_index == len(self._protocol.phases) - 1
        fade_s = phase.fade_s if phase.kind is PhaseKind.CLOSE else sounding.STOP_FADE_S
        return last and not self._closing and phase_remaining_s(self._timeline, self._protocol) <= fade_s

    def _close(self, time_s: float) -> list[Derived]:
        self._closing = True
        remaining_s = phase_remaining_s(self._timeline, self._protocol)
        events = self._ended_piece(time_s)
        self._playback = dataclasses.replace(self._playback, track=None, tempo_bpm=None)
        return [*events, sounding.plan(self._playback, time_s, remaining_s)]

    def _ended_since(self, before: SessionStage) -> bool:
        return self._timeline.stage is SessionStage.ENDED and before is not SessionStage.ENDED

    def _end(self, time_s: float) -> list[Derived]:
        self._playback = dataclasses.replace(self._playback, track=None, tempo_bpm=None, playing=False)
        return [sounding.plan(self._playback, time_s, sounding.STOP_FADE_S)]

    # ---- people ----

    def _command(self, command: Command) -> list[Derived]:
        before = self._timeline.stage
        self._timeline = after_command(self._timeline, self._protocol, command.what, command.time_s)
        events = self._obey(command, before)
        return [describe(self._timeline, self._protocol, command.time_s), *events]

    def _obey(self, command: Command, before: SessionStage) -> list[Derived]:
        time_s, stage = command.time_s, self._timeline.stage
        match command.what:
            case CommandKind.START if before is SessionStage.READY and not self._closing:
                return self._start(time_s)
            case CommandKind.PAUSE | CommandKind.RESUME | CommandKind.START if stage is not before:
                return self._pause_or_resume(time_s, before)
            case CommandKind.STOP if stage is not before:
                return [*self._ended_piece(time_s), *self._end(time_s)]
            case CommandKind.SKIP if stage is SessionStage.RUNNING and not self._closing:
                return self._next_piece(time_s, sounding.SKIP_FADE_S, by_hand=True)
            case CommandKind.HOLD | CommandKind.RELEASE:
                self._held_by_hand = command.what is CommandKind.HOLD
            case CommandKind.VOLUME if isinstance(command.value, int | float):
                self._playback = dataclasses.replace(self._playback, volume=min(max(float(command.value), 0.0), 1.0))
                return [sounding.plan(self._playback, time_s, sounding.PAUSE_FADE_S)]
        return []

    def _start(self, time_s: float) -> list[Derived]:
        self._started_s = time_s
        self._pieces.start(time_s)
        if self._rules.tempo is TempoRule.DONOR:
            return self._follow_donor(time_s)
        return [*self._pieces.missing(time_s), *self._next_piece(time_s, sounding.FIRST_FADE_S, by_hand=True)]

    def _pause_or_resume(self, time_s: float, before: SessionStage) -> list[Derived]:
        playing = self._timeline.stage is SessionStage.RUNNING and not self._is_silence()
        if before is SessionStage.PAUSED:
            self._care = dataclasses.replace(self._care, comfort=comfort.resumed(self._care.comfort, time_s))
        self._playback = dataclasses.replace(self._playback, playing=playing, changed_s=time_s)
        return [sounding.plan(self._playback, time_s, sounding.PAUSE_FADE_S)]


def _beat_at(track: Track, source_s: float) -> float:
    grid = beat_grid(track)
    return 0.0 if grid is None else grid.beat(source_s)
