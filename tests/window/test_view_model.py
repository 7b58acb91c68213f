import math
import tracemalloc

import numpy as np
import pytest

from relaxlisten.messages import Notice
from relaxlisten.terms import Quality, SensorKind, SensorPhase, Severity
from relaxlisten.window.view_model import (
    Trace,
    ViewModel,
    clock_text,
    is_not_a_live_heart,
    quality_line,
    rmssd_line,
    sensor_line,
)
from tests.window.scripted_session import LOST_S, beat, events_of_second, physiology, sensor, sound


def fed(*events: object) -> ViewModel:
    model = ViewModel()
    for event in events:
        model.feed(event)
    return model


def after(seconds: int, kind: SensorKind = SensorKind.ECG) -> ViewModel:
    return fed(*(event for second in range(1, seconds + 1) for event in events_of_second(second, kind)))


def test_a_line_never_crosses_a_time_without_beats() -> None:
    times_s, values = after(400).rr.since(0.0)
    inside = (times_s >= LOST_S[0] - 1.0) & (times_s <= LOST_S[1] + 1.0)
    assert np.isnan(values[inside]).any()
    joined = np.isfinite(values[1:]) & np.isfinite(values[:-1])
    assert np.diff(times_s)[joined].max() < 3.0


def test_an_unknown_heart_rate_breaks_its_line() -> None:
    times_s, values = after(400).heart.since(0.0)
    assert np.isnan(values[(times_s > LOST_S[0] + 11.0) & (times_s < LOST_S[1])]).all()
    assert np.isfinite(values[times_s < LOST_S[0]]).all()


def test_corrected_beats_are_marked() -> None:
    model = fed(beat(1.0, 800.0), beat(1.8, 810.0, Quality.ECTOPIC), beat(2.6, 805.0))
    assert model.corrected.since(0.0)[0].tolist() == [1.8]


def test_the_tempo_trace_takes_one_point_a_second() -> None:
    assert len(fed(*(sound(i / 4.0, 66.0) for i in range(400))).tempo.since(0.0)[0]) == pytest.approx(100, abs=1)


def test_a_piece_without_a_pulse_has_no_tempo_and_breaks_the_line() -> None:
    model = fed(sound(1.0, 66.0), sound(2.0, None), sound(3.0, 64.0))
    assert [math.isnan(value) for value in model.tempo.since(0.0)[1]] == [False, True, False]


@pytest.mark.parametrize(
    ("kind", "mark"),
    [(SensorKind.SIMULATED, "SIMULATED"), (SensorKind.FILE, "RECORDED FILE"), (SensorKind.ECG, ""), (SensorKind.UNKNOWN, "")],
)
def test_what_is_no_live_heart_is_marked(kind: SensorKind, mark: str) -> None:
    facts = fed(sensor(0.0, SensorPhase.STREAMING, kind)).facts
    assert is_not_a_live_heart(facts) == mark
    assert mark.lower() in sensor_line(facts).lower()


def test_the_sensor_line_tells_battery_and_loss() -> None:
    model = fed(sensor(0.0, SensorPhase.STREAMING))
    assert sensor_line(model.facts) == "Polar H10 · connected · battery 87 %"
    model.feed(sensor(1.0, SensorPhase.WAITING))
    assert "the music goes on" in sensor_line(model.facts)


def test_optical_sensors_are_labelled_prv() -> None:
    facts = fed(sensor(0.0, SensorPhase.STREAMING, SensorKind.OPTICAL), physiology(1.0, 70.0)).facts
    assert rmssd_line(facts) == "RMSSD (PRV) 42 ms"


def test_a_withheld_value_shows_its_reason_and_no_number() -> None:
    facts = fed(physiology(1.0, None, age_s=12.0)).facts
    assert rmssd_line(facts) == "RMSSD: withheld (no heartbeat for 12 s)"
    assert quality_line(facts) == "Signal: no heartbeat for 12 s"


def test_the_newest_notice_is_shown() -> None:
    model = fed(*(Notice(time_s=1.0, severity=Severity.WARNING, code="x", text=text) for text in ("first", "second")))
    assert (model.facts.notice, model.facts.notice_severity) == ("second", Severity.WARNING)


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "0:00"), (0.4, "0:01"), (59.0, "0:59"), (60.0, "1:00"), (1199.5, "20:00")])
def test_time_left_is_rounded_up(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text


def test_a_full_trace_keeps_the_newest_points_in_order() -> None:
    trace = Trace(10)
    for point in range(37):
        trace.add(float(point), float(point) * 2.0)
    times_s, values = trace.since(-math.inf)
    assert times_s.tolist() == [float(point) for point in range(27, 37)]
    assert values.tolist() == [2.0 * point for point in range(27, 37)]
    assert trace.since(35.0)[0].tolist() == [34.0, 35.0, 36.0]


def test_memory_does_not_grow_over_hours() -> None:
    model = after(60)
    tracemalloc.start()
    for second in range(61, 36_000):
        for event in (physiology(float(second), 66.0), sound(float(second), 66.0), beat(float(second), 900.0)):
            model.feed(event)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 100_000
