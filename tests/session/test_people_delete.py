"""Deleting a person: whatever was kept, and wherever a deletion was cut off, no byte of theirs is left."""

import datetime
import shutil
import sqlite3
from pathlib import Path

import pytest

from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.people_facts import Note, PersonCard
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.people_delete import delete, resume, still_named, what_goes
from relaxlisten.session.people_key import Entry
from relaxlisten.session.people_store import People, add_note, write_card
from tests.session.killing import killed_at_each_step
from tests.session.test_tables import lines_of_a_session

DAY = datetime.date(2026, 3, 1)
NOTE = "Wept at the second piece"


@pytest.fixture
def people(tmp_path: Path) -> People:
    return People(tmp_path / "data")


def record_of(entry: Entry, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    header, *rest = lines_of_a_session()
    assert b'"person_id":null' in header
    named = header.replace(b'"person_id":null', f'"person_id":"{entry.id}"'.encode())
    (folder / RECORD_NAME).write_bytes(b"".join([named, *rest]))
    return folder


def filled(people: People, elsewhere: Path, name: str = "Kim Pseudonym") -> Entry:
    """A person with everything that can be kept of one, in all places where it may lie."""
    entry = people.new(name, DAY)
    folder = people.folder(entry)
    write_card(folder, PersonCard(goals=("Sleepwell",), avoid=("Requiem",), plan="Planwords"))
    add_note(folder, Note(written="2026-03-01T10:00:00+00:00", text=NOTE))
    folder.append("responses.jsonl", b"{}\n")
    record_of(entry, people.path(entry) / "sessions" / "monday")
    record_of(entry, people.data_folder / "sessions" / "moved")
    people.note_place(entry, record_of(entry, elsewhere / "out"))
    return people.find(name)


def holding(place: Path, words: list[str]) -> list[Path]:
    """Files with one of these words in any encoding that we might have written, in their name or their bytes."""
    wanted = [word.encode(code) for word in words for code in ("utf-8", "utf-16-le")]
    files = [file for file in place.rglob("*") if file.is_file()]
    return [file for file in files if any(word in file.read_bytes() or word in str(file).encode() for word in wanted)]


def test_no_byte_of_a_deleted_person_is_left_in_any_file_and_others_are_untouched(people: People, tmp_path: Path) -> None:
    entry, other = filled(people, tmp_path / "elsewhere"), filled(people, tmp_path / "others", "Lee")
    catalogue = sqlite3.connect(people.data_folder / "music.sqlite")
    catalogue.execute("PRAGMA journal_mode=WAL")
    catalogue.execute("CREATE TABLE t (x)")
    catalogue.execute("INSERT INTO t VALUES ('Lee')")
    catalogue.commit()  # stays open: its journals lie there too
    words = [entry.id, entry.name]
    before = {
        file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file() and other.id.encode() in file.read_bytes()
    }
    assert len(holding(tmp_path, words)) >= 5
    delete(people, entry)
    assert holding(tmp_path, words) == []
    assert [path for path in tmp_path.rglob("*") if entry.id in str(path)] == []
    assert len(holding(tmp_path, [NOTE])) == 1  # the other one's
    after = {file: file.read_bytes() for file in before if file.name != "people-key.toml"}
    assert after.items() <= before.items()
    assert people.everybody() == (other,)
    assert still_named(people, words) == []
    catalogue.close()


def test_what_goes_is_named_before_and_is_what_went(people: People, tmp_path: Path) -> None:
    entry = filled(people, tmp_path / "elsewhere")
    files = what_goes(people, entry)
    assert len(files) == 6
    delete(people, entry)
    assert not any(file.exists() for file in files)
    assert not (tmp_path / "elsewhere" / "out").exists()


def test_of_a_folder_elsewhere_only_the_record_goes(people: People, tmp_path: Path) -> None:
    entry = filled(people, tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "out" / "letter.txt").write_text("mine")
    delete(people, entry)
    assert [file.name for file in (tmp_path / "elsewhere" / "out").iterdir()] == ["letter.txt"]


def test_a_deletion_killed_at_any_step_is_finished_at_the_next_start(people: People, tmp_path: Path) -> None:
    steps = finished = 0
    made: list[Entry] = []

    def again() -> None:
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()
        made[:] = [filled(people, tmp_path / "elsewhere")]

    for _ in killed_at_each_step(lambda: delete(people, made[0]), again):
        steps += 1
        said = resume(people, DAY)
        gone = not people.everybody()
        assert gone or steps <= 3  # before the key says that they are being deleted, nothing has gone
        if gone:
            assert holding(tmp_path, [made[0].id, made[0].name, NOTE]) == []
            finished += any("finished" in sentence for sentence in said)
        else:
            assert len(what_goes(people, made[0])) == 6
    assert steps > 6
    assert finished >= steps - 4  # one was killed when nothing was left to do


def test_what_cannot_be_deleted_is_said_and_goes_later(people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = filled(people, tmp_path / "elsewhere")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "session.jsonl")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", refuse)
        with pytest.raises(RelaxListenError, match="the rest goes at the next start"):
            delete(people, entry)
        assert "Permission denied" in resume(people, DAY)[0]
    assert people.everybody() == ()
    resume(people, DAY)
    assert holding(tmp_path, [entry.id]) == []


def test_nobody_is_deleted_while_a_session_of_theirs_runs(people: People, tmp_path: Path) -> None:
    entry = filled(people, tmp_path / "elsewhere")
    running = people.folder(entry).claim()
    assert running is not None
    with pytest.raises(UsageError, match="is running"):
        delete(people, entry)
    assert len(what_goes(people, entry)) == 6
    running.release()
    delete(people, entry)
    assert people.everybody() == ()


def test_a_file_that_still_names_somebody_is_found_whole_words_only(people: People) -> None:
    place = people.data_folder
    place.mkdir()
    (place / "a.bin").write_bytes(b"\x00" * ((1 << 20) - 1) + b"KIM" + b"\x00")  # across two pieces
    (place / "b.txt").write_text("a kimono")
    (place / "about kim.txt").write_text("")
    assert [file.name for file in still_named(people, ["kim"])] == ["a.bin", "about kim.txt"]
