from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaxlisten.sound.deck import BLOCK
from relaxlisten.sound.mixing import LOOK_AHEAD
from relaxlisten.sound.renderer import Renderer
from tests.sound.making import RATE_HZ, Opened, plan, residual_db, roughness, tone

# What a tone of 440 Hz and amplitude 0.25 has by itself: amplitude * (2 pi f / rate)².
SMOOTH = 0.25 * (2.0 * np.pi * 440.0 / RATE_HZ) ** 2


def renderer(**pieces):
    opened = Opened(pieces or {"a": tone(440.0, 20.0), "b": tone(330.0, 20.0, phase=1.0)})
    return Renderer(RATE_HZ, opened), opened


def seconds(player, length_s):
    return player.render(round(length_s * RATE_HZ))


def test_without_a_plan_there_is_silence():
    player, _ = renderer()
    assert not seconds(player, 0.1).any()
    position = player.position_at(2000)
    assert position.track_id is None
    assert not position.audible


def test_a_piece_fades_in_and_then_plays_as_it_is():
    player, _ = renderer()
    player.apply(plan(fade_s=0.5))
    sound = seconds(player, 3.0)
    assert np.abs(sound[:LOOK_AHEAD]).max() == 0.0
    assert np.abs(sound[:2000]).max() < 0.25 * 0.2
    assert np.allclose(sound[RATE_HZ : 2 * RATE_HZ], tone(440.0, 3.0)[RATE_HZ - LOOK_AHEAD : 2 * RATE_HZ - LOOK_AHEAD], atol=1e-5)


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=15))
@settings(max_examples=15, deadline=None)
def test_how_many_frames_are_asked_for_changes_nothing(sizes):
    one, _ = renderer()
    many, _ = renderer()
    for player in (one, many):
        player.apply(plan(time_ratio=1.05))
    whole = one.render(sum(sizes))
    assert np.array_equal(np.concatenate([many.render(size) for size in sizes]), whole)


def test_the_position_is_the_integral_of_the_ratio():
    player, _ = renderer()
    player.apply(plan(time_ratio=1.08, start_s=2.0))
    seconds(player, 5.0)
    for frame in (10_000, 100_000, 200_000):
        expected_s = 2.0 + (frame - LOOK_AHEAD) / 1.08 / RATE_HZ
        assert player.position_at(frame).source_s == pytest.approx(expected_s, abs=1e-4)
        assert player.position_at(frame).time_ratio == pytest.approx(1.08)
    assert player.position_at(10_000_000) is None


@pytest.mark.parametrize("ratio", [0.92, 1.08])
def test_a_click_is_heard_at_the_source_second_that_is_told(ratio):
    samples = np.zeros((10 * RATE_HZ, 2), np.float32)
    samples[np.arange(1, 10) * RATE_HZ] = 0.8
    player, _ = renderer(a=samples)
    player.apply(plan(time_ratio=1.0, fade_s=0.01))
    first = seconds(player, 1.5)
    player.apply(plan(time_ratio=ratio))
    sound = np.concatenate([first, seconds(player, 4.0)])[:, 0].astype(np.float64)
    loud = np.flatnonzero(np.abs(sound) > 0.04)
    clicks = np.split(loud, np.flatnonzero(np.diff(loud) > RATE_HZ // 2) + 1)
    assert len(clicks) >= 4
    for number, click in enumerate(clicks, start=1):
        around = np.arange(click[0] - 800, click[0] + 1600)
        centre = float(np.average(around, weights=sound[around] ** 2))
        assert player.position_at(centre).source_s == pytest.approx(number, abs=0.006)


def test_a_new_ratio_is_reached_within_a_second_without_a_step():
    player, _ = renderer()
    player.apply(plan(fade_s=0.1))
    seconds(player, 2.0)
    player.apply(plan(time_ratio=1.08))
    sound = seconds(player, 3.0)
    assert roughness(sound) < 2.0 * SMOOTH
    assert residual_db(sound[2 * RATE_HZ :, 0], 440.0) < -60.0
    frames = np.arange(90_000, 200_000, 2000)
    ratios = [player.position_at(frame).time_ratio for frame in frames]
    assert ratios[-1] == pytest.approx(1.08)
    assert np.diff(ratios).max() < 0.08 * 2000 / RATE_HZ * 1.5


def test_two_pieces_cross_fade_at_constant_power_and_the_incoming_answers_from_the_middle_on():
    noise = 0.1 * np.random.default_rng(0).standard_normal((2, 20 * RATE_HZ, 2)).astype(np.float32)
    player, opened = renderer(a=noise[0], b=noise[1])
    player.apply(plan("a", fade_s=0.2))
    seconds(player, 2.0)
    player.apply(plan("b", turn=2, fade_s=2.0, start_s=3.0))
    sound = seconds(player, 3.0)
    power = (sound[: 2 * RATE_HZ].reshape(-1, RATE_HZ // 4, 2) ** 2).mean(axis=(1, 2))
    assert np.abs(10 * np.log10(power / 0.01)).max() < 0.5
    start = 2 * RATE_HZ + LOOK_AHEAD
    assert player.position_at(start + 0.9 * RATE_HZ).track_id == "a"
    later = player.position_at(start + 1.1 * RATE_HZ)
    assert (later.track_id, later.turn) == ("b", 2)
    assert later.source_s == pytest.approx(4.1, abs=2 * BLOCK / RATE_HZ)
    assert opened.sources[0].closed


def test_changes_of_mind_in_the_middle_of_a_cross_fade_do_not_click():
    pieces = {"a": tone(440.0, 20.0, 0.2), "b": tone(330.0, 20.0, 0.2, 1.0), "c": tone(392.0, 20.0, 0.2, 2.0)}
    player, opened = renderer(**pieces)
    player.apply(plan("a", turn=1, fade_s=1.0))
    parts = [seconds(player, 0.4)]
    for turn, track_id, volume in ((2, "b", 1.0), (3, "c", 0.5), (4, None, 0.5), (5, "a", 0.9)):
        player.apply(plan(track_id, turn=turn, fade_s=1.0, volume=volume))
        parts.append(seconds(player, 0.3))
    sound = np.concatenate(parts)
    assert roughness(sound) < 4.0 * 0.2 * (2.0 * np.pi * 440.0 / RATE_HZ) ** 2
    assert np.abs(sound).max() < 10 ** (-1 / 20)
    seconds(player, 2.0)
    assert [source.closed for source in opened.sources] == [True, True, True, False]


def test_a_pause_fades_keeps_the_place_and_goes_on_there():
    player, _ = renderer()
    player.apply(plan(fade_s=0.5))
    parts = [seconds(player, 2.0)]
    player.apply(plan(playing=False, fade_s=0.5))
    parts.append(seconds(player, 1.0))
    paused = seconds(player, 2.0)
    assert not paused.any()
    held_at = player.position_at(4.5 * RATE_HZ)
    assert not held_at.audible
    assert held_at.source_s == pytest.approx(2.5, abs=2 * BLOCK / RATE_HZ)
    player.apply(plan(fade_s=0.5))
    parts += [paused, seconds(player, 1.0)]
    assert player.position_at(5.5 * RATE_HZ).source_s == pytest.approx(held_at.source_s + 0.5, abs=2 * BLOCK / RATE_HZ)
    assert roughness(np.concatenate(parts)) < 1.5 * SMOOTH


def test_volume_glides_and_is_squared():
    player, _ = renderer()
    player.apply(plan(fade_s=0.1))
    before = seconds(player, 1.0)
    player.apply(plan(volume=0.5))
    after = seconds(player, 1.0)
    assert np.abs(after[RATE_HZ // 2 :]).max() == pytest.approx(0.25 * 0.25, rel=0.01)
    assert roughness(np.concatenate([before, after])) < 1.5 * SMOOTH


def test_a_piece_that_ends_leaves_silence_and_says_so():
    player, _ = renderer(a=tone(440.0, 1.0))
    player.apply(plan(fade_s=0.1))
    sound = seconds(player, 3.0)
    assert not sound[round(1.4 * RATE_HZ) :].any()
    assert player.position_at(0.8 * RATE_HZ).audible
    assert not player.position_at(2.5 * RATE_HZ).audible


def test_the_pieces_own_gain_makes_it_quieter():
    player, _ = renderer()
    player.apply(plan(gain_db=-12.0, fade_s=0.1))
    assert np.abs(seconds(player, 2.0)[RATE_HZ:]).max() == pytest.approx(0.25 * 10 ** (-12 / 20), rel=1e-3)


def test_fading_out_at_the_end_takes_as_long_as_it_says():
    player, _ = renderer()
    player.apply(plan(fade_s=0.1))
    before = seconds(player, 1.0)
    assert player.fade_out(2.0) == 2.0
    after = seconds(player, 2.2)
    assert roughness(np.concatenate([before, after])) < 1.5 * SMOOTH
    assert not after[round(2.05 * RATE_HZ) :].any()
    assert player.fade_out(2.0) == 0.0
