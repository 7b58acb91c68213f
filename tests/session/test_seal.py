"""A line's checksum starts from its record's own key, so that no line of another session passes for one of this."""

import dataclasses
import json
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.messages import Rating, Tick
from relaxlisten.session.format import RECORD_NAME, event_line, header_line
from relaxlisten.session.load import load
from relaxlisten.session.records import append_ratings
from relaxlisten.session.seal import BrokenSeal, key_of, seal, unseal
from relaxlisten.session.tables import session_from_lines
from relaxlisten.terms import When
from tests.session.test_tables import HEADER

KEY = 0x0BADCAFE
KEYED = dataclasses.replace(HEADER, seal_key=f"{KEY:08x}")


def record(key: int = KEY, ticks: int = 20, *, first: float = 0.0) -> list[bytes]:
    header = header_line(dataclasses.replace(HEADER, seal_key=f"{key:08x}"))
    events = (event_line(Tick(time_s=first + n), derived=False, number=n, key=key) for n in range(1, ticks + 1))
    return [line.encode() for line in (header, *events)]


def test_a_seal_is_the_crc_32_of_the_line_before_it_started_from_the_key() -> None:
    sealed = json.loads(seal('{"event":"Tick"}', KEY))
    assert int(sealed["crc"], 16) == zlib.crc32(b'{"event":"Tick"', KEY)


@given(body=st.dictionaries(st.text(), st.text()), key=st.integers(0, 2**32 - 1))
def test_the_key_follows_from_any_whole_line(body: dict[str, str], key: int) -> None:
    sealed = seal(json.dumps(body | {"x": ""}), key)
    assert key_of(sealed) == key
    assert json.loads(unseal(sealed, key)) == body | {"x": ""}


def test_a_line_of_another_session_with_the_right_count_is_found() -> None:
    lines = record()
    lines[7] = record(KEY + 1, first=1000.0)[7]
    session = session_from_lines(lines, "x")
    assert [(damage.line, damage.reason) for damage in session.damage] == [(8, "its checksum disagrees")]
    assert 1007.0 not in session["Tick"]["time_s"]
    assert "1 of the first 20 events are lost." in session.missing


def test_a_lost_or_damaged_header_costs_no_other_line() -> None:
    lines = record()
    for damaged in (lines[1:], [lines[0].replace(b"ble", b"xxx"), *lines[1:]], [b"rubbish\n", *lines[1:]]):
        session = session_from_lines(damaged, "x")
        assert session["Tick"]["time_s"].tolist() == [float(n) for n in range(1, 21)]


def test_without_a_header_the_lines_that_agree_decide_and_a_stranger_at_the_front_is_found() -> None:
    lines = [record(KEY + 1, first=1000.0)[1], *record()[2:]]
    session = session_from_lines(lines, "x")
    assert session["Tick"]["time_s"].tolist() == [float(n) for n in range(2, 21)]


def test_records_of_schema_2_whose_seals_have_no_key_still_read() -> None:
    lines = [
        header_line(dataclasses.replace(HEADER, schema=2)),
        *(event_line(Tick(time_s=1.0 * n), derived=False, number=n) for n in (1, 2)),
    ]
    assert session_from_lines([line.encode() for line in lines], "x")["Tick"]["time_s"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("header", [True, False])
def test_answers_added_later_carry_the_record_s_own_key(tmp_path: Path, header: bool) -> None:
    (tmp_path / RECORD_NAME).write_bytes(b"".join(record()[not header :]))
    append_ratings(tmp_path, [Rating(time_s=9.0, scale="calm", value=7.0, when=When.AFTER)])
    assert load(tmp_path)["Rating"]["value"].tolist() == [7.0]
    assert load(tmp_path).damage == ()


def test_a_changed_byte_breaks_the_seal() -> None:
    with pytest.raises(BrokenSeal):
        unseal(seal('{"a":1}', KEY).replace("1", "2", 1), KEY)
