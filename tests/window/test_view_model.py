import math
import mmap
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from relaxlisten.messages import Notice
from relaxlisten.terms import SensorKind, SensorPhase, Severity
from relaxlisten.window.therapist_series import Trace, Traces
from relaxlisten.window.view_model import (
    ViewModel,
    clock_text,
    is_not_a_live_heart,
    quality_line,
    rmssd_line,
    sensor_line,
)
from tests.window.scripted_session import LOST_S, beat, events_of_second, physiology, sensor, sound

STATM = Path("/proc/self/statm")


def fed(*events: object) -> ViewModel:
    model = ViewModel()
    for event in events:
        model.feed(event)
    return model


def after(seconds: int, kind: SensorKind = SensorKind.ECG) -> ViewModel:
    return fed(*(event for second in range(1, seconds + 1) for event in events_of_second(second, kind)))


def test_a_line_never_crosses_a_time_without_beats() -> None:
    times_s, values = after(400).course.rr.since(0.0)
    inside = (times_s >= LOST_S[0] - 1.0) & (times_s <= LOST_S[1] + 1.0)
    assert np.isnan(values[inside]).any()
    joined = np.isfinite(values[1:]) & np.isfinite(values[:-1])
    assert np.diff(times_s)[joined].max() < 3.0


def test_an_unknown_heart_rate_breaks_its_line() -> None:
    times_s, values = after(400).heart.since(0.0)
    assert np.isnan(values[(times_s > LOST_S[0] + 11.0) & (times_s < LOST_S[1])]).all()
    assert np.isfinite(values[times_s < LOST_S[0]]).all()


def test_an_hour_and_a_half_of_heart_rate_is_at_hand_as_the_calm_line_shows_it() -> None:
    model = fed(*(physiology(i / 4.0, 66.0) for i in range(4 * 5400)))
    times_s, _ = model.heart.since(-math.inf)
    assert times_s[0] == 0.0
    assert np.diff(times_s).max() <= 1.0


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


def test_curves_of_the_same_moments_are_read_each_by_its_name_and_a_gap_breaks_them_all() -> None:
    traces = Traces(10, ("a", "b"))
    for time_s in range(1, 30):
        traces.follow(float(time_s), (time_s * 2.0, None if time_s == 28 else time_s * 3.0))
    traces.follow(40.0, (1.0, 2.0))
    times_s, values = traces["a"].since(-math.inf)
    assert times_s.tolist() == [*(float(time_s) for time_s in range(22, 30)), 40.0, 40.0]
    assert values.tolist()[:-2] == [2.0 * time_s for time_s in range(22, 30)]
    assert np.isnan(traces["b"].since(27.5)[1]).tolist() == [False, True, False, True, False]
    assert np.isnan(traces["a"].since(27.5)[1]).tolist() == [False, False, False, True, False]
    assert traces["a"].last_s == traces.last_s == 40.0


@pytest.mark.skipif(not STATM.exists(), reason="only Linux tells how much memory is in use")
def test_a_trace_has_its_memory_from_the_beginning() -> None:
    trace = Trace(1_000_000)
    before = resident_bytes()
    for point in range(1_000_000):
        trace.add(float(point), 1.0)
    assert resident_bytes() - before < 4_000_000  # of 18 MB that it holds


def resident_bytes() -> int:
    return int(STATM.read_text(encoding="ascii").split()[1]) * mmap.PAGESIZE


def test_memory_does_not_grow_over_hours() -> None:
    model = after(60)
    tracemalloc.start()
    for second in range(61, 36_000):
        for event in (physiology(float(second), 66.0), sound(float(second), 66.0), beat(float(second), 900.0)):
            model.feed(event)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 100_000
