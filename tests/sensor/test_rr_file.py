from __future__ import annotations

from relaxlisten.messages import Notice, Notification, SensorState
from relaxlisten.sensor.heart_rate_service import parse_measurement
from relaxlisten.sensor.rr_file import RrFileSensor
from relaxlisten.terms import SensorKind, SensorPhase


class StandingClock:
    def __init__(self, at_s=0.0):
        self.at_s = at_s

    def now_s(self):
        return self.at_s


def playing(rr_ms, at_s=0.0):
    sensor = RrFileSensor(rr_ms, "rest.txt")
    sensor.start(StandingClock(at_s))
    return sensor


def test_a_packet_comes_each_second_of_session_time_and_then_the_end():
    sensor = playing([800.0, 800.0, 400.0], at_s=5.0)
    opening, nothing, first, rest, after = (sensor.poll(now_s) for now_s in (5.0, 5.99, 6.0, 60.0, 61.0))

    assert [state.phase for state in opening] == [SensorPhase.CONNECTING, SensorPhase.STREAMING]
    assert {state.kind for state in opening} == {SensorKind.FILE}
    assert nothing == []
    assert [(n.time_s, parse_measurement(0.0, n.payload).rr_1024) for n in first] == [(6.0, (819,))]
    assert isinstance(rest[0], Notification)
    assert rest[0].time_s == 7.0
    assert isinstance(rest[-1], SensorState)
    assert (rest[-1].phase, rest[-1].time_s) == (SensorPhase.ENDED, 7.0)
    assert "played to its end" in rest[-1].reason
    assert after == []


def test_intervals_that_no_heart_makes_are_reported_and_played_as_they_are():
    sensor = playing([100.0, 3500.0, 800.0])
    sent = sensor.poll(100.0)
    notices = [event for event in sent if isinstance(event, Notice)]

    assert [notice.code for notice in notices] == ["rr_file_implausible"]
    assert notices[0].text.startswith("2 of the 3 intervals")
    played = [rr for event in sent if isinstance(event, Notification) for rr in parse_measurement(0.0, event.payload).rr_1024]
    assert played == [102, 3584, 819]


def test_after_stop_nothing_more_is_sent():
    sensor = playing([800.0] * 10)
    sensor.poll(3.0)
    sensor.stop()

    assert sensor.poll(30.0) == []
