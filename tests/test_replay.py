"""A record through today's pipeline: what follows from the same inputs must be the same, event by event."""

import dataclasses
from pathlib import Path

import pytest

from relaxlisten.control.protocol import protocol_to_data
from relaxlisten.errors import UsageError
from relaxlisten.messages import Beat, Command, Event, SensorState, Tick, TrackFound
from relaxlisten.pipeline import Pipeline
from relaxlisten.replay import load_record, replay
from relaxlisten.session.format import RECORD_NAME, SCHEMA, SessionHeader, event_line, header_line, read_record
from relaxlisten.terms import CommandKind, SensorPhase
from tests.test_pipeline import PROTOCOL, TRACKS, packet

HEADER = SessionHeader(
    schema=SCHEMA,
    started_utc="2026-01-01T00:00:00+00:00",
    seed=3,
    sensor="ble",
    simulated=False,
    settings={"volume": 0.6, "volume_cap": 1.0, "bed": None},
    protocol=protocol_to_data(PROTOCOL),
    versions={},
    condition="adaptive",
)


def recorded_lines(seconds: int = 90) -> list[str]:
    pipeline = Pipeline(PROTOCOL, seed=3, volume=0.6)
    lines = [header_line(HEADER)]

    def feed(event: Event) -> None:
        lines.append(event_line(event, derived=False))
        lines.extend(event_line(derived, derived=True) for derived in pipeline.feed(event))

    feed(SensorState(time_s=0.0, phase=SensorPhase.STREAMING, reason="A strap."))
    for track in TRACKS:
        feed(TrackFound(time_s=0.0, track=track))
    feed(Command(time_s=0.1, what=CommandKind.START))
    for second in range(1, seconds):
        feed(packet(second - 0.2, 850.0 + 40.0 * (second % 5)))
        feed(Tick(time_s=float(second)))
    return lines


def test_a_replay_is_equal_to_its_record_to_the_last_bit() -> None:
    result = replay(read_record(recorded_lines(), "x"))
    assert result.difference is None
    assert sum(isinstance(event, Beat) for event in result.derived) > 60


def test_a_changed_figure_is_found_where_it_stands() -> None:
    record = read_record(recorded_lines(), "x")
    at = next(i for i, entry in enumerate(record.events) if isinstance(entry.event, Beat) and entry.event.time_s > 30.0)
    forged = dataclasses.replace(record.events[at], event=dataclasses.replace(record.events[at].event, nn_ms=851.0))
    events = (*record.events[:at], forged, *record.events[at + 1 :])
    difference = replay(dataclasses.replace(record, events=events)).difference
    assert difference is not None
    assert difference.recorded == forged.event
    assert difference.replayed == record.events[at].event
    assert difference.position == sum(entry.derived for entry in record.events[:at])


def test_a_derived_event_that_is_missing_is_a_difference() -> None:
    record = read_record(recorded_lines(), "x")
    at = next(i for i, entry in enumerate(record.events) if isinstance(entry.event, Beat))
    events = (*record.events[:at], *record.events[at + 1 :])
    assert replay(dataclasses.replace(record, events=events)).difference is not None


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 8])
def test_a_record_that_was_cut_off_is_equal_as_far_as_it_goes(cut: int) -> None:
    assert replay(read_record(recorded_lines()[:-cut], "x")).difference is None


def test_a_folder_or_its_file_is_the_session(tmp_path: Path) -> None:
    (tmp_path / RECORD_NAME).write_text("".join(recorded_lines(5)), encoding="utf-8")
    assert load_record(tmp_path) == load_record(tmp_path / RECORD_NAME)


def test_a_session_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_record(tmp_path / "nothing")


def test_a_header_without_a_whole_protocol_cannot_be_replayed() -> None:
    record = read_record(recorded_lines(5), "x")
    broken = dataclasses.replace(record.header, protocol={"name": "x"})
    with pytest.raises(UsageError, match="not complete"):
        replay(dataclasses.replace(record, header=broken))
