from __future__ import annotations

import contextlib
import math
from fractions import Fraction

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import sosfreqz

from relaxlisten.music.loudness import LoudnessMeter, k_weighting


def sine(level_dbfs, seconds, rate_hz=48_000, frequency_hz=997.0):
    return 10 ** (level_dbfs / 20) * np.sin(2 * np.pi * frequency_hz * np.arange(round(seconds * rate_hz)) / rate_hz)


def both(one):
    return np.stack([one, one], axis=1)


def loudness(sound, rate_hz=48_000, block=8192):
    meter = LoudnessMeter(rate_hz)
    for at in range(0, len(sound), block):
        meter.feed(sound[at : at + block])
    return meter.result()


def integrated_lufs(sound, rate_hz=48_000):
    return loudness(sound, rate_hz).integrated_lufs


def music(seconds, rate_hz, seed=0):
    """Chords in noise that swell and pause."""
    chance = np.random.default_rng(seed)
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    swell = np.repeat(10 ** (chance.uniform(-30, 0, math.ceil(seconds)) / 20), rate_hz)[: len(time_s)]
    tones = sum(np.sin(2 * np.pi * f * time_s + chance.uniform(0, 6)) for f in (110, 277, 1320, 3300)) / 8
    left = swell * (tones + 0.05 * chance.standard_normal(len(time_s)))
    return np.stack([left, 0.6 * np.roll(left, rate_hz // 50)], axis=1)


# ---- integrated loudness: BS.1770-5 and EBU Tech 3341 ----


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_a_sine_at_full_scale_in_one_channel_is_3_01_below_zero_at_every_rate(rate_hz):
    one = sine(0.0, 3.0, rate_hz)
    assert integrated_lufs(one[:, None], rate_hz) == pytest.approx(-3.01, abs=0.02)
    assert integrated_lufs(np.stack([one, 0 * one], axis=1), rate_hz) == pytest.approx(-3.01, abs=0.02)
    assert integrated_lufs(both(one), rate_hz) == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize(
    ("levels_dbfs_and_s", "expected_lufs"),
    [  # Tech 3341, table 1, cases 1 to 5: a 1 kHz sine in both channels
        ([(-23.0, 20)], -23.0),
        ([(-33.0, 20)], -33.0),
        ([(-36.0, 10), (-23.0, 60), (-36.0, 10)], -23.0),
        ([(-72.0, 10), (-36.0, 10), (-23.0, 60), (-36.0, 10), (-72.0, 10)], -23.0),
        ([(-26.0, 20), (-20.0, 20.1), (-26.0, 20)], -23.0),
    ],
)
def test_the_cases_of_tech_3341(levels_dbfs_and_s, expected_lufs):
    parts = [sine(level, seconds, frequency_hz=1000.0) for level, seconds in levels_dbfs_and_s]
    assert integrated_lufs(both(np.concatenate(parts))) == pytest.approx(expected_lufs, abs=0.1)


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_agrees_with_an_independent_meter(rate_hz, seed):
    sound = music(30.0, rate_hz, seed)
    assert integrated_lufs(sound, rate_hz) == pytest.approx(pyloudnorm.Meter(rate_hz).integrated_loudness(sound), abs=0.1)
    mono = sound[:, :1]
    assert integrated_lufs(mono, rate_hz) == pytest.approx(pyloudnorm.Meter(rate_hz).integrated_loudness(mono), abs=0.1)


def test_the_filter_at_48_khz_is_the_standards_own_and_at_other_rates_it_weighs_alike():
    table = [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
    assert np.allclose(k_weighting(48_000), table, rtol=0, atol=1e-12)
    frequencies_hz = np.array([20.0, 40.0, 100.0, 500.0, 1500.0, 3000.0])
    _, expected = sosfreqz(table, frequencies_hz, fs=48_000)
    for rate_hz in (16_000, 44_100, 96_000, 192_000):
        _, found = sosfreqz(k_weighting(rate_hz), frequencies_hz, fs=rate_hz)
        assert np.allclose(20 * np.log10(np.abs(found / expected)), 0.0, atol=0.2)


# ---- loudness range: EBU Tech 3342 ----


@pytest.mark.parametrize(
    ("levels_dbfs", "expected_lu"),
    [  # Tech 3342, table 1, cases 1 to 4: 20 s at each level
        ([-20.0, -30.0], 10.0),
        ([-20.0, -15.0], 5.0),
        ([-40.0, -20.0], 20.0),
        ([-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
    ],
)
def test_the_cases_of_tech_3342(levels_dbfs, expected_lu):
    sound = both(np.concatenate([sine(level, 20.0, frequency_hz=1000.0) for level in levels_dbfs]))
    assert loudness(sound).range_lu == pytest.approx(expected_lu, abs=1.0)


def measured_by_libav(sound, rate_hz):
    """Integrated loudness and range as FFmpeg's meter gives them, which PyAV brings along."""
    av = pytest.importorskip("av", reason="PyAV is not installed: the loudness range has no independent reference")
    graph = av.filter.Graph()
    start = graph.add_abuffer(format="dblp", sample_rate=rate_hz, layout="stereo", time_base=Fraction(1, rate_hz))
    graph.link_nodes(start, graph.add("ebur128", "metadata=1"), graph.add("abuffersink")).configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.T), format="dblp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = rate_hz, 0, Fraction(1, rate_hz)
    graph.push(frame)
    graph.push(None)
    said = {}
    with contextlib.suppress(av.EOFError):
        while True:
            said = graph.pull().metadata or said
    return float(said["lavfi.r128.I"]), float(said["lavfi.r128.LRA"])


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("seed", [1, 2])
def test_loudness_and_range_agree_with_a_second_independent_meter(rate_hz, seed):
    sound = music(90.0, rate_hz, seed)
    expected_lufs, expected_lu = measured_by_libav(sound, rate_hz)
    found = loudness(sound, rate_hz)
    assert found.integrated_lufs == pytest.approx(expected_lufs, abs=0.1)
    assert found.range_lu == pytest.approx(expected_lu, abs=0.5)


# ---- streaming ----


@settings(max_examples=20)
@given(st.sampled_from([8_000, 11_025, 44_100]), st.lists(st.integers(1, 9000), min_size=1, max_size=8))
def test_how_it_is_cut_into_blocks_changes_nothing(rate_hz, blocks):
    sound = music(6.0, rate_hz)
    meter = LoudnessMeter(rate_hz)
    at = 0
    while at < len(sound):
        for block in blocks:
            meter.feed(sound[at : at + block])
            at += block
    whole = loudness(sound, rate_hz, len(sound))
    assert meter.result().integrated_lufs == pytest.approx(whole.integrated_lufs, abs=1e-9)
    assert meter.result().range_lu == pytest.approx(whole.range_lu, abs=1e-9)


@settings(max_examples=20)
@given(st.floats(-20, 20))
def test_a_change_of_level_is_the_same_change_of_loudness(change_db):
    sound = both(sine(-30.0, 2.0, 8000))
    changed = integrated_lufs(sound * 10 ** (change_db / 20), 8000)
    assert changed - integrated_lufs(sound, 8000) == pytest.approx(change_db, abs=1e-6)


def test_no_block_reaches_across_what_was_skipped():
    meter = LoudnessMeter(8000)
    for _ in range(20):  # 0.3 s each: not one of them holds a block of 0.4 s
        meter.feed(both(sine(-20.0, 0.3, 8000)))
        meter.skip()
    assert meter.result().integrated_lufs is None
    meter.feed(both(sine(-20.0, 5.0, 8000)))
    assert meter.result().integrated_lufs == pytest.approx(-20.0, abs=0.1)


@pytest.mark.parametrize("sound", [np.zeros((0, 2)), np.zeros((96_000, 2)), both(sine(-20.0, 0.39)), both(sine(-80.0, 5.0))])
def test_silence_and_crumbs_have_no_loudness(sound):
    found = loudness(sound)
    assert (found.integrated_lufs, found.range_lu) == (None, None)


def test_what_is_kept_is_ten_numbers_a_second():
    meter = LoudnessMeter(8000)
    for _ in range(60):
        meter.feed(np.zeros((8000, 2), np.float32))
    assert len(meter._sums) == 600
