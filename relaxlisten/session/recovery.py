"""Records whose program died: recognised, finished, and said in a sentence (a shell: it reads and writes records).

Decision: a record is unfinished when nobody holds its lock (`lock.py`) and its end is neither a session's end nor this mark. It
is finished by what is true and no more: a `Notice` with the code "cut_off", at the latest time of a whole line. No whole line is
touched; what the crash tore off in the middle of a line is kept beside the record (`session.jsonl.torn`) before it is taken away.
Each step can be broken off and done again. Only the end of a record is read, so that many of them cost nothing.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from relaxlisten.errors import UsageError
from relaxlisten.messages import Notice
from relaxlisten.safe_files import sync_folder
from relaxlisten.session.format import CUT_OFF, RECORD_NAME, event_line, read_header
from relaxlisten.session.lock import is_being_written
from relaxlisten.session.private import write_whole
from relaxlisten.session.scan import Whole, record_key, scan
from relaxlisten.terms import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

TORN_SUFFIX = ".torn"
# Answers that came later may follow the end of a session; a header with all that is remembered of a person may be long.
_TAIL_BYTES, _HEAD_BYTES = 1 << 16, 1 << 24
_ENDED = re.compile(rb'\{"event":"SessionPhase",.*"stage":"ended"|\{"event":"Notice",.*"code":"cut_off"')


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """A record that was finished now.

    last_utc: the latest of its whole lines, None where its header is lost. length_s: of the session. header: its line.
    """

    record: Path
    last_utc: datetime.datetime | None
    length_s: float
    torn_bytes: int
    header: bytes = b""

    @property
    def order(self) -> float:
        """The newest is the largest."""
        return self.last_utc.timestamp() if self.last_utc else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """cut_off: newest first. running: records that another program is writing."""

    cut_off: tuple[CutOff, ...] = ()
    running: tuple[Path, ...] = ()


def recover(records: Iterable[Path]) -> Found:
    """Finish all unfinished records among these files."""
    return gathered(recovering(records, lambda: False))


def recovering(records: Iterable[Path], given_up: Callable[[], bool]) -> Iterator[CutOff | Path]:
    """Finish unfinished records, each once; what was finished, and the path of each that is being written.

    One that cannot be read or written is passed over. given_up: nobody waits any more, so nothing more is finished.
    """
    seen: set[Path] = set()
    for record in records:
        if record in seen:
            continue
        seen.add(record)
        with contextlib.suppress(OSError), record.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            tail = _from(file, max(size - _TAIL_BYTES, 0))
            if _ENDED.search(tail):
                continue
            if is_being_written(file.fileno(), record, time.time()):
                yield record
            elif given_up():
                return
            elif (found := _finish(record, file)) is not None:
                yield found


def gathered(found: Iterable[CutOff | Path]) -> Found:
    """All that was found, in its order."""
    all_found = list(found)
    cut_off = sorted((one for one in all_found if isinstance(one, CutOff)), key=lambda one: -one.order)
    return Found(cut_off=tuple(cut_off), running=tuple(one for one in all_found if not isinstance(one, CutOff)))


def header_of(record: Path) -> bytes:
    """The line that tells one session from every other; empty where it cannot be read."""
    with contextlib.suppress(OSError), record.open("rb") as file:
        return _first_line(file)
    return b""


def records_near(folders: Iterable[Path]) -> list[Path]:
    """The records in these folders and one step below, where sessions lie."""
    patterns = (RECORD_NAME, f"*/{RECORD_NAME}", f"*/session-*/{RECORD_NAME}")
    found: list[Path] = []
    for folder in folders:
        with contextlib.suppress(OSError):
            found += [record for pattern in patterns for record in sorted(folder.glob(pattern))]
    return found


def _from(file: BinaryIO, start: int) -> bytes:
    file.seek(start)
    return file.read()


def _finish(record: Path, file: BinaryIO) -> CutOff | None:
    """Take away what is torn, and add the mark; None for a file that holds no line of a record."""
    size = file.seek(0, os.SEEK_END)  # once more, now that the lock is ours
    first = _first_line(file)
    whole, torn = _whole_lines(first, _from(file, max(size - _TAIL_BYTES, len(first))))
    if (not whole or whole[-1].place == 0) and size > _TAIL_BYTES:  # nothing of the end is whole: the torn part is long
        whole, torn = _whole_lines(first, _from(file, len(first)))
    if not whole:
        return None
    last = whole[-1]
    last_s = max(float(entry.data.get("time_s", 0.0)) for entry in whole)  # a beat is told seconds after it was
    if torn:
        write_whole(_free_name(record, torn), torn)
        file.truncate(size - len(torn))
    number = last.data["n"] + 1 if isinstance(last.data.get("n"), int) else 1 if last.sealed else None
    text = f"The session was cut off here ({length_told(last_s)} after it was opened): the program or the computer stopped."
    mark = Notice(time_s=last_s, severity=Severity.WARNING, code=CUT_OFF, text=text)
    key, _ = record_key([first]) if first.endswith(b"\n") else record_key(_from(file, 0).splitlines(keepends=True))
    file.seek(0, os.SEEK_END)
    file.write(event_line(mark, derived=False, number=number, key=key).encode())
    file.flush()
    os.fsync(file.fileno())
    sync_folder(record.parent)
    return CutOff(record=record, header=first, last_utc=_moment(first, last_s), length_s=last_s, torn_bytes=len(torn))


def _first_line(file: BinaryIO) -> bytes:
    """What holds the header, where it is whole."""
    file.seek(0)
    return file.readline(_HEAD_BYTES)


def _whole_lines(first: bytes, tail: bytes) -> tuple[list[Whole], bytes]:
    """The whole lines, and what stands behind the last line feed.

    first: the record's first line, which tells how to read the others. tail: the end of the file, at most up to the second line.
    """
    end = tail.rfind(b"\n") + 1
    head = [first] if first.endswith(b"\n") else []
    torn = tail[end:] if head else first
    whole = [entry for entry in scan([*head, *tail[:end].splitlines(keepends=True)]) if isinstance(entry, Whole)]
    return whole, torn


def _free_name(record: Path, torn: bytes) -> Path:
    """Where what is torn is kept; an attempt that was broken off has perhaps kept it already."""
    wanted = record.with_name(record.name + TORN_SUFFIX)
    number = 1
    while wanted.exists() and wanted.read_bytes() != torn:
        number += 1
        wanted = record.with_name(f"{record.name}{TORN_SUFFIX}-{number}")
    return wanted


def _moment(first: bytes, time_s: float) -> datetime.datetime | None:
    """The wall clock at a time of the session."""
    head = next(scan([first]), None)
    with contextlib.suppress(UsageError, ValueError, OverflowError):
        header = read_header(head.data, "") if isinstance(head, Whole) else None
        if header is not None:
            return datetime.datetime.fromisoformat(header.started_utc) + datetime.timedelta(seconds=time_s)
    return None


# ---- what is said ----


def told(found: Found, now: datetime.datetime, elsewhere: Collection[bytes] = ()) -> list[str]:
    """A sentence for the listener about each kind of thing that was found. now: with the time zone to speak in.

    elsewhere: the headers of sessions of which more lies in another place: what was found of them here is not told.
    """
    sentences = []
    cut_off = [one for one in found.cut_off if not one.header or one.header not in elsewhere]
    if cut_off:
        newest, earlier = cut_off[0], len(cut_off) - 1
        more = f" So {'is one earlier session' if earlier == 1 else f'are {earlier} earlier ones'}." if earlier else ""
        sentences.append(
            f"Your last session was cut off{_when(newest, now)}; it is saved ({length_told(newest.length_s)}).{more}"
        )
    if found.running:
        place = found.running[0].parent
        sentences.append(f"Another session is running already ({place}): both are recorded, and both are heard.")
    return sentences


def told_spare(one: CutOff, now: datetime.datetime) -> str:
    """A sentence about a session whose own disk had failed before it was cut off."""
    return (
        f"A session whose own folder could not be written any more was cut off{_when(one, now)} ({length_told(one.length_s)}); "
        f"what that folder lacks is saved in {one.record.parent}: move it from there, for the system may clear that place."
    )


def _when(one: CutOff, now: datetime.datetime) -> str:
    if one.last_utc is None:
        return ""
    local = one.last_utc.astimezone(now.tzinfo)
    return f" at {local:%H:%M}" if local.date() == now.date() else f" on {local:%Y-%m-%d} at {local:%H:%M}"


def length_told(length_s: float) -> str:
    """As "18 min 20 s"; whole seconds, never more than there was."""
    minutes, seconds = divmod(int(length_s), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
