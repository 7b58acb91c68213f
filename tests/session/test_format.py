import dataclasses
import json
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.errors import UsageError
from relaxlisten.messages import (
    Beat,
    Command,
    Event,
    HeartRateMeasurement,
    Notice,
    Notification,
    Physiology,
    SensorState,
    SoundState,
    Tick,
    Track,
    TrackFound,
)
from relaxlisten.session.format import SCHEMA, RecordedEvent, SessionHeader, event_line, header_line, read_record
from relaxlisten.session.seal import seal
from relaxlisten.terms import CommandKind, Quality, SensorKind, SensorPhase, Severity, TempoSource

HEADER = SessionHeader(
    schema=SCHEMA, started_utc="2026-01-01T00:00:00+00:00", seed=7, sensor="simulated", simulated=True,
    settings={"volume": 0.8, "minutes": None}, protocol={"name": "x"}, versions={"relaxlisten": "0"}, condition="adaptive",
)  # fmt: skip

finite = st.floats(allow_nan=False, allow_infinity=False)
maybe = st.one_of(st.none(), finite)
text = st.text(max_size=40)
track = st.builds(Track, track_id=text, title=text, duration_s=finite, tempo_bpm=maybe, tempo_source=st.sampled_from(TempoSource))
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Notification, time_s=finite, payload=st.binary(max_size=30)),
    st.builds(SensorState, time_s=finite, phase=st.sampled_from(SensorPhase), reason=text, kind=st.sampled_from(SensorKind)),
    st.builds(Command, time_s=finite, what=st.sampled_from(CommandKind), value=st.one_of(st.none(), finite, text)),
    st.builds(Tick, time_s=finite),
    st.builds(TrackFound, time_s=finite, track=track),
    st.builds(Notice, time_s=finite, severity=st.sampled_from(Severity), code=text, text=text),
    st.builds(
        Beat, time_s=finite, rr_ms=maybe, nn_ms=maybe, quality=st.sampled_from(Quality), confidence=finite, follows=st.booleans()
    ),
    st.builds(
        HeartRateMeasurement, time_s=finite, heart_rate_bpm=st.integers(0, 65535), contact=st.sampled_from([None, True, False]),
        energy_kj=st.one_of(st.none(), st.integers(0, 65535)), rr_1024=st.lists(st.integers(0, 65535), max_size=9).map(tuple),
    ),
    st.builds(
        Physiology, time_s=finite, window_s=finite, heart_rate_bpm=maybe, heart_rate_sd_bpm=maybe, heart_rate_window_s=finite,
        heart_rate_delay_s=finite, heart_rate_now_bpm=maybe, heart_rate_now_sd_bpm=maybe, rmssd_ms=maybe, sdnn_ms=maybe,
        valid_fraction=finite, last_beat_age_s=maybe, metrics=st.dictionaries(text, finite, max_size=3),
        withheld=st.dictionaries(text, text, max_size=3),
    ),
    st.builds(
        SoundState, time_s=finite, dac_time_s=finite, track_id=st.one_of(st.none(), text), source_s=finite, time_ratio=finite,
        tempo_bpm=maybe, beat_index=st.one_of(st.none(), st.integers()), audible=st.booleans(), buffered_s=finite,
        breaks=st.integers(0), underflow_frames=st.integers(0), turn=st.integers(0),
    ),
)  # fmt: skip


@given(st.lists(st.tuples(events, st.booleans()), max_size=10))
def test_what_is_written_reads_back_bit_for_bit(written: list[tuple[Event, bool]]) -> None:
    lines = [header_line(HEADER), *(event_line(event, derived=derived) for event, derived in written)]
    record = read_record(lines, "x")
    assert record.header == HEADER
    assert record.events == tuple(RecordedEvent(event=event, derived=derived) for event, derived in written)
    assert record.damaged_lines == ()


@given(events)
def test_one_message_is_one_line_of_plain_json(event: Event) -> None:
    line = event_line(event, derived=True)
    assert line.count("\n") == 1
    assert json.loads(line)["event"] == type(event).__name__


def test_not_a_number_is_refused_when_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        event_line(Tick(time_s=math.nan), derived=False)


@given(st.integers(1, 200))
def test_a_line_that_was_cut_off_is_counted_and_the_rest_is_whole(cut: int) -> None:
    whole = event_line(Notification(time_s=1.25, payload=bytes(range(40))), derived=False)
    record = read_record(
        [header_line(HEADER), event_line(Tick(time_s=1.0), derived=False), whole[: min(cut, len(whole) - 2)]], "x"
    )
    assert len(record.events) == 1
    assert record.damaged_lines == (3,)


@pytest.mark.parametrize(
    "line",
    [
        "", "garbage", "[]", "{}", '{"event":"Tick","derived":false}', '{"event":"Nothing","derived":false,"time_s":1}',
        '{"event":"Tick","derived":false,"time_s":"soon"}', '{"event":"Tick","derived":false,"time_s":1,"more":2}',
        '{"event":"Notification","derived":false,"time_s":1,"payload":"xy"}',
    ],
)  # fmt: skip
def test_a_damaged_line_is_passed_over_and_named(line: str) -> None:
    record = read_record([header_line(HEADER), line, event_line(Tick(time_s=2.0), derived=False)], "x")
    assert record.damaged_lines == (2,)
    assert len(record.events) == 1


@pytest.mark.parametrize("first", ["", "{}", "RIFF", '{"event":"Tick","time_s":1}'])
def test_a_file_that_is_no_record_is_refused_in_one_sentence(first: str) -> None:
    with pytest.raises(UsageError, match="is not a RelaxListen session"):
        read_record([first], "some.txt")


def test_a_record_of_another_schema_is_refused_by_its_number() -> None:
    data: dict[str, Any] = json.loads(header_line(HEADER))
    del data["crc"]
    with pytest.raises(UsageError, match="schema 99"):
        read_record([seal(json.dumps({**data, "schema": 99}))], "new")


def test_an_event_or_a_field_of_a_newer_version_is_no_damage_and_named_apart() -> None:
    newer = [
        seal('{"event":"Foresight","derived":true,"time_s":1.0}'),
        seal('{"event":"Tick","derived":false,"time_s":1.0,"more":2}'),
    ]
    record = read_record([header_line(HEADER), *newer, event_line(Tick(time_s=2.0), derived=False)], "x")
    assert (record.unknown_lines, record.damaged_lines, len(record.events)) == ((2, 3), (), 1)


def test_a_record_of_schema_1_which_had_no_seals_still_reads() -> None:
    old = header_line(dataclasses.replace(HEADER, schema=1)), event_line(Tick(time_s=2.0), derived=False)
    record = read_record([re.sub(r',"crc":"\w{8}"', "", line) for line in old], "old")
    assert record.events == (RecordedEvent(event=Tick(time_s=2.0), derived=False),)


def test_a_line_whose_seal_was_taken_off_is_damaged() -> None:
    line = re.sub(r',"crc":"\w{8}"', "", event_line(Tick(time_s=2.0), derived=False))
    assert read_record([header_line(HEADER), line], "x").damaged_lines == (2,)


def test_a_file_name_that_is_no_utf_8_survives() -> None:
    notice = Notice(time_s=0.0, severity=Severity.INFO, code="x", text="sound\udce9.wav")
    line = event_line(notice, derived=False).encode("utf-8").decode("utf-8")
    assert read_record([header_line(HEADER), line], "x").events[0].event == notice
