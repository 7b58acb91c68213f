"""Which sessions lie in a folder, whose they are, and which arm each was, as far as that may be known.

Decision: in a study (`relaxlisten study new`) a session's folder says who and which one (P03-2); elsewhere the folder above is
taken for the person, and the sessions are counted by their names. An arm is named by its letter until the study is opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.load import PACKED_NAME
from relaxlisten.session.study import PLAN, is_open, read_allocation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_NUMBERED = re.compile(r"(.+)-(\d{1,4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A record in the folder. name: of its folder, from there. number: which session of this participant, from 1."""

    file: Path
    name: str
    participant: str
    number: int


def places(folder: Path) -> list[Place]:
    """Every session below a folder, by participant and number."""
    found = sorted({file.parent: file for file in _records(folder)}.items())
    counted: dict[str, int] = {}
    rows = []
    for parent, file in found:
        name = parent.relative_to(folder).as_posix()
        match = _NUMBERED.fullmatch(parent.name)
        participant = match[1] if match else parent.parent.relative_to(folder).as_posix() if parent != folder else "."
        counted[participant] = counted.get(participant, 0) + 1
        number = int(match[2]) if match else counted[participant]
        rows.append(Place(file=file, name=name, participant=participant, number=number))
    return sorted(rows, key=lambda place: (place.participant, place.number, place.name))


def _records(folder: Path) -> Iterator[Path]:
    """Packed records first, so that a plain one beside a packed one is taken."""
    yield from folder.rglob(PACKED_NAME)
    yield from folder.rglob(RECORD_NAME)


def letters(folder: Path) -> dict[str, str] | None:
    """The arm of each letter, once the study is opened; None while it is not, or where this is no study."""
    if not (folder / PLAN).is_file() or not is_open(folder):
        return None
    return {letter: arm for arm, letter in read_allocation(folder).letters.items()}


def label_of(session: Mapping[str, Any], opened: Mapping[str, str] | None) -> tuple[str | None, bool]:
    """What a session's arm is called, and whether it is concealed."""
    condition = session.get("condition")
    if not session.get("sealed"):
        return condition, False
    arm = (opened or {}).get(str(condition))
    return (condition, True) if arm is None else (arm, False)
