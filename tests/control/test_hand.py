"""What a person asks for in mid-session: by hand, within the same limits as the law, answered and repeatable."""

import dataclasses
import itertools

import pytest

from relaxlisten.control.protocol import Phase
from relaxlisten.control.setup import ControlSetup
from relaxlisten.messages import Decision, PlaybackPlan, SessionPhase, TempoTarget, Track
from relaxlisten.pipeline import Pipeline
from relaxlisten.terms import Arm, CommandKind, DecisionKind, PhaseKind, SessionStage, TempoSource
from tests.test_pipeline import PROTOCOL, SILENT, Bench, started


def answers(bench: Bench) -> list[str]:
    return [decision.reason for decision in bench.of(Decision) if decision.kind is DecisionKind.PERSON]


def own_bpm(bench: Bench) -> float:
    tempi = {"builtin:slow": 56.0, "builtin:middle": 66.0, "builtin:quick": 78.0}
    return tempi[bench.plan.track_id]


def heard_bpm(bench: Bench) -> float:
    return own_bpm(bench) / bench.plan.time_ratio


def steady(seconds: int = 100) -> Bench:
    """A heart at 66 that is met by the piece of 66 BPM, which does not end within the test."""
    bench = Bench(60000 / 66)
    long = Track(track_id="builtin:middle", title="middle", duration_s=1e4, tempo_bpm=66.0, tempo_source=TempoSource.COMPOSED)
    bench.pipeline = Pipeline(PROTOCOL, seed=1, volume=0.8)
    bench._sound = lambda: None
    from relaxlisten.messages import SensorState, TrackFound
    from relaxlisten.terms import SensorPhase

    bench.feed(SensorState(time_s=0.0, phase=SensorPhase.STREAMING, reason="A strap."))
    bench.feed(TrackFound(time_s=0.0, track=long))
    bench.command(CommandKind.START)
    return bench.run(seconds)


def test_two_steps_down_are_counted_from_where_the_tempo_was_going_and_are_reached_at_the_slew() -> None:
    bench = steady()
    assert heard_bpm(bench) == pytest.approx(66.0, abs=0.2)
    at_s = bench.now_s
    bench.command(CommandKind.TEMPO, -1.0)
    bench.command(CommandKind.TEMPO, -1.0)
    bench.run(10)
    assert 63.0 < heard_bpm(bench) < 66.0
    assert "because you asked" in bench.of(TempoTarget)[-1].reason
    bench.run(80)
    assert heard_bpm(bench) == pytest.approx(64.0, abs=0.2)
    plans = [plan for plan in bench.of(PlaybackPlan) if plan.time_s >= at_s]
    for before, after in itertools.pairwise(plans):
        beats = max(after.time_s - before.time_s, 1.0) * 67.0 / 60.0
        assert abs(after.time_ratio / before.time_ratio - 1.0) <= 0.00051 * beats


def test_a_hand_cannot_stretch_a_piece_further_than_the_law_may() -> None:
    bench = steady()
    for _ in range(30):
        bench.command(CommandKind.TEMPO, -1.0)
    bench.run(250)
    assert heard_bpm(bench) >= 66.0 * 0.92 - 1e-6
    assert answers(bench)[-1] == (
        "You asked for less tempo (-1 BPM): 60.7 BPM is as far as this piece may be stretched, so it stays there."
    )


def test_a_hand_that_goes_to_and_fro_makes_no_more_than_two_turns_in_five_minutes() -> None:
    bench = steady()
    at_s = bench.now_s
    for _ in range(7):
        bench.command(CommandKind.TEMPO, 3.0)
        bench.run(20)
        bench.command(CommandKind.TEMPO, -3.0)
        bench.run(20)
    tempi = [66.0 / plan.time_ratio for plan in bench.of(PlaybackPlan) if at_s < plan.time_s <= at_s + 280.0]
    moves = [after - before for before, after in itertools.pairwise(tempi) if abs(after - before) > 1e-9]
    turns = sum(a * b < 0.0 for a, b in itertools.pairwise(moves))
    assert turns <= 2
    assert any("as soon as it may turn again" in target.reason for target in bench.of(TempoTarget))


def test_letting_go_gives_the_tempo_back_to_the_law() -> None:
    bench = steady()
    bench.command(CommandKind.TEMPO, 3.0)
    bench.run(60)
    bench.command(CommandKind.RELEASE)
    bench.run(150)
    assert "you asked" not in bench.of(TempoTarget)[-1].reason
    assert heard_bpm(bench) < 67.5
    assert answers(bench)[-1].startswith("You asked to let the tempo go: it is led again from 6")


@pytest.mark.parametrize("value", [None, "quick", float("inf"), float("nan")])
def test_what_is_no_number_of_bpm_changes_nothing_and_is_answered(value: object) -> None:
    bench = steady(30)
    before = heard_bpm(bench)
    bench.command(CommandKind.TEMPO, value)
    bench.run(3)
    assert heard_bpm(bench) == pytest.approx(before, abs=0.2)
    assert "that is no number of BPM" in answers(bench)[-1]


def test_match_again_goes_back_to_the_last_meeting_phase_and_lets_go() -> None:
    bench = started(60000 / 68).run(200)
    assert bench.of(SessionPhase)[-1].name == "Lead"
    bench.command(CommandKind.HOLD)
    stage, answer = bench.command(CommandKind.MATCH_AGAIN)
    assert (stage.name, stage.elapsed_s) == ("Meet", 0.0)
    assert answer.reason == 'You asked to meet the heart again: the session goes to "Meet", 2.0 min.'
    bench.run(2)
    assert "to meet the heart" in bench.of(TempoTarget)[-1].reason


def test_match_again_without_any_meeting_phase_begins_the_lead_anew_from_the_heart() -> None:
    lead_only = dataclasses.replace(PROTOCOL, phases=(Phase(name="Lead", kind=PhaseKind.LEAD, minutes=10.0),))
    bench = started(60000 / 66, lead_only).run(170)
    goal_before = bench.pipeline._policy.goal_bpm
    bench.command(CommandKind.MATCH_AGAIN)
    bench.run(2)
    assert goal_before < 65.0
    assert bench.pipeline._policy.goal_bpm == pytest.approx(66.0, abs=0.3)
    assert "is led from there" in answers(bench)[-1]


def test_a_gentle_end_fades_as_long_as_the_closing_phase_says_and_then_the_session_is_over() -> None:
    bench = started().run(60)
    stage, answer, *events = bench.command(CommandKind.END_GENTLY)
    plan = events[-1]
    assert (stage.name, stage.remaining_s) == ("Close", 10.0)
    assert (plan.track_id, plan.fade_s) == (None, 10.0)
    assert answer.reason == "You asked for a gentle end: the music fades for 10 s and the session ends."
    bench.run(9)
    assert bench.pipeline.stage is SessionStage.RUNNING
    bench.run(2)
    assert bench.pipeline.stage is SessionStage.ENDED


def test_once_the_end_has_begun_nobody_can_go_back_into_the_music() -> None:
    bench = started().run(60)
    bench.command(CommandKind.END_GENTLY)
    for what in (CommandKind.MATCH_AGAIN, CommandKind.NEXT_PHASE, CommandKind.SKIP, CommandKind.END_GENTLY):
        bench.command(what)
        assert "ending already" in answers(bench)[-1]
    bench.run(11)
    assert bench.pipeline.stage is SessionStage.ENDED
    assert bench.plan.track_id is None


def test_a_gentle_end_of_a_paused_session_is_its_end() -> None:
    bench = started().run(30)
    bench.command(CommandKind.PAUSE)
    bench.command(CommandKind.END_GENTLY)
    assert bench.pipeline.stage is SessionStage.ENDED
    assert "nothing sounds" in answers(bench)[-1]


def test_every_override_is_answered_in_the_log_once_with_what_came_of_it() -> None:
    bench = started().run(60)
    asked = [
        (CommandKind.SKIP, None, "comes in"),
        (CommandKind.NEXT_PHASE, None, '"Meet" ends and "Lead" begins, 4.0 min'),
        (CommandKind.HOLD, None, "until you let it go"),
        (CommandKind.TEMPO, 1.0, "gently, and is held there"),
        (CommandKind.RELEASE, None, "is led again"),
        (CommandKind.VOLUME, 0.5, "it is 50% now"),
    ]
    for what, value, words in asked:
        bench.command(what, value)
        assert words in answers(bench)[-1]
    assert len(answers(bench)) == len(asked)
    assert all(reason.startswith("You asked ") for reason in answers(bench))


def test_a_paused_session_says_that_it_cannot_be_moved() -> None:
    bench = started().run(60)
    bench.command(CommandKind.PAUSE)
    for what, value in ((CommandKind.SKIP, None), (CommandKind.NEXT_PHASE, None), (CommandKind.TEMPO, -1.0)):
        bench.command(what, value)
        assert "the session is paused, so nothing changes" in answers(bench)[-1]
    assert not bench.pipeline._hand.holds


def test_in_a_silence_no_tempo_can_be_changed_and_no_piece_skipped() -> None:
    bench = started(protocol=SILENT).run(40)
    bench.command(CommandKind.SKIP)
    assert "there is none to go to now" in answers(bench)[-1]


def test_an_arm_whose_pieces_keep_their_tempo_says_so_and_keeps_it() -> None:
    bench = Bench()
    bench.pipeline = Pipeline(PROTOCOL, seed=1, volume=0.8, setup=ControlSetup(arm=Arm.UNMODIFIED))
    from relaxlisten.messages import TrackFound
    from tests.test_pipeline import TRACKS

    for track in TRACKS:
        bench.feed(TrackFound(time_s=0.0, track=track))
    bench.command(CommandKind.START)
    bench.run(40)
    bench.command(CommandKind.TEMPO, -2.0)
    assert "keep their own tempo" in answers(bench)[-1]
    assert bench.run(10).plan.time_ratio == 1.0


def test_the_same_hands_at_the_same_times_give_the_same_session() -> None:
    def session() -> list:
        bench = started(60000 / 68).run(70)
        for what, value in ((CommandKind.TEMPO, -2.0), (CommandKind.MATCH_AGAIN, None), (CommandKind.TEMPO, 1.0)):
            bench.command(what, value)
            bench.run(25)
        bench.command(CommandKind.END_GENTLY)
        return bench.run(12).events

    assert session() == session()
