"""What is learned of pieces: against hand-made facts, a textbook, and worlds whose truth is known."""

import dataclasses
from functools import partial

import numpy as np
import pytest

from relaxlisten.control.memory import Memory, PastFeeling, memory_from_data, memory_to_data
from relaxlisten.control.regression import Problem, shares, solve
from relaxlisten.control.response import HEART, VARIABILITY, Effects, Outcome, effects, felt_effects
from relaxlisten.control.values import EARLY_SHARE, LATER_SHARE, draw, explore_share, values
from tests.control.worlds import World, best, tracks


def random_sessions(world: World, sessions: int) -> Memory:
    memory = Memory()
    for number in range(sessions):
        order = np.random.default_rng((world.seed, number)).permutation(len(world.tracks))
        memory, _ = world.session(memory, lambda _now, played, pieces, order=order: pieces[order[len(played)]].track_id, number)
    return memory


def test_the_regression_is_the_textbook_s() -> None:
    """Two coefficients, three observations: precision, mean and b computed by hand from Bayes' rule in numpy's own terms."""
    x, y = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([1.0, 3.0, 5.0])
    found = solve(
        Problem(design=x, outcome=y, weight=np.ones(3), fade=np.ones(3), prior_mean=np.zeros(2), prior_sd=np.array([10.0, 10.0]))
    )
    precision = np.eye(2) / 100.0 + x.T @ x
    mean = np.linalg.solve(precision, x.T @ y)
    b = 3.0 + 0.5 * (y @ y - mean @ precision @ mean)
    assert found.mean == pytest.approx(mean)
    assert found.covariance == pytest.approx(np.linalg.inv(precision) * b / (3.0 + 1.5 - 1.0))


def test_an_observation_of_no_weight_changes_nothing() -> None:
    x, y = np.array([[1.0], [1.0]]), np.array([1.0, 50.0])
    one = solve(
        Problem(design=x[:1], outcome=y[:1], weight=np.ones(1), fade=np.ones(1), prior_mean=np.zeros(1), prior_sd=np.ones(1))
    )
    both = solve(
        Problem(design=x, outcome=y, weight=np.array([1.0, 1e-12]), fade=np.ones(2), prior_mean=np.zeros(1), prior_sd=np.ones(1))
    )
    assert both.mean == pytest.approx(one.mean, abs=1e-6)


def test_answers_are_weighed_by_how_well_they_foretell() -> None:
    x, y = np.ones((40, 1)), np.full(40, 5.0)
    wide, narrow = (
        solve(Problem(design=x, outcome=y, weight=np.ones(40), fade=np.ones(40), prior_mean=np.zeros(1), prior_sd=np.array([sd])))
        for sd in (5.0, 0.01)
    )
    assert shares([wide, narrow])[0] == pytest.approx(1.0, abs=0.01)


def test_before_any_session_slower_and_softer_pieces_are_expected_to_settle_more_and_nothing_is_claimed() -> None:
    pieces = [
        dataclasses.replace(piece, tempo_bpm=tempo, arousal=arousal)
        for piece, tempo, arousal in zip(tracks(1)[:3], (55.0, 66.0, 85.0), (-1.0, 0.0, 1.0), strict=True)
    ]
    found = values(Memory(), pieces)
    assert found.mean["p00"] > found.mean["p01"] > found.mean["p02"]
    assert not any(found.heart.enough(index) for index in range(3))


def test_effects_are_told_against_the_average_of_the_pieces_that_were_heard() -> None:
    world = World(3)
    found = effects(random_sessions(world, 2), world.tracks, HEART)
    assert 0 < (found.hearings > 0).sum() < len(world.tracks)
    assert float(found.mean[found.hearings > 0].sum()) == pytest.approx(0.0, abs=1e-9)


def test_old_observations_say_less_of_a_piece_but_as_much_of_the_noise() -> None:
    """Were fading read as little noise, the interval would be as narrow as that of fresh observations."""
    x, y = np.ones((40, 1)), np.tile([1.0, -1.0], 20)
    fresh, faded = (
        solve(Problem(design=x, outcome=y, weight=np.ones(40), fade=fade, prior_mean=np.zeros(1), prior_sd=np.array([10.0])))
        for fade in (np.ones(40), np.full(40, 0.25))
    )
    assert faded.noise == fresh.noise
    assert faded.covariance[0, 0] == pytest.approx(4.0 * fresh.covariance[0, 0], rel=0.01)


def test_what_pieces_do_is_found_shrunk_and_in_the_right_order() -> None:
    world = World(4, heart_sd_bpm=3.0)
    found = effects(random_sessions(world, 20), world.tracks, HEART)
    truth = np.array([world.heart[name] for name in found.track_ids]) * (1.0 - world.keeps)
    truth -= truth.mean()
    assert np.corrcoef(found.mean, truth)[0, 1] > 0.85
    assert np.std(found.mean) < 1.1 * np.std(truth)


def test_where_pieces_do_nothing_little_is_found() -> None:
    world = World(5, heart_sd_bpm=0.0, ln_sd=0.0)
    found = effects(random_sessions(world, 10), world.tracks, HEART)
    assert float(np.abs(found.mean).max()) < 0.8


def coverage(outcome: Outcome, worlds: range, sessions: int, sd_bpm: float) -> float:
    inside = told = 0
    for seed in worlds:
        world = World(seed, heart_sd_bpm=sd_bpm, ln_sd=0.075 * sd_bpm)
        found: Effects = effects(random_sessions(world, sessions), world.tracks, outcome)
        true = world.heart if outcome is HEART else world.ln
        truth = np.array([true[name] for name in found.track_ids]) * (1.0 - world.keeps)
        truth -= truth[found.hearings > 0].mean()
        for index in range(len(truth)):
            low, high = found.interval(index)
            inside += low <= truth[index] <= high
            told += 1
    return inside / told


@pytest.mark.parametrize("outcome", [HEART, VARIABILITY], ids=["heart rate", "ln RMSSD"])
@pytest.mark.parametrize("sd_bpm", [1.0, 2.0])
def test_ninety_per_cent_intervals_hold_the_truth_in_85_to_95_per_cent(sd_bpm: float, outcome: Outcome) -> None:
    """On worlds that nothing was tuned on (those were 100 to 139)."""
    assert 0.85 <= coverage(outcome, range(1000, 1040), sessions=10, sd_bpm=sd_bpm) <= 0.95


def test_a_piece_is_spoken_of_once_it_was_heard_three_times_and_is_known_better() -> None:
    world = World(6)
    found = effects(random_sessions(world, 12), world.tracks, HEART)
    spoken = [index for index in range(len(world.tracks)) if found.enough(index)]
    assert spoken
    assert all(found.hearings[index] >= 3 for index in spoken)


def test_old_sessions_fade() -> None:
    """The same piece, first settling and then not: what is recent counts for more than what is 60 sessions old."""
    world = World(7, heart_sd_bpm=0.0)
    name = world.tracks[0].track_id
    world.heart[name] = -4.0
    early = random_sessions(world, 8)
    world.heart[name] = 4.0
    late = Memory(sessions=early.sessions + 60, pieces=early.pieces, feelings=())
    for number in range(8, 16):
        late, _ = world.session(late, lambda _now, played, pieces: pieces[len(played)].track_id, number)
    assert float(effects(late, world.tracks, HEART).mean[0]) > 0.5


def test_without_a_strap_feelings_are_enough_to_learn_from() -> None:
    pieces = tracks(8)[:4]
    feelings = tuple(
        PastFeeling(session=number, change=0.3 if number % 2 else -0.1, shares={f"p0{number % 2}": 0.5, "p02": 0.5})
        for number in range(12)
    )
    found = felt_effects(Memory(sessions=12, feelings=feelings), pieces)
    assert found.mean[1] - found.mean[0] > 0.2
    assert values(Memory(sessions=12, feelings=feelings), pieces).mean["p01"] > 0.0


def test_a_memory_survives_the_header_of_a_record() -> None:
    memory = random_sessions(World(9), 1)
    memory = dataclasses.replace(memory, feelings=(PastFeeling(session=0, change=0.2, shares={"p01": 1.0}),))
    assert memory_from_data(memory_to_data(memory)) == memory


def test_a_draw_is_the_same_for_the_same_seed_and_spreads_as_far_as_is_not_known() -> None:
    found = values(Memory(), tracks(1))
    assert draw(found, 5) == draw(found, 5)
    draws = np.array([list(draw(found, seed).values()) for seed in range(400)])
    assert draws.std(axis=0) == pytest.approx(list(found.sd.values()), rel=0.2)


def test_tries_are_many_at_first_and_few_later() -> None:
    assert [explore_share(sessions) for sessions in (0, 2, 3, 50)] == [EARLY_SHARE, EARLY_SHARE, LATER_SHARE, LATER_SHARE]


def test_after_ten_sessions_at_most_a_quarter_of_what_an_oracle_gains_is_missed() -> None:
    """Mean worth of the pieces of sessions 8 to 10, between choosing blindly (0) and knowing the truth (1); unseen worlds."""
    ours, oracle, blind = [], [], []
    for seed in range(1000, 1008):
        world, memory = World(seed), Memory()
        for number in range(10):
            memory, played = world.session(memory, partial(learned, number=number, seed=seed, tried=[0]), number)
            if number >= 7:
                ours += [world.worth(name) for name in played]
        truth, perfect = {piece.track_id: world.worth(piece.track_id) for piece in world.tracks}, []
        for _ in range(7):
            perfect.append(best(truth, perfect, world.tracks))
        oracle += [truth[name] for name in perfect]
        blind += list(truth.values())
    missed = 1.0 - (np.mean(ours) - np.mean(blind)) / (np.mean(oracle) - np.mean(blind))
    assert missed <= 0.25


def learned(now: Memory, played: list, pieces: list, *, number: int, seed: int, tried: list) -> str:
    """What the learner plays: the best known, or a draw as often as it may."""
    known = values(now, pieces)
    greedy = best(known.mean, played, pieces)
    if tried[0] + 1 > explore_share(number) * (len(played) % 7 + 1):
        return greedy
    other = best(draw(known, seed * 1000 + number * 10 + len(played)), played, pieces)
    tried[0] += other != greedy
    return other


def test_a_large_library_of_which_little_was_heard_is_no_burden_and_changes_no_other_piece() -> None:
    world = World(2)
    memory = random_sessions(world, 4)
    many = [dataclasses.replace(world.tracks[0], track_id=f"new{number}") for number in range(3000)]
    small, large = effects(memory, world.tracks, HEART), effects(memory, [*world.tracks, *many], HEART)
    first, second = (float(found.mean[3] - found.mean[4]) for found in (small, large))
    assert first == pytest.approx(second, abs=1e-9)
    assert large.sd[24:].min() > large.sd[0]  # the same features, but never heard


def test_the_order_of_pieces_means_nothing() -> None:
    world = World(2)
    found = effects(random_sessions(world, 3), world.tracks, HEART)
    again = effects(random_sessions(world, 3), list(reversed(world.tracks)), HEART)
    assert found.sd == pytest.approx(again.sd[::-1])
    assert found.mean == pytest.approx(again.mean[::-1])
