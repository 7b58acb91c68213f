"""A folder under a passphrase: what is in it is there for who has the passphrase, and for nobody else, whatever happens."""

from pathlib import Path

import pytest

from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.session import person_folder
from relaxlisten.session.person_folder import PersonFolder, open_folder
from relaxlisten.session.person_lock import LOCK_NAME, Keys, Locked, WrongPassphrase, open_lock, parse_lock
from tests.session.killing import killed_at_each_step
from tests.session.locks import PASSPHRASE, made_lock

FILES = {
    "person.toml": b'plan = "SECRET"\n',
    "responses.jsonl": b'{"SECRET": 1}\n' * 10,
    "sessions/monday/session.jsonl": b"SECRET" * 50_000,  # more than one piece of 64 KiB
}


@pytest.fixture
def made() -> tuple[str, Keys]:
    return made_lock()


@pytest.fixture
def folder(tmp_path: Path) -> PersonFolder:
    found = PersonFolder(tmp_path / "p", None)
    for name, content in FILES.items():
        found.write(name, content)
    return found


@pytest.fixture
def locked(folder: PersonFolder, made: tuple[str, Keys]) -> PersonFolder:
    (folder.path / LOCK_NAME).write_text(made[0])
    locked = PersonFolder(folder.path, made[1])
    locked.seal_plain()
    return locked


def contents(folder: PersonFolder) -> dict[str, bytes | None]:
    return {name: folder.read(name) for name in folder.names()}


def plain_files(folder: PersonFolder) -> list[Path]:
    return [file for file in folder.path.rglob("*") if file.is_file() and b"SECRET" in file.read_bytes()]


def test_who_has_the_passphrase_reads_everything_and_nothing_lies_there_plain(locked: PersonFolder) -> None:
    assert plain_files(locked) == []
    assert contents(open_folder(locked.path, PASSPHRASE)) == FILES
    with pytest.raises(WrongPassphrase, match="cannot be recovered"):
        open_folder(locked.path, PASSPHRASE + "s")


def test_what_is_sealed_is_a_file_of_age_that_other_programs_open(locked: PersonFolder) -> None:
    assert (locked.path / "person.toml.age").read_bytes().startswith(b"age-encryption.org/v1\n-> X25519 ")


def test_a_short_passphrase_is_refused_before_anything_is_locked(folder: PersonFolder) -> None:
    with pytest.raises(UsageError, match="at least 8"):
        folder.lock("short")
    assert len(plain_files(folder)) == len(FILES)


def test_without_the_passphrase_files_are_sealed_and_not_read(locked: PersonFolder) -> None:
    known = open_folder(locked.path)
    known.write("later.txt", b"SECRET too")
    assert plain_files(locked) == []
    with pytest.raises(Locked):
        known.read("later.txt")
    assert locked.read("later.txt") == b"SECRET too"


@pytest.mark.parametrize("at", [0, 30, 90, 150, 200, 70_000, 200_000, -1])
def test_a_flipped_byte_is_found_and_no_wrong_content_is_given_out(locked: PersonFolder, at: int) -> None:
    file = locked.path / "sessions/monday/session.jsonl.age"
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    with pytest.raises(RelaxListenError, match="damaged"):
        locked.read("sessions/monday/session.jsonl")
    assert locked.read("person.toml") == FILES["person.toml"]


@pytest.mark.parametrize("size", [0, 1, 100, 65_536, 200_000])
def test_a_half_written_file_is_found(locked: PersonFolder, size: int) -> None:
    file = locked.path / "sessions/monday/session.jsonl.age"
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(RelaxListenError, match="damaged"):
        locked.read("sessions/monday/session.jsonl")


def test_a_lost_or_damaged_key_is_said_plainly(made: tuple[str, Keys]) -> None:
    with pytest.raises(WrongPassphrase, match=r"or its lock.toml is damaged"):
        open_lock(parse_lock(made[0].replace("\\n", "\\nA", 1), LOCK_NAME), PASSPHRASE)
    with pytest.raises(UsageError, match="without both nothing can be opened"):
        parse_lock(made[0].split("secret")[0], LOCK_NAME)
    with pytest.raises(RelaxListenError, match="public key"):
        PersonFolder(Path(), Keys(public="age1nonsense")).write("a", b"")


def test_a_session_that_was_cut_off_is_sealed_without_the_passphrase_and_the_newer_content_counts(locked: PersonFolder) -> None:
    (locked.path / "responses.jsonl").write_bytes(b"SECRET newer")
    (locked.path / "person.toml.age.part").write_bytes(b"SECRET half")
    assert locked.read("responses.jsonl") == b"SECRET newer"
    assert open_folder(locked.path).seal_plain() == 1
    assert plain_files(locked) == []
    assert contents(locked) == FILES | {"responses.jsonl": b"SECRET newer"}


def test_lines_are_added_under_the_lock(locked: PersonFolder) -> None:
    locked.append("responses.jsonl", b"SECRET last\n")
    assert locked.read("responses.jsonl") == FILES["responses.jsonl"] + b"SECRET last\n"
    assert plain_files(locked) == []


def test_killed_at_any_step_of_locking_nothing_is_lost_and_the_next_start_locks_the_rest(
    folder: PersonFolder, made: tuple[str, Keys], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person_folder, "new_lock", lambda _: made)
    monkeypatch.setattr(person_folder, "open_lock", lambda *_: made[1])
    steps = 0
    for _ in killed_at_each_step(lambda: PersonFolder(folder.path, None).lock(PASSPHRASE), lambda: restored(folder.path)):
        steps += 1
        after = open_folder(folder.path, PASSPHRASE)
        assert contents(after) == FILES
        after.seal_plain()
        assert contents(after) == FILES
        assert (plain_files(after) == []) is after.is_locked
    assert steps > 10


def test_killed_at_any_step_of_unlocking_nothing_is_lost_and_it_can_be_done_again(
    locked: PersonFolder, made: tuple[str, Keys], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person_folder, "open_lock", lambda *_: made[1])

    def lock_again() -> None:
        restored(locked.path)
        (locked.path / LOCK_NAME).write_text(made[0])
        PersonFolder(locked.path, made[1]).seal_plain()

    steps = 0
    for _ in killed_at_each_step(lambda: open_folder(locked.path, PASSPHRASE).unlock(), lock_again):
        steps += 1
        after = open_folder(locked.path, PASSPHRASE)
        assert contents(after) == FILES
        after.unlock()
        assert contents(open_folder(locked.path)) == FILES
    assert steps > 10
    assert contents(open_folder(locked.path)) == FILES


def restored(path: Path) -> None:
    for file in path.rglob("*"):
        if file.is_file():
            file.unlink()
    plain = PersonFolder(path, None)
    for name, content in FILES.items():
        plain.write(name, content)
