"""From targets and choices to plans for the sound.

Decision: a plan is complete in itself (piece, place, ratio, volume, playing), so that a sound process that had to be restarted
needs only the newest one. Tempo is slewed here, once a second; the sound glides between.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.control import limits as limited
from relaxlisten.control.limits import reachable_tempo, slew_tempo, within_reach
from relaxlisten.control.pacer import Ear
from relaxlisten.messages import PlaybackPlan, SoundState, Track
from relaxlisten.terms import Alignment
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.control.limits import Limits
    from relaxlisten.terms import Bed

CROSSFADE_S = 6.0
ALIGNED_FADE_S = 8.0  # about so long, in whole bars
PAUSE_FADE_S = 0.8
STOP_FADE_S = 3.0
SKIP_FADE_S = 2.5
FIRST_FADE_S = 5.0
SILENCE_FADE_S = 5.0
COMFORT_FADE_S = 6.0
# The next piece is asked for this long before the cross-fade has to begin: a tick's second, the sound's buffer, and some rest.
_DECIDE_AHEAD_S = 2.5
# A piece that was heard and then stays silent for this long has ended before its announced length (a truncated file).
_ENDED_EARLY_S = 2.0
_GLIDE_S = 1.0  # the sound takes so long to get to another ratio
_NEVER_HEARD_S = 20.0  # the sound waits up to 8 s for a slow file, and then a bar or so for its line


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """What was last asked of the sound, and what was last heard of it.

    own_bpm: the tempo of the piece itself, where it is heard now. volume: the listener's, never above volume_cap.
    bed: what the listener wants under pieces without a pulse.
    """

    track: Track | None = None
    own_bpm: float | None = None
    tempo_bpm: float | None = None
    volume: float = 1.0
    volume_cap: float = 1.0
    bed: Bed | None = None
    playing: bool = False
    changed_s: float = 0.0
    heard: SoundState | None = None
    audible_s: float | None = None
    history: tuple[str, ...] = ()


def time_ratio(playback: Playback) -> float:
    """Output duration / input duration of the tempo last asked for."""
    own_bpm = playback.own_bpm
    return 1.0 if own_bpm is None or playback.tempo_bpm is None else own_bpm / playback.tempo_bpm


def plan(playback: Playback, time_s: float, fade_s: float, align: Alignment = Alignment.NONE) -> PlaybackPlan:
    """All that the sound needs to know, as a message."""
    track = playback.track
    pulseless = track is not None and track.tempo_bpm is None
    return PlaybackPlan(
        time_s=time_s,
        track_id=track.track_id if track else None,
        start_s=0.0,
        time_ratio=time_ratio(playback),
        gain_db=track.gain_db if track else 0.0,
        volume=min(playback.volume, playback.volume_cap),
        playing=playback.playing,
        fade_s=fade_s,
        turn=len(playback.history),
        align=align,
        bed=playback.bed if pulseless else None,
    )


def come_in(playback: Playback, time_s: float, fade_s: float, *, at_one_tempo: bool, by_hand: bool) -> PlaybackPlan:
    """The plan for a piece that begins: on a bar line where it shares the tempo of the one before, and else over fade_s."""
    if not at_one_tempo:
        return plan(playback, time_s, fade_s)
    if by_hand:  # who skips does not want to wait for a bar
        return plan(playback, time_s, fade_s, Alignment.BEAT)
    return plan(playback, time_s, aligned_fade_s(playback), Alignment.BAR)


def shared_tempo(playback: Playback, track: Track, limits: Limits) -> float | None:
    """The tempo at which another piece can follow this one beat on beat; None where it cannot."""
    return limited.shared_tempo(playback.tempo_bpm, track.tempo_bpm, limits) if playback.playing else None


def first_tempo(track: Track, goal_bpm: float | None, limits: Limits) -> float | None:
    """The tempo at which a piece begins that cannot take up the one before: nearest to the goal."""
    if track.tempo_bpm is None or goal_bpm is None:
        return track.tempo_bpm
    return reachable_tempo(goal_bpm, track.tempo_bpm, limits)


def begin(playback: Playback, track: Track, tempo_bpm: float | None, time_s: float, *, own_bpm: float | None = None) -> Playback:
    """The playback with a new piece. own_bpm: its tempo where it begins; without it, its tempo throughout."""
    return dataclasses.replace(
        playback,
        track=track,
        own_bpm=track.tempo_bpm if own_bpm is None else own_bpm,
        tempo_bpm=tempo_bpm,
        playing=True,
        changed_s=time_s,
        audible_s=None,
        history=(*playback.history, track.track_id),
    )


def hear(playback: Playback, state: SoundState) -> Playback:
    """The playback with what came back from the sound."""
    ours = playback.track is not None and state.turn == len(playback.history)
    audible_s = state.time_s if ours and state.audible else playback.audible_s
    return dataclasses.replace(playback, heard=state, audible_s=audible_s)


def ear(playback: Playback, beat_at: Callable[[Track, float], float]) -> Ear | None:
    """Where the piece that was asked for last is at the ear; None until it is heard there.

    beat_at: the beat of a piece, with its fraction, at a source second; 0 without a pulse.
    """
    heard, track = playback.heard, playback.track
    if heard is None or track is None or heard.turn != len(playback.history) or not heard.audible:
        return None
    return Ear(at_s=heard.dac_time_s, turn=heard.turn, beat=beat_at(track, heard.source_s), tempo_bpm=heard.tempo_bpm)


def steer(playback: Playback, target_bpm: float | None, elapsed_s: float, limits: Limits) -> Playback:
    """The playback a moment later, its tempo a little nearer to the target."""
    if target_bpm is None or playback.tempo_bpm is None or not playback.playing:
        return playback
    return dataclasses.replace(playback, tempo_bpm=slew_tempo(playback.tempo_bpm, target_bpm, elapsed_s, limits))


def follow(playback: Playback, own_bpm: float | None, limits: Limits, *, as_it_is: bool) -> Playback:
    """The playback where the piece itself has come to another tempo: what is heard stays, within the limits.

    as_it_is: what is heard goes along instead.
    """
    if own_bpm is None or playback.tempo_bpm is None:
        return playback
    tempo_bpm = own_bpm / time_ratio(playback) if as_it_is else playback.tempo_bpm
    return dataclasses.replace(playback, own_bpm=own_bpm, tempo_bpm=within_reach(tempo_bpm, own_bpm, limits))


def in_reach(playback: Playback, target_bpm: float | None, limits: Limits, *, as_it_is: bool) -> float | None:
    """The target; of a piece that keeps no even tempo, what can be reached of it just now (as it is: its own tempo)."""
    track, own_bpm = playback.track, playback.own_bpm
    if track is None or track.beat_path is None or own_bpm is None or target_bpm is None:
        return target_bpm
    return own_bpm if as_it_is else within_reach(target_bpm, own_bpm, limits)


def source_ahead_s(playback: Playback, time_s: float) -> float:
    """The source second that will be heard when a ratio that is asked for now has been reached; 0 until the piece is heard."""
    heard = playback.heard
    if heard is None or heard.turn != len(playback.history):
        return 0.0
    until_s = max(time_s - heard.dac_time_s, 0.0) + heard.buffered_s + _GLIDE_S
    return heard.source_s + until_s / time_ratio(playback)


def bar_s(track: Track, tempo_bpm: float) -> float:
    """How long a bar lasts at a tempo."""
    return track.beats_per_bar * S_PER_MIN / tempo_bpm


def aligned_fade_s(playback: Playback) -> float:
    """Length of a cross-fade that begins and ends with a bar of the piece that comes."""
    if playback.track is None or playback.tempo_bpm is None:
        return CROSSFADE_S
    length_s = bar_s(playback.track, playback.tempo_bpm)
    return length_s * max(round(ALIGNED_FADE_S / length_s), 1)


def needs_next(playback: Playback, time_s: float) -> bool:
    """Whether the piece is about to end (or has ended before its time), so that the next must come now."""
    if playback.track is None or not playback.playing:
        return False
    return _near_its_end(playback, time_s) or _silent_too_long(playback, time_s)


def may_need_next(playback: Playback, time_s: float) -> bool:
    """Whether the next piece must be chosen now if it is to come in on a bar line, at one tempo with this one."""
    if playback.track is None or playback.tempo_bpm is None or not playback.playing:
        return False
    left_s = _left_s(playback, time_s)
    longest_s = bar_s(playback.track, playback.tempo_bpm) * 1.5 + ALIGNED_FADE_S
    return left_s is not None and left_s <= longest_s + _DECIDE_AHEAD_S


def _near_its_end(playback: Playback, time_s: float) -> bool:
    left_s = _left_s(playback, time_s)
    return left_s is not None and left_s <= CROSSFADE_S + _DECIDE_AHEAD_S


def _left_s(playback: Playback, time_s: float) -> float | None:
    """How long the piece will still be heard, as far as that is known."""
    heard, track = playback.heard, playback.track
    if heard is None or track is None or heard.turn != len(playback.history):
        return None
    source_left_s = track.duration_s - heard.source_s
    return source_left_s * time_ratio(playback) - max(time_s - heard.dac_time_s, 0.0)


def _silent_too_long(playback: Playback, time_s: float) -> bool:
    if playback.heard is None or time_s - playback.heard.time_s > 1.0:
        return False  # the sound itself does not answer: another piece would not help
    if playback.heard.refused_turn == len(playback.history):
        return True
    if playback.audible_s is None:
        return time_s - playback.changed_s > _NEVER_HEARD_S
    return time_s - max(playback.audible_s, playback.changed_s) > _ENDED_EARLY_S
