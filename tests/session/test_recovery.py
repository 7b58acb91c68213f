import datetime
import os
import subprocess
import sys
from pathlib import Path

import pytest

from relaxlisten.messages import Beat, Notice, SessionPhase, Tick
from relaxlisten.session import lock, recovery
from relaxlisten.session.format import RECORD_NAME, SCHEMA, SessionHeader
from relaxlisten.session.load import load
from relaxlisten.session.lock import Lock, take
from relaxlisten.session.recorder import Recorder, claim_folder
from relaxlisten.session.records import load_record
from relaxlisten.session.recovery import CutOff, Found, length_told, records_near, recover, told, told_spare
from relaxlisten.terms import PhaseKind, Quality, SessionStage

HEADER = SessionHeader(
    schema=SCHEMA, started_utc="2026-01-01T11:12:40+00:00", seed=1, sensor="simulated", simulated=True, settings={}, protocol={},
    versions={}, condition="adaptive",
)  # fmt: skip
ENDED = SessionPhase(
    time_s=9.0,
    stage=SessionStage.ENDED,
    name="Close",
    kind=PhaseKind.CLOSE,
    elapsed_s=0.0,
    remaining_s=0.0,
    session_remaining_s=0.0,
)


def written(folder: Path, seconds: int, *, ended: bool = False) -> Path:
    """A record of so many ticks, closed by its recorder."""
    recorder = Recorder(claim_folder(folder), HEADER, lambda fault: None)
    for second in range(1, seconds + 1):
        recorder.receive(Tick(time_s=float(second)), derived=False)
    if ended:
        recorder.receive(ENDED, derived=True)
    recorder.close()
    return recorder.path


def test_an_unfinished_record_gets_one_mark_at_the_time_of_its_last_line(tmp_path: Path) -> None:
    record = written(tmp_path, 1100)
    before = record.read_bytes()
    (one,) = recover([record]).cut_off
    assert (one.length_s, one.torn_bytes) == (1100.0, 0)
    assert record.read_bytes().startswith(before)
    last = load_record(record).events[-1]
    assert isinstance(last.event, Notice)
    assert (last.event.time_s, last.event.code, last.derived) == (1100.0, "cut_off", False)
    assert recover([record]) == Found()
    assert load(record).missing == (last.event.text,)


def test_a_beat_that_is_told_long_after_it_was_does_not_make_the_session_shorter(tmp_path: Path) -> None:
    recorder = Recorder(claim_folder(tmp_path), HEADER, lambda fault: None)
    recorder.receive(Tick(time_s=30.0), derived=False)
    beat = Beat(time_s=27.5, rr_ms=900.0, nn_ms=900.0, quality=Quality.NORMAL, confidence=1.0, follows=False)
    recorder.receive(beat, derived=True)
    recorder.close()
    (one,) = recover([recorder.path]).cut_off
    assert one.length_s == 30.0


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_torn_line_is_kept_beside_the_record_and_every_line_before_it_stays(tmp_path: Path, cut: int) -> None:
    record = written(tmp_path, 20)
    whole = record.read_bytes()
    record.write_bytes(whole[:-cut])
    (one,) = recover([record]).cut_off
    lines = whole.splitlines(keepends=True)
    torn = record.with_name("session.jsonl.torn")
    assert torn.read_bytes() == lines[-1][:-cut]
    assert one.torn_bytes == len(lines[-1]) - cut
    assert record.read_bytes().startswith(b"".join(lines[:-1]))
    found = load_record(record)
    assert found.damaged_lines == ()
    assert [entry.event.time_s for entry in found.events] == [*map(float, range(1, 20)), 19.0]


@pytest.mark.parametrize("broken_step", ["truncate", "write"])
def test_a_recovery_that_is_broken_off_is_done_again_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken_step: str
) -> None:
    record = written(tmp_path, 5)
    whole = record.read_bytes()
    record.write_bytes(whole[:-9])

    def die(*_: object, **__: object) -> str:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(recovery, "event_line" if broken_step == "write" else "write_whole", die)
        assert recover([record]) == Found()
    (one,) = recover([record]).cut_off
    assert one.length_s == 4.0
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["session.jsonl", "session.jsonl.torn"]
    last = whole.splitlines(keepends=True)[-1]
    assert (tmp_path / "session.jsonl.torn").read_bytes() == last[:-9]


def test_a_session_that_ended_is_left_as_it_is(tmp_path: Path) -> None:
    record = written(tmp_path, 5, ended=True)
    before = record.read_bytes()
    assert recover([record]) == Found()
    assert record.read_bytes() == before


def test_a_record_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    recorder = Recorder(claim_folder(tmp_path), HEADER, lambda fault: None)
    assert recover([recorder.path]) == Found(running=(recorder.path,))
    recorder.close()
    assert len(recover([recorder.path]).cut_off) == 1


def test_the_lock_ends_with_the_program_however_it_ends(tmp_path: Path) -> None:
    record = written(tmp_path, 5)
    program = "import os, sys; from relaxlisten.session.lock import take; "
    program += "print(take(os.open(sys.argv[1], os.O_RDWR)), flush=True); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(record)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdin is not None
    assert other.stdout.readline() == "Lock.TAKEN\n"
    assert recover([record]).running == (record,)
    other.kill()
    other.wait()
    other.stdin.close()
    other.stdout.close()
    assert len(recover([record]).cut_off) == 1


def test_where_there_are_no_locks_a_record_counts_as_running_until_it_has_been_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(descriptor: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(lock, "_take", no_locks)
    record = written(tmp_path, 5)
    descriptor = os.open(record, os.O_RDWR)
    assert take(descriptor) is Lock.UNKNOWN
    os.close(descriptor)
    assert recover([record]).running == (record,)
    long_ago_s = record.stat().st_mtime - lock.LIVES_WITHIN_S - 1.0
    os.utime(record, (long_ago_s, long_ago_s))
    assert len(recover([record]).cut_off) == 1


@pytest.mark.parametrize("content", [b"", b"milk\nbread\n", b'{"event":"SessionHeader","schema":2'])
def test_what_holds_no_line_of_a_record_is_not_touched(tmp_path: Path, content: bytes) -> None:
    record = tmp_path / RECORD_NAME
    record.write_bytes(content)
    assert recover([record, tmp_path / "missing" / RECORD_NAME]) == Found()
    assert record.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == [RECORD_NAME]


def test_a_tail_of_zeros_after_a_power_cut_is_kept_aside_like_any_torn_line(tmp_path: Path) -> None:
    record = written(tmp_path, 5)
    with record.open("ab") as file:
        file.write(bytes(70_000))  # more than what is read of the end at first
    (one,) = recover([record]).cut_off
    assert (one.length_s, one.torn_bytes) == (5.0, 70_000)
    assert load_record(record).damaged_lines == ()


def test_sessions_are_found_where_they_lie(tmp_path: Path) -> None:
    records = [written(tmp_path / name, 1) for name in ("monday", "tuesday", "tuesday")]
    assert set(records_near([tmp_path, tmp_path / "nowhere"])) == set(records)


# ---- what is said ----

NOON = datetime.datetime(2026, 1, 1, 12, 0, tzinfo=datetime.UTC)


def test_the_sentence_says_when_it_was_cut_off_and_how_much_is_saved(tmp_path: Path) -> None:
    found = recover([written(tmp_path, 1100)])
    assert told(found, NOON) == ["Your last session was cut off at 11:31; it is saved (18 min 20 s)."]
    zone = datetime.timezone(datetime.timedelta(hours=1))
    assert told(found, NOON.astimezone(zone))[0].startswith("Your last session was cut off at 12:31;")
    assert told(found, NOON + datetime.timedelta(days=3))[0].startswith("Your last session was cut off on 2026-01-01 at 11:31;")


def test_of_several_the_newest_is_told_and_the_others_are_counted() -> None:
    def cut_off(hour: int) -> CutOff:
        return CutOff(record=Path("s"), last_utc=NOON.replace(hour=hour), length_s=61.9, torn_bytes=0)

    two, three = Found(cut_off=(cut_off(9), cut_off(8))), Found(cut_off=(cut_off(9), cut_off(8), cut_off(7)))
    assert told(two, NOON) == ["Your last session was cut off at 09:00; it is saved (1 min 1 s). So is one earlier session."]
    assert told(three, NOON)[0].endswith("So are 2 earlier ones.")


def test_of_a_session_of_which_more_lies_elsewhere_only_that_is_told() -> None:
    def one(place: str, minute: int, header: bytes) -> CutOff:
        at = NOON.replace(minute=minute)
        return CutOff(record=Path(place) / RECORD_NAME, last_utc=at, length_s=60.0 * minute, torn_bytes=0, header=header)

    assert told_spare(one("/tmp/relaxlisten-session-x", 31, b"monday"), NOON) == (
        "A session whose own folder could not be written any more was cut off at 12:31 (31 min 0 s); what that folder lacks is "
        "saved in /tmp/relaxlisten-session-x: move it from there, for the system may clear that place."
    )
    found = Found(cut_off=(one("sessions/monday", 20, b"monday"), one("sessions/sunday", 10, b"sunday")))
    assert told(found, NOON, [b"monday"]) == ["Your last session was cut off at 12:10; it is saved (10 min 0 s)."]
    assert told(Found(cut_off=(one("sessions/headless", 10, b""),)), NOON, [b""]) != []


def test_a_session_that_is_running_already_is_said() -> None:
    (sentence,) = told(Found(running=(Path("monday") / RECORD_NAME,)), NOON)
    assert sentence == "Another session is running already (monday): both are recorded, and both are heard."


@pytest.mark.parametrize(("length_s", "words"), [(0.0, "0 s"), (59.99, "59 s"), (60.0, "1 min 0 s"), (1100.0, "18 min 20 s")])
def test_lengths_are_told_in_whole_seconds_and_never_too_long(length_s: float, words: str) -> None:
    assert length_told(length_s) == words
