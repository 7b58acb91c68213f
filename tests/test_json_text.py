"""JSON from outside: the standard reader's data, and one fault for everything that is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.json_text import NotJson, parse_json

DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(DATA)
def test_what_json_can_hold_is_read_as_it_was_written(data: object) -> None:
    assert parse_json(json.dumps(data)) == data
    assert parse_json(json.dumps(data).encode()) == data


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Expecting value in line 1"),
        ('{"a": 1,\n}', "in line 2"),
        ("[" * 2000, "deeper than can be meant"),
        ("NaN", "NaN is no number"),
        ("[-Infinity]", "-Infinity is no number"),
        ("1e999", "1e999 is no number"),
        ("9" * 400, "9" * 20 + " is no number"),
        ("9" * 5000, "is no number"),
    ],
)
def test_what_is_no_json_is_one_fault_that_says_why(text: str, said: str) -> None:
    with pytest.raises(NotJson, match=said):
        parse_json(text)


def test_bytes_that_are_no_text_are_no_json() -> None:
    with pytest.raises(NotJson):
        parse_json(b'{"a": "\xff"}')
