"""Whole sessions of the running program: offline twice, live and replayed, killed, ended by hand."""

import json
import re
import signal
from pathlib import Path

import pytest

from relaxlisten.terms import SessionStage
from tests.system.kills import MOST_LOST_S, kill_many
from tests.system.program import count_of, read_session, run, start, wait_until

pytestmark = pytest.mark.system

LIVE = ("listen", "--no-window", "--no-sound")
KILLS = 3


def without_date(path: Path) -> list[str]:
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    header = json.loads(first)
    assert header.pop("started_utc")
    assert header.pop("seal_key")  # each record's own: the checksums start from it
    return [json.dumps({**header, "crc": ""}), *(line[: line.rindex(',"crc":')] for line in rest)]


def test_the_same_seed_gives_the_same_record_and_the_same_sound(tmp_path: Path) -> None:
    for name in ("a", "b"):
        arguments = ("--seed", "7", "--minutes", "4", "--out", tmp_path / name, "--render", tmp_path / f"{name}.wav")
        assert run("listen", "--offline", *arguments, home=tmp_path).returncode == 0
    assert without_date(tmp_path / "a" / "session.jsonl") == without_date(tmp_path / "b" / "session.jsonl")
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    assert len(without_date(tmp_path / "a" / "session.jsonl")) > 2000


def test_another_seed_gives_another_heart(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        arguments = ("--seed", seed, "--minutes", "0.5", "--out", tmp_path / seed)
        assert run("listen", "--offline", *arguments, home=tmp_path).returncode == 0
    assert without_date(tmp_path / "1" / "session.jsonl") != without_date(tmp_path / "2" / "session.jsonl")


def test_a_recorded_heart_runs_a_session_and_is_named_as_such(tmp_path: Path) -> None:
    rr_file = Path("tests/data/rest_rr_ms.txt").resolve()
    arguments = ("--sensor", f"file:{rr_file}", "--minutes", "2", "--out", tmp_path / "s")
    assert run("listen", "--offline", *arguments, home=tmp_path).returncode == 0
    record = read_session(tmp_path / "s")
    assert record.header.sensor == "file:rest_rr_ms.txt"
    assert not record.header.simulated
    rates = [entry.event.heart_rate_bpm for entry in record.events if type(entry.event).__name__ == "Physiology"]
    known = [rate for rate in rates if rate is not None]
    assert 55.0 < sum(known) / len(known) < 62.0  # the file's own first two minutes: 60000 / mean RR


def test_a_live_session_replays_to_the_last_bit(tmp_path: Path) -> None:
    result = run(*LIVE, "--minutes", "0.3", "--out", tmp_path / "s", home=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "SIMULATED" in result.stdout
    verified = run("replay", tmp_path / "s", "--verify", home=tmp_path)
    assert verified.returncode == 0, verified.stdout
    assert "Every derived event is equal" in verified.stdout


def test_a_forged_record_fails_its_verification(tmp_path: Path) -> None:
    run("listen", "--offline", "--minutes", "0.5", "--out", tmp_path / "s", home=tmp_path)
    path = tmp_path / "s" / "session.jsonl"
    text = path.read_text(encoding="utf-8")
    assert text.count('"stage":"running"') > 5
    path.write_text(text.replace('"stage":"running"', '"stage":"paused"', 1), encoding="utf-8")
    verified = run("replay", tmp_path / "s", "--verify", home=tmp_path)
    assert verified.returncode == 1
    assert "first difference" in verified.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_session_gently(tmp_path: Path, number: signal.Signals) -> None:
    program = start(*LIVE, "--out", tmp_path / "s", home=tmp_path)
    wait_until(lambda: count_of(tmp_path / "s" / "session.jsonl", '"audible":true') > 3, "music")
    program.send_signal(number)
    output, _ = program.communicate(timeout=20.0)
    assert program.returncode == 0, output
    phases = [entry.event for entry in read_session(tmp_path / "s").events if type(entry.event).__name__ == "SessionPhase"]
    assert phases[-1].stage is SessionStage.ENDED


def test_of_a_killed_session_all_but_the_last_second_is_recovered(tmp_path: Path) -> None:
    for one in kill_many(tmp_path, KILLS, seed=5):  # a hundred of them: python -m tests.system.kills
        assert one.lost_s <= MOST_LOST_S
        assert one.replays


def test_the_next_start_finishes_a_session_that_was_killed_and_says_so(tmp_path: Path) -> None:
    program = start(*LIVE, "--out", tmp_path / "s", home=tmp_path)
    wait_until(lambda: count_of(tmp_path / "s" / "session.jsonl", '"event":"Tick"') >= 2, "the second second")
    program.kill()
    program.communicate(timeout=10.0)
    before = (tmp_path / "s" / "session.jsonl").read_bytes()
    next_one = ("listen", "--offline", "--minutes", "0.1", "--out", tmp_path / "t")
    said = run(*next_one, home=tmp_path).stderr
    assert re.fullmatch(r"relaxlisten: Your last session was cut off at \d\d:\d\d; it is saved \(\d+ s\)\.\n", said)
    whole_lines = before[: before.rindex(b"\n") + 1]
    assert (tmp_path / "s" / "session.jsonl").read_bytes().startswith(whole_lines)
    assert run("replay", tmp_path / "s", "--verify", home=tmp_path).returncode == 0
    assert run(*next_one, home=tmp_path).stderr == ""  # once is enough


def test_the_same_folder_twice_keeps_both_sessions(tmp_path: Path) -> None:
    for _ in range(2):
        assert run("listen", "--offline", "--minutes", "0.2", "--out", tmp_path / "s", home=tmp_path).returncode == 0
    assert read_session(tmp_path / "s").events
    assert read_session(tmp_path / "s" / "session-2").events
