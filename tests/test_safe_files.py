import contextlib
import errno
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from relaxlisten.safe_files import append_file, read_ordinary, replace_file


def test_a_file_is_replaced_as_a_whole_and_nothing_stays_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(b"old")
    replace_file(file, b"new")
    assert file.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["plan.json"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_where_writing_fails_the_old_file_stands_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "plan.json"
    file.write_bytes(b"old")
    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fail)
    with pytest.raises(OSError, match="No space"):
        replace_file(file, b"new")
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["plan.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes and links are POSIX's")
def test_a_replaced_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "real", tmp_path / "link"
    file.write_bytes(b"old")
    file.chmod(0o640)
    link.symlink_to(file)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not synced there")
@pytest.mark.parametrize(("number", "told"), [(errno.EINVAL, False), (errno.ENOTSUP, False), (errno.EIO, True)])
def test_a_folder_that_fails_to_reach_the_disk_is_told_and_one_that_cannot_be_synced_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: bool
) -> None:
    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="error") if told else contextlib.nullcontext():
        replace_file(tmp_path / "plan.json", b"new")
    assert (tmp_path / "plan.json").read_bytes() == b"new"


def test_what_is_added_after_a_torn_line_is_a_line_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    append_file(file, b"one\n")
    with file.open("ab") as torn:
        torn.write(b"tor")
    append_file(file, b"two\n")
    assert file.read_bytes() == b"one\ntor\ntwo\n"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices have names on POSIX")
def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name in ("pipe", "zero"):
        with pytest.raises(OSError, match="no ordinary file"):
            read_ordinary(tmp_path / name)
    with pytest.raises(OSError, match="directory"):
        read_ordinary(tmp_path)


def test_a_file_that_is_too_long_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "long"
    with file.open("wb") as sparse:
        sparse.truncate(1 << 40)
    with pytest.raises(OSError, match="more than 32 MB"):
        read_ordinary(file)


def test_lines_that_several_add_at_once_are_all_kept_whole(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    lines = [f"{number}:{'x' * 200}\n".encode() for number in range(40)]
    writers = [threading.Thread(target=append_file, args=(file, line)) for line in lines]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(file.read_bytes().splitlines(keepends=True)) == sorted(lines)
