"""The catalogue's file: opened, made, and made anew where it is damaged (a shell: it asks SQLite and moves files).

Decision: all in the catalogue can be found again in the music, but what the listener said. One that is damaged is moved aside,
the listener's words are taken over as far as they can be read, and the next scan does the rest. Nothing is ever deleted.
Triggers note the files whose summary no longer holds; nobody who writes has to think of it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any

from relaxlisten.errors import RelaxListenError
from relaxlisten.music import catalogue_rows as rows
from relaxlisten.music.summary import COLUMNS as SUMMARY_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = 2  # to go up with the tables, and with the rules of `described.py`: all summaries are then made anew
_BUSY_S = 10.0  # another program writes one piece at a time, which takes milliseconds
_FACT_COLUMNS = ", ".join(rows.FACTS)
_TAG_COLUMNS = ", ".join(f"tag_{name}" for name in rows.TAGS)
_WISH_COLUMNS = ", ".join(f"wish_{name}" for name in rows.WISHES)
_TABLES = f"""
CREATE TABLE IF NOT EXISTS pieces (content TEXT PRIMARY KEY, version INTEGER NOT NULL, {_FACT_COLUMNS}, beats_s BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    path BLOB PRIMARY KEY, size INTEGER, changed_ns INTEGER, content TEXT, version INTEGER, problem TEXT, sidecar TEXT,
    {_TAG_COLUMNS}
);
CREATE INDEX IF NOT EXISTS files_by_content ON files (content);
CREATE TABLE IF NOT EXISTS wishes (content TEXT PRIMARY KEY, {_WISH_COLUMNS});
DROP TABLE IF EXISTS summaries;
CREATE TABLE summaries (path BLOB PRIMARY KEY, {", ".join(SUMMARY_COLUMNS)}) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unsummarised (path BLOB PRIMARY KEY) WITHOUT ROWID;
INSERT OR IGNORE INTO unsummarised SELECT path FROM files;
CREATE TRIGGER IF NOT EXISTS file_came AFTER INSERT ON files BEGIN INSERT OR IGNORE INTO unsummarised VALUES (new.path); END;
CREATE TRIGGER IF NOT EXISTS file_changed AFTER UPDATE ON files BEGIN INSERT OR IGNORE INTO unsummarised VALUES (new.path); END;
CREATE TRIGGER IF NOT EXISTS file_left AFTER DELETE ON files BEGIN
    DELETE FROM summaries WHERE path = old.path; DELETE FROM unsummarised WHERE path = old.path;
END;
CREATE TRIGGER IF NOT EXISTS piece_heard AFTER INSERT ON pieces BEGIN
    INSERT OR IGNORE INTO unsummarised SELECT path FROM files WHERE content = new.content;
END;
CREATE TRIGGER IF NOT EXISTS piece_wished AFTER INSERT ON wishes BEGIN
    INSERT OR IGNORE INTO unsummarised SELECT path FROM files WHERE content = new.content;
END;
"""


class CatalogueFault(RelaxListenError):
    """The catalogue cannot be used now; the sentence says why and what to do."""


def opened(path: Path) -> tuple[sqlite3.Connection, str | None]:
    """A database with the catalogue's tables, and a sentence where it had to be made anew; raises CatalogueFault."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # the user's data folder: theirs alone
        return _connect(path), None
    except sqlite3.OperationalError as fault:
        raise cannot_be_used(path, fault) from fault
    except OSError as fault:
        raise cannot_be_used(path, fault.strerror or fault) from fault
    except sqlite3.DatabaseError:
        return replaced(path)


def replaced(path: Path) -> tuple[sqlite3.Connection, str]:
    """A new database in the place of a damaged one, with the listener's words that could be saved, and the sentence about it."""
    wishes = _rescued_wishes(path)
    aside = _move_aside(path)
    database = _connect(path)
    with database:
        database.executemany(f"INSERT OR REPLACE INTO wishes VALUES ({rows.marks(('', *rows.WISHES))})", wishes)
    return database, (
        f"The catalogue of your music was damaged: it was moved to {aside} and is made anew; what you had set for "
        f"{len(wishes)} pieces was kept. Run relaxlisten music scan on your folders again."
    )


def cannot_be_used(path: Path, why: object) -> CatalogueFault:
    """The fault to raise."""
    return CatalogueFault(
        f"The catalogue {path} cannot be used ({why}): close programs that use it, or move it away: a scan makes it anew."
    )


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_BUSY_S)
    try:
        ((schema,),) = database.execute("PRAGMA user_version").fetchall()
        if schema > SCHEMA:
            raise CatalogueFault(f"The catalogue {path} was written by a newer RelaxListen: update this one, or move it away.")
        if schema < SCHEMA:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {SCHEMA}; COMMIT;")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("SELECT 1 FROM files, pieces, wishes LIMIT 1").fetchall()
    except BaseException:
        database.close()
        raise
    return database


def _rescued_wishes(path: Path) -> list[Any]:
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as damaged:
        return damaged.execute(f"SELECT content, {_WISH_COLUMNS} FROM wishes").fetchall()
    return []


def _move_aside(path: Path) -> Path:
    """Move the database and what belongs to it to a name that is free."""
    number = next(number for number in range(1, 10_000) if not path.with_name(f"{path.name}.damaged-{number}").exists())
    aside = path.with_name(f"{path.name}.damaged-{number}")
    try:
        path.replace(aside)
        for ending in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + ending).replace(aside.with_name(aside.name + ending))
    except OSError as fault:
        raise cannot_be_used(path, f"damaged, and it cannot be moved aside: {fault.strerror or fault}") from fault
    return aside
