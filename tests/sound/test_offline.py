from __future__ import annotations

import math

import pytest
import soundfile

from relaxlisten.messages import Notice, SoundState, Track
from relaxlisten.sound.mixing import LOOK_AHEAD
from relaxlisten.sound.offline import OfflineSound
from relaxlisten.terms import TempoSource
from tests.sound.making import RATE_HZ, plan, tone

TRACK = Track(
    track_id="file:tone.wav", title="Tone", duration_s=20.0, tempo_bpm=60.0, tempo_source=TempoSource.SIDECAR, first_beat_s=0.5
)


class StandingClock:
    def now_s(self):
        return 0.0


def session(tmp_path, render_path, until_s=6.0, step_s=0.05):
    source = tmp_path / "tone.wav"
    soundfile.write(source, tone(440.0, 20.0), RATE_HZ)
    sound = OfflineSound(render_path, 0)
    sound.start(StandingClock())
    sound.add_track(TRACK, source)
    reports = []
    for number in range(round(until_s / step_s) + 1):
        reports += sound.poll(number * step_s)
        if number == round(1.0 / step_s):
            sound.apply(plan(TRACK.track_id, time_ratio=1.05))
    sound.stop()
    return reports


def test_states_come_four_times_a_second_and_tell_second_beat_and_tempo(tmp_path):
    states = session(tmp_path, None)
    assert [state.time_s for state in states] == [number / 4 for number in range(1, 25)]
    assert [state.dac_time_s for state in states] == [state.time_s for state in states]
    for state in states[:4]:
        assert (state.track_id, state.tempo_bpm, state.audible) == (None, None, False)
    for state in states[6:]:
        source_s = (state.time_s - 1.0 - LOOK_AHEAD / RATE_HZ) / 1.05
        assert state.source_s == pytest.approx(source_s, abs=0.015)  # a plan waits for the next block
        assert state.tempo_bpm == pytest.approx(60.0 / 1.05)
        assert state.beat_index == math.floor(state.source_s - 0.5)  # 60 BPM: a beat a second


def test_the_file_is_as_long_as_the_session_with_its_last_fade(tmp_path):
    heard = tmp_path / "heard.wav"
    session(tmp_path, heard)
    sound, rate_hz = soundfile.read(heard)
    assert rate_hz == RATE_HZ
    assert len(sound) / rate_hz == pytest.approx(8.0, abs=0.06)
    assert not sound[: round(0.99 * RATE_HZ)].any()
    assert not sound[-500:].any()


def test_two_runs_are_alike_to_the_byte(tmp_path):
    first = session(tmp_path, tmp_path / "one.wav")
    assert session(tmp_path, tmp_path / "two.wav") == first
    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "two.wav").read_bytes()


def test_how_often_it_is_polled_changes_neither_states_nor_sound(tmp_path):
    seldom = session(tmp_path, tmp_path / "one.wav", step_s=0.5)
    often = session(tmp_path, tmp_path / "two.wav", step_s=0.05)
    assert seldom == often
    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "two.wav").read_bytes()


def test_a_file_that_cannot_be_written_is_told_once_and_the_session_goes_on(tmp_path):
    reports = session(tmp_path, tmp_path / "nowhere" / "heard.wav")
    notices = [report for report in reports if isinstance(report, Notice)]
    assert [notice.code for notice in notices] == ["render_stopped"]
    assert sum(isinstance(report, SoundState) for report in reports) == 24


def test_a_piece_that_cannot_be_opened_is_told_once(tmp_path):
    sound = OfflineSound(None, 0)
    sound.start(StandingClock())
    sound.add_track(TRACK, tmp_path / "gone.wav")
    reports = []
    for number in range(20):
        sound.apply(plan(TRACK.track_id, turn=1))
        reports += sound.poll(number * 0.25)
    assert [report.code for report in reports if isinstance(report, Notice)] == ["piece_not_played"]
    assert not any(report.audible for report in reports if isinstance(report, SoundState))
