"""why, rate, pieces, study, protocol and simulate, as somebody at a terminal has them."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relaxlisten.cli import app
from relaxlisten.errors import UsageError
from relaxlisten.replay import replay
from relaxlisten.session.records import load_record
from relaxlisten.terms import When

RUN = CliRunner()


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("assembly", "places"):
        monkeypatch.setattr(f"relaxlisten.{module}.data_folder", lambda: tmp_path / "data")


def run(*arguments: str) -> str:
    result = RUN.invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions offline, without making the sound: what is decided is the same."""
    from relaxlisten.sound.silent import SilentSound

    monkeypatch.setattr("relaxlisten.assembly._sound", lambda _settings: SilentSound())


def listened(tmp_path: Path, *more: str) -> Path:
    out = tmp_path / "session"
    run("listen", "--offline", "--protocol", "breathe-with-music", "--minutes", "4", "--out", str(out), *more)
    return out


@pytest.mark.usefixtures("silent")
def test_why_answers_for_every_change_and_for_a_moment(tmp_path: Path) -> None:
    session = listened(tmp_path)
    lines = run("why", str(session)).splitlines()
    changes = [
        entry.event for entry in load_record(session).events if type(entry.event).__name__ in ("TempoTarget", "TrackChoice")
    ]
    assert len(lines) >= len(changes) > 2
    moment = run("why", str(session), "--at", "02:00")
    assert "why: " in moment
    assert "known then: " in moment
    assert "there was also" in moment


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize("wrong", ["soon", "1:2:3", ""])
def test_a_moment_that_is_no_time_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(UsageError, match="is no time"):
        run("why", str(listened(tmp_path)), "--at", wrong)


@pytest.mark.usefixtures("silent")
def test_answers_before_and_after_are_kept_and_remembered_and_the_record_still_replays(tmp_path: Path) -> None:
    run("person", "new", "kim", "--consent")
    session = listened(tmp_path, "--person", "kim", "--rating", "calm=4")
    assert "30% of the scale calmer" in run("rate", str(session), "calm=7")
    record = load_record(session)
    ratings = [entry.event for entry in record.events if type(entry.event).__name__ == "Rating"]
    assert [(one.value, one.when) for one in ratings] == [(4.0, When.BEFORE), (7.0, When.AFTER)]
    assert replay(record).difference is None
    shown = run("pieces", "kim")
    assert "1 sessions" in shown
    assert "not enough" in shown


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize(("answer", "word"), [("joy=3", "not asked"), ("calm=11", "from 0 to 10"), ("calm", "from 0 to 10")])
def test_an_answer_to_no_question_or_off_the_scale_is_refused(tmp_path: Path, answer: str, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        listened(tmp_path, "--rating", answer)


@pytest.mark.usefixtures("silent")
def test_a_second_session_of_a_person_replays_with_what_was_remembered(tmp_path: Path) -> None:
    run("person", "new", "kim", "--consent")
    listened(tmp_path, "--person", "kim")
    out = tmp_path / "second"
    run("listen", "--offline", "--protocol", "short-5", "--out", str(out), "--person", "kim", "--seed", "5")
    record = load_record(out)
    assert record.header.control["memory"]["sessions"] == 1
    assert replay(record).difference is None


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize("arm", ["fixed", "unmodified", "nature", "silence", "one-beat"])
def test_a_session_of_every_arm_replays_bit_for_bit(tmp_path: Path, arm: str) -> None:
    record = load_record(listened(tmp_path, "--arm", arm))
    assert record.header.condition == arm
    assert replay(record).difference is None


@pytest.mark.usefixtures("silent")
def test_a_yoked_session_replays_without_its_donor(tmp_path: Path) -> None:
    donor = listened(tmp_path)
    out = tmp_path / "yoked"
    run("listen", "--offline", "--protocol", "short-5", "--arm", "yoked", "--donor", str(donor), "--out", str(out), "--seed", "9")
    assert replay(load_record(out)).difference is None


def test_a_yoked_session_without_a_donor_is_refused() -> None:
    with pytest.raises(UsageError, match="--donor"):
        run("listen", "--offline", "--arm", "yoked")


@pytest.mark.parametrize("wrong", ["110-50", "fast", "-", "5-1000"])
def test_a_comfort_range_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError, match="no comfort range"):
        run("listen", "--offline", "--comfort=" + wrong)


def shape_of(session: Path) -> str:
    """All that the commands about one session say of it, with figures of the heart and of time made alike."""
    said = [run("session", "list", str(session)), run("session", "show", str(session))]
    words = re.sub(r"\d[\d.:T+-]*", "0", "\n".join(said).replace(str(session), ""))
    return re.sub(r" +", " ", words)


@pytest.mark.usefixtures("silent")
def test_a_study_conceals_its_arms_until_it_is_opened(tmp_path: Path) -> None:
    study = tmp_path / "trial"
    arms = ["adaptive", "silence"]
    run("study", "new", str(study), "--arms", ",".join(arms), "--participants", "2", "--protocol", "demo-3", "--seed", "4")
    said = [run("study", "session", str(study), "P01", "--offline") for _ in range(2)]
    letters = {line.rsplit(": ", 1)[1][0] for line in said if ": " in line}
    assert letters == {"A", "B"}
    for number in (1, 2):
        session = study / "sessions" / f"P01-{number}"
        header = (session / "session.jsonl").read_text().partition("\n")[0]
        assert not any(f'"{arm}"' in header for arm in arms)
        assert load_record(session).header.condition in ("A", "B")
        assert replay(load_record(session)).difference is None
        with pytest.raises(UsageError, match="still concealed"):
            run("why", str(session))
    told = [shape_of(study / "sessions" / f"P01-{number}") for number in (1, 2)]
    assert told[0] == told[1]
    assert "Beat" in told[0]
    assert "PlaybackPlan" not in told[0]
    status = run("study", "status", str(study))
    assert "P01-1  A" in status or "P01-1  B" in status
    opened = run("study", "unblind", str(study), "--reason", "done")
    assert all(arm in opened for arm in arms)
    silent_one = next(line[0] for line in opened.splitlines() if "silence" in line)
    for number in (1, 2):
        session = study / "sessions" / f"P01-{number}"
        if load_record(session).header.condition != silent_one:
            assert "chosen among" in run("why", str(session))


def test_a_simulation_prints_its_table_and_writes_its_results(tmp_path: Path) -> None:
    arguments = ["simulate", "--fast", "--listeners", "2", "--sessions", "1", "--arms", "adaptive,unmodified", "--no-oracle"]
    shown = run(*arguments, "--protocol", "demo-3", "--workers", "1", "--out", str(tmp_path / "out"))
    assert "adaptive against" in shown
    assert "says nothing about people" in shown
    assert len((tmp_path / "out" / "results.jsonl").read_text().splitlines()) == 4
    assert "adaptive_minus" in json.loads((tmp_path / "out" / "summary.json").read_text())


def test_an_arm_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="no arm: choose of adaptive"):
        run("simulate", "--arms", "adaptiv")


def test_protocols_are_listed_checked_and_described() -> None:
    assert "before-performance-10" in run("protocol", "list")
    assert "until heart_steady" in run("protocol", "check", "before-performance-10")
    assert json.loads(run("protocol", "schema"))["required"] == ["phase"]
