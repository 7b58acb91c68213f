"""Several people in one session: each with their own heart, baseline and record."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relaxlisten.assembly_group import listens, tell_apart
from relaxlisten.cli import app
from relaxlisten.companion import NOT_THIS_HEART, CompanionPipeline, shared
from relaxlisten.errors import UsageError
from relaxlisten.messages import Command, Decision, Notification, Physiology, Tick
from relaxlisten.replay import replay
from relaxlisten.session.records import load_record
from relaxlisten.settings import SessionSettings
from relaxlisten.terms import Arm, CommandKind
from tests.test_pipeline import packet
from tests.window.scripted_session import events_of_second, physiology

RUN = CliRunner()


@pytest.fixture(autouse=True)
def _silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from relaxlisten.sound.silent import SilentSound

    monkeypatch.setattr("relaxlisten.assembly._sound", lambda _settings: SilentSound())
    for module in ("assembly", "places"):
        monkeypatch.setattr(f"relaxlisten.{module}.data_folder", lambda: tmp_path / "data")


def run(*arguments: str) -> None:
    result = RUN.invoke(app, ["listen", "--offline", "--protocol", "short-5", "--minutes", "2", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception


def test_each_person_has_a_record_of_their_own_that_replays_to_the_last_bit(tmp_path: Path) -> None:
    run("--out", str(tmp_path / "s"), "--also", "Kim=simulated", "--also", "simulated")
    folders = [tmp_path / "s", tmp_path / "s" / "person-2", tmp_path / "s" / "person-3"]
    records = [load_record(folder) for folder in folders]
    for record in records:
        assert replay(record).difference is None
    packets = [tuple(e.event.payload for e in record.events if isinstance(e.event, Notification)) for record in records]
    assert len(set(packets)) == 3
    assert [record.header.settings.get("name") for record in records] == [None, "Kim", "Person 3"]
    assert all(record.header.simulated for record in records)


def test_a_companions_record_holds_no_word_on_the_other_heart(tmp_path: Path) -> None:
    assert RUN.invoke(app, ["person", "new", "zoe7q", "--consent"]).exit_code == 0
    run("--out", str(tmp_path / "s"), "--also", "Kim=simulated", "--person", "zoe7q")
    assert not (tmp_path / "s" / "person-2").exists()  # what is kept of zoe7q is deleted as a whole
    text = (tmp_path / "s-others" / "person-2" / "session.jsonl").read_text(encoding="utf-8")
    kinds = {json.loads(line)["event"] for line in text.splitlines()}
    assert {"SessionPhase", "SoundState", "TempoTarget", "TrackChoice", "Beat"} <= kinds
    assert not kinds & {"Decision", "PieceResponse", "Rating"}
    assert "Heart 6" not in text
    assert "Heart 7" not in text
    assert "zoe7q" not in text
    assert NOT_THIS_HEART in text


def test_the_first_session_is_the_same_with_and_without_companions(tmp_path: Path) -> None:
    run("--out", str(tmp_path / "alone"))
    run("--out", str(tmp_path / "together"), "--also", "simulated")
    alone, together = load_record(tmp_path / "alone"), load_record(tmp_path / "together")
    assert alone.events == together.events


def test_a_session_whose_arm_is_concealed_is_for_one_heart() -> None:
    with pytest.raises(UsageError, match="is for one heart"):
        tell_apart(SessionSettings(also=("simulated",), concealed="A"))


def test_notes_and_reasons_stay_with_the_person_they_may_be_about() -> None:
    assert shared(Command(time_s=1.0, what=CommandKind.MARKER, value="Ada sighs")) is None
    assert shared(Command(time_s=1.0, what=CommandKind.PAUSE)) is not None
    assert shared(physiology(1.0, 70.0)) is None
    assert all(shared(event) is None for event in events_of_second(30) if isinstance(event, Decision))


def test_a_companions_heart_is_measured_like_the_first() -> None:
    pipeline, known = CompanionPipeline(), []
    for second in range(1, 61):
        pipeline.feed(packet(second - 0.4, 60000 / 70))
        known += [event for event in pipeline.feed(Tick(time_s=float(second))) if isinstance(event, Physiology)]
    assert known[-1].heart_rate_bpm == pytest.approx(70.0, abs=0.5)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--sensor", "ble", "--also", "ble:C4:11"], "told apart"),
        (["--sensor", "ble:C4:11", "--also", "ble:c4:11"], "told apart"),
        (["--also", "nonsense"], "is no sensor"),
        ([part for _ in range(8) for part in ("--also", "simulated")], "8 is the most"),
    ],
)
def test_hearts_that_cannot_be_told_apart_are_refused(tmp_path: Path, arguments: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        run("--out", str(tmp_path / "s"), *arguments)
    assert not (tmp_path / "s").exists()


def test_only_arms_whose_music_goes_by_a_heart_say_that_it_listens() -> None:
    assert listens(Arm.ADAPTIVE)
    assert listens(Arm.CHOICE_ONLY)
    assert not any(listens(arm) for arm in (Arm.UNMODIFIED, Arm.NATURE, Arm.SILENCE, Arm.YOKED))
