import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaxlisten.sound.output import RING_FRAMES, EarClock, Silence

RATE_HZ = 44_100
BLOCK = 1653  # frames a callback took on the sound server that was looked at


def listened(clock: EarClock, seconds: float, *, started_s: float, card_rate_hz: float) -> float:
    """Let a card of that true rate consume blocks, looked at 40 times a second; gives the moment of the last look."""
    look_s = 0.0
    while look_s < seconds:
        look_s += 0.0243
        consumed = int(max(look_s - started_s + 0.2, 0.0) * card_rate_hz / BLOCK) * BLOCK
        clock.observe(look_s, consumed)
    return look_s


def test_before_the_first_frame_is_placed_it_is_the_one_that_is_told() -> None:
    clock = EarClock(RATE_HZ)
    clock.restart(500)
    assert clock.frame_at(3.0) == 500.0


def test_the_frame_at_the_ear_follows_from_the_dac_time_of_the_first() -> None:
    clock = EarClock(RATE_HZ)
    clock.start(2.0)
    assert clock.frame_at(1.5) == 0.0
    assert clock.frame_at(3.5) == pytest.approx(1.5 * RATE_HZ)


@settings(max_examples=10, deadline=None)
@given(st.floats(-300e-6, 300e-6))
def test_a_card_whose_clock_drifts_is_followed(drift: float) -> None:
    clock = EarClock(RATE_HZ)
    clock.start(0.2)
    now_s = listened(clock, 600.0, started_s=0.2, card_rate_hz=RATE_HZ * (1.0 + drift))
    truth = (now_s - 0.2) * RATE_HZ * (1.0 + drift)
    assert clock.frame_at(now_s) == pytest.approx(truth, abs=0.005 * RATE_HZ)  # 5 ms after ten minutes, of up to 180 ms


def test_after_it_ran_dry_the_count_goes_on_from_where_it_was() -> None:
    clock = EarClock(RATE_HZ)
    clock.start(0.0)
    clock.restart(88_200)
    clock.start(5.0)
    assert clock.frame_at(6.0) == pytest.approx(88_200 + RATE_HZ)


def test_silence_takes_frames_at_the_pace_of_the_clock() -> None:
    import numpy as np

    silence = Silence(now_s=10.0)
    silence.write(np.zeros((RING_FRAMES, 2), np.float32))
    heard = silence.heard(10.1)
    assert heard.ear_frame == pytest.approx(4410, abs=1)
    assert heard.buffered_frames == RING_FRAMES - heard.ear_frame
    assert silence.heard(99.0).ear_frame == RING_FRAMES
