from __future__ import annotations

import itertools

import pytest

from relaxlisten.messages import Notification, SensorState, SoundState
from relaxlisten.sensor.heart_rate_service import parse_measurement
from relaxlisten.sensor.simulated import SimulatedSensor
from relaxlisten.terms import SensorKind, SensorPhase


class StandingClock:
    def __init__(self, at_s=0.0):
        self.at_s = at_s

    def now_s(self):
        return self.at_s


def sound(time_s, tempo_bpm):
    return SoundState(
        time_s=time_s,
        dac_time_s=time_s - 0.1,
        track_id="builtin:x",
        source_s=time_s,
        time_ratio=1.0,
        tempo_bpm=tempo_bpm,
        beat_index=0,
        audible=tempo_bpm is not None,
        buffered_s=1.0,
        breaks=0,
        underflow_frames=0,
        turn=1,
    )


def session(seed, *, poll_every_s, tempo_at=lambda time_s: None, seconds=1200, origin_s=0.0):
    """Everything sent in a session whose loop polls first and tells what is heard afterwards, four times a second."""
    sensor, sent, told = SimulatedSensor(seed), [], 0
    sensor.start(StandingClock(origin_s))
    for step in range(round(seconds / poll_every_s) + 1):
        now_s = origin_s + step * poll_every_s
        sent += sensor.poll(now_s)
        while origin_s + told * 0.25 <= now_s:
            time_s = origin_s + told * 0.25
            sensor.hear(sound(time_s, tempo_at(time_s)))
            told += 1
    return sent


def leading(time_s):
    return 70.0 - time_s / 120.0 if time_s > 60.0 else None


def beats_ms(sent, first_s, last_s):
    inside = [event for event in sent if isinstance(event, Notification) and first_s <= event.time_s < last_s]
    return [rr / 1.024 for event in inside for rr in parse_measurement(0.0, event.payload).rr_1024]


def mean_bpm(sent, first_s, last_s):
    rr_ms = beats_ms(sent, first_s, last_s)
    return 60_000.0 * len(rr_ms) / sum(rr_ms)


@pytest.mark.parametrize("poll_every_s", [0.125, 1.0, 1.75])
def test_the_packets_do_not_depend_on_how_often_they_are_asked_for(poll_every_s):
    often = session(3, poll_every_s=0.05, tempo_at=leading, seconds=420)

    assert session(3, poll_every_s=poll_every_s, tempo_at=leading, seconds=420) == often


def test_another_seed_is_another_person():
    assert session(3, poll_every_s=1.0, seconds=20) != session(4, poll_every_s=1.0, seconds=20)


def test_streams_at_once_says_that_it_is_simulated_and_sends_within_a_second():
    connecting, streaming, first, *_ = session(5, poll_every_s=0.05, seconds=2, origin_s=7.0)

    assert isinstance(connecting, SensorState)
    assert (connecting.phase, streaming.phase) == (SensorPhase.CONNECTING, SensorPhase.STREAMING)
    assert (streaming.kind, streaming.name, streaming.battery_percent) == (SensorKind.SIMULATED, "Simulated heart", None)
    assert "simulated" in streaming.reason
    assert 7.0 < first.time_s <= 8.0


def test_packets_come_about_once_a_second_with_none_to_two_intervals():
    sent = [event for event in session(6, poll_every_s=1.0, seconds=200) if isinstance(event, Notification)]
    intervals = [len(parse_measurement(0.0, event.payload).rr_1024) for event in sent]

    assert all(abs(event.time_s - 0.9 - index) < 0.01 for index, event in enumerate(sent))
    assert set(intervals) <= {0, 1, 2}
    assert len({round(event.time_s % 1.0, 5) for event in sent}) > 50  # arrival jitters


def test_the_heart_follows_the_music_that_is_heard():
    with_music, in_silence = (session(8, poll_every_s=1.0, tempo_at=tempo) for tempo in (leading, lambda _: None))

    assert 68.0 < mean_bpm(in_silence, 0.0, 60.0) < 77.0
    assert beats_ms(with_music, 0.0, 60.0) == beats_ms(in_silence, 0.0, 60.0)
    assert mean_bpm(with_music, 1000.0, 1200.0) < mean_bpm(in_silence, 1000.0, 1200.0) - 4.0


def test_now_and_then_contact_is_lost_for_about_three_seconds():
    times_s = [event.time_s for event in session(9, poll_every_s=1.0, seconds=2400) if isinstance(event, Notification)]
    gaps_s = [later - earlier for earlier, later in itertools.pairwise(times_s) if later - earlier > 1.5]

    assert 4 <= len(gaps_s) <= 12
    assert all(3.0 < gap_s < 5.0 for gap_s in gaps_s)


def test_after_stop_nothing_is_sent():
    sensor = SimulatedSensor(1)
    sensor.start(StandingClock())
    sensor.poll(5.0)
    sensor.stop()

    assert sensor.poll(50.0) == []
