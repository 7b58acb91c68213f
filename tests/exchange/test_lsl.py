"""LSL over this computer alone: what a raw inlet gets is what the session said, when it said it."""

import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from relaxlisten.exchange.lsl_out import PREFIX, LslOutlets, measured_offset
from relaxlisten.exchange.streams import STREAMS
from relaxlisten.loop import MonotonicClock, SteppedClock
from relaxlisten.messages import Beat, Command, Notice, RrInterval, SensorState
from relaxlisten.sensor.lsl import LslSensor
from relaxlisten.session.import_xdf import read_xdf
from relaxlisten.terms import CommandKind, Quality, SensorKind, SensorPhase
from tests.session.test_seal import KEYED
from tests.system.xdf import Recording, lonely_lsl, write_xdf

pylsl = pytest.importorskip("pylsl", reason="pylsl is not installed")
pyxdf = pytest.importorskip("pyxdf", reason="pyxdf is not installed")


@pytest.fixture(scope="module", autouse=True)
def _this_computer_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    config = tmp_path_factory.mktemp("lsl") / "lsl_api.cfg"
    config.write_text(lonely_lsl())
    pylsl.set_config_filename(str(config))


def until(condition: Callable[[], bool], what: str) -> None:
    pause = threading.Event()
    for _ in range(1500):
        if condition():
            return
        pause.wait(0.02)
    pytest.fail(f"waited in vain for {what}")


def resolved(name: str) -> Any:
    found: list[Any] = []
    until(lambda: bool(found.extend(pylsl.resolve_byprop("name", name, timeout=0.5)) or found), name)
    return found[0]


@pytest.fixture
def outlets() -> Iterator[tuple[LslOutlets, MonotonicClock]]:
    clock = MonotonicClock()
    link = LslOutlets(KEYED)
    link.start(clock)
    yield link, clock
    link.stop()


def beats(count: int) -> list[Beat]:
    ends_s = itertools.accumulate([0.8 + 0.01 * n for n in range(count)])
    return [
        Beat(time_s=end_s, rr_ms=800.0 + 10.0 * n, nn_ms=800.0 + 10.0 * n, quality=Quality.NORMAL, confidence=1.0, follows=True)
        for n, end_s in enumerate(ends_s)
    ]


def test_the_narrowest_of_many_readings_decides_how_two_clocks_stand() -> None:
    # the other clock is 100 s ahead; each pair of our readings encloses it by 2, 8 and then 0.5 s
    ours = iter([0.0, 2.0, 10.0, 18.0, 20.0, 20.5, *itertools.chain.from_iterable((30.0 + n, 39.0 + n) for n in range(100))])
    theirs = iter([101.0, 111.0, 120.25, *(135.0 + n for n in range(100))])
    offset = measured_offset(lambda: next(ours), lambda: next(theirs), "lsl")
    assert (offset.offset_s, offset.error_s, offset.time_s) == (100.0, 0.25, 20.25)


def test_an_independent_recorder_gets_every_beat_within_5_ms_and_the_import_gives_them_back(
    outlets: tuple[LslOutlets, MonotonicClock], tmp_path: Path
) -> None:
    link, clock = outlets
    recordings = [Recording(pylsl, resolved(PREFIX + name), number) for number, name in enumerate(("RR", "Markers"), start=1)]
    sent = beats(30)
    for beat in sent:
        link.receive(beat, derived=True)
    link.receive(Command(time_s=3.5, what=CommandKind.MARKER, value="eyes closed"), derived=False)

    def complete() -> bool:
        for one in recordings:
            one.pull()
        return len(recordings[0].samples) == len(sent) and bool(recordings[1].samples)

    until(complete, "all samples")
    write_xdf(tmp_path / "recorded.xdf", recordings)

    (offset,) = link.poll(clock.now_s())
    streams = {one["info"]["name"][0]: one for one in pyxdf.load_xdf(tmp_path / "recorded.xdf")[0]}
    rr = streams[PREFIX + "RR"]
    assert [stamp - offset.offset_s for stamp in rr["time_stamps"]] == pytest.approx([beat.time_s for beat in sent], abs=0.005)
    assert rr["time_series"].ravel().tolist() == [beat.rr_ms for beat in sent]
    assert streams[PREFIX + "Markers"]["time_series"] == [["marker eyes closed"]]
    described = rr["info"]["desc"][0]
    assert described["channels"][0]["channel"][0] == {"label": ["rr_ms"], "unit": ["ms"], "type": ["RR"]}
    assert (described["manufacturer"], described["heart"]) == (["RelaxListen"], ["recorded"])

    back = read_xdf(tmp_path / "recorded.xdf")
    assert back.started_utc == KEYED.started_utc
    assert back.simulated is False
    assert [beat.time_s for beat in back.beats] == pytest.approx([beat.time_s for beat in sent], abs=0.001)
    assert [beat.rr_ms for beat in back.beats] == [beat.rr_ms for beat in sent]


def test_every_stream_can_be_found_with_its_channels(outlets: tuple[LslOutlets, MonotonicClock]) -> None:
    for name, stream in STREAMS.items():
        info = resolved(PREFIX + name)
        assert (info.type(), info.channel_count()) == (stream.kind, max(len(stream.channels), 1))


def outlet(name: str, heart: str = "") -> Any:
    info = pylsl.StreamInfo(name, "RR", 1, pylsl.IRREGULAR_RATE, pylsl.cf_double64, f"test-{name}")
    info.desc().append_child_value("heart", heart)
    return pylsl.StreamOutlet(info)


def sensed(sensor: LslSensor) -> tuple[list[RrInterval], list[SensorState]]:
    found = list(sensor.poll(0.0))
    return [one for one in found if isinstance(one, RrInterval)], [one for one in found if isinstance(one, SensorState)]


def test_a_stream_of_intervals_is_a_heart_with_its_times_on_the_session_s_clock() -> None:
    source, clock = outlet("Test heart"), MonotonicClock()
    sensor = LslSensor("Test heart")
    sensor.start(clock)
    until(source.have_consumers, "the sensor")
    here_s, there_s = clock.now_s(), pylsl.local_clock()
    for at_s, value in [(0.0, 0.8), (0.81, 810.0), (1.6, 790.0), (2.0, 0.0), (12.0, 800.0)]:
        source.push_sample([value], there_s + at_s)
    intervals: list[RrInterval] = []
    states: list[SensorState] = []

    def complete() -> bool:
        more, told = sensed(sensor)
        intervals.extend(more)
        states.extend(told)
        return len(intervals) == 4

    until(complete, "the intervals")
    sensor.stop()
    assert [one.rr_ms for one in intervals] == [800.0, 810.0, 790.0, 800.0]  # 0.8 is in seconds; 0 is no interval
    assert [one.beat_s - here_s for one in intervals] == pytest.approx([0.0, 0.81, 1.6, 12.0], abs=0.005)
    assert [one.after_gap for one in intervals] == [True, False, False, True]
    assert [state.phase for state in states][-1] is SensorPhase.STREAMING
    assert "Test heart" in states[-1].reason


def test_a_stream_that_ends_is_told_of_and_taken_back_when_it_returns() -> None:
    source, sensor = outlet("Going heart", "simulated"), LslSensor("Going heart")
    sensor.start(MonotonicClock())
    phases: list[SensorPhase] = []
    kinds: set[SensorKind] = set()

    def seen(phase: SensorPhase) -> Callable[[], bool]:
        def look() -> bool:
            states = sensed(sensor)[1]
            phases.extend(state.phase for state in states)
            kinds.update(state.kind for state in states if state.phase is SensorPhase.STREAMING)
            return bool(phases) and phases[-1] is phase

        return look

    until(source.have_consumers, "the sensor")
    source.push_sample([800.0])
    until(seen(SensorPhase.STREAMING), "the first beat")
    del source
    until(seen(SensorPhase.WAITING), "its absence")
    source = outlet("Going heart")
    until(source.have_consumers, "the sensor again")
    source.push_sample([800.0])
    until(seen(SensorPhase.STREAMING), "its return")
    sensor.stop()
    assert kinds == {SensorKind.SIMULATED, SensorKind.UNKNOWN}  # the first said so of itself, the second said nothing


def test_a_fault_of_the_library_is_told_and_listening_begins_anew_until_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("relaxlisten.crash_report.data_folder", lambda: tmp_path)
    monkeypatch.setattr("relaxlisten.sensor.lsl.AGAIN_AFTER_S", 0.0)
    sensor = LslSensor("Faulty heart")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("stream info of another version")

    monkeypatch.setattr(sensor._lsl, "resolve_byprop", fail)
    sensor.start(SteppedClock())
    sensor._thread.join(30.0)
    assert not sensor._thread.is_alive()
    told = [event for event in sensor.poll(0.0) if isinstance(event, Notice)]
    assert [notice.code for notice in told] == ["lsl_restarted"] * 3 + ["lsl_given_up"]
    assert told[-1].text == (
        "What listens to the LSL stream Faulty heart failed again and again and was given up: the session goes on as plain "
        "listening."
    )
    sensor.stop()
