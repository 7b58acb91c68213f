import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.control.following import Followed, Verdict
from relaxlisten.control.limits import Limits
from relaxlisten.control.protocol import Phase
from relaxlisten.control.tempo_policy import Heart, PolicyState, Situation, Stance, decide, dwell_s
from relaxlisten.messages import TempoTarget
from relaxlisten.terms import PhaseKind

LIMITS = Limits()


def phase(kind: PhaseKind) -> Phase:
    return Phase(name=kind.value.title(), kind=kind, minutes=10.0, lead_bpm=3.0, pace_bpm_per_min=1.0, floor_bpm=55.0)


def situation(
    time_s: float, kind: PhaseKind, heart_bpm: float | None, *, own: float | None = 66.0, age_s: float | None = 0.5,
    valid: float = 1.0, held: bool = False, current: float | None = 66.0,
) -> Situation:  # fmt: skip
    heart = Heart(heart_rate_bpm=heart_bpm, last_beat_age_s=age_s, valid_fraction=valid)
    return Situation(time_s=time_s, phase=phase(kind), heart=heart, own_bpm=own, current_bpm=current, held_by_hand=held)


def run(state: PolicyState, situations: list[Situation]) -> tuple[PolicyState, list[TempoTarget]]:
    targets = []
    for now in situations:
        state, target = decide(state, now, LIMITS)
        targets += [target] if target else []
    return state, targets


def test_a_baseline_leaves_the_music_as_it_is() -> None:
    state, targets = run(PolicyState(), [situation(t, PhaseKind.BASELINE, 80.0) for t in range(1, 60)])
    assert state.target_bpm == 66.0
    assert len(targets) == 1
    assert "as it is" in targets[0].reason


def test_matching_goes_to_the_heart_and_says_both_numbers() -> None:
    state, targets = run(PolicyState(), [situation(1.0, PhaseKind.MATCH, 69.0)])
    assert state.target_bpm == pytest.approx(69.0)
    assert "Heart 69, music 66" in targets[0].reason
    assert "69.0 BPM" in targets[0].reason


def test_matching_folds_a_fast_heart_to_the_music() -> None:
    state, _ = run(PolicyState(), [situation(1.0, PhaseKind.MATCH, 124.0, own=60.0)])
    assert state.target_bpm == pytest.approx(62.0)


def test_matching_ignores_what_lies_within_the_dead_band() -> None:
    hearts = [69.0, 69.4, 69.9, 68.5, 68.1, 69.0]
    state, targets = run(PolicyState(), [situation(1.0 + i, PhaseKind.MATCH, heart) for i, heart in enumerate(hearts)])
    assert len(targets) == 1
    state, targets = run(state, [situation(9.0, PhaseKind.MATCH, 70.2)])
    assert targets[0].tempo_bpm == pytest.approx(70.2)


def matched(heart_bpm: float) -> PolicyState:
    return run(PolicyState(), [situation(1.0, PhaseKind.MATCH, heart_bpm)])[0]


def test_leading_goes_ahead_at_its_pace_and_then_waits_for_a_heart_that_does_not_follow() -> None:
    state = matched(68.0)
    state, targets = run(state, [situation(1.0 + t, PhaseKind.LEAD, 68.0) for t in range(1, 601)])
    assert state.stance is Stance.WAITING
    # 3 BPM ahead, and one step of half a beat (1 BPM a minute, every 30 s) beyond it at most
    assert state.goal_bpm == 68.0 - 3.0 - 0.5
    assert "holding until the heart follows" in targets[-1].reason
    reached_s = next(target.time_s for target in targets if target.reason == targets[-1].reason)
    assert reached_s == pytest.approx(1.0 + 180.0, abs=2.0)  # 3 BPM at 1 BPM a minute


def test_leading_follows_a_heart_that_follows_down_to_the_floor() -> None:
    state = matched(62.0)
    for second in range(1, 1200):
        state, _ = decide(state, situation(1.0 + second, PhaseKind.LEAD, max(state.goal_bpm + 1.0, 52.0), own=60.0), LIMITS)
    assert state.goal_bpm == 55.0
    assert state.stance is Stance.AT_FLOOR


def test_leading_is_told_in_steps_not_every_second() -> None:
    _, targets = run(matched(68.0), [situation(1.0 + t, PhaseKind.LEAD, 68.0) for t in range(1, 170)])
    assert 3 <= len(targets) <= 8


def test_settling_stays_where_the_lead_came_to() -> None:
    state, _ = run(matched(68.0), [situation(1.0 + t, PhaseKind.LEAD, 68.0) for t in range(1, 100)])
    goal = state.goal_bpm
    state, _ = run(state, [situation(101.0 + t, PhaseKind.SETTLE, 60.0 + t % 20) for t in range(100)])
    assert state.goal_bpm == goal


@pytest.mark.parametrize(
    ("changes", "stance", "words"),
    [
        ({"age_s": 10.5}, Stance.STALE, "No heartbeat for"),
        ({"age_s": None, "heart_bpm": None}, Stance.NO_HEART, "No heartbeat yet"),
        ({"valid": 0.3}, Stance.POOR_SIGNAL, "30%"),
        ({"held": True}, Stance.BY_HAND, "by hand"),
    ],
)
def test_without_trustworthy_beats_the_tempo_stays_where_it_is(changes: dict, stance: Stance, words: str) -> None:
    state = matched(70.0)
    arguments = {"heart_bpm": 90.0, "current": 67.3, **changes}
    state, targets = run(state, [situation(2.0 + t, PhaseKind.MATCH, **arguments) for t in range(30)])
    assert state.stance is stance
    assert [target.tempo_bpm for target in targets] == [67.3]
    assert words in targets[0].reason


def test_a_heart_that_is_heard_again_is_met_again() -> None:
    state, _ = run(matched(70.0), [situation(2.0, PhaseKind.MATCH, None, age_s=30.0, current=68.0)])
    state, targets = run(state, [situation(3.0, PhaseKind.MATCH, 70.5, current=68.0)])
    assert state.target_bpm == pytest.approx(70.5)
    assert len(targets) == 1


def test_a_piece_without_a_pulse_is_never_stretched() -> None:
    state, targets = run(PolicyState(), [situation(1.0, PhaseKind.LEAD, 70.0, own=None, current=None)])
    assert state.target_bpm is None
    assert targets[0].tempo_bpm is None


hearts = st.lists(st.one_of(st.none(), st.floats(35.0, 180.0)), min_size=1, max_size=40)


@given(hearts, st.sampled_from(list(PhaseKind)), st.floats(40.0, 120.0), st.floats(0.0, 1.0))
def test_no_heart_whatever_drives_a_target_beyond_the_stretch(
    rates: list[float | None], kind: PhaseKind, own: float, valid: float
) -> None:
    state, current = PolicyState(), own
    for second, rate in enumerate(rates):
        age = None if rate is None else 1.0
        state, target = decide(
            state, situation(float(second), kind, rate, own=own, age_s=age, valid=valid, current=current), LIMITS
        )
        assert state.target_bpm is not None
        assert abs(state.target_bpm / own - 1.0) <= 0.08 + 1e-9
        assert target is None or target.reason.endswith((".", "%"))
        current = state.target_bpm


def test_a_decision_rests_on_nothing_but_its_arguments() -> None:
    state, now = matched(70.0), situation(5.0, PhaseKind.LEAD, 71.0)
    assert decide(state, now, LIMITS) == decide(dataclasses.replace(state), dataclasses.replace(now), LIMITS)


def followed(verdict: Verdict, lag_s: float = 60.0) -> Followed:
    return Followed(gain=0.5, gain_sd=0.1, lag_s=lag_s, likely=0.9, verdict=verdict)


@pytest.mark.parametrize(
    ("verdict", "lag_s", "expected_s"),
    [
        (Verdict.UNKNOWN, 60.0, 30.0), (Verdict.FOLLOWS, 20.0, 20.0), (Verdict.LAGS, 110.0, 110.0), (Verdict.LAGS, 500.0, 180.0),
    ],
)  # fmt: skip
def test_a_step_is_given_the_time_that_this_heart_takes(verdict: Verdict, lag_s: float, expected_s: float) -> None:
    assert dwell_s(followed(verdict, lag_s)) == expected_s


def led(hearts: list[float], state: PolicyState | None = None) -> tuple[PolicyState, list[TempoTarget]]:
    """A lead in which the tempo is delivered as it is asked for."""
    state, targets, current = state or matched(70.0), [], 70.0
    for second, heart in enumerate(hearts):
        now = situation(2.0 + second, PhaseKind.LEAD, heart, own=66.0, current=current)
        state, target = decide(state, now, LIMITS)
        targets += [target] if target else []
        current += max(min((state.target_bpm or current) - current, 0.04), -0.04)
    return state, targets


def test_a_heart_that_rises_is_met_again_and_then_led_from_there() -> None:
    _, targets = led([70.0 - second / 60.0 for second in range(180)] + [74.0] * 400)
    back = next(target for target in targets if "has risen" in target.reason)
    assert back.time_s < 180.0 + 120.0
    assert back.tempo_bpm > 69.0  # as far as this piece may be stretched, or the heart
    assert "Heart 74 has risen from 68" in back.reason
    assert any("a little ahead" in target.reason for target in targets if target.time_s > back.time_s)


def test_a_heart_that_does_not_follow_is_let_go_and_the_tempo_stays() -> None:
    state, targets = led([70.0 + second / 450.0 for second in range(900)])
    assert state.stance is Stance.LET_GO
    assert "does not follow the tempo" in targets[-1].reason
    assert "% of the way, give or take" in targets[-1].reason
    assert led([70.0] * 200, state)[0].target_bpm == pytest.approx(state.target_bpm, abs=0.5)


def test_after_three_returns_the_tempo_is_let_go() -> None:
    state = dataclasses.replace(matched(70.0), returns=3)
    assert led([70.0] * 5, state)[0].stance is Stance.LET_GO
