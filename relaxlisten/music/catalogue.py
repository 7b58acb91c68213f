"""What is known of the listener's own music, kept from one session to the next (a shell: it asks SQLite).

Decision: three tables say all. `pieces` holds what was heard, by content: a moved or retagged file finds it again. `files` says
which piece lies where, and what its tags, its sidecar or its fault are; a file whose size and time are unchanged is not opened at
all. `wishes` holds what the listener said, by content too. `summaries` follows from them (`summary.py`). Write-ahead log: a scan
writes while a session reads, every piece is safe as soon as it is written. How it is opened, and what becomes of one that is
damaged, stands in `catalogue_file.py`.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relaxlisten.music import catalogue_rows as rows
from relaxlisten.music.catalogue_file import CatalogueFault, cannot_be_used, opened, replaced
from relaxlisten.music.described import Known, Overrides
from relaxlisten.music.piece_analysis import ANALYSIS_VERSION
from relaxlisten.music.sidecar import Sidecar
from relaxlisten.music.summary import COLUMNS as SUMMARY_COLUMNS
from relaxlisten.music.summary import Summary, summarised
from relaxlisten.music.tags import Tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from relaxlisten.music.piece_analysis import PieceAnalysis

_FACT_COLUMNS = ", ".join(rows.FACTS)
_TAG_COLUMNS = ", ".join(f"tag_{name}" for name in rows.TAGS)
_WISH_COLUMNS = ", ".join(f"wish_{name}" for name in rows.WISHES)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """What tells whether a file is still the one that was looked at."""

    size: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A file as it was when it was looked at. problem: why it cannot be played, if it cannot. is_current: by this analysis."""

    state: FileState
    problem: str | None
    is_current: bool

    def is_still(self, path: Path) -> bool:
        """Whether the file is there and has not changed since."""
        try:
            return state_of(path) == self.state
        except OSError:
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguedFile:
    """A file as the catalogue has it. content: None for one that could not be read. problem: a sentence without the file's name.

    known.analysis.beats_s is () where beats were not asked for.
    """

    path: Path
    state: FileState
    content: str | None
    problem: str | None
    known: Known


def state_of(path: Path) -> FileState:
    """Size and time of change; raises OSError."""
    found = path.stat()
    return FileState(size=found.st_size, changed_ns=found.st_mtime_ns)


class Catalogue:
    """An opened catalogue; for one thread. notice: a sentence for the listener where it had to be made anew."""

    def __init__(self, path: Path | None) -> None:
        """Open it, or make it; None for one that is kept in memory. Raises CatalogueFault where that is impossible."""
        self.path = path or Path(":memory:")
        self._database, self.notice = opened(self.path)

    def close(self) -> None:
        """Free the file."""
        self._database.close()

    # ---- what is known ----

    def looked_at(self) -> dict[Path, LookedAt]:
        """Every file that was heard, or found to be unplayable, and whether by this analysis or an older one."""
        found = self._all(
            "SELECT path, size, changed_ns, problem, coalesce(pieces.version, files.version) >= ? "
            "FROM files LEFT JOIN pieces USING (content) WHERE problem IS NOT NULL OR pieces.version IS NOT NULL",
            [ANALYSIS_VERSION],
        )
        return {
            _to_path(path): LookedAt(FileState(size=size, changed_ns=changed_ns), problem, bool(is_current))
            for path, size, changed_ns, problem, is_current in found
        }

    def paths(self) -> list[Path]:
        """Where files are, or were."""
        return [_to_path(path) for (path,) in self._all("SELECT path FROM files", [])]

    def files(self, *, with_beats: bool) -> list[CataloguedFile]:
        """All files, by path."""
        return self._files("", [], with_beats=with_beats)

    def summaries(self) -> list[Summary]:
        """All files in short, by path."""
        fresh = self._summarise()
        asked = f"SELECT path, {', '.join(SUMMARY_COLUMNS)} FROM summaries ORDER BY path"
        decoded = os.fsdecode
        found = [Summary(decoded(row[0]), *row[1:]) for row in self._all(asked, [])]
        if not fresh:
            return found
        told = {one.path: one for one in (*found, *(Summary(decoded(row[0]), *row[1:]) for row in fresh))}
        return [told[path] for path in sorted(told, key=os.fsencode)]

    def file(self, path: Path) -> CataloguedFile | None:
        """One file, with its beats."""
        found = self._files("WHERE path = ?", [_to_key(path)], with_beats=True)
        return found[0] if found else None

    def is_heard(self, content: str) -> bool:
        """Whether a piece was heard by this analysis."""
        return bool(self._all("SELECT 1 FROM pieces WHERE content = ? AND version >= ?", [content, ANALYSIS_VERSION]))

    def count(self) -> int:
        """How many files are there that can be played."""
        ((count,),) = self._all("SELECT count(*) FROM files JOIN pieces USING (content)", [])
        return int(count)

    # ---- what is kept ----

    def keep_piece(self, content: str, analysis: PieceAnalysis) -> None:
        """Remember what was heard."""
        values = [content, ANALYSIS_VERSION, *rows.to_facts(analysis)]
        self._change(f"INSERT OR REPLACE INTO pieces VALUES ({rows.marks(values)})", [values])

    def keep_file(self, path: Path, state: FileState, content: str, tags: Tags, sidecar: Sidecar) -> None:
        """Remember which piece a file holds."""
        self._keep_file(path, state, content, None, tags, sidecar)

    def keep_problem(self, path: Path, state: FileState, problem: str) -> None:
        """Remember why a file cannot be played."""
        self._keep_file(path, state, None, problem, Tags(), Sidecar())

    def keep_sidecars(self, sidecars: Iterable[tuple[Path, Sidecar]]) -> None:
        """Remember what the sidecars of known files say by now."""
        values = [(text := rows.to_sidecar(sidecar), _to_key(path), text) for path, sidecar in sidecars]
        self._change("UPDATE files SET sidecar = ? WHERE path = ? AND sidecar IS NOT ?", values)

    def forget(self, paths: Iterable[Path]) -> None:
        """Forget where files were; what was heard of them is kept, in case they come back elsewhere."""
        self._change("DELETE FROM files WHERE path = ?", [[_to_key(path)] for path in paths])

    def wish(self, content: str, changes: Mapping[str, object], *, forget: bool = False) -> Overrides:
        """Remember what the listener says about a piece, by field of Overrides; forget: nothing said before counts."""
        found = [] if forget else self._all(f"SELECT {_WISH_COLUMNS} FROM wishes WHERE content = ?", [content])
        overrides = replace(rows.from_wishes(found[0]) if found else Overrides(), **changes)  # type: ignore[arg-type]  # by name
        values = [content, *(getattr(overrides, name) for name in rows.WISHES)]
        self._change(f"INSERT OR REPLACE INTO wishes VALUES ({rows.marks(values)})", [values])
        return overrides

    def check(self) -> None:
        """Look through the whole database; one that is damaged is made anew."""
        if self._all("PRAGMA quick_check(1)", []) != [("ok",)]:
            self._make_anew()

    # ---- SQL ----

    def _summarise(self) -> list[list[Any]]:
        """Make the summaries that no longer hold anew; those come back that cannot be kept (a medium that is read-only)."""
        if not self._all("SELECT 1 FROM unsummarised LIMIT 1", []):
            return []
        try:
            self._database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return self._summarised()
        with self._understood(), self._database:
            values = self._summarised()
            statement = f"INSERT OR REPLACE INTO summaries VALUES ({rows.marks(('path', *SUMMARY_COLUMNS))})"
            self._database.executemany(statement, values)
            self._database.execute("DELETE FROM unsummarised")
        return []

    def _summarised(self) -> list[list[Any]]:
        files = self._files("WHERE path IN (SELECT path FROM unsummarised)", [], with_beats=False)
        return [[_to_key(file.path), *summarised(file.content, file.known, file.problem)] for file in files]

    def _files(self, where: str, values: Sequence[Any], *, with_beats: bool) -> list[CataloguedFile]:
        beats = "beats_s" if with_beats else "x''"
        columns = f"path, size, changed_ns, content, problem, sidecar, {_TAG_COLUMNS}, {_WISH_COLUMNS}"
        joined = "files LEFT JOIN pieces USING (content) LEFT JOIN wishes USING (content)"
        statement = f"SELECT {columns}, pieces.version, {beats}, {_FACT_COLUMNS} FROM {joined} {where} ORDER BY path"
        found = self._all(statement, values)
        return [_to_file(row) for row in found]

    def _keep_file(
        self, path: Path, state: FileState, content: str | None, problem: str | None, tags: Tags, sidecar: Sidecar
    ) -> None:
        values = [_to_key(path), state.size, state.changed_ns, content, ANALYSIS_VERSION, problem, rows.to_sidecar(sidecar)]
        values += rows.to_tags(tags)
        self._change(f"INSERT OR REPLACE INTO files VALUES ({rows.marks(values)})", [values])

    def _all(self, statement: str, values: Sequence[Any]) -> list[Any]:
        with self._understood():
            return self._database.execute(statement, values).fetchall()

    def _change(self, statement: str, many: Iterable[Sequence[Any]]) -> None:
        with self._understood(), self._database:
            self._database.executemany(statement, many)
        self._summarise()

    @contextlib.contextmanager
    def _understood(self) -> Iterator[None]:
        """Turn what SQLite says into a sentence."""
        try:
            yield
        except sqlite3.OperationalError as fault:
            raise cannot_be_used(self.path, fault) from fault
        except sqlite3.DatabaseError as fault:
            self._make_anew()
            raise CatalogueFault(f"{self.notice}") from fault

    def _make_anew(self) -> None:
        self._database.close()
        self._database, self.notice = replaced(self.path)


def _to_key(path: Path) -> bytes:
    """A name of bytes: on Linux a file's name may be in no encoding at all."""
    return os.fsencode(os.path.abspath(path))


def _to_path(key: bytes) -> Path:
    return Path(os.fsdecode(key))


# Where the parts of a row begin: what `_files` asks for, in that order.
_TAGS_AT = 6
_WISHES_AT = _TAGS_AT + len(rows.TAGS)
_VERSION_AT = _WISHES_AT + len(rows.WISHES)


def _to_file(row: tuple[Any, ...]) -> CataloguedFile:
    path, size, changed_ns, content, problem, sidecar = row[:_TAGS_AT]
    heard = row[_VERSION_AT] is not None
    known = Known(
        tags=rows.from_tags(row[_TAGS_AT:_WISHES_AT]),
        sidecar=rows.from_sidecar(sidecar),
        overrides=rows.from_wishes(row[_WISHES_AT:_VERSION_AT]),
        analysis=rows.from_facts(row[_VERSION_AT + 2 :], row[_VERSION_AT + 1]) if heard else None,
    )
    state = FileState(size=size, changed_ns=changed_ns)
    return CataloguedFile(path=_to_path(path), state=state, content=content, problem=problem, known=known)
