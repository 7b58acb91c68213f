"""What is said at the start about sessions before."""

from __future__ import annotations

import os
import tempfile
import threading
from typing import TYPE_CHECKING

import pytest

from relaxlisten.commands import recovery
from relaxlisten.session import record_file
from relaxlisten.session import recovery as recovery_of_records
from relaxlisten.session.format import SCHEMA, SessionHeader, header_line
from relaxlisten.session.record_file import RecordFile, make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path
    from typing import IO

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


def test_a_record_that_does_not_answer_holds_nobody_up_and_is_told_the_next_time_and_what_was_finished_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, silent, last = (kept(tmp_path / "data" / "sessions" / day) for day in ("1-monday", "2-tuesday", "3-wednesday"))
    answers, asked, over = threading.Event(), threading.Event(), threading.Event()
    opened, recovering = type(silent).open, recovery_of_records.recovering

    def held(path: Path, *how: str) -> IO[bytes]:
        if path == silent:
            asked.set()
            assert answers.wait(30.0)
        return opened(path, *how)

    def seen_to_its_end(records: Iterable[Path], given_up: Callable[[], bool]) -> Iterator[object]:
        yield from recovering(records, given_up)
        if asked.is_set():
            over.set()

    def given_up_on_the_second(looks: Sequence[Future[None]], _within_s: float) -> tuple[set[object], set[object]]:
        assert asked.wait(30.0)
        looks[1].result(30.0)
        return {looks[1]}, {looks[0]}

    with monkeypatch.context() as once:
        once.setattr(type(silent), "open", held)
        once.setattr(recovery_of_records, "recovering", seen_to_its_end)
        once.setattr("concurrent.futures.wait", given_up_on_the_second)
        (sentence, *more) = recovery.sentences()
        answers.set()
        assert over.wait(30.0)
    assert sentence.startswith("Your last session was cut off")
    assert more == [recovery.SILENT]
    assert first.read_bytes() != LINE
    assert silent.read_bytes() == last.read_bytes() == LINE
    (sentence,) = recovery.sentences()
    assert sentence.endswith("So is one earlier session.")


def test_where_nothing_was_cut_off_nothing_is_said(tmp_path: Path) -> None:
    assert recovery.sentences(tmp_path / "session") == []


@pytest.mark.parametrize("home_is_back", ["at once", "later"])
def test_a_record_that_was_saved_elsewhere_and_then_cut_off_is_finished_and_told_once(tmp_path: Path, home_is_back: str) -> None:
    place = spare().parent
    if home_is_back == "at once":
        kept(tmp_path / "data" / "sessions" / "monday")
    (sentence,) = recovery.sentences()
    assert sentence.startswith("A session whose own folder could not be written any more was cut off")
    assert f"is saved in {place}: move it from there" in sentence
    if home_is_back == "later":
        kept(tmp_path / "data" / "sessions" / "monday")
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
