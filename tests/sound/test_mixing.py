from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import resample_poly

from relaxlisten.sound.mixing import LOOK_AHEAD, Glide, equal_power, glide_to, limit, new_limiter, step_glide
from tests.sound.making import RATE_HZ, tone

CEILING = 10.0 ** (-1.0 / 20.0)


def limited(samples, block=512):
    state, parts = new_limiter(), []
    for at in range(0, len(samples), block):
        state, sound = limit(state, samples[at : at + block])
        parts.append(sound)
    return np.concatenate(parts)


def true_peak(sound):
    """Eight times oversampled by a filter that is not ours; the ends, where the signal is cut off, are left out."""
    return float(np.abs(resample_poly(sound.astype(np.float64), 8, 1, axis=0)[800:-800]).max())


def both(one):
    return np.stack([one, 0.5 * one], axis=1).astype(np.float32)


TIME_S = np.arange(2 * RATE_HZ) / RATE_HZ
LOUD = {
    "a peak between the samples": both(1.4 * np.sin(2 * np.pi * RATE_HZ / 4 * TIME_S + np.pi / 4)),
    "a low tone": both(2.0 * np.sin(2 * np.pi * 60.0 * TIME_S)),
    "a high tone in bursts": both(np.sin(2 * np.pi * 9000.0 * TIME_S) * np.where(TIME_S % 0.2 < 0.03, 1.6, 0.1)),
    "plucked": both(2.0 * np.sin(2 * np.pi * 700.0 * TIME_S) * np.exp(-8.0 * (TIME_S % 0.4))),
    "white noise": (0.5 * np.random.default_rng(1).standard_normal((4 * RATE_HZ, 2))).astype(np.float32),
    "square": both(0.95 * np.sign(np.sin(2 * np.pi * 997.0 * TIME_S))),
}


@pytest.mark.parametrize("name", LOUD)
def test_no_true_peak_is_above_the_ceiling(name):
    assert true_peak(LOUD[name]) > CEILING
    assert true_peak(limited(LOUD[name])) <= CEILING


def test_what_is_quiet_comes_out_exactly_as_it_went_in():
    quiet = tone(440.0, 0.5, amplitude=0.4)
    sound = limited(quiet)
    assert np.array_equal(sound[LOOK_AHEAD:], quiet[:-LOOK_AHEAD])
    assert not sound[:LOOK_AHEAD].any()


def test_both_sides_are_turned_down_alike():
    sound = limited(LOUD["plucked"])
    assert np.allclose(sound[:, 1], 0.5 * sound[:, 0], atol=1e-6)


def test_after_a_peak_the_gain_comes_all_the_way_back():
    sound = tone(440.0, 1.0, amplitude=0.4)
    sound[4000:4010] = 1.9
    assert np.array_equal(limited(sound)[20_000 + LOOK_AHEAD :], sound[20_000:-LOOK_AHEAD])


@given(st.floats(0, 1), st.floats(0, 1), st.lists(st.integers(1, 400), min_size=1, max_size=8))
@settings(max_examples=50)
def test_a_glide_never_jumps_and_arrives(start, target, cuts):
    glide = glide_to(Glide(value=start, target=start), target, 1000)
    values = [start]
    for frames in [*cuts, 1000]:
        glide, way = step_glide(glide, frames)
        values += way.tolist()
    largest = max(abs(after - before) for before, after in itertools.pairwise(values))
    assert largest <= abs(target - start) / 1000 + 1e-9
    assert values[-1] == pytest.approx(target)


def test_a_fade_in_and_its_fade_out_keep_the_power():
    position = np.linspace(0.0, 1.0, 101)
    assert np.allclose(equal_power(position) ** 2 + equal_power(1.0 - position) ** 2, 1.0)
    assert equal_power(position)[[0, -1]].tolist() == [0.0, 1.0]
