"""Pieces as loud as they come, and how loud they are heard: measured on what the program writes, by meters not its own."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pyloudnorm
import pytest
import soundfile
from scipy.signal import butter as butterworth
from scipy.signal import resample_poly, sosfilt

from relaxlisten.messages import SoundState
from tests.system.program import read_session, run

if TYPE_CHECKING:
    from pathlib import Path

    from relaxlisten.units import FloatArray

pytestmark = pytest.mark.system

RATE_HZ = 44_100
SECONDS = 75.0
LEVELS_LUFS = (-8.0, -14.0, -23.0, -30.0)


def swelling_noise(level_lufs: float, seed: int) -> FloatArray:
    """Noise like music: more low than high, swelling and ebbing; as loud as asked for, if need be by squashing its peaks."""
    chance = np.random.default_rng(seed)
    noise = sosfilt(
        butterworth(1, 800.0, fs=RATE_HZ, output="sos"), chance.standard_normal((round(SECONDS * RATE_HZ), 2)), axis=0
    )
    swell = 0.6 + 0.4 * np.sin(2.0 * np.pi * np.arange(len(noise)) / RATE_HZ / 7.0)
    sound = noise * swell[:, None]
    for _ in range(6):
        short_by_db = level_lufs - pyloudnorm.Meter(RATE_HZ).integrated_loudness(sound)
        sound = np.tanh(sound * 10.0 ** (short_by_db / 20.0)) if level_lufs > -20.0 else sound * 10.0 ** (short_by_db / 20.0)
    return sound * min(1.0, 0.999 / np.abs(sound).max())


def true_peak_dbtp(sound: FloatArray) -> float:
    """By eight-fold oversampling, of the loudest parts."""
    peaks = [np.abs(resample_poly(part, 8, 1, axis=0)).max() for part in np.array_split(sound, 64)]
    return float(20.0 * np.log10(max(peaks)))


def test_loud_and_soft_pieces_are_heard_equally_loud_and_never_clip(tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    for number, level_lufs in enumerate(LEVELS_LUFS):
        soundfile.write(music / f"{-level_lufs:.0f}.wav", swelling_noise(level_lufs, number), RATE_HZ, subtype="PCM_24")
    wave, session = tmp_path / "heard.wav", tmp_path / "session"
    done = run(
        "listen",
        "--offline",
        "--music",
        music,
        "--minutes",
        "7",
        "--volume",
        "1",
        "--render",
        wave,
        "--out",
        session,
        home=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    heard, _ = soundfile.read(wave)
    states = [entry.event for entry in read_session(session).events if isinstance(entry.event, SoundState)]
    found = {}
    for (_, track_id), group in itertools.groupby(states, key=lambda state: (state.turn, state.track_id)):
        whole = [state.time_s for state in group if state.audible and 8.0 < state.source_s < SECONDS - 12.0]
        if whole and whole[-1] - whole[0] > 50.0:
            part = heard[round(whole[0] * RATE_HZ) : round(whole[-1] * RATE_HZ)]
            found[track_id] = pyloudnorm.Meter(RATE_HZ).integrated_loudness(part)
    assert len(found) == len(LEVELS_LUFS)
    assert max(found.values()) - min(found.values()) < 1.0
    assert true_peak_dbtp(heard) <= -1.0
