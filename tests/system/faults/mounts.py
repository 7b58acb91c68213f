"""Disks that fail as real ones do: full, read-only after an error, or on a network that does not answer. They need root."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.system.program import wait_until

if TYPE_CHECKING:
    from tests.system.faults.stage import Stage

_IMAGE_MB = 16


def cannot_mount() -> str | None:
    """Why a disk cannot be made here."""
    return None if hasattr(os, "geteuid") and os.geteuid() == 0 else "mounting a disk needs root on Linux"


def cannot_stall() -> str | None:
    """Why a network folder cannot be made here."""
    if not Path("/dev/fuse").exists() or shutil.which("bindfs") is None:
        return "a folder that stalls needs FUSE and bindfs"
    return cannot_mount()


def cannot_break() -> str | None:
    """Why a disk cannot be broken here."""
    if shutil.which("mkfs.ext4") is None or not Path("/dev/loop-control").exists():
        return "a disk that breaks needs mkfs.ext4 and loop devices"
    return cannot_mount()


class SmallDisk:
    """A disk of one megabyte that can be filled to the last byte, and emptied."""

    def __init__(self, stage: Stage) -> None:
        self.folder = _empty(stage, "disk")
        _run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(self.folder))
        stage.afterwards(lambda: _run("umount", "-l", str(self.folder)))

    def fill(self) -> None:
        """Leave no room."""
        with (self.folder / "filler").open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                return

    def make_room(self) -> None:
        """Leave room again."""
        (self.folder / "filler").unlink()


class BreakingDisk:
    """A disk with ext4 that can be made to find an error in itself, upon which the system lets nobody write any more."""

    def __init__(self, stage: Stage) -> None:
        self.folder = _empty(stage, "disk")
        image = stage.folder / "disk.img"
        with image.open("wb") as file:
            file.truncate(_IMAGE_MB << 20)
        _run("mkfs.ext4", "-q", str(image))
        _run("mount", "-o", "loop,errors=remount-ro", str(image), str(self.folder))
        stage.afterwards(lambda: _run("umount", "-l", str(self.folder)))

    def break_down(self) -> None:
        """Find an error now."""
        device = Path(_run("findmnt", "-n", "-o", "SOURCE", str(self.folder))).name
        Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("1", encoding="ascii")


class NetworkFolder:
    """A folder behind a file server (bindfs, by FUSE) that can be made to give no answer."""

    def __init__(self, stage: Stage, behind: Path) -> None:
        self.folder = _empty(stage, f"network-{behind.name}")
        behind.mkdir(exist_ok=True)
        self._server = subprocess.Popen(["bindfs", "-f", "-o", "direct_io", str(behind), str(self.folder)])
        wait_until(lambda: os.path.ismount(self.folder), "the network folder", 10.0)
        stage.afterwards(self._take_down)

    def stall(self) -> None:
        """Give no answer any more."""
        self._server.send_signal(signal.SIGSTOP)

    def answer(self) -> None:
        """Answer again, to what was asked meanwhile too."""
        self._server.send_signal(signal.SIGCONT)

    def _take_down(self) -> None:
        self._server.kill()  # whoever waits for an answer gets an error
        self._server.wait()
        _run("umount", "-l", str(self.folder))


def _empty(stage: Stage, name: str) -> Path:
    folder = stage.folder / name
    folder.mkdir()
    return folder


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout.strip()
