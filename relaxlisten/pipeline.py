"""The pure steps of a session, composed: feed(event) -> list of derived events.

Decision: the pipeline has no clock, thread or file. Whatever drives it (a live session, an offline one, a replay) feeds the same
inputs in the same order and gets the same outputs, bit for bit. It acts on ticks and commands; packets only inform it.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from relaxlisten.control import care as caring
from relaxlisten.control import comfort, pacer
from relaxlisten.control import playback as sounding
from relaxlisten.control.care import Care, Verdict
from relaxlisten.control.choose import choose_next
from relaxlisten.control.playback import Playback
from relaxlisten.control.tempo_policy import Heart, PolicyState, Situation, decide
from relaxlisten.control.timeline import Timeline, after_command, after_tick, describe, phase_remaining_s, present_phase
from relaxlisten.hearing import HeartListener
from relaxlisten.messages import (
    Command,
    Derived,
    Input,
    Notification,
    Physiology,
    SensorState,
    SoundState,
    Tick,
    Track,
    TrackChoice,
    TrackFound,
)
from relaxlisten.terms import Alignment, CommandKind, PhaseKind, SessionStage

if TYPE_CHECKING:
    from relaxlisten.control.protocol import Phase, Protocol
    from relaxlisten.ports import Hearing
    from relaxlisten.terms import Bed


class Pipeline:
    """One session's worth of state between its inputs and its outputs."""

    def __init__(
        self, protocol: Protocol, *, seed: int, volume: float, volume_cap: float = 1.0, bed: Bed | None = None,
        hearing: Hearing | None = None,
    ) -> None:  # fmt: skip
        self._protocol = protocol
        self._seed = seed
        self._listener = hearing or HeartListener()
        self._timeline = Timeline()
        self._policy = PolicyState()
        self._playback = Playback(volume=volume, volume_cap=volume_cap, bed=bed)
        self._tracks: dict[str, Track] = {}
        self._physiology: Physiology | None = None
        self._care = Care()
        self._pacer = pacer.Pacer()
        self._held_by_hand = False
        self._closing = False

    @property
    def stage(self) -> SessionStage:
        """Where the session as a whole stands."""
        return self._timeline.stage

    def feed(self, event: Input) -> list[Derived]:
        """What follows from one input, in order."""
        match event:
            case Notification():
                return self._listener.notification(event)
            case SensorState():
                return self._listener.sensor_state(event)
            case SoundState():
                self._playback = sounding.hear(self._playback, event)
                return self._breathe(event.time_s)
            case TrackFound():
                self._tracks[event.track.track_id] = event.track
            case Tick():
                return self._tick(event.time_s)
            case Command():
                return self._command(event)
        return []

    # ---- time passes ----

    def _tick(self, time_s: float) -> list[Derived]:
        heart = self._listener.tick(time_s, baseline=self._is_baseline())
        self._physiology = next((message for message in heart if isinstance(message, Physiology)), self._physiology)
        elapsed_s = time_s - self._timeline.at_s
        before = self._timeline.stage
        self._timeline = after_tick(self._timeline, self._protocol, time_s)
        cared = self._look_after(time_s) if self._timeline.stage is SessionStage.RUNNING else []
        moved = self._run(time_s, elapsed_s) if self._timeline.stage is SessionStage.RUNNING else []
        ended = self._end(time_s) if self._ended_since(before) else []
        return [*heart, describe(self._timeline, self._protocol, time_s), *cared, *moved, *ended]

    def _look_after(self, time_s: float) -> list[Derived]:
        """Prompts, exits, comfort and breath; may move the session on, or pause it."""
        self._care, verdict, said = caring.attend(
            self._care, self._protocol, self._timeline, self._heart(), self._policy.goal_bpm, time_s
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
        self._pacer, cue = pacer.step(self._pacer, self._phase, sounding.ear(self._playback), time_s)
        return [cue] if cue else []

    @property
    def _phase(self) -> Phase:
        return present_phase(self._timeline, self._protocol)

    def _is_baseline(self) -> bool:
        running = self._timeline.stage is SessionStage.RUNNING
        return running and self._as_it_is()

    def _run(self, time_s: float, elapsed_s: float) -> list[Derived]:
        events: list[Derived] = []
        if self._must_close():
            return self._close(time_s)
        if self._closing or not self._tracks:
            return events
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
        return sounding.may_need_next(self._playback, time_s) and self._next(time_s, by_hand=False)[1] is not None

    def _is_silence(self) -> bool:
        return self._phase.is_silent

    def _fall_silent_or_go_on(self, time_s: float) -> list[Derived]:
        self._playback = dataclasses.replace(self._playback, playing=not self._is_silence(), changed_s=time_s)
        return [sounding.plan(self._playback, time_s, sounding.SILENCE_FADE_S)]

    def _steer(self, time_s: float, elapsed_s: float) -> list[Derived]:
        situation = self._situation(time_s)
        self._policy, target = decide(self._policy, situation, self._protocol.limits)
        before = sounding.time_ratio(self._playback)
        self._playback = sounding.steer(self._playback, self._policy.target_bpm, elapsed_s, self._protocol.limits)
        events: list[Derived] = [target] if target else []
        if sounding.time_ratio(self._playback) != before:
            events.append(sounding.plan(self._playback, time_s, sounding.CROSSFADE_S))
        return events

    def _situation(self, time_s: float) -> Situation:
        track = self._playback.track
        return Situation(
            time_s=time_s,
            phase=self._phase,
            heart=self._heart(),
            own_bpm=track.tempo_bpm if track else None,
            current_bpm=self._playback.tempo_bpm,
            held_by_hand=self._held_by_hand,
        )

    def _heart(self) -> Heart:
        known = self._physiology
        return Heart(
            heart_rate_bpm=known.heart_rate_bpm if known else None,
            last_beat_age_s=known.last_beat_age_s if known else None,
            valid_fraction=known.valid_fraction if known else 0.0,
        )

    # ---- pieces ----

    def _next_piece(self, time_s: float, fade_s: float, *, by_hand: bool) -> list[Derived]:
        if not self._tracks or self._is_silence():
            return []
        track, shared_bpm, choice = self._next(time_s, by_hand=by_hand)
        goal_bpm = None if self._as_it_is() else self._policy.goal_bpm
        tempo_bpm = shared_bpm or sounding.first_tempo(track, goal_bpm, self._protocol.limits)
        self._playback = sounding.begin(self._playback, track, tempo_bpm, time_s)
        if shared_bpm is None:
            return [choice, sounding.plan(self._playback, time_s, fade_s)]
        if by_hand:  # who skips does not want to wait for a bar
            return [choice, sounding.plan(self._playback, time_s, fade_s, Alignment.BEAT)]
        return [choice, sounding.plan(self._playback, time_s, sounding.aligned_fade_s(self._playback), Alignment.BAR)]

    def _next(self, time_s: float, *, by_hand: bool) -> tuple[Track, float | None, TrackChoice]:
        """The next piece, the tempo that it can take up from the present one (None: it cannot), and why it is this one."""
        track, choice = choose_next(
            tuple(self._tracks.values()),
            self._playback.history,
            self._wish(time_s, by_hand=by_hand),
            self._phase,
            self._protocol.music,
            heard_bpm=self._playback.tempo_bpm,
            limits=self._protocol.limits,
            seed=self._seed,
            time_s=time_s,
        )
        shared_bpm = None if self._as_it_is() else sounding.shared_tempo(self._playback, track, self._protocol.limits)
        return track, shared_bpm, choice

    def _as_it_is(self) -> bool:
        """Whether each piece keeps its own tempo."""
        return self._phase.kind is PhaseKind.BASELINE

    def _wish(self, time_s: float, *, by_hand: bool) -> float | None:
        """The tempo wished of the next piece; the present one's where the last move was too short a time ago."""
        least_s = self._protocol.music.least_between_moves_s
        too_soon = time_s - self._playback.changed_s < least_s and self._playback.track is not None
        if too_soon and not by_hand and self._playback.tempo_bpm is not None:
            return self._playback.tempo_bpm
        heart_bpm = self._physiology.heart_rate_bpm if self._physiology else None
        if self._phase.tempo_bpm:
            return self._phase.tempo_bpm
        return self._policy.goal_bpm if self._policy.goal_bpm is not None else heart_bpm

    # ---- the end ----

    def _must_close(self) -> bool:
        phase = self._phase
        last = self._timeline.phase_index == len(self._protocol.phases) - 1
        fade_s = phase.fade_s if phase.kind is PhaseKind.CLOSE else sounding.STOP_FADE_S
        return last and not self._closing and phase_remaining_s(self._timeline, self._protocol) <= fade_s

    def _close(self, time_s: float) -> list[Derived]:
        self._closing = True
        remaining_s = phase_remaining_s(self._timeline, self._protocol)
        self._playback = dataclasses.replace(self._playback, track=None, tempo_bpm=None)
        return [sounding.plan(self._playback, time_s, remaining_s)]

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
                return self._next_piece(time_s, sounding.FIRST_FADE_S, by_hand=True)
            case CommandKind.PAUSE | CommandKind.RESUME | CommandKind.START if stage is not before:
                playing = stage is SessionStage.RUNNING and not self._is_silence()
                if before is SessionStage.PAUSED:
                    self._care = dataclasses.replace(self._care, comfort=comfort.resumed(self._care.comfort, time_s))
                self._playback = dataclasses.replace(self._playback, playing=playing, changed_s=time_s)
                return [sounding.plan(self._playback, time_s, sounding.PAUSE_FADE_S)]
            case CommandKind.STOP if stage is not before:
                return self._end(time_s)
            case CommandKind.SKIP if stage is SessionStage.RUNNING and not self._closing:
                return self._next_piece(time_s, sounding.SKIP_FADE_S, by_hand=True)
            case CommandKind.HOLD | CommandKind.RELEASE:
                self._held_by_hand = command.what is CommandKind.HOLD
            case CommandKind.VOLUME if isinstance(command.value, int | float):
                self._playback = dataclasses.replace(self._playback, volume=min(max(float(command.value), 0.0), 1.0))
                return [sounding.plan(self._playback, time_s, sounding.PAUSE_FADE_S)]
        return []
