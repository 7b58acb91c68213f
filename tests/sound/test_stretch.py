from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaxlisten.sound.stretch import HOP, PhaseVocoder, find_peaks, regions
from tests.sound.making import RATE_HZ, residual_db, tone


def stretched(samples, ratio, block=512):
    vocoder = PhaseVocoder()
    parts = [vocoder.feed(samples[at : at + block], ratio) for at in range(0, len(samples), block)]
    return np.concatenate(parts), vocoder


def noise(seconds, seed=0):
    return (0.1 * np.random.default_rng(seed).standard_normal((round(seconds * RATE_HZ), 2))).astype(np.float32)


@pytest.mark.parametrize("ratio", [0.9, 0.97, 1.03, 1.1])
@pytest.mark.parametrize("frequency_hz", [110.0, 440.3, 1234.5])
def test_a_tone_keeps_its_pitch_and_stays_pure(frequency_hz, ratio):
    sound, _ = stretched(tone(frequency_hz, 4.0), ratio)
    assert residual_db(sound[RATE_HZ : 3 * RATE_HZ, 0], frequency_hz) < -80.0


@pytest.mark.parametrize("ratio", [0.9, 1.0, 1.1])
def test_output_is_as_long_as_the_ratio_says(ratio):
    sound, vocoder = stretched(noise(5.0), ratio)
    missing = 5.0 * RATE_HZ * ratio - len(sound)
    assert 0 <= missing <= vocoder.latency_frames * ratio + HOP


def test_at_ratio_one_noise_comes_out_as_it_went_in():
    samples = noise(2.0)
    sound, _ = stretched(samples, 1.0)
    assert np.abs(sound - samples[: len(sound)]).max() < 1e-6  # -120 dB


def test_one_side_is_turned_like_the_other():
    left = tone(330.0, 3.0)[:, :1] + noise(3.0)[:, :1]
    sound, _ = stretched(np.concatenate([left, 0.25 * left], axis=1), 1.07)
    assert np.abs(sound[:, 1] - 0.25 * sound[:, 0]).max() < 1e-5


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=12))
@settings(max_examples=20, deadline=None)
def test_how_the_input_is_cut_changes_nothing(cuts):
    samples = noise(0.5)
    whole = PhaseVocoder().feed(samples, 1.05)
    vocoder = PhaseVocoder()
    edges = [0, *itertools.accumulate(cuts), len(samples)]
    parts = [vocoder.feed(samples[start:end], 1.05) for start, end in itertools.pairwise(edges)]
    assert np.array_equal(np.concatenate(parts), whole)


def test_after_a_reset_it_is_as_new():
    samples = noise(0.5)
    vocoder = PhaseVocoder()
    first = vocoder.feed(samples, 0.93)
    vocoder.reset()
    assert np.array_equal(vocoder.feed(samples, 0.93), first)


def test_the_read_position_is_the_integral_of_the_ratio():
    """Every frame moves the source on by HOP / ratio; added up here with fractions of its own, over a ramp."""
    vocoder = PhaseVocoder()
    silence = np.zeros((HOP, 2), np.float32)
    given_frames, checked = 0, 0
    expected = {0: None}
    for number in range(600):
        ratio = 0.9 + 0.2 * number / 600
        given_frames += len(vocoder.feed(silence, ratio))
        at = vocoder.source_at(given_frames)
        if given_frames - HOP in expected and expected[given_frames - HOP] is not None and given_frames % HOP == 0:
            moved = at - expected[given_frames - HOP]
            assert abs(moved - HOP / ratio) < HOP * 0.002  # a frame may be one step of the ramp late
            checked += 1
        expected[given_frames] = at
    assert checked > 400


@pytest.mark.parametrize("ratio", [0.9, 1.1])
def test_a_click_leaves_where_the_map_says(ratio):
    samples = np.zeros((4 * RATE_HZ, 2), np.float32)
    clicks = np.arange(RATE_HZ, 3 * RATE_HZ, RATE_HZ // 3)
    samples[clicks] = 1.0
    sound, _ = stretched(samples, ratio)
    for click in clicks:
        start = round(click * ratio) - 1500
        energy = sound[start : start + 3000, 0].astype(np.float64) ** 2
        centre = start + np.sum(np.arange(3000) * energy) / energy.sum()
        assert abs(centre - click * ratio) < 0.004 * RATE_HZ


def test_the_map_is_linear_where_the_ratio_stands():
    vocoder = PhaseVocoder()
    length = sum(len(vocoder.feed(np.zeros((1000, 2), np.float32), 1.25)) for _ in range(100))
    assert vocoder.source_at(length) == pytest.approx(length / 1.25, abs=1e-6)
    assert vocoder.source_at(length - 300.5) == pytest.approx((length - 300.5) / 1.25, abs=1e-6)


def test_silence_stays_silent_and_finite():
    sound, _ = stretched(np.zeros((RATE_HZ, 2), np.float32), 1.1)
    assert not sound.any()


def test_peaks_and_the_bins_they_carry():
    magnitude = np.array([0, 1, 0, 0, 0, 0, 3, 9, 2, 0, 0, 0, 4, 1, 0, 0], np.float32)
    peaks = find_peaks(magnitude)
    assert peaks.tolist() == [7, 12]
    carried = regions(peaks, len(magnitude))
    assert carried.tolist() == [0] * 10 + [1] * 6  # halfway between 7 and 12 lies 9.5
