from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaxlisten.sound.onsets import Onsets
from tests.sound.making import RATE_HZ, tone


def found(samples: np.ndarray, block: int = 2048) -> list[int]:
    onsets = Onsets(2, RATE_HZ, 4096)
    return [frame for at in range(0, len(samples), block) for frame in onsets.feed(samples[at : at + block])]


def pluck(at_s: float, seconds: float = 3.0) -> np.ndarray:
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ - at_s
    sound = np.where(time_s >= 0.0, 0.4 * np.exp(-3.0 * time_s) * np.cos(2.0 * np.pi * 440.0 * time_s), 0.0)
    return np.stack([sound, sound], axis=1).astype(np.float32)


@pytest.mark.parametrize("at_s", [0.5, 1.0, 1.23456])
def test_a_pluck_is_found_where_it_begins(at_s: float) -> None:
    places = found(pluck(at_s))
    assert len(places) == 1
    assert abs(places[0] - at_s * RATE_HZ) <= 2


def test_it_is_found_over_a_steady_tone_and_in_one_channel_alone() -> None:
    over = tone(220.0, 3.0) + pluck(1.5)
    over[:, 1] = tone(220.0, 3.0)[:, 1]
    assert [round(place / RATE_HZ, 3) for place in found(over) if place > 4096] == [1.5]


def test_opposite_channels_do_not_hide_it() -> None:
    samples = pluck(1.0) * np.array([1.0, -1.0], np.float32)
    assert len(found(samples)) == 1


def test_soft_beginnings_steady_noise_and_silence_are_none() -> None:
    rise = np.clip(np.arange(3 * RATE_HZ) / RATE_HZ, 0.0, 1.0)[:, None].astype(np.float32)
    hiss = 0.1 * np.random.default_rng(1).standard_normal((3 * RATE_HZ, 2)).astype(np.float32)
    assert found(tone(440.0, 3.0) * rise) == []
    assert [place for place in found(hiss) if place > 4096] == []
    assert found(np.zeros((RATE_HZ, 2), np.float32)) == []


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=30))
@settings(max_examples=20, deadline=None)
def test_how_the_sound_is_cut_changes_nothing(cuts: list[int]) -> None:
    samples = pluck(0.4, 1.0) + pluck(0.7, 1.0)
    onsets = Onsets(2, RATE_HZ, 4096)
    edges = [0, *np.cumsum(cuts).tolist(), len(samples)]
    parts = [frame for start, end in itertools.pairwise(edges) for frame in onsets.feed(samples[start:end])]
    assert parts == found(samples)


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 96_000, 192_000])
def test_attacks_are_the_same_at_every_sampling_rate(rate_hz: int) -> None:
    time_s = np.arange(2 * rate_hz) / rate_hz - 1.0
    soft = 1e-3 * np.random.default_rng(4).standard_normal(2 * rate_hz)
    soft += 0.3 * np.cos(2.0 * np.pi * 300.0 * time_s) * np.clip(time_s / 0.5, 0.0, 1.0)
    hard = np.where(time_s >= 0.0, 0.3 * np.exp(-8.0 * time_s) * np.cos(2.0 * np.pi * 300.0 * time_s), 0.0)
    places = Onsets(1, rate_hz, rate_hz // 10).feed(soft[:, None].astype(np.float32))
    assert [at for at in places if at > rate_hz // 10] == []  # but for where the hiss begins
    places = Onsets(1, rate_hz, rate_hz // 10).feed(hard[:, None].astype(np.float32))
    assert len(places) == 1
    assert abs(places[0] / rate_hz - 1.0) < 0.0005


def test_an_attack_that_takes_four_milliseconds_is_found_in_a_dense_sound():
    chance = np.random.default_rng(3)
    sound = 0.02 * chance.standard_normal((2 * RATE_HZ, 2))
    rise = np.minimum(np.arange(RATE_HZ) / (0.004 * RATE_HZ), 1.0) * np.exp(-np.arange(RATE_HZ) / (0.1 * RATE_HZ))
    sound[RATE_HZ:] += 0.15 * chance.standard_normal((RATE_HZ, 2)) * rise[:, None]
    found = [
        at for at in Onsets(2, RATE_HZ, 4096).feed(sound.astype(np.float32)) if at > RATE_HZ // 2
    ]  # not where the bed begins
    assert len(found) == 1
    assert abs(found[0] - RATE_HZ) < 0.004 * RATE_HZ


def test_a_low_voice_whose_every_period_is_a_burst_is_no_attack():
    sound = np.zeros((3 * RATE_HZ, 2), np.float32)
    burst = (0.3 * np.exp(-np.arange(400) / 40.0) * np.sin(np.arange(400) * 0.4))[:, None].astype(np.float32)
    for start in range(0, 3 * RATE_HZ - 400, RATE_HZ // 60):
        sound[start : start + 400] += burst
    found = Onsets(2, RATE_HZ, 4096).feed(sound)
    assert [at for at in found if at > RATE_HZ // 10] == []  # but for where it begins
