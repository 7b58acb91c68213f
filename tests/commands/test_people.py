"""`relaxlisten person`, as somebody at a terminal has it, with sessions that really run."""

import stat
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relaxlisten.cli import app
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.session import person_folder
from relaxlisten.session.people_history import history
from relaxlisten.session.people_store import People
from relaxlisten.session.person_lock import Keys, Locked, WrongPassphrase
from relaxlisten.session.records import load_record
from tests.session.locks import PASSPHRASE, made_lock


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own; sessions without the making of sound: what is kept is the same."""
    from relaxlisten.sound.silent import SilentSound

    for module in ("assembly", "places"):
        monkeypatch.setattr(f"relaxlisten.{module}.data_folder", lambda: tmp_path / "data")
    monkeypatch.setattr("relaxlisten.assembly._sound", lambda _settings: SilentSound())
    return tmp_path / "data"


def run(*arguments: str, typed: str | None = None) -> str:
    result = CliRunner().invoke(app, list(arguments), input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def listened(*more: str) -> str:
    return run("listen", "--offline", "--protocol", "breathe-with-music", "--minutes", "2", "--person", "kim", *more)


def session_of(data: Path) -> Path:
    [folder] = (data / "people").glob("p-*/sessions/*")
    return folder


def test_without_a_consent_no_session_is_recorded_and_a_withdrawn_one_counts_as_none(data: Path) -> None:
    assert "No session is recorded" in run("person", "new", "kim", typed="n\n")
    with pytest.raises(UsageError, match="has not been given"):
        listened()
    run("person", "consent", "kim", "--give", "--version", "clinic form 3")
    run("person", "consent", "kim", "--withdraw")
    with pytest.raises(UsageError, match="was withdrawn on"):
        listened()
    assert not list(data.rglob("session.jsonl"))
    assert "withdrawn" in run("person", "show", "kim")


def test_who_is_not_known_is_not_made_known_by_a_slip_of_the_keyboard(data: Path) -> None:
    run("person", "new", "kim", "--consent")
    with pytest.raises(UsageError, match='did you mean "kim"'):
        run("listen", "--offline", "--person", "kmi")
    assert len(list((data / "people").iterdir())) == 1


def test_a_session_lies_with_its_person_under_the_id_and_only_the_owner_may_read_it(data: Path) -> None:
    run("person", "new", "kim", "--consent")
    run("person", "set", "kim", "--avoid", "*")
    listened("--rating", "calm=4")
    run("rate", str(session_of(data)), "calm=7")
    record = load_record(session_of(data))
    [entry] = People(data).everybody()
    assert record.header.person_id == entry.id == session_of(data).parent.parent.name
    assert b"kim" not in (session_of(data) / "session.jsonl").read_bytes()
    assert record.header.control["avoid"] == ["*"]
    assert not [one for one in record.events if type(one.event).__name__ == "TrackChoice"]
    if sys.platform != "win32":
        modes = {stat.S_IMODE(path.stat().st_mode) for path in data.rglob("*")}
        assert modes == {0o600, 0o700}
    [row] = history(People(data).folder(entry), entry)
    assert (row.ratings["calm"].before, row.ratings["calm"].after, row.simulated) == (4.0, 7.0, True)


def test_what_is_written_is_shown_found_and_exported_and_then_no_byte_of_it_is_left(data: Path, tmp_path: Path) -> None:
    run("person", "new", "kim", "--consent")
    run("person", "set", "kim", "--goal", "fall asleep", "--plan", "twice a week", "--name", "quiet-river")
    run("person", "note", "quiet-river", "wept at the second piece")
    run("listen", "--offline", "--protocol", "breathe-with-music", "--minutes", "2", "--person", "quiet-river")
    shown = run("person", "show", "quiet-river")
    assert all(words in shown for words in ("fall asleep", "twice a week", "wept at the second piece", "relaxlisten-1"))
    assert "note of" in run("person", "list", "--find", "SECOND piece")
    assert "Breathe with the music" in run("person", "list", "--find", "breathe with")
    assert "Breathe with the music" in run("person", "history", "quiet-river", "--tsv")
    out = tmp_path / "kim.zip"
    run("person", "export", "quiet-river", "-o", str(out))
    with zipfile.ZipFile(out) as archive:
        assert {"README.txt", "person.toml", "notes.toml", "history.tsv", "about.toml"} <= set(archive.namelist())
        assert sum(name.endswith("session.jsonl") for name in archive.namelist()) == 1
    [entry] = People(data).everybody()
    assert "Nothing was deleted" in run("person", "delete", "quiet-river", typed="n\n")
    assert "is deleted" in run("person", "delete", "quiet-river", typed="y\n")
    words = [entry.id.encode(), b"quiet-river", b"wept at", b"fall asleep"]
    left = [file for file in data.rglob("*") if file.is_file() and any(word in file.read_bytes() for word in words)]
    assert left == []


def test_who_is_past_their_date_is_named_at_every_start_and_deleted_only_on_request(data: Path) -> None:
    run("person", "new", "kim", "--consent")
    run("person", "new", "lee", "--consent")
    run("person", "set", "kim", "--keep-until", "2020-01-31")
    assert "was to be kept until 2020-01-31" in run("person", "list")
    assert "Nothing was deleted" in run("person", "tidy", typed="n\n")
    run("person", "tidy", "--yes")
    assert [entry.name for entry in People(data).everybody()] == ["lee"]
    with pytest.raises(UsageError, match="is no date"):
        run("person", "set", "lee", "--keep-until", "tomorrow")


def test_a_locked_person_listens_answers_and_is_read_with_the_passphrase_and_nothing_lies_there_plain(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, keys = made_lock()

    def opened(_lock: object, passphrase: str) -> Keys:  # the real one takes seconds, and is tested in test_person_lock
        if passphrase != PASSPHRASE:
            raise WrongPassphrase("wrong")
        return keys

    monkeypatch.setattr(person_folder, "new_lock", lambda _: (text, keys))
    monkeypatch.setattr(person_folder, "open_lock", opened)
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    secret = ["--passphrase-file", str(file)]
    run("person", "new", "kim", "--consent")
    run("person", "note", "kim", "wept")
    assert "cannot be recovered" in run("person", "lock", "kim", *secret)
    with pytest.raises(UsageError, match="run this in a terminal, or name a file"):
        listened()
    listened("--rating", "calm=4", *secret)
    run("rate", str(session_of(data)), "calm=7", *secret)
    plain = [file for file in (data / "people").rglob("*") if file.is_file() and file.suffix != ".age"]
    assert sorted(one.name for one in plain) == ["in-use", "lock.toml"]
    assert "4 -> 7" in run("person", "history", "kim", *secret)
    assert "1 sessions" in run("pieces", "kim", *secret)
    assert "locked: not searched" in run("person", "list", "--find", "wept")
    with pytest.raises(RelaxListenError, match="is locked with its person"):
        run("session", "show", str(session_of(data)))
    file.write_text("another one\n")
    with pytest.raises(WrongPassphrase):
        run("person", "show", "kim", *secret)
    file.write_text(PASSPHRASE)
    run("person", "unlock", "kim", *secret)
    assert "wept" in run("person", "show", "kim")
    assert load_record(session_of(data)).header.simulated


def test_a_locked_session_that_was_killed_is_locked_at_the_next_start(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, keys = made_lock()
    run("person", "new", "kim", "--consent")
    [entry] = People(data).everybody()
    folder = People(data).path(entry)
    (folder / "lock.toml").write_text(text)
    (folder / "sessions" / "monday").mkdir(parents=True)
    (folder / "sessions" / "monday" / "session.jsonl").write_bytes(b"{}\n")
    running = People(data).folder(entry).claim()
    assert running is not None
    run("person", "list")
    assert (folder / "sessions" / "monday" / "session.jsonl").exists()  # the session may still run
    running.release()
    assert "are locked now" in run("person", "list")
    assert [file.suffix for file in (folder / "sessions" / "monday").iterdir()] == [".age"]
    monkeypatch.setattr(person_folder, "open_lock", lambda *_: keys)
    with pytest.raises(Locked):
        People(data).folder(entry).read("sessions/monday/session.jsonl")
    assert People(data).folder(entry, PASSPHRASE).read("sessions/monday/session.jsonl") == b"{}\n"
