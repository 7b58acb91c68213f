import errno
import os
import queue
import shutil
import threading
from pathlib import Path

import pytest

from relaxlisten.errors import RelaxListenError
from relaxlisten.messages import Tick
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


def test_a_place_that_cannot_be_written_is_refused_in_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(RelaxListenError, match="choose another folder") as caught:
        claim_folder(blocked / "session")
    assert caught.value.exit_code == 1


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


def test_a_disk_that_gives_no_answer_does_not_keep_the_end_waiting(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path_factory.mktemp("elsewhere")))
    monkeypatch.setattr("relaxlisten.session.recorder.CLOSE_WITHIN_S", 0.2)
    recorder = Recorder(claim_folder(tmp_path), HEADER, no_fault)
    answers, asked, real_write, file = threading.Event(), threading.Event(), os.write, recorder.path.stat().st_ino

    def write(descriptor: int, data: memoryview) -> int:
        if os.fstat(descriptor).st_ino == file:
            asked.set()
            assert answers.wait(30.0)
        return real_write(descriptor, data)

    monkeypatch.setattr(os, "write", write)
    recorder.receive(Tick(time_s=1.0), derived=False)
    assert asked.wait(10.0)
    assert recorder.stalled_s() > 0.0
    recorder.receive(Tick(time_s=2.0), derived=False)
    recorder.close()
    answers.set()
    assert recorder.rescued_to is not None
    assert read(recorder.rescued_to) == [1.0, 2.0]


def test_an_event_that_cannot_be_put_into_words_costs_itself_alone(tmp_path: Path) -> None:
    faults: list[WriteFault] = []
    recorder = Recorder(claim_folder(tmp_path), HEADER, faults.append)
    for time_s in (1.0, float("nan"), 3.0):
        recorder.receive(Tick(time_s=time_s), derived=False)
    recorder.close()
    assert read(recorder.path) == [1.0, 3.0]
    assert [fault.event for fault in faults] == ["Tick"]
