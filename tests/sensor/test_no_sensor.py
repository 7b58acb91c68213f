from relaxlisten.messages import SensorState
from relaxlisten.sensor.no_sensor import NoSensor
from relaxlisten.terms import SensorPhase


class Clock:
    def now_s(self) -> float:
        return 0.25


def test_it_says_once_that_nothing_is_worn_and_sends_no_heart() -> None:
    sensor = NoSensor()
    sensor.start(Clock())
    (said,) = sensor.poll(1.0)
    assert isinstance(said, SensorState)
    assert (said.time_s, said.phase) == (0.25, SensorPhase.ENDED)
    assert sensor.poll(2.0) == []
