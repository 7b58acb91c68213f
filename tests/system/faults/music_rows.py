"""Faults of the music: a file that is not what it was, a folder that does not answer, a catalogue that cannot be used."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from relaxlisten.music.catalogue import Catalogue
from tests.system.faults.mounts import NetworkFolder, cannot_stall
from tests.system.faults.rows import Row, Told

if TYPE_CHECKING:
    from pathlib import Path

    from tests.system.faults.stage import Stage

INTRO = "Folders of steady tones; a network folder is bindfs (FUSE) before a folder of this machine."
PLAYS = "goes on unchanged"
NEXT = "the next piece follows"
NEXT_WITHIN_S = 0.3
STALL_S = 30.0
LATE = "No music has been found within"
START_S = 60.0  # told as soon as it has been read, which is before it is heard: counted from the start of the program


def _spoilt(stage: Stage) -> dict[str, float]:
    """Whichever of the pieces is played first is heard up to where its noise begins."""
    for piece in (stage.add_piece("tone.flac", seconds=100.0), stage.add_piece("second.flac", 550.0, seconds=100.0)):
        data = bytearray(piece.read_bytes())
        at = len(data) // 4
        data[at:] = np.random.default_rng(1).bytes(len(data) - at)
        piece.write_bytes(data)
    return _listen_past(stage, 25.0)


def _decoder_fails(stage: Stage) -> dict[str, float]:
    for name, hz in (("tone.flac", 440.0), ("second.flac", 550.0)):
        stage.add_piece(name, hz)
    return _listen_past(stage, 20.0, env=stand_in("decoder_fails"))


def _listen_past(stage: Stage, piece_s: float, **options: Any) -> dict[str, float]:
    """Listen until the next piece has been heard for a while; no longer than that may be damaged too."""
    stage.strike()
    stage.start(**options)
    stage.until_sound()
    stage.rest(piece_s + 8.0)
    return {}


def stand_in(name: str) -> dict[str, str]:
    """What lets the program find a module of the bench in the place of one of its own libraries."""
    from tests.system.faults.sound_rows import HERE

    return {"PYTHONPATH": str(HERE / "stand_ins" / name)}


def _deleted(stage: Stage) -> dict[str, float]:
    stage.listen()
    stage.strike()
    (stage.music / "tone.flac").unlink()
    stage.rest(20.0)
    return {}


def _replaced(stage: Stage) -> dict[str, float]:
    """Overwritten in place, as `cp` does it."""
    other = stage.add_piece("other.flac", 660.0).rename(stage.folder / "other.flac").read_bytes()
    pieces = [stage.add_piece("tone.flac"), stage.add_piece("second.flac", 550.0)]
    stage.listen()
    stage.strike()
    for piece in pieces:
        piece.write_bytes(other)
    stage.rest(55.0)
    return {}


def _stalls(stage: Stage) -> dict[str, float]:
    network = NetworkFolder(stage, stage.music)
    stage.add_piece()
    stage.listen(music=network.folder)
    stage.rest(12.0)  # until enough of the piece has been read ahead
    stage.strike()
    network.stall()
    stage.rest(STALL_S)
    network.answer()
    stage.mend()
    stage.rest(5.0)
    return {}


def _stalls_longer(stage: Stage) -> dict[str, float]:
    network = NetworkFolder(stage, stage.music)
    stage.add_piece()
    stage.listen(music=network.folder)
    stage.rest(12.0)
    stage.strike()
    network.stall()
    stage.until_told("does not answer", 70.0)
    stage.rest(5.0)
    network.answer()
    stage.mend()
    stage.until_sound(15.0)
    stage.rest(3.0)
    return {}


def _silent_at_the_start(stage: Stage) -> dict[str, float]:
    network = _started_in_silence(stage)
    network.answer()
    stage.mend()
    stage.until_sound()
    stage.rest(3.0)
    stage.see_tick()
    return {}


def _silent_for_good(stage: Stage) -> dict[str, float]:
    network = _started_in_silence(stage)
    stage.see_tick()
    stage.end()
    network.answer()
    return {}


def _started_in_silence(stage: Stage) -> NetworkFolder:
    """A session whose music is in a folder that gives no answer, not even to the first question."""
    network = NetworkFolder(stage, stage.music)
    stage.add_piece()
    network.stall()
    stage.strike()
    stage.start(music=network.folder)
    stage.until_told(LATE, 40.0)
    return network


# ---- the catalogue ----


def _catalogue(stage: Stage) -> Path:
    path = stage.folder / "data" / "relaxlisten" / "music.sqlite"
    Catalogue(path).close()
    return path


def _locked(stage: Stage) -> dict[str, float]:
    stage.add_piece()
    with contextlib.closing(sqlite3.connect(_catalogue(stage), isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        return _heard_after(stage)


def _locked_later(stage: Stage) -> dict[str, float]:
    stage.listen()
    path = stage.folder / "data" / "relaxlisten" / "music.sqlite"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=10.0)) as other:
        other.execute("BEGIN EXCLUSIVE")
        stage.strike()
        stage.rest(15.0)
    return {}


def _corrupt(stage: Stage) -> dict[str, float]:
    stage.add_piece()
    path = _catalogue(stage)
    path.write_bytes(b"SQLite format 3\0" + np.random.default_rng(1).bytes(1 << 14))
    return _heard_after(stage)


def _corrupt_later(stage: Stage) -> dict[str, float]:
    stage.listen()
    stage.strike()
    path = stage.folder / "data" / "relaxlisten" / "music.sqlite"
    for file in path.parent.glob("music.sqlite*"):
        file.write_bytes(np.random.default_rng(1).bytes(1 << 14))
    stage.rest(10.0)
    return {}


def _heard_after(stage: Stage) -> dict[str, float]:
    """Start, and see how long it takes until music is heard."""
    asked_s = time.monotonic()
    stage.strike()
    stage.start()
    stage.until_sound(60.0)
    after_s = time.monotonic() - asked_s
    stage.until_told("catalogue", 10.0)
    told = [line for line in stage.lines if "atalogue" in line.text]
    stage.strike()
    stage.rest(3.0)
    stage.see_tick()
    return {"first sound": after_s, "catalogue told": float(not told)}


ROWS = (
    Row(id="piece-spoilt", fault="File damaged in the middle", how="The last three quarters of a FLAC file are noise.",
        music=NEXT, play=_spoilt, silence_s=NEXT_WITHIN_S, told=(Told(words="breaks off after", within_s=START_S),)),
    Row(id="decoder-fails", fault="Decoder fails in mid-piece",
        how="A wrapper of the sound file library raises an error of its own kind after 20 s of a piece (stand-in).",
        music=NEXT, play=_decoder_fails, silence_s=NEXT_WITHIN_S, told=(Told(words="breaks off after", within_s=START_S),)),
    Row(id="piece-deleted", fault="File deleted while it is played", how="The file is unlinked.", music=PLAYS, play=_deleted),
    Row(id="piece-replaced", fault="Files replaced while one is played",
        how="All files of the folder are overwritten in place with another piece.", music=NEXT, play=_replaced,
        silence_s=NEXT_WITHIN_S),
    Row(id="folder-stalls", fault="Network folder of the music stalls for 30 s",
        how="Its server is stopped (STOP).", music=PLAYS, play=_stalls,
        needs=cannot_stall),
    Row(id="folder-stalls-longer", fault="Network folder of the music stalls for longer",
        how="The same, until 5 s after the music had to stop.", music="fades when all that was read ahead has been heard; "
        "comes back by itself", play=_stalls_longer, silence_s=None, back_s=4.0, needs=cannot_stall,
        told=(Told(words="does not answer", within_s=60.0),)),
    Row(id="folder-silent-at-start", fault="Network folder of the music does not answer when a session is started",
        how="Its server is stopped before the start, until the session has said that it waits.",
        music="begins when the folder answers", play=_silent_at_the_start, silence_s=None, back_s=10.0, needs=cannot_stall,
        told=(Told(words=LATE, within_s=40.0),)),
    Row(id="folder-silent-for-good", fault="The same, and the listener ends the session", how="The same, and TERM.",
        music="does not begin", play=_silent_for_good, silence_s=None, end_s=None, needs=cannot_stall,
        told=(Told(words=LATE, within_s=40.0),)),
    Row(id="catalogue-locked", fault="Catalogue locked at the start", how="Another program holds the database exclusively.",
        music="begins a little later", play=_locked, bounds={"first sound": 25.0, "catalogue told": 0.0}),
    Row(id="catalogue-locked-later", fault="Catalogue locked in a session", how="Another program locks it for 15 s.",
        music=PLAYS, play=_locked_later),
    Row(id="catalogue-corrupt", fault="Catalogue corrupt at the start", how="The file holds noise.",
        music="begins as usual", play=_corrupt, bounds={"first sound": 25.0, "catalogue told": 0.0}),
    Row(id="catalogue-corrupt-later", fault="Catalogue corrupt in a session", how="The files are overwritten with noise.",
        music=PLAYS, play=_corrupt_later),
)  # fmt: skip
