import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.private import Claim, append, private_folder, write_whole
from tests.session.killing import killed_at_each_step

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes mean nothing there")


@pytest.fixture(params=[0o000, 0o022, 0o077])
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("_umask")
def test_only_the_owner_may_read_whatever_the_umask_says(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "file"
    write_whole(file, b"1")
    append(tmp_path / "a" / "c" / "lines", b"2")
    assert [mode(file.parent), mode(file.parent.parent), mode(tmp_path / "a" / "c")] == [0o700] * 3
    assert [mode(file), mode(tmp_path / "a" / "c" / "lines")] == [0o600] * 2


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o755)
    private_folder(tmp_path / "mine")
    assert mode(tmp_path / "mine") == 0o755


def test_killed_while_writing_there_is_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    file = tmp_path / "file"
    seen = set()
    for _ in killed_at_each_step(lambda: write_whole(file, b"new" * 1000), lambda: write_whole(file, b"old")):
        seen.add(file.read_bytes())
    assert seen == {b"old", b"new" * 1000}
    assert file.read_bytes() == b"new" * 1000


def test_a_link_in_the_place_of_a_private_file_is_replaced_and_never_followed(tmp_path: Path) -> None:
    elsewhere, link = tmp_path / "elsewhere", tmp_path / "link"
    link.symlink_to(elsewhere)
    write_whole(link, b"of a person")
    assert not elsewhere.exists()
    assert (link.read_bytes(), link.is_symlink(), mode(link)) == (b"of a person", False, 0o600)


def test_what_is_claimed_is_not_claimed_again_until_it_is_released(tmp_path: Path) -> None:
    first, second = Claim(tmp_path / "claim"), Claim(tmp_path / "claim")
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    second.release()


def test_records_can_be_read_by_their_owner_only_whether_recorded_or_imported(tmp_path: Path) -> None:
    from relaxlisten.importing import _write
    from relaxlisten.session.recorder import claim_folder

    before = os.umask(0)
    try:
        records = [claim_folder(tmp_path / "recorded") / RECORD_NAME, _write(tmp_path / "imported", b"{}\n")]
    finally:
        os.umask(before)
    assert [mode(record) for record in records] == [0o600] * 2
    assert [mode(record.parent) for record in records] == [0o700] * 2
