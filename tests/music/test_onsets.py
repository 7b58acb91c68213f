from __future__ import annotations

import numpy as np
import pytest

from relaxlisten.music.onsets import FRAMES_PER_S, OnsetListener
from tests.music.making import click

RATE = 22050


def onset_strength(sound, rate_hz):
    listener = OnsetListener(rate_hz)
    listener.feed(sound.astype(np.float32))
    return listener.finish().strength


def test_a_click_stands_out_where_it_is():
    sound = np.zeros(4 * RATE)
    sound[2 * RATE : 2 * RATE + click(RATE).size] = click(RATE)
    strength = onset_strength(sound, RATE)
    assert strength.size == 4 * FRAMES_PER_S
    assert np.argmax(strength) / FRAMES_PER_S == pytest.approx(2.0, abs=0.021)
    assert np.max(np.delete(strength, np.s_[195:206])) < 0.02 * strength.max()


def test_the_level_of_a_recording_does_not_matter():
    sound = np.random.default_rng(1).standard_normal(2 * RATE)
    assert onset_strength(0.001 * sound, RATE) == pytest.approx(onset_strength(sound, RATE), rel=1e-3)


def test_vibrato_is_no_onset_but_a_new_note_is():
    time_s = np.arange(3 * RATE) / RATE
    sung = np.sin(2 * np.pi * 440 * time_s + 4.0 * np.sin(2 * np.pi * 5.5 * time_s))  # ±22 Hz, 5.5 times a second
    stepped = np.sin(2 * np.pi * np.where(time_s < 1.5, 440.0, 587.33) * time_s)
    inner = slice(30, 270)
    assert onset_strength(sung, RATE)[inner].max() < 0.2 * onset_strength(stepped, RATE)[inner].max()


@pytest.mark.parametrize("length", [0, 1, 100, 1000])
def test_too_little_or_nothing_is_all_zeros(length):
    assert not onset_strength(np.zeros(length), RATE).any()
    assert not onset_strength(np.ones(min(length, 100)), RATE).any()
