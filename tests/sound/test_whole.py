"""`relaxlisten.stretch`: a whole piece at once, at any rate and with any number of channels."""

from __future__ import annotations

import numpy as np
import pytest

import relaxlisten
from relaxlisten.errors import UsageError


def tone_at(rate_hz: int, channels: int, seconds: float = 2.0) -> np.ndarray:
    wave = 0.3 * np.sin(2.0 * np.pi * 440.0 * np.arange(round(seconds * rate_hz)) / rate_hz)
    return np.outer(wave, np.linspace(1.0, 0.4, channels)).astype(np.float32)


def off_pitch_db(sound: np.ndarray, rate_hz: int) -> float:
    """Level of all that is not 440 Hz, against the tone, in the middle second."""
    middle = sound[len(sound) // 2 - rate_hz // 2 : len(sound) // 2 + rate_hz // 2, 0].astype(np.float64)
    time_s = np.arange(middle.size) / rate_hz
    basis = np.stack([np.sin(2.0 * np.pi * 440.0 * time_s), np.cos(2.0 * np.pi * 440.0 * time_s)], axis=1)
    rest = middle - basis @ np.linalg.lstsq(basis, middle, rcond=None)[0]
    return float(10.0 * np.log10(np.mean(rest**2) / np.mean(middle**2)))


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_length_pitch_and_image_are_right_at_any_rate(rate_hz: int, channels: int) -> None:
    sound = relaxlisten.stretch(tone_at(rate_hz, channels), rate_hz, 1.08)
    assert sound.shape == (round(2.0 * rate_hz * 1.08), channels)
    assert sound.dtype == np.float32
    assert off_pitch_db(sound, rate_hz) < -80.0
    shares = np.linspace(1.0, 0.4, channels)
    assert np.abs(sound - sound[:, :1] * shares.astype(np.float32)).max() < 1e-5


def test_one_channel_may_come_without_a_second_axis_and_ratio_one_is_the_piece_itself() -> None:
    piece = tone_at(44_100, 1)[:, 0]
    assert np.abs(relaxlisten.stretch(piece, 44_100, 1.0)[:, 0] - piece).max() < 1e-6


def test_a_ratio_for_each_frame_adds_up_and_puts_a_click_where_it_belongs() -> None:
    ratios = np.linspace(0.9, 1.1, 88_200)
    piece = np.zeros((88_200, 2), np.float32)
    piece[60_000] = 0.8
    sound = relaxlisten.stretch(piece, 44_100, ratios)
    assert len(sound) == round(ratios.sum())
    assert abs(int(np.abs(sound[:, 0]).argmax()) - ratios[:60_000].sum()) < 3


@pytest.mark.parametrize(
    ("audio", "rate_hz", "time_ratio", "said"),
    [
        (np.zeros((0, 2)), 44_100, 1.0, "at least one frame"),
        (np.zeros((10, 2)), 4_000, 1.0, "sampling rate"),
        (np.zeros((10, 2)), 44_100, 3.0, "from 0.5 to 2"),
        (np.zeros((10, 2)), 44_100, float("nan"), "from 0.5 to 2"),
        (np.zeros((10, 2)), 44_100, [1.0, 1.0], r"one number or 10"),
    ],
)
def test_what_cannot_be_stretched_is_told(audio: np.ndarray, rate_hz: int, time_ratio: object, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        relaxlisten.stretch(audio, rate_hz, time_ratio)
