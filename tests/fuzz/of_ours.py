"""Harnesses of the files that the program writes, and somebody may have changed: records, and what it remembers."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

from relaxlisten.control.setup import setup_from_data
from relaxlisten.control.toml_check import TomlFault
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.json_text import parse_json
from relaxlisten.replay import replay
from relaxlisten.sensor.known_straps import MOST_STRAPS
from relaxlisten.sensor.known_straps import from_data as straps_from_data
from relaxlisten.session.allocation import allocation_from_data
from relaxlisten.session.format import event_line, header_line, key_of_header, read_record
from relaxlisten.session.people import FILE_NAME, read_memory
from relaxlisten.session.people_key import KEY_NAME, is_id, read_key
from relaxlisten.session.person_card import card_text, notes_text, parse_card, parse_notes
from relaxlisten.session.person_folder import PersonFolder
from relaxlisten.session.person_lock import parse_lock
from relaxlisten.session.scan import record_key
from relaxlisten.session.seal import BrokenSeal, Unsealed, seal, unseal
from relaxlisten.session.study import plan_from_text
from relaxlisten.session.tables import session_from_lines
from relaxlisten.window.remembered import read_remembered

if TYPE_CHECKING:
    from relaxlisten.session.format import Record


from tests.fuzz.harness import FOLDER, text_of

# ---- files that the program keeps, and somebody may have changed ----


def people(data: bytes) -> None:
    """Who is who, what is known of a person, and the lock of a folder: what is read is written and read again the same."""
    text = text_of(data)
    with contextlib.suppress(TomlFault):
        card = parse_card(text, "person.toml")
        assert parse_card(card_text(card), "person.toml") == card
    with contextlib.suppress(TomlFault):
        notes = parse_notes(text, "notes.toml")
        assert parse_notes(notes_text(notes), "notes.toml") == notes
    with contextlib.suppress(UsageError):
        parse_lock(text, "lock.toml")
    (FOLDER / KEY_NAME).write_bytes(data)
    with contextlib.suppress(RelaxListenError):
        assert all(is_id(entry.id) for entry in read_key(FOLDER))


def kept(data: bytes) -> None:
    """JSON of the program's own: straps, choices of last time, a study's plan and its allocation."""
    with contextlib.suppress(ValueError):
        found = parse_json(data)
        assert len(straps_from_data(found).names) <= MOST_STRAPS
        with contextlib.suppress(ValueError):
            allocation = allocation_from_data(found if isinstance(found, dict) else {})
            assert allocation.arm(7, 3) in allocation.letters
    with contextlib.suppress(ValueError):
        assert plan_from_text(data).participants > 0
    file = FOLDER / "remembered.json"
    file.write_bytes(data)
    remembered = read_remembered(file)
    assert remembered.chosen is None or 0.0 <= remembered.chosen.volume <= 1.0


# ---- records ----


def _lines(data: bytes) -> list[str]:
    """Lines with seals that hold: behind a checksum no fuzzer gets any further."""
    header, *others = text_of(data).split("\n")
    first = (seal(header) if header.endswith("}") else header) + "\n"
    key, _ = record_key([first.encode("utf-8", "replace")])
    return [first, *((seal(line, key) if line.endswith("}") else line) + "\n" for line in others)]


def tables(data: bytes) -> None:
    lines = [line.encode("utf-8", "replace") for line in _lines(data)] if len(data) % 4 else io.BytesIO(data)
    with contextlib.suppress(UsageError):
        loaded = session_from_lines(lines, "session.jsonl")
        assert all(len({column.size for column in table.values()}) == 1 for table in loaded.tables.values())


def record(data: bytes) -> None:
    """Only the stated error, and what was read is written and read again the same."""
    lines = _lines(data) if len(data) % 4 else text_of(data).splitlines(keepends=True)
    with contextlib.suppress(UsageError):
        _comes_back(read_record(lines, "session.jsonl"))


def _comes_back(found: Record) -> None:
    written = [header_line(found.header)]
    key = key_of_header(found.header)
    written += [
        event_line(entry.event, derived=entry.derived, number=n, key=key) for n, entry in enumerate(found.events, start=1)
    ]
    again = read_record(written, "session.jsonl")
    assert (again.events, again.damaged_lines, again.unknown_lines) == (found.events, (), ())


def replayed(data: bytes) -> None:
    """A record with any content behind seals that hold: replaying it ends, or is refused in a sentence."""
    with contextlib.suppress(RelaxListenError):
        replay(read_record(_lines(data), "session.jsonl"))


def sealed_line(data: bytes) -> None:
    text = text_of(data)
    with contextlib.suppress(Unsealed, BrokenSeal):
        body = unseal(text)
        assert seal(body) == text.rstrip("\r\n")
    if text.endswith("}") and "\n" not in text and "\r" not in text:
        assert unseal(seal(text)) == text.encode("utf-8", "backslashreplace").decode()


def sealed_setup(data: bytes) -> None:
    """The packed part of a header, or of a study's allocation."""
    with contextlib.suppress(KeyError, TypeError, ValueError):
        setup_from_data({"sealed": text_of(data)})


def memory(data: bytes) -> None:
    (FOLDER / FILE_NAME).write_bytes(data)
    found = read_memory(PersonFolder(FOLDER, None))
    assert 0 <= found.sessions <= data.count(b"\n") + 1 + len(data)
