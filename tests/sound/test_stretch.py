from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaxlisten.sound.frames import agreed_turn, find_peaks, regions, steadfastness
from relaxlisten.sound.stretch import PhaseVocoder
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


def half_seconds(sound):
    return [sound[at : at + RATE_HZ // 2, 0] for at in range(RATE_HZ, len(sound) - RATE_HZ, RATE_HZ // 4)]


@pytest.mark.parametrize("ratio", [0.92, 1.08])
@pytest.mark.parametrize("chord_hz", [(261.6, 329.6, 392.0), (523.2, 659.3, 784.0), (220.0, 329.6, 493.9)])
def test_the_tones_of_a_chord_keep_their_own_pitches(chord_hz, ratio):
    sound, _ = stretched(sum(tone(frequency_hz, 5.0, 0.1) for frequency_hz in chord_hz), ratio)
    residuals_db = [residual_db(part, *chord_hz) for part in half_seconds(sound)]
    assert np.median(residuals_db) < -38.0


@pytest.mark.parametrize("ratio", [0.9, 1.0, 1.1])
def test_output_is_as_long_as_the_ratio_says(ratio):
    sound, vocoder = stretched(noise(5.0), ratio)
    missing = 5.0 * RATE_HZ * ratio - len(sound)
    assert 0 <= missing <= vocoder.latency_frames * ratio + vocoder.hop


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


@given(st.lists(st.tuples(st.integers(1, 5000), st.floats(0.8, 1.25)), min_size=1, max_size=20))
@settings(max_examples=20, deadline=None)
def test_what_is_heard_is_the_integral_of_the_ratio_up_to_it(steps):
    vocoder = PhaseVocoder()
    given_frames = sum(len(vocoder.feed(np.zeros((frames, 2), np.float32), ratio)) for frames, ratio in steps)
    at, output = Fraction(0), Fraction(0)
    for frames, ratio in steps:
        if output + frames * Fraction(ratio) >= given_frames:
            at += (given_frames - output) / Fraction(ratio)
            break
        at, output = at + frames, output + frames * Fraction(ratio)
    assert vocoder.source_at(given_frames) == pytest.approx(float(at), abs=1e-6)


def click_train(count=12, every=33_075, start=44_100):
    """A short ringing click, the same each time, and where each begins."""
    places = start + every * np.arange(count)
    click = 0.6 * np.exp(-np.arange(60) / 12.0) * (-1.0) ** np.arange(60)
    samples = np.zeros((places[-1] + RATE_HZ, 2), np.float32)
    for place in places:
        samples[place : place + 60] += click[:, None].astype(np.float32)
    return samples, places


def loudest(sound, around, reach=2000):
    """Where the sound is loudest within reach of a place."""
    start = round(around) - reach
    return start + int(np.abs(sound[start : start + 2 * reach, 0]).argmax())


@pytest.mark.parametrize("ratio", [0.85, 0.92, 0.97, 1.03, 1.08, 1.15])
def test_an_attack_leaves_where_and_as_it_should_and_is_not_announced(ratio):
    samples, places = click_train()
    sound, _ = stretched(samples, ratio)
    for place in places[:-1]:
        due = round(place * ratio)
        assert abs(loudest(sound, due) - place * ratio) <= 0.0001 * RATE_HZ
        assert np.abs(sound[due : due + 400] - samples[place : place + 400]).max() < 0.6 * 10 ** (-60 / 20)
        assert np.abs(sound[due - 2200 : due - 60]).max() < 0.6 * 10 ** (-80 / 20)


def test_attacks_keep_to_the_integral_while_the_tempo_moves():
    samples, places = click_train(count=60, every=22_050)
    vocoder, parts, map_of = PhaseVocoder(), [], [0.0]
    for at in range(0, len(samples), 512):
        ratio = 0.85 + 0.3 * at / len(samples)
        parts.append(vocoder.feed(samples[at : at + 512], ratio))
        map_of.append(map_of[-1] + 512 * ratio)
    sound = np.concatenate(parts)
    due = np.interp(places, 512 * np.arange(len(map_of)), map_of)
    off_ms = [(loudest(sound, one) - one) / RATE_HZ * 1000.0 for one in due[:-2]]
    assert np.abs(off_ms).max() < 0.1


@pytest.mark.parametrize("ratio", [0.85, 0.92, 1.08])
def test_a_constant_offset_stays_one(ratio):
    sound, _ = stretched(tone(110.0, 6.0) + np.float32(0.3), ratio)
    settled = sound[RATE_HZ : 4 * RATE_HZ, 0].astype(np.float64)
    means = settled[: len(settled) // 4410 * 4410].reshape(-1, 4410).mean(axis=1)  # over whole periods of the tone: eleven
    assert np.abs(means - 0.3).max() < 0.3 * 10 ** (-40 / 20)


@pytest.mark.parametrize("ratio", [0.92, 1.08])
def test_a_tone_goes_on_undisturbed_until_the_attack(ratio):
    samples, places = click_train()
    sound, _ = stretched(samples + tone(220.0, len(samples) / RATE_HZ, 0.1), ratio)
    for place in places[2:-2]:
        due = round(place * ratio)
        assert residual_db(sound[due - 1323 : due - 66, 0], 220.0) < -40.0


@pytest.mark.parametrize("ratio", [0.92, 1.08])
def test_a_tone_goes_on_through_an_attack(ratio):
    samples, places = click_train()
    steady = tone(220.0, len(samples) / RATE_HZ)[: len(samples)]
    sound, _ = stretched(samples + steady, ratio)
    for place in places[1:-1]:
        before, after = (sound[round(place * ratio) + start :][:1300, 0] for start in (-1400, 200))
        assert residual_db(before, 220.0) < -25.0
        assert residual_db(after, 220.0) < -35.0


@pytest.mark.parametrize("ratio", [0.7, 0.9, 1.1, 1.4])
def test_many_attacks_in_a_row_leave_the_length_and_the_level_right(ratio):
    random = np.random.default_rng(3)
    samples = noise(4.0) * (random.uniform(size=(round(4.0 * RATE_HZ) // 441, 1)) < 0.3).repeat(441, axis=0)
    sound, vocoder = stretched(samples, ratio)
    assert 0 <= len(samples) * ratio - len(sound) <= vocoder.latency_frames * ratio + vocoder.hop
    assert np.isfinite(sound).all()
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(np.sqrt(np.mean(samples**2)), rel=0.25)


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


def test_bins_turn_as_the_stronger_of_their_neighbours_wish_and_silence_turns_nothing():
    wishes = np.zeros(101, np.complex64)
    wishes[40], wishes[44] = 9.0j, 1.0
    turn = agreed_turn(wishes)
    assert np.angle(turn[38]) > 0.9 * np.pi / 2
    assert np.angle(turn[49]) < 0.1 * np.pi / 2  # six bins from the weaker one alone
    assert np.abs(turn) == pytest.approx(1.0)
    assert (turn[60:] == 1.0).all()


def test_a_steady_peak_keeps_to_itself_beside_a_stronger_one():
    wishes = np.zeros(101, np.complex64)
    wishes[40], wishes[44] = 9.0j, 1.0
    size = 4096
    steady, moving = steadfastness(np.array([0.2, 0.2]), np.array([0.2, 0.2 + 0.05 * 2.0 * np.pi / size]), size)
    assert np.angle(agreed_turn(wishes, np.full(101, steady))[44]) < 0.1
    assert np.angle(agreed_turn(wishes, np.full(101, moving))[44]) > 1.0
