import dataclasses

import pytest

from relaxlisten.control import playback as sounding
from relaxlisten.control.limits import Limits
from relaxlisten.control.playback import Playback
from relaxlisten.messages import SoundState, Track
from relaxlisten.terms import Bed, TempoSource

TRACK = Track(track_id="file:a.flac", title="A", duration_s=200.0, tempo_bpm=60.0, tempo_source=TempoSource.TAG, gain_db=-2.5)


def playing(time_s: float = 10.0) -> Playback:
    return sounding.begin(Playback(volume=0.5), TRACK, 60.0, time_s)


def heard(time_s: float, source_s: float, *, turn: int = 1, audible: bool = True) -> SoundState:
    return SoundState(
        time_s=time_s, dac_time_s=time_s + 0.2, track_id=TRACK.track_id, source_s=source_s, time_ratio=1.0, tempo_bpm=60.0,
        beat_index=int(source_s), audible=audible, buffered_s=0.3, breaks=0, underflow_frames=0, turn=turn,
    )  # fmt: skip


def test_a_plan_is_complete_in_itself() -> None:
    plan = sounding.plan(playing(), 10.0, 1.5)
    assert (plan.track_id, plan.turn, plan.time_ratio) == ("file:a.flac", 1, 1.0)
    assert (plan.gain_db, plan.volume, plan.playing, plan.fade_s) == (-2.5, 0.5, True, 1.5)


def test_the_ratio_is_source_tempo_over_target_tempo() -> None:
    slower = dataclasses.replace(playing(), tempo_bpm=57.0)
    assert sounding.time_ratio(slower) == pytest.approx(60.0 / 57.0)


def test_steering_moves_no_faster_than_the_slew_and_not_while_paused() -> None:
    steered = sounding.steer(playing(), 57.0, 1.0, Limits())
    assert steered.tempo_bpm == pytest.approx(60.0 / 1.0005)
    paused = dataclasses.replace(playing(), playing=False)
    assert sounding.steer(paused, 57.0, 1.0, Limits()) == paused


def test_the_next_piece_is_asked_for_a_cross_fade_before_the_end() -> None:
    early = sounding.hear(playing(), heard(200.0, 190.0))
    assert not sounding.needs_next(early, 200.2)
    late = sounding.hear(playing(), heard(201.5, 191.6))
    assert sounding.needs_next(late, 201.7)


def test_a_slowed_piece_has_more_time_left() -> None:
    slowed = dataclasses.replace(sounding.hear(playing(), heard(201.5, 191.6)), tempo_bpm=55.0)
    assert not sounding.needs_next(slowed, 201.7)


def test_what_is_heard_of_the_turn_before_does_not_end_this_one() -> None:
    again = sounding.begin(sounding.hear(playing(), heard(201.5, 195.0)), TRACK, 60.0, 201.7)
    assert not sounding.needs_next(sounding.hear(again, heard(202.0, 195.5, turn=1)), 202.0)


def test_a_piece_that_falls_silent_before_its_time_is_followed_by_another() -> None:
    state = sounding.hear(playing(), heard(50.0, 40.0))
    state = sounding.hear(state, heard(51.0, 41.0, audible=False))
    assert not sounding.needs_next(state, 51.0)
    state = sounding.hear(state, heard(52.5, 41.0, audible=False))
    assert sounding.needs_next(state, 52.5)


def test_a_sound_that_does_not_answer_is_no_reason_for_another_piece() -> None:
    state = sounding.hear(playing(), heard(50.0, 40.0))
    assert not sounding.needs_next(state, 90.0)


def test_a_paused_piece_waits() -> None:
    state = dataclasses.replace(sounding.hear(playing(), heard(50.0, 199.0)), playing=False)
    assert not sounding.needs_next(state, 90.0)


OTHER = dataclasses.replace(TRACK, track_id="file:b.flac", tempo_bpm=64.0)


def test_a_piece_takes_up_the_tempo_that_is_heard_where_it_may_be_stretched_so_far() -> None:
    assert sounding.shared_tempo(playing(), OTHER, Limits()) == pytest.approx(60.0)  # 6.3 % slower than its own
    assert sounding.shared_tempo(playing(), dataclasses.replace(OTHER, tempo_bpm=126.0), Limits()) == pytest.approx(120.0)
    assert sounding.shared_tempo(playing(), dataclasses.replace(OTHER, tempo_bpm=80.0), Limits()) is None
    assert sounding.shared_tempo(playing(), dataclasses.replace(OTHER, tempo_bpm=None), Limits()) is None
    assert sounding.shared_tempo(dataclasses.replace(playing(), playing=False), OTHER, Limits()) is None


@pytest.mark.parametrize(
    ("tempo_bpm", "beats_per_bar", "expected_s"),
    [(60.0, 4, 8.0), (48.0, 4, 10.0), (72.0, 3, 7.5), (50.0, 2, 7.2)],  # 2, 2, 3 and 3 bars
)
def test_an_aligned_fade_lasts_whole_bars(tempo_bpm: float, beats_per_bar: int, expected_s: float) -> None:
    track = dataclasses.replace(TRACK, beats_per_bar=beats_per_bar)
    assert sounding.aligned_fade_s(sounding.begin(Playback(), track, tempo_bpm, 0.0)) == pytest.approx(expected_s)


def test_an_aligned_fade_is_asked_for_a_bar_and_a_half_earlier() -> None:
    state = sounding.hear(playing(), heard(190.0, 183.4))  # 16.6 s left; 1.5 bars of 4 s, 8 s of fade, 2.5 s in hand: 16.5 s
    assert not sounding.may_need_next(state, 190.2)
    assert sounding.may_need_next(state, 190.4)
    assert not sounding.needs_next(state, 190.4)


def test_a_refused_piece_is_followed_by_another_at_once() -> None:
    state = sounding.hear(playing(), dataclasses.replace(heard(11.0, 5.0, turn=0), refused_turn=1))
    assert sounding.needs_next(state, 11.5)


def test_the_volume_never_exceeds_its_cap() -> None:
    state = dataclasses.replace(playing(), volume=0.9, volume_cap=0.6)
    assert sounding.plan(state, 0.0, 1.0).volume == 0.6


def test_a_bed_lies_only_under_pieces_without_a_pulse() -> None:
    with_bed = dataclasses.replace(playing(), bed=Bed.WAVES)
    assert sounding.plan(with_bed, 0.0, 1.0).bed is None
    pulseless = dataclasses.replace(with_bed, track=dataclasses.replace(TRACK, tempo_bpm=None))
    assert sounding.plan(pulseless, 0.0, 1.0).bed is Bed.WAVES
