import itertools

from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.control.turning import MOST_TURNS, WINDOW_S, Turning, direct


def test_going_on_in_the_same_direction_is_always_allowed() -> None:
    state = Turning()
    for second in range(100):
        state, target, refused = direct(state, 60.0, 61.0, float(second), least_bpm=1.0)
        assert (target, refused) == (61.0, False)
    assert state.turns_s == ()


def test_the_third_turn_in_five_minutes_is_not_made() -> None:
    state, refusals = Turning(), []
    for time_s, wish in ((0.0, 62.0), (50.0, 58.0), (100.0, 62.0), (200.0, 58.0), (350.0, 58.0), (351.0, 58.0)):
        state, target, refused = direct(state, 60.0, wish, time_s, least_bpm=1.0)
        refusals.append(refused)
        assert target == (60.0 if refused else wish)
    assert refusals == [False, False, False, True, True, False]  # the first turn was at 50 s


def test_a_turn_that_is_worth_little_is_not_made_and_not_counted() -> None:
    state, _, _ = direct(Turning(), 60.0, 62.0, 0.0, least_bpm=1.0)
    state, target, refused = direct(state, 60.0, 59.5, 10.0, least_bpm=1.0)
    assert (target, refused, state.turns_s) == (60.0, False, ())


def test_a_turn_too_soon_after_the_last_waits() -> None:
    state, _, _ = direct(Turning(), 60.0, 62.0, 0.0, least_bpm=1.0)
    state, _, _ = direct(state, 60.0, 58.0, 10.0, least_bpm=1.0, least_s=120.0)
    assert direct(state, 60.0, 62.0, 129.0, least_bpm=1.0, least_s=120.0)[2] is True
    assert direct(state, 60.0, 62.0, 130.0, least_bpm=1.0, least_s=120.0)[2] is False


@given(st.lists(st.tuples(st.floats(0.5, 120.0), st.floats(40.0, 90.0)), min_size=3, max_size=60), st.floats(0.01, 1.0))
def test_no_sequence_of_wishes_turns_the_tempo_more_than_twice_in_five_minutes(
    steps: list[tuple[float, float]], share: float
) -> None:
    state, current, time_s, moves = Turning(), 65.0, 0.0, []
    for elapsed_s, wish in steps:
        time_s += elapsed_s
        state, target, _ = direct(state, current, wish, time_s, least_bpm=0.5)
        moves.append((time_s, target - current))
        current += share * (target - current)
    moves = [(time_s, move) for time_s, move in moves if move != 0.0]
    turns_s = [after[0] for before, after in itertools.pairwise(moves) if (before[1] > 0.0) is not (after[1] > 0.0)]
    for first, third in zip(turns_s, turns_s[MOST_TURNS:], strict=False):
        assert third - first > WINDOW_S
