from pathlib import Path

import pytest

from relaxlisten.sensor.known_straps import MOST_STRAPS, KnownStraps, from_data, to_data, warning, with_strap
from relaxlisten.sensor.strap_memory import FILE_NAME, StrapMemory

MINE = KnownStraps({"C4:11": "Polar H10 A1"})


def test_the_first_strap_of_all_and_one_that_is_known_are_met_without_a_word() -> None:
    assert warning(KnownStraps(), "Polar H10 A1", "C4:11") is None
    assert warning(MINE, "Polar H10 A1", "C4:11") is None


def test_another_device_under_the_name_that_is_remembered_is_warned_of_once() -> None:
    said = warning(MINE, "Polar H10 A1", "66:66")
    assert said is not None
    assert "another address" in said
    assert "66:66" in said
    assert warning(with_strap(MINE, "Polar H10 A1", "66:66"), "Polar H10 A1", "66:66") is None


def test_a_strap_that_is_new_here_is_said_with_the_one_that_was_used_last() -> None:
    both = with_strap(MINE, "Garmin", "AA:AA")
    assert "the last strap was Garmin" in str(warning(both, "HRM", "BB:BB"))
    again = with_strap(both, "Polar H10 A1", "C4:11")
    assert "the last strap was Polar H10 A1" in str(warning(again, "HRM", "BB:BB"))


def test_a_model_that_changes_its_address_by_itself_is_warned_of_three_times_and_then_left_in_peace() -> None:
    known, said = KnownStraps(), []
    for number in range(8):
        said.append(warning(known, "Watch", f"{number:02x}"))
        known = with_strap(known, "Watch", f"{number:02x}")
    assert [sentence is not None for sentence in said] == [False, True, True, True, False, False, False, False]


def test_the_oldest_are_forgotten() -> None:
    known = KnownStraps()
    for number in range(MOST_STRAPS + 10):
        known = with_strap(known, "HRM", str(number))
    assert list(known.names) == [str(number) for number in range(10, MOST_STRAPS + 10)]
    assert from_data(to_data(known)) == known


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[" * 5000, b'{"straps": 7}', b'{"straps": [{"address": 1, "name": "x"}, 7]}']
)
def test_a_damaged_file_is_as_good_as_none_and_is_made_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    assert StrapMemory(tmp_path)("Polar H10 A1", "C4:11") is None
    assert "another address" in str(StrapMemory(tmp_path)("Polar H10 A1", "66:66"))


def test_where_nothing_can_be_kept_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert StrapMemory(tmp_path / "file")("Polar H10 A1", "C4:11") is None
