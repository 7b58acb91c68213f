"""Deletes everything of one person, and finishes what was cut off.

Decision: the key says first that a person is being deleted, and forgets them last; between, each step may be done twice. So a
deletion that was cut off is finished at the next start, whatever was gone already. Of records elsewhere only the record goes,
and its folder once that is empty. What is left is searched for, in every file of the data folder, and named.
"""

from __future__ import annotations

import dataclasses
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.people_key import change_entry, read_key
from relaxlisten.session.people_store import SESSIONS
from relaxlisten.session.person_folder import CLAIM_NAME
from relaxlisten.session.recovery import records_near, recover

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from relaxlisten.session.people_key import Entry
    from relaxlisten.session.people_store import People

_HEAD_BYTES = 1_000_000  # a header holds all that was remembered of a person; its ID stands before that
_CHUNK_BYTES = 1 << 20


def what_goes(people: People, entry: Entry) -> list[Path]:
    """Each file that a deletion takes, sorted: the folder's, and records that lie elsewhere."""
    folder = people.path(entry)
    files = folder.rglob("*") if folder.is_dir() else []
    inside = [file for file in files if file.is_file() and file.name != CLAIM_NAME]
    return sorted(inside) + _outside(people, entry)


def delete(people: People, entry: Entry) -> None:
    """Delete a person for good. Raises UsageError while a session of theirs runs, RelaxListenError where a file will not go."""
    if people.path(entry).is_dir():
        claim = people.folder(entry).claim()
        if claim is None:
            message = f"A session of {entry.name} is running: end it first. Nothing was deleted."
            raise UsageError(message)
        claim.release()
    change_entry(people.data_folder, entry.id, lambda one: dataclasses.replace(one, deleting=True))
    _finish(people, entry)


def _finish(people: People, entry: Entry) -> None:
    try:
        for file in _outside(people, entry):
            file.unlink()
            if not any(file.parent.iterdir()):
                file.parent.rmdir()
        if people.path(entry).exists():
            shutil.rmtree(people.path(entry))
    except OSError as fault:
        message = (
            f"Not all of {entry.name} could be deleted ({fault.strerror or fault}: {fault.filename}). Make it writable; the rest "
            f"goes at the next start, or with `relaxlisten person delete {entry.id}`."
        )
        raise RelaxListenError(message) from fault
    change_entry(people.data_folder, entry.id, lambda _: None)


def _outside(people: People, entry: Entry) -> list[Path]:
    """Records of this person that lie elsewhere: where they were put, and among the sessions of nobody in particular."""
    named = [Path(place) / RECORD_NAME for place in entry.elsewhere]
    kept = (people.data_folder / SESSIONS).rglob(RECORD_NAME)
    return sorted({file for file in named if file.is_file()} | {file for file in kept if _is_of(file, entry)})


def _is_of(record: Path, entry: Entry) -> bool:
    with record.open("rb") as lines:
        return f'"person_id":"{entry.id}"'.encode() in lines.readline(_HEAD_BYTES)


def resume(people: People, today: datetime.date) -> list[str]:
    """Finish what was cut off; gives sentences about what was done, and what could not be."""
    said = []
    people.adopt(today)
    for entry in read_key(people.data_folder):
        try:
            if entry.deleting:
                _finish(people, entry)
                said.append("A deletion that was cut off was finished: nothing of that person is left here.")
            else:
                said += _sealed(people, entry)
        except RelaxListenError as fault:
            said.append(str(fault))
    return said


def _sealed(people: People, entry: Entry) -> list[str]:
    folder = people.folder(entry) if people.path(entry).is_dir() else None
    claim = folder.claim() if folder is not None and folder.is_locked else None
    if folder is None or claim is None:  # not locked, or a session runs, which locks the folder itself
        return []
    try:
        recover(records_near([folder.path / SESSIONS]))  # what is locked cannot be finished any more
        count = folder.seal_plain()
    finally:
        claim.release()
    return [f"{count} files of {entry.name} were left open by a session that was cut off; they are locked now."] if count else []


def still_named(people: People, words: list[str]) -> list[Path]:
    """Files of the data folder whose bytes or place still name one of the words, as whole words and in any case."""
    any_of = b"|".join(re.escape(word.encode()) for word in words)
    pattern = re.compile(rb"(?<![0-9A-Za-z_])(?:" + any_of + rb")(?![0-9A-Za-z_])", re.IGNORECASE)
    files = (file for file in people.data_folder.rglob("*") if file.is_file())
    return sorted(
        file
        for file in files
        if pattern.search(str(file.relative_to(people.data_folder)).encode()) or any(map(pattern.search, _pieces(file)))
    )


def _pieces(file: Path) -> Iterator[bytes]:
    """A file in pieces that overlap by more than a name is long."""
    before = b""
    try:
        with file.open("rb") as content:
            while piece := content.read(_CHUNK_BYTES):
                yield before + piece
                before = piece[-256:]
    except OSError:  # it went away, or is not ours to read
        return
