import errno
import os
import queue
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from relaxlisten.errors import RelaxListenError
from relaxlisten.messages import Tick
from relaxlisten.session import recorder as recorder_module
from relaxlisten.session.format import RECORD_NAME, SCHEMA, SessionHeader, read_record
from relaxlisten.session.recorder import Recorder, WriteFault, claim_folder

HEADER = SessionHeader(
    schema=SCHEMA, started_utc="2026-01-01T00:00:00+00:00", seed=1, sensor="simulated", simulated=True, settings={}, protocol={},
    versions={}, condition="adaptive",
)  # fmt: skip


def read(path: Path) -> list[float]:
    with path.open(encoding="utf-8") as lines:
        record = read_record(lines, str(path))
    assert record.damaged_lines == ()
    return [entry.event.time_s for entry in record.events]


def no_fault(fault: WriteFault) -> None:
    raise AssertionError(fault)


def test_everything_received_is_in_the_record_in_order(tmp_path: Path) -> None:
    recorder = Recorder(claim_folder(tmp_path), HEADER, no_fault)
    for second in range(500):
        recorder.receive(Tick(time_s=float(second)), derived=False)
    recorder.close()
    assert read(recorder.path) == [float(second) for second in range(500)]


def test_the_header_is_on_the_disk_before_anything_else_happens(tmp_path: Path) -> None:
    recorder = Recorder(claim_folder(tmp_path), HEADER, no_fault)
    assert read(recorder.path) == []
    recorder.close()


def test_a_folder_that_holds_a_session_keeps_it(tmp_path: Path) -> None:
    for second in (1.0, 2.0, 3.0):
        recorder = Recorder(claim_folder(tmp_path), HEADER, no_fault)
        recorder.receive(Tick(time_s=second), derived=False)
        recorder.close()
    paths = [tmp_path / RECORD_NAME, tmp_path / "session-2" / RECORD_NAME, tmp_path / "session-3" / RECORD_NAME]
    assert [read(path) for path in paths] == [[1.0], [2.0], [3.0]]


def test_a_place_that_gives_no_answer_is_refused_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    away, left = tmp_path / "away", threading.Event()
    claimed, taken_back = recorder_module._claimed, recorder_module._take_back

    def late(folder: Path) -> Path:
        assert answers.wait(30.0)
        return claimed(folder)

    def take_back(claim: Future[Path]) -> None:
        taken_back(claim)
        left.set()

    monkeypatch.setattr(recorder_module, "_claimed", late)
    monkeypatch.setattr(recorder_module, "_take_back", take_back)
    monkeypatch.setattr(recorder_module, "ANSWERS_WITHIN_S", 0.0)
    with pytest.raises(RelaxListenError, match="does not answer; it may lie on a network") as caught:
        claim_folder(away)
    assert "so it was not started: choose another folder with --out." in str(caught.value)
    answers.set()
    assert left.wait(30.0)
    assert list(away.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused_in_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(RelaxListenError, match="choose another folder") as caught:
        claim_folder(blocked / "session")
    assert caught.value.exit_code == 1


def test_a_record_that_cannot_be_opened_any_more_is_refused_in_the_same_sentence(tmp_path: Path) -> None:
    folder = claim_folder(tmp_path / "session")
    shutil.rmtree(folder)
    with pytest.raises(RelaxListenError, match="was not started: choose another folder"):
        Recorder(folder, HEADER, no_fault)


class FullDisk:
    """os.write that takes `room` bytes for a file and then answers as a full disk does; other files are on other disks."""

    def __init__(self, room: int, path: Path) -> None:
        self.room = room
        self.file = path.stat().st_ino
        self.real_write = os.write

    def write(self, descriptor: int, data: memoryview) -> int:
        if os.fstat(descriptor).st_ino != self.file:
            return self.real_write(descriptor, data)
        if self.room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = self.real_write(descriptor, data[: self.room])
        self.room -= taken
        return taken


def test_a_disk_that_fills_up_and_is_cleared_costs_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults: list[WriteFault] = []
    told = threading.Event()
    recorder = Recorder(claim_folder(tmp_path), HEADER, lambda fault: (faults.append(fault), told.set()))
    disk = FullDisk(room=100, path=recorder.path)
    monkeypatch.setattr(os, "write", disk.write)
    for second in range(100):
        recorder.receive(Tick(time_s=float(second)), derived=False)
    assert told.wait(10.0)
    disk.room = 10**9
    recorder.close()
    assert read(recorder.path) == [float(second) for second in range(100)]
    assert [fault.reason for fault in faults] == [os.strerror(errno.ENOSPC)]
    assert recorder.rescued_to is None


def test_a_disk_that_stays_full_sends_the_whole_record_elsewhere(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path_factory.mktemp("elsewhere")))
    recorder = Recorder(claim_folder(tmp_path), HEADER, lambda fault: None)
    monkeypatch.setattr(os, "write", FullDisk(room=0, path=recorder.path).write)
    for second in range(50):
        recorder.receive(Tick(time_s=float(second)), derived=False)
    recorder.close()
    assert recorder.rescued_to is not None
    assert read(recorder.rescued_to) == [float(second) for second in range(50)]
    assert read(recorder.path) == []


def test_while_its_disk_is_full_the_whole_record_is_safe_in_the_spare_place(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path_factory.mktemp("elsewhere")))
    faults: queue.SimpleQueue[WriteFault] = queue.SimpleQueue()
    recorder = Recorder(claim_folder(tmp_path), HEADER, faults.put)
    monkeypatch.setattr(os, "write", FullDisk(room=0, path=recorder.path).write)
    recorder.receive(Tick(time_s=1.0), derived=False)
    spare = faults.get(timeout=10.0).spare
    assert spare is not None
    assert read(spare) == [1.0]  # what a kill would leave
    recorder.close()


def test_a_record_that_is_deleted_while_it_is_written_is_back_at_the_end(tmp_path: Path) -> None:
    faults: queue.SimpleQueue[WriteFault] = queue.SimpleQueue()
    recorder = Recorder(claim_folder(tmp_path / "session"), HEADER, faults.put)
    recorder.receive(Tick(time_s=1.0), derived=False)
    shutil.rmtree(tmp_path / "session")
    recorder.receive(Tick(time_s=2.0), derived=False)
    fault = faults.get(timeout=10.0)
    recorder.close()
    assert fault.reason == "it was deleted"
    assert read(recorder.path) == [1.0, 2.0]
    assert fault.spare is not None
    assert not fault.spare.parent.exists()


class StalledDisk:
    """A disk that takes what is written and then answers no fsync of one file until it is told to; others are on other disks."""

    def __init__(self, patch: pytest.MonkeyPatch, elsewhere: Path) -> None:
        self.asked, self.answers = threading.Event(), threading.Event()
        self._file: Path | None = None
        self._real_fsync = os.fsync
        patch.setattr(os, "fsync", self._fsync)
        patch.setattr("tempfile.tempdir", str(elsewhere))
        for name in ("BEGIN_WITHIN_S", "CLOSE_WITHIN_S"):
            patch.setattr(f"relaxlisten.session.recorder.{name}", 0.2)

    def stall(self, file: Path) -> None:
        self._file = file

    def _fsync(self, descriptor: int) -> None:
        if self._file is not None and self._is_mine(descriptor):
            self.asked.set()
            assert self.answers.wait(30.0)
        self._real_fsync(descriptor)

    def _is_mine(self, descriptor: int) -> bool:
        assert self._file is not None
        return os.fstat(descriptor).st_ino == self._file.stat().st_ino


@pytest.fixture
def stalled(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[StalledDisk]:
    disk = StalledDisk(monkeypatch, tmp_path_factory.mktemp("elsewhere"))
    yield disk
    disk.answers.set()
    for thread in threading.enumerate():
        if thread.name == "recorder":
            thread.join(10.0)


def receive(recorder: Recorder, *seconds: float) -> None:
    for second in seconds:
        recorder.receive(Tick(time_s=second), derived=False)


def test_a_disk_that_gives_no_answer_does_not_keep_the_end_waiting(tmp_path: Path, stalled: StalledDisk) -> None:
    recorder = Recorder(claim_folder(tmp_path), HEADER, no_fault)
    stalled.stall(recorder.path)
    receive(recorder, 1.0)
    assert stalled.asked.wait(10.0)
    assert recorder.stalled_s() > 0.0
    receive(recorder, 2.0)
    recorder.close()
    assert recorder.rescued_to is not None
    assert read(recorder.rescued_to) == [1.0, 2.0]


def test_a_disk_that_answers_after_a_while_costs_no_line_and_nothing_goes_elsewhere(
    tmp_path: Path, stalled: StalledDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "CLOSE_WITHIN_S", 60.0)  # however busy the machine is that tests
    recorder = Recorder(claim_folder(tmp_path), HEADER, no_fault)
    stalled.stall(recorder.path)
    receive(recorder, 1.0)
    assert stalled.asked.wait(10.0)
    receive(recorder, *map(float, range(2, 2000)))
    stalled.answers.set()
    recorder.close()
    assert read(recorder.path) == [float(second) for second in range(1, 2000)]
    assert (recorder.rescued_to, recorder.unsaved) == (None, None)


def test_what_came_meanwhile_is_kept_where_the_disk_answers_just_as_it_is_given_up(
    tmp_path: Path, stalled: StalledDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(claim_folder(tmp_path), HEADER, no_fault)
    stalled.stall(recorder.path)
    receive(recorder, 1.0)
    assert stalled.asked.wait(10.0)
    receive(recorder, 2.0)
    real = recorder_module.read_in_time

    def answers_now(path: Path, size: int, within_s: float) -> bytes | None:
        stalled.answers.set()
        recorder._thread.join(10.0)
        return real(path, size, within_s)

    monkeypatch.setattr(recorder_module, "read_in_time", answers_now)
    recorder.close()
    assert recorder.rescued_to is not None
    assert read(recorder.rescued_to) == [1.0, 2.0]


def test_a_disk_that_gives_no_answer_at_the_start_or_only_to_the_last_write_keeps_nobody_waiting(
    tmp_path: Path, stalled: StalledDisk
) -> None:
    folder = claim_folder(tmp_path)
    stalled.stall(folder / RECORD_NAME)
    recorder = Recorder(folder, HEADER, no_fault)
    assert recorder.stalled_s() > 0.0
    receive(recorder, 1.0)
    recorder.close()
    assert recorder.rescued_to is not None
    assert read(recorder.rescued_to) == [1.0]

    last = Recorder(claim_folder(tmp_path), HEADER, no_fault)
    receive(last, 1.0)
    stalled.answers.clear()
    stalled.stall(last.path)
    last.close()
    assert last.rescued_to is not None
    assert read(last.rescued_to) == [1.0]


def test_a_spare_is_where_it_was_said_to_be_when_the_first_disk_answers_too_late(
    tmp_path: Path, stalled: StalledDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: queue.SimpleQueue[WriteFault] = queue.SimpleQueue()
    recorder = Recorder(claim_folder(tmp_path), HEADER, faults.put)
    disk = FullDisk(room=0, path=recorder.path)
    monkeypatch.setattr(os, "write", disk.write)
    receive(recorder, 1.0)
    assert faults.get(timeout=10.0).spare is not None
    disk.room = 10**9
    stalled.stall(recorder.path)
    recorder.close()
    stalled.answers.set()
    recorder._thread.join(10.0)
    assert recorder.rescued_to is not None
    assert read(recorder.rescued_to) == [1.0]


def test_an_event_that_cannot_be_put_into_words_costs_itself_alone(tmp_path: Path) -> None:
    faults: list[WriteFault] = []
    recorder = Recorder(claim_folder(tmp_path), HEADER, faults.append)
    for time_s in (1.0, float("nan"), 3.0):
        recorder.receive(Tick(time_s=time_s), derived=False)
    recorder.close()
    assert read(recorder.path) == [1.0, 3.0]
    assert [fault.event for fault in faults] == ["Tick"]
