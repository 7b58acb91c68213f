"""A person's sessions over time, each summed up once and remembered.

Decision: the rows lie in the person's folder (`history.jsonl`), under the lock where there is one; a row is made anew when its
record has changed in size (answers were added).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relaxlisten.json_text import parse_json
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.history import summary, summary_from_data, summary_to_data
from relaxlisten.session.people_store import SESSIONS, read_card, read_notes
from relaxlisten.session.tables import session_from_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relaxlisten.people_facts import SessionSummary
    from relaxlisten.session.people_key import Entry
    from relaxlisten.session.person_folder import PersonFolder

HISTORY_NAME = "history.jsonl"
ROWS = 1  # counted on whenever a row is made in another way: rows of before are made anew


def history(folder: PersonFolder, entry: Entry) -> list[SessionSummary]:
    """All sessions of a person, oldest first; damaged ones as far as they are whole. Raises Locked without the passphrase."""
    known = _known(folder)
    rows: dict[str, dict[str, Any]] = {}
    for name, size, content in _records(folder, entry, known):
        rows[name] = (
            known[name] if content is None else {"rows": ROWS, "bytes": size, "row": summary_to_data(_row(name, content))}
        )
    if rows != known:
        text = "".join(json.dumps({"session": name, **row}) + "\n" for name, row in rows.items())
        folder.write(HISTORY_NAME, text.encode())
    return sorted((summary_from_data(row["row"]) for row in rows.values()), key=lambda row: row.started_utc)


def _row(name: str, content: bytes) -> SessionSummary:
    return summary(Path(name).parent.name, session_from_lines(content.splitlines(keepends=True), name))


def _known(folder: PersonFolder) -> dict[str, dict[str, Any]]:
    found = {}
    for line in (folder.read(HISTORY_NAME) or b"").decode("utf-8", "replace").splitlines():
        try:
            data = parse_json(line)
            summary_from_data(data["row"])
            if data["rows"] == ROWS:
                found[data["session"]] = {"rows": ROWS, "bytes": int(data["bytes"]), "row": data["row"]}
        except (ValueError, KeyError, TypeError):  # of another version, or damaged: it is made anew
            continue
    return found


def _records(folder: PersonFolder, entry: Entry, known: dict[str, dict[str, Any]]) -> Iterator[tuple[str, int, bytes | None]]:
    """Name, size and content of each record; no content where its row is known."""
    for name in folder.names():
        if name.startswith(f"{SESSIONS}/") and name.endswith(f"/{RECORD_NAME}"):
            size = folder.size(name)
            same = name in known and known[name]["bytes"] == size
            yield name, size, None if same else folder.read(name)
    for place in entry.elsewhere:
        file = Path(place) / RECORD_NAME
        if file.is_file():
            size = file.stat().st_size
            same = str(file) in known and known[str(file)]["bytes"] == size
            yield str(file), size, None if same else file.read_bytes()


def mentions(folder: PersonFolder, entry: Entry, wanted: str) -> list[str]:
    """Where a text stands in what is kept of a person: notes, assessment, plan, titles of sessions and pieces."""
    text = wanted.casefold()
    card = read_card(folder)
    places = [("name", entry.name), ("plan", card.plan)]
    places += [(key, one) for key in ("goals", "preferences", "avoid") for one in getattr(card, key)]
    places += [(f"note of {note.written[:10]}", note.text) for note in read_notes(folder)]
    for row in history(folder, entry):
        places += [(f"session {row.session}", title) for title in (row.title, *(piece.title for piece in row.pieces))]
    return [f"{place}: {one}" for place, one in dict.fromkeys(places) if text in one.casefold()]
