from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaxlisten.music.instruments import AFTERSOUND, HIGHEST_HZ, note_length_s, pitch_hz, render_note
from relaxlisten.music.voices import VOICES

RATE = 44100


def test_a4_is_440_hz_and_an_octave_doubles():
    assert pitch_hz(69) == 440.0
    assert pitch_hz(57) == pytest.approx(220.0)


@pytest.mark.parametrize("name", sorted(set(VOICES) - {"bowl", "drop"}))
@pytest.mark.parametrize("rate_hz", [22050, 44100, 96000])
def test_sounds_at_its_pitch(name, rate_hz):
    frames = 2 * rate_hz
    sound = render_note(name, 64, frames, rate_hz, 0, frames).mean(axis=0)
    power = np.abs(np.fft.rfft(sound * np.hanning(frames), 4 * frames))
    peak_hz = np.argmax(power) * rate_hz / (4 * frames)
    assert 1200 * abs(np.log2(peak_hz / pitch_hz(64))) < 6  # cents


@pytest.mark.parametrize("name", sorted(VOICES))
def test_begins_and_ends_at_nothing_and_has_no_edge(name):
    frames = round(note_length_s(VOICES[name], 60, 2.0) * RATE)
    sound = render_note(name, 60, frames, RATE, 0, frames)
    assert np.abs(sound[:, 0]).max() < 1e-6
    assert np.abs(sound[:, -1]).max() < 1e-4
    assert np.abs(np.diff(sound, axis=1)).max() < 0.1
    assert 0.005 < np.abs(sound).max() < 1.0


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(sorted(VOICES)), st.integers(0, 40_000), st.integers(1, 20_000))
def test_any_part_of_a_note_is_that_part_of_the_whole(name, start, length):
    frames = 60_000
    whole = render_note(name, 57, frames, RATE, 0, frames)
    stop = min(frames, start + length)
    part = render_note(name, 57, frames, RATE, start, stop)
    assert np.abs(part - whole[:, start:stop]).max() < 2e-6


def test_a_struck_note_fades_by_60_db_in_its_time():
    voice = VOICES["mallet"]  # 1.8 s at middle C
    frames = 2 * RATE
    sound = render_note("mallet", 60, frames, RATE, 0, frames)[0]
    early, late = (np.sqrt(np.mean(sound[at : at + 2000] ** 2)) for at in (RATE // 2, RATE))
    assert 20 * np.log10(early / late) == pytest.approx(60 * 0.5 / voice.ring_s, rel=0.1)


@pytest.mark.parametrize("name", sorted(VOICES))
def test_nothing_sounds_above_the_highest_frequency(name):
    frames = RATE
    sound = render_note(name, 96, frames, RATE, 0, frames).mean(axis=0) * np.hanning(frames)
    power = np.abs(np.fft.rfft(sound)) ** 2
    above = np.fft.rfftfreq(frames, 1 / RATE) > 1.1 * HIGHEST_HZ
    assert power[above].sum() < 1e-5 * power.sum()


def test_a_felt_string_dies_in_two_stages():
    frames = 5 * RATE
    sound = render_note("felt", 60, frames, RATE, 0, frames).mean(axis=0)
    level_db = [20 * np.log10(np.sqrt(np.mean(sound[round(at * RATE) :][:4000] ** 2))) for at in (0.2, 0.7, 3.5, 4.0)]
    first, second = (60.0 * 0.5 / (before - after) for before, after in (level_db[:2], level_db[2:]))
    # 60 dB in 2.6 s at first (a little longer, for the second stage is under it), then in AFTERSOUND times that, beating slowly.
    assert first == pytest.approx(VOICES["felt"].ring_s, rel=0.2)
    assert second == pytest.approx(AFTERSOUND * VOICES["felt"].ring_s, rel=0.35)


def test_a_choir_is_as_strong_on_every_pitch_and_its_mouth_stays_where_it_is():
    strengths, centres_hz = [], []
    for pitch in (52, 59, 66, 73):
        sound = render_note("choir", pitch, 2 * RATE, RATE, RATE // 2, 2 * RATE - RATE).mean(axis=0)
        strengths.append(np.sqrt(np.mean(sound**2)))
        power = np.abs(np.fft.rfft(sound * np.hanning(sound.size))) ** 2
        centres_hz.append(np.sum(np.fft.rfftfreq(sound.size, 1 / RATE) * power) / power.sum())
    assert max(strengths) < 2.0 * min(strengths)
    assert max(centres_hz) < 2.0 * min(centres_hz)  # though the pitch rises by a factor of 3.4


@pytest.mark.parametrize(("voice", "airy"), [("flute", True), ("glass", False)])
def test_breath_lies_between_the_partials_of_a_flute(voice, airy):
    frames = 4 * RATE
    sound = render_note(voice, 69, frames, RATE, RATE, 3 * RATE).mean(axis=0)
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.size))) ** 2
    around = np.abs(np.fft.rfftfreq(sound.size, 1 / RATE) - 440.0)
    share = power[(around > 8.0) & (around < 70.0)].sum() / power[around < 4.0].sum()
    assert (share > 1e-3) == airy
