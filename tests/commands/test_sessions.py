"""Listing, showing and deleting recorded sessions from the command line."""

import gzip
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relaxlisten.cli import app
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.load import PACKED_NAME
from tests.session.test_tables import lines_of_a_session


def recorded(folder: Path, lines: list[bytes] | None = None) -> Path:
    folder.mkdir()
    (folder / RECORD_NAME).write_bytes(b"".join(lines or lines_of_a_session()))
    return folder


def said(*words: str, typed: str | None = None) -> str:
    result = CliRunner().invoke(app, ["session", *words], input=typed)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_list_has_one_line_a_session_and_says_which_is_not_whole(tmp_path: Path) -> None:
    recorded(tmp_path / "a")
    recorded(tmp_path / "b", lines_of_a_session()[:-1])
    recorded(tmp_path / "c", [b"rubbish"])
    rows = said("list", str(tmp_path)).splitlines()
    assert [row.endswith(f"  {tmp_path / name}") for row, name in zip(rows, "abc", strict=True)] == [True] * 3
    assert ["incomplete" in row for row in rows] == [False, True, False]
    assert "40 beats" in rows[0]
    assert rows[2].startswith("not readable")


def test_a_packed_session_is_listed_too_and_one_that_lies_there_twice_once(tmp_path: Path) -> None:
    record = recorded(tmp_path / "a") / RECORD_NAME
    packed = record.with_name(PACKED_NAME)
    packed.write_bytes(gzip.compress(record.read_bytes()))
    assert len(said("list", str(tmp_path)).splitlines()) == 1
    record.unlink()
    [row] = said("list", str(tmp_path)).splitlines()
    assert "40 beats" in row


def test_an_empty_folder_has_no_sessions(tmp_path: Path) -> None:
    assert said("list", str(tmp_path)) == f"There is no session in {tmp_path}.\n"


def test_what_is_damaged_is_shown_with_its_line_and_byte(tmp_path: Path) -> None:
    lines = lines_of_a_session()
    lines[1] = b"rubbish\n"
    shown = said("show", str(recorded(tmp_path / "a", lines)))
    assert f"Line 2 (byte {len(lines[0])}, 8 bytes): it is no JSON.\n" in shown


def test_nothing_is_deleted_without_a_yes(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "a")
    answer = said("delete", str(folder), typed="n\n")
    assert f"To be deleted: {folder / RECORD_NAME}" in answer
    assert "Nothing was deleted." in answer
    assert (folder / RECORD_NAME).exists()


def test_deleting_takes_the_record_and_leaves_what_else_is_there(tmp_path: Path) -> None:
    alone, accompanied = recorded(tmp_path / "a"), recorded(tmp_path / "b")
    (accompanied / "notes.txt").write_text("mine")
    (accompanied / "session.jsonl.torn").write_text('{"event":"Beat"')  # what recovery kept of it
    said("delete", str(alone), typed="y\n")
    said("delete", str(accompanied), "--yes")
    assert not alone.exists()
    assert [path.name for path in accompanied.iterdir()] == ["notes.txt"]


def test_a_file_that_is_no_session_is_never_deleted(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    result = CliRunner().invoke(app, ["session", "delete", str(tmp_path / "letter.txt"), "--yes"])
    assert result.exit_code != 0
    assert (tmp_path / "letter.txt").exists()


def test_a_list_finishes_what_was_cut_off_where_sessions_are_kept_and_writes_nothing_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relaxlisten.places.data_folder", lambda: tmp_path)
    (tmp_path / "sessions").mkdir()
    record = recorded(tmp_path / "sessions" / "a", lines_of_a_session()[:-1]) / RECORD_NAME
    before = record.read_bytes()
    assert "cut off" not in said("list", str(tmp_path))
    assert record.read_bytes() == before
    assert said("list").startswith("Your last session was cut off")
    assert record.read_bytes().startswith(before)
    assert len(record.read_bytes()) > len(before)
