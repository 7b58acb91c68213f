"""What is said at the start about sessions before."""

from __future__ import annotations

import os
import tempfile
import threading
from typing import TYPE_CHECKING

import pytest

from relaxlisten.commands import recovery
from relaxlisten.session import record_file
from relaxlisten.session.format import SCHEMA, SessionHeader, header_line
from relaxlisten.session.record_file import RecordFile, make

if TYPE_CHECKING:
    from pathlib import Path

HEADER = SessionHeader(
    schema=SCHEMA, started_utc="2026-01-01T11:12:40+00:00", seed=1, sensor="simulated", simulated=True, settings={}, protocol={},
    versions={}, condition="adaptive",
)  # fmt: skip
LINE = header_line(HEADER).encode()


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of its own for each test, in the place of the user's and of everybody's."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setattr("relaxlisten.places.data_folder", lambda: tmp_path / "data")


def spare() -> Path:
    """The record of a session whose own disk failed, left by a program that was killed."""
    file = record_file.spare_with(LINE)
    file.close()
    return file.path


def kept(folder: Path) -> Path:
    """A record that lies where it belongs, left likewise."""
    folder.mkdir(parents=True)
    path = folder / "session.jsonl"
    make(path)
    file = RecordFile(path)
    file.append(LINE)
    file.close()
    return path


def test_folders_that_do_not_answer_hold_nobody_up_and_are_finished_and_told_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = kept(tmp_path / "data" / "sessions" / "monday")
    answers, over = threading.Event(), threading.Event()
    finished = recovery._finished

    def late(records, given_up):
        answers.wait(30.0)
        found = finished(records, given_up)
        over.set()
        return found

    with monkeypatch.context() as silent:
        silent.setattr(recovery, "_finished", late)
        silent.setattr("relaxlisten.unwaited.ANSWERS_WITHIN_S", 0.0)
        assert recovery.sentences() == [recovery.SILENT]
        answers.set()
        assert over.wait(30.0)
    assert record.read_bytes() == LINE
    (sentence,) = recovery.sentences()
    assert sentence.startswith("Your last session was cut off on 2026-01-01")


def test_what_is_given_up_in_the_middle_leaves_the_other_records_for_the_next_start(tmp_path: Path) -> None:
    records = [kept(tmp_path / "data" / "sessions" / name) for name in ("monday", "sunday")]
    given_up = threading.Event()

    def found():
        yield records[0]
        given_up.set()
        yield records[1]

    assert [one.record for one in recovery._finished(found(), given_up).cut_off] == records[:1]
    assert records[1].read_bytes() == LINE


def test_where_nothing_was_cut_off_nothing_is_said(tmp_path: Path) -> None:
    assert recovery.sentences(tmp_path / "session") == []


def test_a_record_that_was_saved_elsewhere_and_then_cut_off_is_finished_and_told_once(tmp_path: Path) -> None:
    kept(tmp_path / "data" / "sessions" / "monday")
    place = spare().parent
    (sentence,) = recovery.sentences()
    assert sentence.startswith("A session whose own folder could not be written any more was cut off")
    assert f"is saved in {place}: move it from there" in sentence
    assert recovery.sentences() == []


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="there everybody has a temporary folder of their own")
def test_what_others_put_into_the_temporary_folder_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = kept(tmp_path / "elsewhere")
    (tmp_path / "tmp" / "relaxlisten-session-link").symlink_to(foreign.parent)
    assert recovery.sentences() == []
    planted = spare()
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert recovery.sentences() == []
    assert {path.read_bytes() for path in (foreign, planted)} == {LINE}


def test_where_there_is_no_temporary_folder_the_start_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    assert recovery.sentences() == []
