from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaxlisten.music.tempo import estimate_tempo, find_first_beat_s
from tests.music.making import click, pluck, train

RATE = 22050
SOUNDS = {"click": click(RATE), "pluck": pluck(RATE)}


def off_beat_s(found_s: float, first_s: float, period_s: float) -> float:
    return abs((found_s - first_s + period_s / 2) % period_s - period_s / 2)


@settings(deadline=None, max_examples=25)
@given(st.floats(50, 90), st.floats(0, 1.2), st.sampled_from(sorted(SOUNDS)), st.sampled_from([0.01, 0.3, 1.0]))
def test_steady_music_between_50_and_90_has_its_tempo_and_its_beats(tempo_bpm, first_s, sound, level):
    found = estimate_tempo(level * train(tempo_bpm, first_s, 60.0, RATE, SOUNDS[sound]), RATE)
    assert found.tempo_bpm == pytest.approx(tempo_bpm, rel=2e-3)
    assert found.confidence > 0.9
    assert 0.0 <= found.first_beat_s < 60.0 / found.tempo_bpm
    assert off_beat_s(found.first_beat_s, first_s, 60.0 / tempo_bpm) < 0.015


@settings(deadline=None, max_examples=10)
@given(st.floats(90, 110))
def test_faster_music_may_be_felt_at_half_its_tempo_but_both_are_known(tempo_bpm):
    found = estimate_tempo(train(tempo_bpm, 0.3, 60.0, RATE, SOUNDS["pluck"]), RATE)
    assert min(abs(found.tempo_bpm / tempo_bpm - 1), abs(2 * found.tempo_bpm / tempo_bpm - 1)) < 2e-3
    octaves = [abs(np.log2(candidate.tempo_bpm / tempo_bpm)) for candidate in found.candidates]
    assert min(octaves) < 0.03
    assert any(abs(octave - 1) < 0.03 for octave in octaves)


def test_a_tempo_survives_noise_and_uneven_loudness():
    chance = np.random.default_rng(4)
    music = train(63.0, 0.4, 75.0, RATE, SOUNDS["pluck"])
    swelling = 0.2 + np.linspace(0, 1, music.size) ** 2
    found = estimate_tempo(music * swelling + 0.02 * chance.standard_normal(music.size), RATE)
    assert found.tempo_bpm == pytest.approx(63.0, rel=2e-3)


def test_candidates_are_different_tempi_best_first():
    found = estimate_tempo(train(72.0, 0.4, 40.0, RATE, SOUNDS["pluck"]), RATE)
    saliences = [candidate.salience for candidate in found.candidates]
    assert saliences == sorted(saliences, reverse=True)
    tempi = sorted(candidate.tempo_bpm for candidate in found.candidates)
    assert all(later / earlier > 1.05 for earlier, later in pairwise(tempi))


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 2**32))
def test_noise_and_random_notes_have_no_tempo(seed):
    chance = np.random.default_rng(seed)
    noise = chance.standard_normal(45 * RATE)
    assert estimate_tempo(noise, RATE).tempo_bpm is None
    scattered = 0.001 * noise
    for time_s in chance.uniform(0, 43, 60):
        at = int(time_s * RATE)
        scattered[at : at + SOUNDS["pluck"].size] += SOUNDS["pluck"]
    assert estimate_tempo(scattered, RATE).tempo_bpm is None


TIME_S = np.arange(45 * RATE) / RATE
DRONES = {
    "silence": np.zeros(45 * RATE),
    "tone": np.sin(2 * np.pi * 220 * TIME_S),
    "beating drone": sum(np.sin(2 * np.pi * hz * TIME_S) for hz in (110, 110.7, 165, 165.4, 220)),
    "slow tremolo": np.sin(2 * np.pi * 220 * TIME_S) * (1 + 0.3 * np.sin(2 * np.pi * 1.1 * TIME_S)),
    "too short": train(60.0, 0.1, 6.0, RATE, SOUNDS["click"]),
    "nothing": np.zeros(0),
}


@pytest.mark.parametrize("name", sorted(DRONES))
def test_what_has_no_pulse_gets_no_tempo(name):
    found = estimate_tempo(DRONES[name], RATE)
    assert found.tempo_bpm is None
    assert found.first_beat_s is None


@pytest.mark.parametrize("rate_hz", [8000, 44100, 96000])
def test_the_rate_does_not_matter(rate_hz):
    found = estimate_tempo(train(66.6, 0.317, 30.0, rate_hz, click(rate_hz)), rate_hz)
    assert found.tempo_bpm == pytest.approx(66.6, rel=2e-3)
    assert off_beat_s(found.first_beat_s, 0.317, 60 / 66.6) < 0.015


@settings(deadline=None, max_examples=10)
@given(st.floats(50, 110), st.floats(0, 0.5))
def test_the_beats_of_a_known_tempo_are_found(tempo_bpm, first_s):
    found_s = find_first_beat_s(train(tempo_bpm, first_s, 30.0, RATE, SOUNDS["click"]), RATE, tempo_bpm)
    assert off_beat_s(found_s, first_s, 60.0 / tempo_bpm) < 0.015


def test_silence_has_no_beats():
    assert find_first_beat_s(np.zeros(RATE * 10), RATE, 60.0) is None
