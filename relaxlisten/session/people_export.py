"""Everything of one person as one zip that can be read without this program."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.errors import RelaxListenError
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.history import MEASURES
from relaxlisten.session.people_history import history
from relaxlisten.session.private import whole
from relaxlisten.session.toml_text import toml_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relaxlisten.people_facts import SessionSummary
    from relaxlisten.session.people_key import Entry
    from relaxlisten.session.person_folder import PersonFolder

README = """\
Everything that RelaxListen kept of one person.

about.toml       the name that was used, the ID, and since when
person.toml      goals, preferences, pieces to avoid, plan, and what was agreed to when
notes.toml       notes
history.tsv      one line a session: what changed
responses.jsonl  what each piece did: one session a line, as JSON
sessions/        each session's record: one event a line, as JSON; the first line says when it was and with what
elsewhere/       records that lay in folders of their own

All files are plain text. How a record is built: docs/session-format.md of RelaxListen.
This file is not encrypted.
"""


def export_person(folder: PersonFolder, entry: Entry, to: Path) -> int:
    """Write the zip; gives how many files are in it. Raises RelaxListenError; what was there is replaced only by a whole zip."""
    try:
        with whole(to) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in _contents(folder, entry):
                archive.writestr(name, content)
            return len(archive.namelist())
    except OSError as fault:
        message = f"{to} could not be written ({fault.strerror or fault}): choose another place."
        raise RelaxListenError(message) from fault


def _contents(folder: PersonFolder, entry: Entry) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", README.encode()
    about = {"name": entry.name, "id": entry.id, "made": entry.made, "keep_until": entry.keep_until}
    yield "about.toml", ("\n".join(toml_lines(about)) + "\n").encode()
    yield "history.tsv", history_tsv(history(folder, entry)).encode()
    for name in folder.names():
        yield name, folder.read(name) or b""
    for number, place in enumerate(entry.elsewhere, start=1):
        record = Path(place) / RECORD_NAME
        if record.is_file():
            yield f"elsewhere/{number}-{record.parent.name}/{RECORD_NAME}", record.read_bytes()


def history_tsv(rows: Sequence[SessionSummary]) -> str:
    """One line a session; a value that is not known is left empty."""
    scales = list(dict.fromkeys(scale for row in rows for scale in row.ratings))
    names = [f"{name}_{when}" for name in (*MEASURES, *scales) for when in ("before", "after")]
    lines = ["\t".join(["started_utc", "session", "protocol", "minutes", "simulated", *names, "felt_calmer", "withheld"])]
    for row in rows:
        changes = [row.measures.get(name) for name in MEASURES] + [row.ratings.get(scale) for scale in scales]
        values = [value for one in changes for value in ((one.before, one.after) if one else (None, None))]
        whys = "; ".join(f"{name}: {one.withheld}" for name, one in row.measures.items() if one.withheld)
        told: list[object] = [row.started_utc, row.session, row.title, row.minutes, row.simulated, *values, row.felt, whys]
        lines.append("\t".join("" if value is None else str(value).replace("\t", " ").replace("\n", " ") for value in told))
    return "\n".join(lines) + "\n"
