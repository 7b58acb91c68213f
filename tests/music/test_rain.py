from __future__ import annotations

import numpy as np
import pytest

from relaxlisten.music.rain import Rain


def test_a_block_is_the_same_whatever_was_heard_before():
    walked, jumped = Rain(44100, 8192, 3), Rain(44100, 8192, 3)
    there = [walked.sound(number) for number in range(6)]
    assert np.array_equal(jumped.sound(5), there[5])
    assert np.array_equal(walked.sound(2), there[2])


def test_another_seed_is_other_rain():
    assert not np.allclose(Rain(44100, 8192, 3).sound(0), Rain(44100, 8192, 4).sound(0))


@pytest.mark.parametrize("rate_hz", [22050, 44100, 96000])
def test_as_loud_at_every_rate_and_even_within_blocks(rate_hz):
    rain = Rain(rate_hz, 4096, 1)
    sound = np.concatenate([rain.sound(number) for number in range(60)], axis=1)
    rms = np.sqrt(np.mean(sound**2))
    assert 0.2 < rms < 0.5
    quarters = np.sqrt(np.mean(sound.reshape(2, 60, 4, 1024) ** 2, axis=(0, 1, 3)))
    assert quarters == pytest.approx([rms] * 4, rel=0.1)  # no swelling with the grains
    assert 0.4 < np.corrcoef(sound)[0, 1] < 0.6
