"""A record as tables: everything that is whole, nothing that is not."""

import dataclasses
import io
import json
import random
import re
from pathlib import Path

import numpy as np
import pytest

import relaxlisten
from relaxlisten.errors import UsageError
from relaxlisten.messages import Beat, Notice, SessionPhase, Tick, Track, TrackFound
from relaxlisten.session.format import EVENT_TYPES, RECORD_NAME, SCHEMA, SessionHeader, event_line, header_line
from relaxlisten.session.schema import schema_text
from relaxlisten.session.seal import seal
from relaxlisten.session.tables import LoadedSession, session_from_lines
from relaxlisten.shipped import shipped_folder
from relaxlisten.terms import PhaseKind, Quality, SessionStage, Severity, TempoSource

HEADER = SessionHeader(
    schema=SCHEMA, started_utc="2026-01-01T00:00:00+00:00", seed=1, sensor="ble", simulated=False, settings={}, protocol={},
    versions={}, condition="adaptive",
)  # fmt: skip


def lines_of_a_session(beats: int = 40) -> list[bytes]:
    track = Track(track_id="file:a", title="A", duration_s=9.0, tempo_bpm=None, tempo_source=TempoSource.NONE)
    events = [TrackFound(time_s=0.0, track=track), Notice(time_s=0.0, severity=Severity.INFO, code="x", text="Größe 8 µs.")]
    for index in range(beats):
        rr_ms = None if index == 3 else 800.0 + index / 3.0
        events.append(Beat(time_s=0.8 * index, rr_ms=rr_ms, nn_ms=800.5, quality=Quality.NORMAL, confidence=1.0, follows=True))
    end = SessionPhase(
        time_s=beats * 0.8, stage=SessionStage.ENDED, name="Close", kind=PhaseKind.CLOSE, elapsed_s=1.0, remaining_s=0.0,
        session_remaining_s=0.0,
    )  # fmt: skip
    counted = enumerate([*events, end], start=1)
    return [header_line(HEADER).encode(), *(event_line(event, derived=True, number=n).encode() for n, event in counted)]


def loaded(content: bytes) -> LoadedSession:
    return session_from_lines(io.BytesIO(content), "x")


def test_a_table_has_one_row_an_event_and_one_column_a_field() -> None:
    session = session_from_lines(lines_of_a_session(), "x")
    assert session.header == HEADER
    assert (session.damage, session.missing) == ((), ())
    beats = session["Beat"]
    assert {column.size for column in beats.values()} == {40}
    assert np.isnan(beats["rr_ms"][3])
    assert beats["rr_ms"][7] == 800.0 + 7 / 3.0
    assert beats["follows"].dtype == np.bool_
    assert session["TrackFound"]["track.title"][0] == "A"
    assert beats["line"][0] == 4


def test_every_kind_of_event_has_its_columns_even_without_rows() -> None:
    session = session_from_lines([header_line(HEADER).encode()], "x")
    assert session.tables.keys() == EVENT_TYPES.keys()
    for kind in ("Beat", "SoundState", "SessionPhase"):
        assert {field.name for field in dataclasses.fields(EVENT_TYPES[kind])} < session[kind].keys()
        assert all(column.size == 0 for column in session[kind].values())


def test_a_column_has_one_type_whatever_is_in_it() -> None:
    empty, full = session_from_lines([header_line(HEADER).encode()], "x"), session_from_lines(lines_of_a_session(), "x")
    for kind, table in full.tables.items():
        assert {name: table[name].dtype for name in empty[kind]} == {name: c.dtype for name, c in empty[kind].items()}


def test_events_and_fields_of_a_newer_version_are_carried_as_they_stand() -> None:
    newer = [
        seal('{"event":"Decision","derived":true,"n":1,"time_s":1.0,"why":{"score":2.5}}'),
        seal('{"event":"Tick","derived":false,"n":2,"time_s":2.0,"more":[1,2]}'),
    ]
    session = session_from_lines([header_line(HEADER).encode(), *(f"{line}\n".encode() for line in newer)], "x")
    assert session["Decision"]["why.score"].tolist() == [2.5]
    assert session["Tick"]["more"].tolist() == [(1, 2)]
    assert session.damage == ()


def test_a_flipped_digit_inside_a_number_is_found_where_it_stands() -> None:
    lines = lines_of_a_session()
    lines[10] = lines[10].replace(b"800.5", b"900.5")
    session = session_from_lines(lines, "x")
    (damage,) = session.damage
    assert (damage.line, damage.offset, damage.size) == (11, sum(map(len, lines[:10])), len(lines[10]))
    assert damage.reason == "its checksum disagrees"
    assert session["Beat"]["nn_ms"].tolist() == [800.5] * 39
    assert "1 of the first 43 events are lost." in session.missing


def test_lines_that_are_gone_stand_twice_or_are_out_of_order_are_noticed() -> None:
    lines = lines_of_a_session()
    shuffled = [*lines[:9], lines[11], lines[10], lines[9], lines[9], *lines[14:]]
    session = session_from_lines(shuffled, "x")
    assert [(damage.line, damage.reason) for damage in session.damage] == [(13, "it stands twice in the record")]
    assert np.all(np.diff(session["Beat"]["time_s"]) > 0.0)
    assert "2 of the first 43 events are lost." in session.missing


def test_a_lost_header_costs_the_header_only() -> None:
    session = session_from_lines(lines_of_a_session()[1:], "x")
    assert session.header is None
    assert session["Beat"]["time_s"].size == 40
    assert len(session.missing) == 1
    assert "header is lost" in session.missing[0]


def test_a_record_without_its_end_says_so() -> None:
    session = session_from_lines(lines_of_a_session()[:-1], "x")
    assert session.missing == (
        "The record stops at 31.2 s without the session's end: the program was killed, or the file was cut off.",
    )


def damaged(content: bytes, chance: random.Random) -> bytes:
    """One to three accidents of the kinds that disks, transfers and editors cause."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(content))
        accident = chance.choice(["cut", "flip", "garbage", "header", "hole", "twice", "zeros", "line ends"])
        match accident:
            case "cut":
                content = content[: max(at, 1)]
            case "flip":
                content = content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]
            case "garbage":
                content = content[:at] + chance.randbytes(chance.randint(1, 400)) + content[at:]
            case "header":
                content = content[content.find(b"\n") + 1 :] or b"x"
            case "hole":
                content = content[:at] + content[at + chance.randint(1, 900) :] or b"x"
            case "twice":
                content = content[:at] + content[max(at - 500, 0) :]
            case "zeros":
                content = content[:at] + bytes(chance.randint(1, 300)) + content[at:]
            case _:
                content = content.replace(b"\n", b"\r\n")
    return content


def test_of_200_damaged_records_each_opens_as_far_as_it_is_whole_and_nothing_is_invented() -> None:
    lines = lines_of_a_session()
    whole = {line.rstrip(b"\n") for line in lines}
    losses = 0
    for number in range(200):
        content = damaged(b"".join(lines), random.Random(number))
        session = loaded(content)
        surviving = {line.rstrip(b"\r\n") for line in content.split(b"\n")} & whole
        events = {json.loads(line)["n"]: json.loads(line) for line in surviving if b'"n":' in line}
        rows = sum(table["time_s"].size for table in session.tables.values())
        assert rows == len(events), number  # all that survived, and no more
        assert set(session["Beat"]["time_s"]) == {event["time_s"] for event in events.values() if event["event"] == "Beat"}
        assert session.missing or rows == len(lines) - 1
        losses += bool(session.missing)
    assert losses > 150


def test_old_records_without_seals_lose_only_lines_that_are_no_events() -> None:
    lines = [re.sub(rb',"crc":"\w{8}"', b"", line) for line in lines_of_a_session()]
    lines[0] = lines[0].replace(b'"schema":3', b'"schema":1')
    lines[5] = lines[5].replace(b"nn_ms", b"nn_mz")
    session = session_from_lines(lines, "old")
    assert session["Beat"]["time_s"].size == 39
    assert "nn_mz" not in session["Beat"]
    assert [damage.line for damage in session.damage] == [6]


def test_the_public_reader_takes_a_folder_or_its_file(tmp_path: Path) -> None:
    (tmp_path / RECORD_NAME).write_bytes(b"".join(lines_of_a_session()))
    for session in (tmp_path, str(tmp_path / RECORD_NAME)):
        assert relaxlisten.load(session)["Beat"]["time_s"].size == 40


@pytest.mark.parametrize("content", [b"", b"RIFF\x00\x00", b'{"a":1}\n', b"[" * 100_000])
def test_a_file_that_is_no_record_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(UsageError, match="is not a RelaxListen session"):
        relaxlisten.load(tmp_path / "x")


def test_a_newer_schema_is_refused_by_its_number(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(header_line(dataclasses.replace(HEADER, schema=7)), encoding="utf-8")
    with pytest.raises(UsageError, match="schema 7"):
        relaxlisten.load(tmp_path / "x")


def test_the_shipped_schema_is_the_one_that_the_messages_make() -> None:
    assert (shipped_folder("schemas") / "session.schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_schema_names_each_field_of_each_event_and_of_the_header() -> None:
    kinds = json.loads(schema_text())["$defs"]
    assert kinds.keys() == EVENT_TYPES.keys() | {"SessionHeader"}
    for line in [*lines_of_a_session(), event_line(Tick(time_s=1.0), derived=False, number=1).encode()]:
        data = json.loads(line)
        assert data.keys() == kinds[data["event"]]["properties"].keys()
        assert set(kinds[data["event"]]["required"]) <= data.keys()
