"""Faults of the disk: whatever happens to it, the music goes on and the whole record is somewhere, and it is told where."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from tests.system.faults.mounts import BreakingDisk, NetworkFolder, SmallDisk, cannot_break, cannot_mount, cannot_stall
from tests.system.faults.rows import Ending, Keeps, Row, Told
from tests.system.program import PROGRAM, wait_until

if TYPE_CHECKING:
    from tests.system.faults.stage import Stage

UNWRITTEN = Told(words="The record cannot be written", within_s=3.0)
LATE = Told(words="The disk of the record has not answered for", within_s=15.0)
INTRO = "Real disks: tmpfs, ext4 on a loop device, and bindfs (FUSE) in the place of a network folder."
PLAYS = "goes on unchanged"
STALL_S = 30.0
HEARD_S = 75.0  # what a piece has done is known of those that were heard for a minute


def _full(stage: Stage) -> dict[str, float]:
    disk = SmallDisk(stage)
    stage.listen(out=disk.folder / "session")
    stage.strike()
    disk.fill()
    stage.rest(5.0)
    return {}


def _full_for_a_while(stage: Stage) -> dict[str, float]:
    disk = SmallDisk(stage)
    stage.listen(out=disk.folder / "session")
    stage.strike()
    disk.fill()
    stage.rest(5.0)
    disk.make_room()
    stage.mend()
    stage.rest(3.0)
    return {}


def _full_and_killed(stage: Stage) -> dict[str, float]:
    disk = SmallDisk(stage)
    stage.listen(out=disk.folder / "session")
    disk.fill()
    stage.strike()
    stage.until_told(UNWRITTEN.words, 5.0)
    stage.rest(5.0)
    stage.kill()
    stage.rest(5.0)
    return {}


def _broken(stage: Stage) -> dict[str, float]:
    disk = BreakingDisk(stage)
    stage.listen(out=disk.folder / "session")
    stage.strike()
    disk.break_down()
    stage.rest(5.0)
    return {}


def _read_only_before(stage: Stage) -> dict[str, float]:
    disk = BreakingDisk(stage)
    disk.break_down()
    stage.add_piece()
    stage.strike()
    stage.start(out=disk.folder / "session")
    stage.wait_for_end(30.0)
    return {}


def _silent_before(stage: Stage) -> dict[str, float]:
    network = NetworkFolder(stage, stage.folder / "records")
    stage.add_piece()
    network.stall()
    stage.strike()
    stage.start(out=network.folder / "session")
    stage.wait_for_end(60.0)
    network.answer()
    return {}


def _removed(stage: Stage) -> dict[str, float]:
    stage.listen()
    stage.strike()
    shutil.rmtree(stage.session)
    stage.rest(5.0)
    return {}


def _stalls(stage: Stage) -> dict[str, float]:
    network = NetworkFolder(stage, stage.folder / "records")
    stage.listen(out=network.folder / "session")
    stage.strike()
    network.stall()
    stage.rest(STALL_S)
    network.answer()
    stage.mend()
    stage.rest(3.0)
    return {}


def _stalls_at_the_end(stage: Stage) -> dict[str, float]:
    network = NetworkFolder(stage, stage.folder / "records")
    stage.listen(out=network.folder / "session")
    stage.strike()
    network.stall()
    stage.rest(3.0)
    stage.end()
    network.answer()
    return {}


def _home_gone_at_the_end(stage: Stage) -> dict[str, float]:
    """Once a piece has been heard to its end, there is something to remember for the person."""
    network = NetworkFolder(stage, stage.folder / "home")
    for name, hz in (("tone.flac", 440.0), ("second.flac", 550.0)):
        stage.add_piece(name, hz, seconds=HEARD_S)
    home = {**stage.environment(), "XDG_DATA_HOME": str(network.folder)}
    subprocess.run([*PROGRAM, "person", "new", "Ada", "--consent"], env=home, check=True, stdout=subprocess.DEVNULL)
    stage.listen("--person", "Ada", out=network.folder / "session", env={"XDG_DATA_HOME": str(network.folder)})
    wait_until(lambda: '"event":"PieceResponse"' in record_text(stage), "what the heart did with a piece", 2.0 * HEARD_S)
    stage.see_tick()
    stage.strike()
    network.stall()
    stage.rest(3.0)
    stage.end(within_s=60.0)
    network.answer()
    return {}


def record_text(stage: Stage) -> str:
    """The record as it is on the disk."""
    return (stage.session / "session.jsonl").read_text(encoding="utf-8")


ROWS = (
    Row(id="disk-full", fault="Disk full", how="The record is on a small disk (tmpfs) that is filled to its last byte.",
        music=PLAYS, play=_full, told=(UNWRITTEN,), ending=Ending.UNSAVED, keeps=Keeps.ELSEWHERE, quick=True, needs=cannot_mount),
    Row(id="disk-full-for-a-while", fault="Disk full for 5 s", how="The same, and then there is room again.", music=PLAYS,
        play=_full_for_a_while, told=(UNWRITTEN,), needs=cannot_mount),
    Row(id="disk-full-and-killed", fault="Disk full, and the program killed 5 s later", how="The same, and KILL.",
        music="fades and ends", play=_full_and_killed, told=(UNWRITTEN,), ending=Ending.KILLED, keeps=Keeps.ELSEWHERE,
        end_s=6.0, needs=cannot_mount),
    Row(id="disk-read-only", fault="Disk becomes read-only", how="An ext4 disk (loop device) is made to find an error in itself.",
        music=PLAYS, play=_broken, told=(UNWRITTEN,), ending=Ending.UNSAVED, keeps=Keeps.ELSEWHERE, needs=cannot_break),
    Row(id="disk-read-only-before", fault="Disk read-only from the start", how="The same, before the session.",
        music="does not begin", play=_read_only_before, ending=Ending.REFUSED, keeps=Keeps.NONE, needs=cannot_break,
        told=(Told(words="so it was not started: choose another folder with --out", within_s=15.0),)),
    Row(id="record-folder-removed", fault="Folder of the record removed", how="The folder is deleted with all that is in it.",
        music=PLAYS, play=_removed, told=(UNWRITTEN,)),
    Row(id="record-folder-stalls", fault="Folder of the record on a network that stalls for 30 s",
        how="Its server is stopped (STOP).", music=PLAYS, play=_stalls,
        told=(LATE,), needs=cannot_stall),
    Row(id="record-folder-silent-at-start", fault="Folder of the record does not answer when a session is started",
        how="Its server is stopped before the start.", music="does not begin", play=_silent_before, ending=Ending.REFUSED,
        keeps=Keeps.NONE, needs=cannot_stall,
        told=(Told(words="it does not answer; it may lie on a network), so it was not started", within_s=45.0),)),
    Row(id="record-folder-gone-at-the-end", fault="Folder of the record on a network that stalls for good",
        how="The same, for good; the session is ended meanwhile.", music=PLAYS, play=_stalls_at_the_end, ending=Ending.UNSAVED,
        keeps=Keeps.PARTS, needs=cannot_stall),
    Row(id="home-gone-at-the-end", fault="Home folder on a network that stalls for good, in a session of a person",
        how="Record, person and catalogue lie there; the session is ended meanwhile.", music=PLAYS, play=_home_gone_at_the_end,
        ending=Ending.UNSAVED, keeps=Keeps.PARTS, needs=cannot_stall,
        told=(Told(words="The folder of Ada does not answer", within_s=60.0),)),
)  # fmt: skip
