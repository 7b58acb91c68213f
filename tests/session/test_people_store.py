import datetime
import json
from pathlib import Path

import pytest

from relaxlisten.control.toml_check import TomlFault
from relaxlisten.errors import UsageError
from relaxlisten.people_facts import Note, PersonCard
from relaxlisten.session.people_key import KEY_NAME, is_id
from relaxlisten.session.people_store import People, add_note, read_card, read_notes, write_card
from relaxlisten.session.person_card import CARD_NAME, NOTES_NAME

DAY = datetime.date(2026, 3, 1)


@pytest.fixture
def people(tmp_path: Path) -> People:
    return People(tmp_path)


def test_a_name_stands_in_the_key_and_nowhere_else(people: People, tmp_path: Path) -> None:
    entry = people.new("Kim B.", DAY)
    write_card(people.folder(entry), PersonCard(goals=("sleep",)))
    assert is_id(entry.id)
    holding = [file for file in tmp_path.rglob("*") if file.is_file() and b"Kim" in file.read_bytes()]
    assert holding == [tmp_path / KEY_NAME]
    assert not any("Kim" in str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))


def test_ids_are_never_the_same(people: People) -> None:
    assert len({people.new(f"p{number}", DAY).id for number in range(20)}) == 20


def test_a_person_is_found_by_name_in_any_case_and_by_id(people: People) -> None:
    entry = people.new("Kim", DAY)
    assert people.find("kim") == people.find(entry.id) == entry
    with pytest.raises(UsageError, match='did you mean "Kim"'):
        people.find("kin")


def test_a_name_is_taken_once(people: People) -> None:
    people.new("kim", DAY)
    other = people.new("lee", DAY)
    with pytest.raises(UsageError, match="already"):
        people.new("Kim", DAY)
    with pytest.raises(UsageError, match="already"):
        people.rename(other, "KIM")
    people.rename(other, "Lee")
    assert [entry.name for entry in people.everybody()] == ["kim", "Lee"]


@pytest.mark.parametrize("name", ["", "../x", "a/b", " kim", "kim ", "x" * 41, "a\nb", "."])
def test_a_name_that_is_no_name_is_refused(people: People, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        people.new(name, DAY)
    assert people.everybody() == ()


def test_what_is_wrong_with_the_key_is_said_with_its_line(people: People, tmp_path: Path) -> None:
    people.new("kim", DAY)
    key = tmp_path / KEY_NAME
    key.write_text(key.read_text().replace('id = "p-', 'id = "../'))
    with pytest.raises(TomlFault, match=r'line 5: "id" must be'):
        people.everybody()


def test_a_note_that_is_too_long_changes_nothing(people: People) -> None:
    folder = people.folder(people.new("kim", DAY))
    add_note(folder, Note(written="2026-03-01T10:00:00+00:00", text="first"))
    with pytest.raises(TomlFault, match="8000"):
        add_note(folder, Note(written="2026-03-01T10:00:00+00:00", text="x" * 8001))
    assert [note.text for note in read_notes(folder)] == ["first"]


def test_a_card_written_by_hand_on_windows_is_read(people: People) -> None:
    folder = people.folder(people.new("kim", DAY))
    folder.write(CARD_NAME, b'goals = ["sleep"]\r\nplan = """one\r\ntwo"""\r\n')
    assert read_card(folder) == PersonCard(goals=("sleep",), plan="one\ntwo")
    assert (folder.path / NOTES_NAME).exists() is False
    assert read_notes(folder) == ()


def test_who_is_past_their_date_is_known_and_nothing_is_done(people: People) -> None:
    entry = people.new("kim", DAY)
    people.keep_until(entry, DAY)
    assert people.past(DAY) == ()
    assert [one.name for one in people.past(DAY + datetime.timedelta(days=1))] == ["kim"]
    people.keep_until(entry, None)
    assert people.past(datetime.date(2100, 1, 1)) == ()


def test_a_folder_of_before_there_were_ids_gets_one_and_keeps_what_it_holds(people: People, tmp_path: Path) -> None:
    old = tmp_path / "people" / "kim"
    old.mkdir(parents=True)
    (old / "responses.jsonl").write_text(json.dumps({"hour": 9.0}) + "\n")
    people.adopt(DAY)
    people.adopt(DAY)
    assert people.folder(people.find("kim")).read("responses.jsonl") == b'{"hour": 9.0}\n'
    assert not old.exists()
    assert len(people.everybody()) == 1
