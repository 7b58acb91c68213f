"""Arms in the whole pipeline: each does what its row of the table says, and no more."""

import dataclasses
import itertools

import pytest

from relaxlisten.control.arms import ARMS
from relaxlisten.control.concealing import concealed
from relaxlisten.control.donor import donated_at, donor_path
from relaxlisten.control.setup import SEALED, ControlSetup, setup_from_data, setup_to_data
from relaxlisten.messages import (
    Command,
    Decision,
    Event,
    Notice,
    Physiology,
    PieceResponse,
    PlaybackPlan,
    SoundState,
    TempoTarget,
    TrackChoice,
    TrackFound,
)
from relaxlisten.music.nature import nature_tracks
from relaxlisten.pipeline import Pipeline
from relaxlisten.terms import Arm, CommandKind, Severity
from tests.test_pipeline import PROTOCOL, TRACKS, Bench

TEMPI = {track.track_id: track.tempo_bpm for track in TRACKS}


def bench_of(arm: Arm, rr_ms: float = 60000 / 68, **setup: object) -> Bench:
    bench = Bench(rr_ms)
    bench.pipeline = Pipeline(PROTOCOL, seed=1, volume=0.8, setup=ControlSetup(arm=arm, **setup))  # type: ignore[arg-type]
    bench.events = []
    for track in [*TRACKS, *nature_tracks()]:
        bench.feed(TrackFound(time_s=0.0, track=track))
    bench.run(2)
    bench.feed(Command(time_s=bench.now_s, what=CommandKind.START))
    return bench


def tempo_path(events: list[Event]) -> list[tuple[float, str, float]]:
    return [
        (plan.time_s, plan.track_id, TEMPI[plan.track_id] / plan.time_ratio)
        for plan in events
        if isinstance(plan, PlaybackPlan) and plan.track_id in TEMPI
    ]


def test_every_arm_has_its_row() -> None:
    assert set(ARMS) == set(Arm)


@pytest.mark.parametrize("arm", [Arm.UNMODIFIED, Arm.CHOICE_ONLY, Arm.SLOWER_WHEN_ABOVE, Arm.SONG_MEANS])
def test_arms_that_leave_pieces_as_they_are_never_change_a_tempo(arm: Arm) -> None:
    bench = bench_of(arm).run(400)
    assert {plan.time_ratio for plan in bench.of(PlaybackPlan)} == {1.0}
    assert len({plan.turn for plan in bench.of(PlaybackPlan)}) >= 3


def test_in_the_fixed_arm_every_piece_goes_to_the_tempo_of_the_heart_as_it_was_met() -> None:
    bench = bench_of(Arm.FIXED).run(100)
    bench.rr_ms = 60000 / 60
    bench.run(250)
    targets = [target.tempo_bpm for target in bench.of(TempoTarget) if "heart was met" in target.reason]
    assert targets[0] == pytest.approx(68.0, abs=0.2)
    assert all(target == pytest.approx(68.0, abs=4.0) for target in targets)


def test_the_one_beat_arm_stays_one_beat_below_the_heart() -> None:
    assert bench_of(Arm.ONE_BEAT).run(90).of(TempoTarget)[-1].tempo_bpm == pytest.approx(67.0, abs=0.6)


def test_the_silent_arm_plays_nothing_and_measures_all() -> None:
    bench = bench_of(Arm.SILENCE).run(300)
    assert not [plan for plan in bench.of(PlaybackPlan) if plan.playing and plan.track_id]
    assert bench.of(Physiology)[-1].heart_rate_bpm == pytest.approx(68.0, abs=0.2)


def test_the_nature_arm_plays_rain_and_no_other_arm_does() -> None:
    assert {plan.track_id for plan in bench_of(Arm.NATURE).run(200).of(PlaybackPlan)} == {"nature:rain"}
    assert not any("nature" in choice.track_id for choice in bench_of(Arm.RANDOM_CHOICE).run(400).of(TrackChoice))


def test_random_choice_does_not_look_at_tempo_and_is_seeded() -> None:
    chosen = [[choice.track_id for choice in bench_of(Arm.RANDOM_CHOICE).run(380).of(TrackChoice)] for _ in range(2)]
    assert chosen[0] == chosen[1]


def donated(seconds: int = 400) -> tuple[Bench, list[Event]]:
    donor = Bench(60000 / 62)
    inputs: list[Event] = [TrackFound(time_s=0.0, track=track) for track in TRACKS]
    donor.run(2)
    inputs.append(Command(time_s=donor.now_s, what=CommandKind.START))
    donor.feed(inputs[-1])
    donor.run(seconds)
    return donor, [*inputs, *donor.events]


def test_a_yoked_session_repeats_pieces_and_tempi_of_its_donor_to_a_tenth_of_a_beat_whatever_its_heart_does() -> None:
    donor, events = donated()
    yoked = bench_of(Arm.YOKED, rr_ms=60000 / 88, donor=donor_path(events)).run(400)
    theirs, ours = tempo_path(donor.events), tempo_path(yoked.events)
    assert len(theirs) > 50
    for time_s in range(5, 395, 5):
        last_theirs = next(plan for plan in reversed(theirs) if plan[0] <= time_s)
        last_ours = next(plan for plan in reversed(ours) if plan[0] <= time_s)
        assert last_ours[1] == last_theirs[1]
        assert last_ours[2] == pytest.approx(last_theirs[2], abs=0.1)


def test_a_donor_s_tempo_goes_straight_from_plan_to_plan() -> None:
    _, events = donated()
    path = donor_path(events)
    moving = next(
        (one, two)
        for one, two in itertools.pairwise(path)
        if one.track_id == two.track_id and one.tempo_bpm != two.tempo_bpm and two.at_s - one.at_s <= 1.0
    )
    between = donated_at(path, (moving[0].at_s + moving[1].at_s) / 2.0)
    assert between is not None
    assert between.tempo_bpm == pytest.approx((moving[0].tempo_bpm + moving[1].tempo_bpm) / 2.0)
    assert donated_at(path, -1.0) is None


def test_a_setup_survives_the_header_and_a_concealed_one_does_not_show_its_arm() -> None:
    _, events = donated(60)
    setup = ControlSetup(arm=Arm.YOKED, donor=donor_path(events), hour=9.5, concealed="B")
    data = setup_to_data(setup)
    assert setup_from_data(data) == setup
    assert list(data) == [SEALED]
    assert "yoked" not in str(data)
    open_data = setup_to_data(dataclasses.replace(setup, concealed=""))
    assert setup_from_data(open_data) == dataclasses.replace(setup, concealed="")


def test_a_header_from_before_arms_is_the_adaptive_arm() -> None:
    assert setup_from_data({}) == ControlSetup()


def shown(arm: Arm) -> list[Event]:
    seen = [concealed(event) for event in bench_of(arm).run(300).events]
    return [event for event in seen if event is not None]


@pytest.mark.parametrize("arm", [Arm.UNMODIFIED, Arm.FIXED, Arm.SILENCE, Arm.NATURE, Arm.ONE_BEAT])
def test_two_concealed_arms_look_the_same_on_a_screen(arm: Arm) -> None:
    assert shown(arm) == shown(Arm.ADAPTIVE)


def test_what_is_at_the_ear_is_concealed_too() -> None:
    heard = SoundState(
        time_s=1.0, dac_time_s=1.0, track_id="builtin:x", source_s=31.0, time_ratio=1.05, tempo_bpm=63.0, beat_index=40,
        audible=False, buffered_s=0.3, breaks=0, underflow_frames=0, turn=3,
    )  # fmt: skip
    silent = dataclasses.replace(heard, track_id=None, source_s=0.0, time_ratio=1.0, tempo_bpm=None, beat_index=None, turn=0)
    assert concealed(heard) == concealed(silent)


def test_notices_that_only_one_arm_gives_and_goals_that_an_arm_set_are_not_shown() -> None:
    left_out, over, fault = (
        Notice(time_s=1.0, severity=Severity.INFO, code=code, text="within 2 bpm of the 58 it was led to")
        for code in ("music_left_out", "session_phase", "sound_card_lost")
    )
    assert concealed(left_out) is None
    seen = concealed(over)
    assert isinstance(seen, Notice)
    assert "58" not in seen.text
    assert concealed(fault) == fault


def test_the_choice_of_a_piece_tells_its_inputs_and_what_else_there_was() -> None:
    pieces = [decision for decision in bench_of(Arm.ADAPTIVE).run(300).of(Decision) if decision.kind.value == "piece"]
    assert len(pieces) >= 2
    for decision in pieces:
        scores = list(decision.alternatives.values())
        assert scores == sorted(scores, reverse=True)
        assert {"rule", "wish_bpm", "heart_rate_bpm", "expected_settling"} <= set(decision.inputs)


def test_every_change_of_tempo_or_piece_has_a_decision_with_the_same_sentence() -> None:
    bench = bench_of(Arm.ADAPTIVE).run(400)
    changes = [event.reason for event in bench.events if isinstance(event, TempoTarget | TrackChoice)]
    assert [event.reason for event in bench.of(Decision)] == changes


def test_each_piece_that_ends_tells_what_the_heart_did() -> None:
    answers = bench_of(Arm.ADAPTIVE).run(400).of(PieceResponse)
    assert len(answers) >= 2
    assert all(answer.end_heart_bpm == pytest.approx(0.0, abs=0.5) for answer in answers)
