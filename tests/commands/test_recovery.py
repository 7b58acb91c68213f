"""What is said at the start about sessions before."""

from __future__ import annotations

import sys
import tempfile
import threading
from typing import TYPE_CHECKING

import pytest

from relaxlisten.commands import recovery
from relaxlisten.session import record_file
from relaxlisten.session.format import SCHEMA, SessionHeader, header_line

if TYPE_CHECKING:
    from pathlib import Path

HEADER = SessionHeader(
    schema=SCHEMA, started_utc="2026-01-01T11:12:40+00:00", seed=1, sensor="simulated", simulated=True, settings={}, protocol={},
    versions={}, condition="adaptive",
)  # fmt: skip


def test_folders_that_give_no_answer_do_not_hold_up_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()

    def records_near(_folders: object) -> list[Path]:
        answers.wait(30.0)
        return []

    monkeypatch.setattr("relaxlisten.session.recovery.records_near", records_near)
    monkeypatch.setattr(recovery, "ANSWERS_WITHIN_S", 0.0)
    assert recovery.sentences(tmp_path) == [recovery.SILENT]
    answers.set()


def test_where_nothing_was_cut_off_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relaxlisten.places.data_folder", lambda: tmp_path / "data")
    assert recovery.sentences(tmp_path / "session") == []


@pytest.mark.skipif(sys.platform == "win32", reason="a link in the temporary folder needs a right of its own there")
def test_a_record_that_was_saved_elsewhere_and_then_cut_off_is_finished_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relaxlisten.places.data_folder", lambda: tmp_path / "data")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spare = record_file.spare_with(header_line(HEADER).encode())
    spare.close()
    (tmp_path / "relaxlisten-session-link").symlink_to(tmp_path / "elsewhere")
    foreign = tmp_path / "elsewhere" / "session.jsonl"
    foreign.parent.mkdir()
    foreign.write_bytes(spare.path.read_bytes())
    (sentence,) = recovery.sentences()
    assert sentence.startswith("A session that could not be written to its own folder was cut off")
    assert f"in {spare.path.parent}: move it from there" in sentence
    assert spare.path.read_bytes() != foreign.read_bytes()
    assert recovery.sentences() == []
