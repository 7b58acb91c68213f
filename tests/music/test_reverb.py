from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from relaxlisten.music.reverb import PRE_DELAY_S, ROOM_S, Room, impulse_response

RATE = 22050


def test_block_convolution_is_plain_convolution():
    chance = np.random.default_rng(5)
    block, count = 4096, 16
    dry = chance.standard_normal((2, block * count)).astype(np.float32)
    room = Room(RATE, block)
    wet = np.concatenate([room.sound(part) for part in np.split(dry, count, axis=1)], axis=1)
    response = impulse_response(RATE)
    for ear in range(2):
        expected = np.fft.irfft(np.fft.rfft(dry[ear], 1 << 18) * np.fft.rfft(response[ear], 1 << 18))[: block * count]
        assert np.abs(wet[ear] - expected).max() < 1e-4


def test_what_was_heard_before_its_memory_does_not_matter():
    chance = np.random.default_rng(6)
    block = 4096
    blocks = [chance.standard_normal((2, block)).astype(np.float32) for _ in range(40)]
    long, short = Room(RATE, block), Room(RATE, block)
    for part in blocks[:-1]:
        long.listen(part)
    for part in blocks[-1 - short.memory_blocks : -1]:
        short.listen(part)
    assert np.array_equal(long.sound(blocks[-1]), short.sound(blocks[-1]))


@pytest.mark.parametrize("rate_hz", [22050, 44100, 96000])
def test_the_room_is_late_wide_and_fades(rate_hz):
    response = impulse_response(rate_hz)
    assert response.shape == (2, round(ROOM_S * rate_hz))
    assert np.abs(response[:, : int(PRE_DELAY_S * rate_hz)]).max() == 0.0
    assert (response**2).sum(axis=1) == pytest.approx([44100 / rate_hz] * 2, rel=1e-4)
    assert abs(np.corrcoef(response)[0, 1]) < 0.1
    energies = [np.sum(part**2) for part in np.array_split(response[0, rate_hz // 10 :], 4)]
    assert all(later < 0.2 * earlier for earlier, later in pairwise(energies))


def test_after_forgetting_it_is_silent():
    room = Room(RATE, 1024)
    room.listen(np.ones((2, 1024), np.float32))
    room.forget()
    assert np.abs(room.sound(np.zeros((2, 1024), np.float32))).max() == 0.0
