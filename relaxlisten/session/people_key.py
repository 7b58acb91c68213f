"""Who is who: the one file that ties a person's pseudonym to the random ID under which everything else is kept.

Decision: the key lies beside the folder of people and not in it, so that folders and records can be handed on without it. A name
stands nowhere else. The day until which a person is kept stands here too, where a locked folder does not hide it. An entry goes
last when a person is deleted, so that a deletion which was cut off is known and finished.
"""

from __future__ import annotations

import dataclasses
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.control.toml_check import check_top, entries, parse_toml
from relaxlisten.control.toml_rules import Day, Flag, Table, Text, Texts
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.session.private import Claim, write_whole
from relaxlisten.session.toml_text import toml_tables

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY_NAME, KEY_CLAIM = "people-key.toml", "people-key.claim"
_NAME = re.compile(r"\w[\w .-]{0,38}[\w.]|\w")
_ID = re.compile(r"p-[0-9a-f]{16}")
_HEADER = "# Who is who in the folder `people`. Keep this file to yourself: without it nobody is named.\n"
_PERSON = Table(
    meaning="One person.",
    repeated=True,
    required=("name", "id", "made"),
    keys={
        "name": Text(40, "the pseudonym"),
        "id": Text(20, "the random ID: the name of the person's folder, and what stands in their records"),
        "made": Day("when the person was made known"),
        "keep_until": Day("after this day the person is to be deleted; it is said at every start, and done only on request"),
        "elsewhere": Texts(100_000, 4096, "folders of records of theirs that do not lie in their folder"),
        "deleting": Flag("being deleted: what is left of them goes at the next start"),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person in the key; `_PERSON` says what each field means."""

    name: str
    id: str
    made: datetime.date
    keep_until: datetime.date | None = None
    elsewhere: tuple[str, ...] = ()
    deleting: bool = False

    def is_past(self, today: datetime.date) -> bool:
        """Whether the person was to be kept until a day before today."""
        return self.keep_until is not None and self.keep_until < today


def checked_name(name: str) -> str:
    """A name that a person may have. Raises UsageError."""
    if not _NAME.fullmatch(name):
        message = f'"{name}" cannot be the name of a person: use up to 40 letters, digits, spaces, ., - and _ (best a pseudonym).'
        raise UsageError(message)
    return name


def new_id() -> str:
    """A random ID that says nothing of anybody."""
    return f"p-{secrets.token_hex(8)}"


def is_id(text: str) -> bool:
    """Whether a text has the form of an ID."""
    return _ID.fullmatch(text) is not None


def read_key(data_folder: Path) -> tuple[Entry, ...]:
    """Everybody, in the order in which they came. Raises UsageError where the file is not as it should be."""
    file = data_folder / KEY_NAME
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as fault:
        message = f"The key of people cannot be read ({fault}: {file}): nobody can be told apart until it can."
        raise RelaxListenError(message) from fault
    data, source = parse_toml(text, "the key of people", str(file))
    check_top(data, Table(meaning="", keys={}), {"person": _PERSON}, source)
    found = entries(data, "person", _PERSON, source)
    for index, entry in enumerate(found):
        if not is_id(entry["id"]):
            raise source.fault("person", index, "id", '"id" must be "p-" and sixteen digits or letters from a to f.')
    return tuple(Entry(**{**entry, "elsewhere": tuple(entry.get("elsewhere", ()))}) for entry in found)


def change_key(data_folder: Path, change: Callable[[tuple[Entry, ...]], tuple[Entry, ...]]) -> None:
    """Write the key anew; other processes wait for that. Raises RelaxListenError where it cannot be written."""
    try:
        claim = Claim(data_folder / KEY_CLAIM)
        claim.take(wait=True)
        try:
            changed = [_data(entry) for entry in change(read_key(data_folder))]
            text = _HEADER + "\n".join(toml_tables("person", changed)) + "\n"
            write_whole(data_folder / KEY_NAME, text.encode())
        finally:
            claim.release()
    except OSError as fault:
        message = (
            f"The key of people could not be written ({fault.strerror or fault}: {data_folder / KEY_NAME}); it is as before."
        )
        raise RelaxListenError(message) from fault


def change_entry(data_folder: Path, person_id: str, change: Callable[[Entry], Entry | None]) -> None:
    """Change one entry of the key, or take it out."""

    def changed(everybody: tuple[Entry, ...]) -> Iterator[Entry]:
        for entry in everybody:
            after = change(entry) if entry.id == person_id else entry
            if after is not None:
                yield after

    change_key(data_folder, lambda everybody: tuple(changed(everybody)))


def _data(entry: Entry) -> dict[str, object]:
    return {**dataclasses.asdict(entry), "deleting": entry.deleting or None}


def add_elsewhere(data_folder: Path, person_id: str, folder: Path) -> None:
    """Note that a record of this person lies in a folder of its own."""
    place = str(folder.resolve())
    change_entry(
        data_folder,
        person_id,
        lambda entry: dataclasses.replace(entry, elsewhere=tuple(dict.fromkeys((*entry.elsewhere, place)))),
    )
