"""The pure steps of a session, composed: feed(event) -> list of derived events.

Decision: the pipeline has no clock, thread or file. Whatever drives it (a live session, an offline one, a replay) feeds the same
inputs in the same order and gets the same outputs, bit for bit. It acts on ticks and commands; packets only inform it.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from relaxlisten.control import care as caring
from relaxlisten.control import comfort, pacer, steering, timeline
from relaxlisten.control import playback as sounding
from relaxlisten.control.arms import ARMS, SoundRule, TempoRule
from relaxlisten.control.asked import ENDING_IGNORES, Standing, answered, unmoved
from relaxlisten.control.care import Care, Verdict
from relaxlisten.control.hand import Hand, moved
from relaxlisten.control.playback import Playback
from relaxlisten.control.setup import ControlSetup
from relaxlisten.control.stances import PolicyState, heart_of, situation_of
from relaxlisten.control.tempo_policy import met_again
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
from relaxlisten.music.tempo_map import local_bpm
from relaxlisten.pieces import Pieces, beat_at, followed
from relaxlisten.terms import CommandKind, PhaseKind, SessionStage
from relaxlisten.yoked import follow_donor

if TYPE_CHECKING:
    from relaxlisten.control.choose import Chosen
    from relaxlisten.control.protocol import Phase, Protocol
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
        self._timeline = timeline.Timeline()
        self._policy = PolicyState()
        self._playback = Playback(volume=volume, volume_cap=volume_cap, bed=bed)
        self._physiology: Physiology | None = None
        self._care = Care()
        self._pacer = pacer.Pacer()
        self._started_s: float | None = None
        self._hand = Hand()
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
        self._timeline = timeline.after_tick(self._timeline, self._protocol, time_s)
        running = self._timeline.stage is SessionStage.RUNNING
        if running:
            heart_now, playing = heart_of(self._physiology), self._playback.playing
            self._pieces.hear(self._physiology, heart_now, self._phase, time_s, playing=playing)
        cared = self._look_after(time_s) if running else []
        moved = self._run(time_s, elapsed_s) if self._timeline.stage is SessionStage.RUNNING else []
        ended = self._end(time_s) if before is not SessionStage.ENDED and self.stage is SessionStage.ENDED else []
        return [*heart, timeline.describe(self._timeline, self._protocol, time_s), *cared, *moved, *ended]

    def _look_after(self, time_s: float) -> list[Derived]:
        """Prompts, exits, comfort and breath; may move the session on, or pause it."""
        self._care, verdict, said = caring.attend(
            self._care, self._protocol, self._timeline, heart_of(self._physiology), self._policy.goal_bpm, time_s
        )
        if verdict is Verdict.NEXT_PHASE:
            self._timeline = timeline.after_command(self._timeline, self._protocol, CommandKind.NEXT_PHASE, time_s)
        if verdict is Verdict.PAUSE:
            self._timeline = timeline.after_command(self._timeline, self._protocol, CommandKind.PAUSE, time_s)
            self._playback = dataclasses.replace(self._playback, playing=False, changed_s=time_s)
            return [*said, sounding.plan(self._playback, time_s, sounding.COMFORT_FADE_S)]
        return [*said, *self._breathe(time_s)]

    def _breathe(self, time_s: float) -> list[Derived]:
        if self._timeline.stage is not SessionStage.RUNNING:
            return []
        self._pacer, cue = pacer.step(self._pacer, self._phase, sounding.ear(self._playback, beat_at), time_s)
        return [cue] if cue else []

    @property
    def _phase(self) -> Phase:
        return timeline.present_phase(self._timeline, self._protocol)

    def _run(self, time_s: float, elapsed_s: float) -> list[Derived]:
        if not self._closing and timeline.must_close(self._timeline, self._protocol, sounding.STOP_FADE_S):
            return self._close(time_s)
        if self._closing or not self._pieces:
            return []
        if self._rules.tempo is TempoRule.DONOR:
            return self._yoked(time_s)
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
        limits, as_it_is = self._protocol.limits, self._keeps_own_tempo()
        self._playback = followed(self._playback, time_s, limits, as_it_is=as_it_is)
        situation = situation_of(time_s, self._phase, heart_of(self._physiology), self._playback, self._hand)
        self._policy, target = steering.steer(self._rules.tempo, self._policy, situation, limits)
        target_bpm = sounding.in_reach(self._playback, self._policy.target_bpm, limits, as_it_is=as_it_is)
        self._playback = sounding.steer(self._playback, target_bpm, elapsed_s, limits)
        events: list[Derived] = [target, tempo_decision(self._policy, situation, target, limits)] if target else []
        if sounding.time_ratio(self._playback) != before:
            events.append(sounding.plan(self._playback, time_s, sounding.CROSSFADE_S))
        return events

    def _keeps_own_tempo(self) -> bool:
        return (self._as_it_is() and not self._hand.holds) or self._rules.tempo is TempoRule.OWN

    def _yoked(self, time_s: float) -> list[Derived]:
        at_s = time_s - (self._started_s if self._started_s is not None else time_s)
        self._playback, events = follow_donor(self._donor, at_s, self._playback, self._pieces, time_s)
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
        self._pieces.begun(chosen)
        events += [chosen.choice, chosen.decision]
        planned = sounding.come_in(self._playback, time_s, fade_s, at_one_tempo=shared_bpm is not None, by_hand=by_hand)
        return [*events, planned]

    def _next(self, time_s: float, *, by_hand: bool) -> Chosen:
        return self._pieces.next(
            self._playback, self._policy, heart_of(self._physiology), self._phase, time_s,
            by_hand=by_hand, own_tempo=self._rules.tempo is TempoRule.OWN,
        )  # fmt: skip

    def _ended_piece(self, time_s: float) -> list[Derived]:
        """What the heart did with the piece that ends now."""
        answer = self._pieces.ended(self._playback.tempo_bpm, time_s)
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

    def _close(self, time_s: float) -> list[Derived]:
        self._closing = True
        remaining_s = timeline.phase_remaining_s(self._timeline, self._protocol)
        events = self._ended_piece(time_s)
        self._playback = dataclasses.replace(self._playback, track=None, tempo_bpm=None)
        return [*events, sounding.plan(self._playback, time_s, remaining_s)]

    def _end(self, time_s: float) -> list[Derived]:
        self._playback = dataclasses.replace(self._playback, track=None, tempo_bpm=None, playing=False)
        return [sounding.plan(self._playback, time_s, sounding.STOP_FADE_S)]

    # ---- people ----

    def _command(self, command: Command) -> list[Derived]:
        before = self._standing()
        if not (self._closing and command.what in ENDING_IGNORES):
            self._timeline = timeline.after_command(self._timeline, self._protocol, command.what, command.time_s)
        events = self._obey(command, before.stage)
        answer = answered(command, before, self._standing())
        stage = timeline.describe(self._timeline, self._protocol, command.time_s)
        return [stage, *([answer] if answer else []), *events]

    def _obey(self, command: Command, before: SessionStage) -> list[Derived]:
        time_s, stage = command.time_s, self._timeline.stage
        match command.what:
            case CommandKind.START if before is SessionStage.READY and not self._closing:
                return self._start(time_s)
            case CommandKind.PAUSE | CommandKind.RESUME | CommandKind.START if stage is not before:
                return self._pause_or_resume(time_s, before)
            case CommandKind.STOP | CommandKind.END_GENTLY if stage is not before:
                return [*self._ended_piece(time_s), *self._end(time_s)]
            case CommandKind.END_GENTLY if stage is SessionStage.RUNNING and not self._closing:
                return self._close(time_s)
            case CommandKind.SKIP if stage is SessionStage.RUNNING and not self._closing:
                return self._next_piece(time_s, sounding.SKIP_FADE_S, by_hand=True)
            case CommandKind.TEMPO if unmoved(self._standing()):
                return []
            case CommandKind.HOLD | CommandKind.RELEASE | CommandKind.TEMPO:
                self._hand = moved(self._hand, command, self._policy.target_bpm, self._playback, self._protocol.limits)
            case CommandKind.MATCH_AGAIN if stage is SessionStage.RUNNING and not self._closing:
                self._hand, self._policy = Hand(), met_again(self._policy, time_s)
            case CommandKind.VOLUME if isinstance(command.value, int | float):
                self._playback = dataclasses.replace(self._playback, volume=min(max(float(command.value), 0.0), 1.0))
                return [sounding.plan(self._playback, time_s, sounding.PAUSE_FADE_S)]
        return []

    def _standing(self) -> Standing:
        return Standing(
            stage=self._timeline.stage,
            closing=self._closing,
            phase=self._phase,
            phase_left_s=timeline.phase_remaining_s(self._timeline, self._protocol),
            rule=self._rules.tempo,
            hand=self._hand,
            playback=self._playback,
        )

    def _start(self, time_s: float) -> list[Derived]:
        self._started_s = time_s
        self._pieces.start(time_s)
        if self._rules.tempo is TempoRule.DONOR:
            return self._yoked(time_s)
        return [*self._pieces.missing(time_s), *self._next_piece(time_s, sounding.FIRST_FADE_S, by_hand=True)]

    def _pause_or_resume(self, time_s: float, before: SessionStage) -> list[Derived]:
        playing = self._timeline.stage is SessionStage.RUNNING and not self._is_silence()
        if before is SessionStage.PAUSED:
            self._care = dataclasses.replace(self._care, comfort=comfort.resumed(self._care.comfort, time_s))
        self._playback = dataclasses.replace(self._playback, playing=playing, changed_s=time_s)
        return [sounding.plan(self._playback, time_s, sounding.PAUSE_FADE_S)]
