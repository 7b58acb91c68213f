"""The sound process on a virtual sound card, and what is heard there."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest
import soundfile

from relaxlisten.messages import Notice, SoundState, Track
from relaxlisten.sound.orders import Output, Settings
from relaxlisten.sound.output import SoundCard
from relaxlisten.sound.process import SoundProcess
from relaxlisten.terms import TempoSource
from tests.sound.making import plan, residual_db, roughness, tone
from tests.system.soundcard.virtual import RATE_HZ, missing_programs, virtual_sound_card

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"),
]

PIECE = Track(track_id="file:piece.wav", title="Piece", duration_s=60.0, tempo_bpm=60.0, tempo_source=TempoSource.SIDECAR)


class Clock:
    def __init__(self):
        self.origin_s = time.monotonic()

    def now_s(self):
        return time.monotonic() - self.origin_s


class Session:
    """A sound process with one piece, polled like a session does it."""

    def __init__(self, path, samples, **settings):
        soundfile.write(path, samples, RATE_HZ)
        self.clock = Clock()
        self.reports = []
        settings = {"origin_s": 0.0, "output": Output.CARD, "render_path": None, "seed": 0} | settings
        self.sound = SoundProcess(Settings(**settings))
        self.sound.start(self.clock)
        self.sound.add_track(PIECE, path)

    def run(self, seconds):
        waiting, until_s = threading.Event(), time.monotonic() + seconds
        while time.monotonic() < until_s:
            self.reports += self.sound.poll(self.clock.now_s())
            waiting.wait(0.05)

    def run_until(self, is_so, at_most_s):
        until_s = time.monotonic() + at_most_s
        while not is_so():
            assert time.monotonic() < until_s, self.reports[-3:]
            self.run(0.05)

    @property
    def states(self):
        return [report for report in self.reports if isinstance(report, SoundState)]

    @property
    def codes(self):
        return [report.code for report in self.reports if isinstance(report, Notice)]


@pytest.fixture
def card(monkeypatch):
    with virtual_sound_card() as card:
        for name in ("XDG_RUNTIME_DIR", "HOME", "PULSE_SERVER"):
            monkeypatch.setenv(name, card.environment[name])
        yield card


def heard_part(samples):
    loud = np.flatnonzero(np.abs(samples).max(axis=1) > 1e-4)
    return samples[loud[0] : loud[-1] + 1]


def test_a_tone_is_heard_whole_at_its_pitch(card, tmp_path):
    session = Session(tmp_path / "piece.wav", tone(440.0, 60.0))
    with card.record() as recording:
        session.sound.apply(plan(PIECE.track_id, fade_s=0.2))
        session.run_until(lambda: any(state.audible for state in session.states), 10.0)
        session.run(6.0)
        session.sound.stop()
        threading.Event().wait(0.3)
    heard = heard_part(recording.samples())
    assert session.codes == []
    assert session.states[-1].breaks <= 1
    assert 7.5 < len(heard) / RATE_HZ < 12.0
    steady = heard[RATE_HZ : 5 * RATE_HZ, 0]
    if session.states[-1].breaks == 0:
        assert residual_db(steady, 440.0) < -60.0
    assert np.abs(heard[-round(0.2 * RATE_HZ) :]).max() < 0.08  # it ends in a fade
    assert roughness(heard[-2 * RATE_HZ :]) < 0.01


def test_clicks_are_heard_when_the_states_say_so(card, tmp_path):
    clicks = np.zeros((60 * RATE_HZ, 2), np.float32)
    clicks[np.arange(60) * RATE_HZ] = 0.9
    session = Session(tmp_path / "piece.wav", clicks)
    with card.record() as recording:
        session.sound.apply(plan(PIECE.track_id, time_ratio=1.05, fade_s=0.05, start_s=0.5))
        session.run_until(lambda: any(state.audible for state in session.states), 10.0)
        session.run(10.0)
        arrived_s = session.clock.now_s()
        samples = np.abs(recording.samples()[:, 0])
        session.sound.stop()
    loud = np.flatnonzero(samples > 0.05)
    starts = loud[np.flatnonzero(np.diff(loud, prepend=-RATE_HZ) > RATE_HZ // 2)]
    gaps_s = np.diff(starts) / RATE_HZ
    assert len(starts) >= 8
    assert np.abs(gaps_s - 1.05).max() < 0.01
    # The recorder's newest frame was at the ear at arrived_s, but for its own delay.
    steady = [state for state in session.states if state.audible][6:]
    told_s = {beat: np.mean([s.dac_time_s + (beat - s.source_s) * s.time_ratio for s in steady]) for beat in range(3, 9)}
    heard_s = arrived_s - (len(samples) - starts) / RATE_HZ
    nearest = [heard_s[np.abs(heard_s - at_s).argmin()] - at_s for at_s in told_s.values()]
    assert np.ptp(nearest) < 0.02
    assert abs(np.mean(nearest)) < 0.15
    moments = [state.dac_time_s - state.source_s * state.time_ratio for state in steady]
    assert np.ptp(moments) < 0.02


def test_a_card_that_is_unplugged_and_comes_back_is_told_and_used_again(card, tmp_path):
    session = Session(tmp_path / "piece.wav", tone(440.0, 60.0))
    session.sound.apply(plan(PIECE.track_id))
    session.run_until(lambda: any(state.audible for state in session.states), 10.0)
    card.unplug()
    session.run_until(lambda: "sound_card_lost" in session.codes, 12.0)
    at_loss = session.states[-1].source_s
    session.run(2.0)
    assert session.states[-1].source_s > at_loss + 1.0  # the piece goes on, unheard
    card.plug_in()
    session.run_until(lambda: "sound_card_back" in session.codes, 15.0)
    with card.record() as recording:
        session.run(2.0)
        assert np.abs(recording.samples()).max() > 0.1
    session.sound.stop()


def test_a_sound_process_that_is_killed_comes_back_at_the_same_place(card, tmp_path):
    session = Session(tmp_path / "piece.wav", tone(440.0, 60.0), render_path=tmp_path / "heard.wav")
    session.sound.apply(plan(PIECE.track_id))
    session.run_until(lambda: session.states and session.states[-1].source_s > 2.0, 15.0)
    before = session.states[-1].source_s
    os.kill(session.sound._process.pid, signal.SIGKILL)
    count = len(session.states)
    session.run_until(lambda: len(session.states) > count and session.states[-1].audible, 10.0)
    assert "sound_restarted" in session.codes
    assert before - 0.1 <= session.states[-1].source_s < before + 2.0
    session.sound.stop()
    assert (tmp_path / "heard.wav").exists()
    assert soundfile.info(tmp_path / "heard-2.wav").duration > 1.0  # what is heard from there on is kept too


def test_when_the_session_is_gone_the_music_fades_and_the_process_ends(card, tmp_path):
    session = Session(tmp_path / "piece.wav", tone(440.0, 60.0))
    with card.record() as recording:
        session.sound.apply(plan(PIECE.track_id))
        session.run_until(lambda: any(state.audible for state in session.states), 10.0)
        session.run(2.0)
        session.sound._pipe.close()
        session.sound._pipe = None
        session.sound._process.join(8.0)
        assert session.sound._process.exitcode == 0
        threading.Event().wait(0.2)
    heard = heard_part(recording.samples())
    assert np.abs(heard[-round(0.2 * RATE_HZ) :]).max() < 0.08
    assert roughness(heard[-2 * RATE_HZ :]) < 0.01


def test_a_session_that_hangs_is_not_waited_for_and_the_music_fades(card, tmp_path):
    session = Session(tmp_path / "piece.wav", tone(440.0, 60.0), forgotten_after_s=2.0)
    with card.record() as recording:
        session.sound.apply(plan(PIECE.track_id))
        session.run_until(lambda: any(state.audible for state in session.states), 10.0)
        session.sound._process.join(20.0)  # and no poll: the session says no more
        assert session.sound._process.exitcode == 0
        threading.Event().wait(0.2)
    heard = heard_part(recording.samples())
    assert len(heard) > 8 * RATE_HZ
    assert np.abs(heard[-round(0.2 * RATE_HZ) :]).max() < 0.08
    assert roughness(heard[-2 * RATE_HZ :]) < 0.01


def test_a_card_that_refuses_the_rate_of_the_music_gets_it_resampled(card, monkeypatch):
    rtmixer, sounddevice = pytest.importorskip("rtmixer"), pytest.importorskip("sounddevice")
    real_mixer = rtmixer.Mixer

    def choosy(**options):
        if options["samplerate"] == RATE_HZ:
            raise sounddevice.PortAudioError("Invalid sample rate")
        return real_mixer(**options)

    monkeypatch.setattr(rtmixer, "Mixer", choosy)
    monkeypatch.setattr(sounddevice, "query_devices", lambda kind: {"default_samplerate": 48_000.0})
    samples, waiting = tone(440.0, 6.0), threading.Event()
    with card.record() as recording:
        sound_card = SoundCard(time.monotonic())
        written = 0
        while written < len(samples):
            if sound_card.free_frames() >= 2048:
                sound_card.write(samples[written : written + 2048])
                written += 2048
            waiting.wait(0.01)
            heard = sound_card.heard(time.monotonic())
            assert heard.ear_frame <= written
        assert heard.ear_frame > 4 * RATE_HZ  # counted at the rate of the music
        sound_card.close()
    assert residual_db(heard_part(recording.samples())[RATE_HZ : 3 * RATE_HZ, 0], 440.0) < -60.0
