import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaxlisten.sound.ear_clock import EarClock

RATE_HZ = 44_100
BLOCK = 1653  # frames a callback took on the sound server that was looked at
LATENCY_S = 0.18


def listen(
    clock: EarClock, from_s: float, to_s: float, *, heard_from_s: float, card_hz: float = RATE_HZ, wrong: float = 0.0
) -> None:
    """Let a card take blocks, looked at 100 times a second, and answer twice a second; a share of its answers is a block off."""
    chance = random.Random(1)
    asked_s = from_s
    for look in range(int((to_s - from_s) * 100)):
        now_s = from_s + look / 100
        taken = max(int((now_s - heard_from_s + LATENCY_S) * card_hz / BLOCK), 0) * BLOCK
        clock.watch(now_s, taken)
        if taken and now_s >= asked_s:
            asked_s += 0.5
            frame = taken + (BLOCK if chance.random() < wrong else 0)
            clock.place(frame, heard_from_s + taken / card_hz)


def test_before_anything_is_known_it_is_the_first_frame() -> None:
    clock = EarClock(RATE_HZ)
    assert clock.frame_at(3.0) == 0.0
    clock.restart(500)
    assert clock.frame_at(3.0) == 500.0


def test_the_frame_at_the_ear_follows_from_the_answers() -> None:
    clock = EarClock(RATE_HZ)
    listen(clock, 0.0, 10.0, heard_from_s=1.0)
    assert clock.frame_at(10.0) == pytest.approx(9.0 * RATE_HZ, abs=1.0)


def test_single_wrong_answers_change_nothing() -> None:
    clock = EarClock(RATE_HZ)
    listen(clock, 0.0, 20.0, heard_from_s=1.0, wrong=0.25)
    assert clock.frame_at(20.0) == pytest.approx(19.0 * RATE_HZ, abs=1.0)


def test_nothing_is_heard_that_the_card_has_not_taken() -> None:
    clock = EarClock(RATE_HZ)
    clock.watch(1.0, 8265)
    clock.place(0, 1.0)
    assert clock.frame_at(5.0) == 8265.0


def test_a_card_that_stops_after_its_first_blocks_is_asked_anew() -> None:
    clock = EarClock(RATE_HZ)
    clock.watch(1.0, 5 * BLOCK)  # all at once, into a buffer
    clock.place(0, 1.0)  # what the sound system believed then
    listen(clock, 2.3, 6.0, heard_from_s=2.3)
    assert clock.frame_at(6.0) == pytest.approx(3.7 * RATE_HZ, abs=1.0)


@settings(max_examples=10, deadline=None)
@given(st.floats(-300e-6, 300e-6))
def test_a_card_whose_clock_drifts_is_followed_and_its_drift_is_told(drift: float) -> None:
    clock = EarClock(RATE_HZ)
    card_hz = RATE_HZ * (1.0 + drift)
    listen(clock, 0.0, 300.0, heard_from_s=0.2, card_hz=card_hz)
    assert clock.frame_at(300.0) == pytest.approx(299.8 * card_hz, abs=0.001 * RATE_HZ)
    assert clock.drift_ppm(300.0) == pytest.approx(drift * 1e6, abs=5.0)


def test_drift_is_not_told_before_a_minute_has_passed() -> None:
    clock = EarClock(RATE_HZ)
    listen(clock, 0.0, 50.0, heard_from_s=0.2)
    assert clock.drift_ppm(50.0) is None


def test_after_it_ran_dry_the_count_goes_on_from_where_it_was() -> None:
    clock = EarClock(RATE_HZ)
    clock.watch(0.0, 88_200)
    clock.place(0, 0.0)
    clock.restart(88_200)
    assert clock.frame_at(5.5) == 88_200.0
    clock.watch(5.5, 2 * 88_200)
    clock.place(88_200, 5.0)
    assert clock.frame_at(6.0) == pytest.approx(88_200 + RATE_HZ)
