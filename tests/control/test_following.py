import math
import random

import numpy as np
import pytest

from relaxlisten.control.following import (
    ALIKE,
    DELAYS_S,
    NOISE_BPM,
    Followed,
    Following,
    Verdict,
    judge,
    observe,
)


def session(gain: float, delay_s: float, noise_bpm: float = 0.5, seed: int = 1, settle_bpm: float = 3.0) -> Followed:
    """Four minutes at the heart's own tempo, then down by 1 BPM a minute to 8 below, as in a lead."""
    rng, state, drawn = random.Random(seed), Following(), 0.0
    for second in range(900):
        own_bpm = 72.0 - settle_bpm * (1.0 - math.exp(-second / 150.0))
        tempo_bpm = 72.0 - min(max(second - 240.0, 0.0) / 60.0, 8.0)
        drawn += (gain * (tempo_bpm - own_bpm) - drawn) / delay_s
        state = observe(state, own_bpm + drawn + rng.gauss(0.0, noise_bpm), tempo_bpm, float(second))
    return judge(state)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("gain", [0.5, 0.8])
def test_a_heart_that_follows_is_known_for_it(gain: float, seed: int) -> None:
    found = session(gain, 20.0, seed=seed)
    assert found.verdict is Verdict.FOLLOWS
    assert abs(found.gain - gain) < 3.0 * found.gain_sd + 0.1


@pytest.mark.parametrize("seed", range(5))
def test_a_heart_that_goes_the_other_way_or_does_not_care_is_never_said_to_follow(seed: int) -> None:
    assert session(-0.5, 30.0, seed=seed).verdict is Verdict.INDIFFERENT
    assert session(0.0, 30.0, seed=seed).verdict in (Verdict.INDIFFERENT, Verdict.UNKNOWN)


def test_a_late_heart_is_told_from_a_quick_one() -> None:
    assert session(0.8, 15.0).lag_s < session(0.8, 150.0, noise_bpm=0.3).lag_s


def test_before_the_tempo_has_gone_anywhere_nothing_is_known() -> None:
    state = Following()
    for second in range(600):
        state = observe(state, 70.0, 70.0, float(second))
    assert judge(state).verdict is Verdict.UNKNOWN


def test_the_prior_stands_before_the_first_sample() -> None:
    found = judge(Following())
    assert (found.gain, found.verdict) == (pytest.approx(0.2), Verdict.UNKNOWN)
    assert found.gain_sd == pytest.approx(0.25)


def test_the_running_estimate_is_the_textbook_regression_on_all_samples() -> None:
    """The same posterior mean from one batch of normal equations, for one delay."""
    rng, state, rows, values = random.Random(3), Following(), [], []
    heart, tempo = [70.0 + rng.gauss(0.0, 1.0) for _ in range(301)], [70.0 - second / 60.0 for second in range(301)]
    seen = 0.0
    for second in range(301):
        state = observe(state, heart[second], tempo[second], float(second))
        if second and second % 10 == 0:
            away = tempo[second] - heart[0]
            seen = away + (seen - away) * math.exp(-10.0 / DELAYS_S[1])
            rows.append([1.0, 1.0 - math.exp(-second / 150.0), seen])
            values.append(heart[second] - heart[0])
    x, y = np.array(rows), np.array(values)
    prior_mean, prior_precision = np.array([0.0, -2.0, 0.2]), np.diag(NOISE_BPM**2 / np.array([3.0, 2.5, 0.25]) ** 2)
    precision = prior_precision + x.T @ x / ALIKE
    mean = np.linalg.solve(precision, prior_precision @ prior_mean + x.T @ y / ALIKE)
    assert state.bank[1].mean == pytest.approx(mean, rel=1e-9)
