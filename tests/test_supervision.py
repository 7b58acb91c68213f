"""What fails is started again, a bounded number of times; the other parts go on; reports hold nothing personal."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from relaxlisten.crash_report import KEPT, MOST_TOLD, catch_all, pointer, report_text, write_report
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.supervision import MOST_RESTARTS, WITHIN_S, Restarts
from relaxlisten.watched import SOUND, STRAP, Unwatched, Watch, part_of

SECRET = "/home/anna/Music/lullaby.flac"


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("relaxlisten.crash_report.data_folder", lambda: tmp_path)
    return tmp_path / "crash-reports"


def fail() -> list[str]:
    lullaby = SECRET
    try:
        raise OSError(2, "not there", lullaby)
    except OSError as fault:
        raise ValueError(SECRET) from fault


def caught() -> Exception:
    with pytest.raises(ValueError, match="lullaby") as info:
        fail()
    return info.value


# ---- restarts ----


def test_what_fails_is_started_again_three_times_in_a_minute_and_no_more() -> None:
    restarts = Restarts()
    for second in range(MOST_RESTARTS):
        after = restarts.one_more(float(second))
        assert after is not None
        restarts = after
    assert restarts.one_more(WITHIN_S - 1.0) is None
    assert restarts.one_more(WITHIN_S) is not None  # the first is a minute ago by now


def test_a_part_that_fails_is_called_again_and_one_that_goes_on_failing_is_given_up(reports: Path) -> None:
    watch, calls = Watch(), []
    for second in range(10):
        got = watch.call(STRAP, float(second), lambda: calls.append(1) or fail(), ["nothing"])
        assert got == ["nothing"]
    assert len(calls) == MOST_RESTARTS + 1
    notices = watch.notices()
    assert [notice.code for notice in notices] == ["part_failed"] * MOST_RESTARTS + ["part_given_up"]
    assert all(notice.text.startswith("What listens to the strap failed") for notice in notices)
    assert "the session goes on as plain listening" in notices[-1].text
    assert watch.notices() == []
    assert watch.call(SOUND, 10.0, lambda: ["sound"], []) == ["sound"]
    assert len(list(reports.glob("*.txt"))) == MOST_RESTARTS + 1


def test_a_fault_of_the_user_or_the_machine_passes_through_with_its_own_sentence(reports: Path) -> None:
    def refuse() -> None:
        raise UsageError("No such folder.")

    with pytest.raises(RelaxListenError, match="No such folder"):
        Watch().call(SOUND, 0.0, refuse, None)
    assert not reports.exists()


def test_without_a_watch_every_fault_passes_through() -> None:
    with pytest.raises(ValueError, match="lullaby"):
        Unwatched().call(SOUND, 0.0, fail, [])


def test_an_observer_that_nobody_named_is_named_by_its_class() -> None:
    class Lamp: ...

    assert "(Lamp)" in part_of(Lamp()).name


# ---- reports ----


def test_a_report_says_where_it_happened_and_nothing_of_the_user() -> None:
    text = report_text(caught(), "the decoder")
    assert "failed in: the decoder" in text
    assert "builtins.ValueError" in text
    assert "It came of builtins.FileNotFoundError" in text
    assert f"{__name__}:" in text
    assert " fail" in text
    for secret in ("anna", "lullaby", "/home", "not there", str(Path.cwd()), str(Path.home())):
        assert secret not in text


def test_the_newest_reports_are_kept(reports: Path) -> None:
    paths = [write_report(caught(), f"run {number}") for number in range(KEPT + 3)]
    kept = sorted(reports.glob("*.txt"))
    assert len(kept) == KEPT
    assert paths[-1] in kept
    assert str(paths[-1]) in pointer(paths[-1])


def test_where_no_report_can_be_written_the_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("relaxlisten.crash_report.data_folder", lambda: tmp_path / "file")
    assert pointer(write_report(caught(), "x")) == "No report could be written."


@pytest.mark.usefixtures("reports")
def test_what_nothing_catches_is_told_in_a_sentence_a_few_times_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    said: list[str] = []
    catch_all(said.append)
    for _ in range(10):
        sys.excepthook(ValueError, caught(), None)
    thread = threading.Thread(target=fail, name="a thread")
    thread.start()
    thread.join()
    assert len(said) == MOST_TOLD
    assert all("RelaxListen failed in the window (ValueError)" in sentence for sentence in said)
    assert not any("lullaby" in sentence for sentence in said)
