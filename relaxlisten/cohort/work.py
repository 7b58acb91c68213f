"""One record of a study, measured or remembered: the piece of work that is spread over processes or a cluster.

Decision: a result is kept by what it was made of: the SHA-256 of the record and of the code that measured it. So a study that was
broken off goes on where it stopped, a record that has changed is measured again, and a new version measures everything again.
A result is written beside its place and moved there, so that one that is there is whole.
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from relaxlisten.cohort.measures import measured
from relaxlisten.cohort.reading import read
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.json_text import parse_json
from relaxlisten.safe_files import replace_file
from relaxlisten.session.load import lines_of

# What a result depends on.
_CODE = ("cohort/measures.py", "cohort/reading.py", "session/*.py", "physiology/*.py", "beats/rhythm.py", "messages*.py", "rr.py")
_HASHED_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One record to be measured. file: of the record; cache: folder of results; code: of `code_hash`."""

    file: Path
    cache: Path
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A record that is measured. result: None where it lies in the cache; else for whoever asked to put there."""

    file: Path
    sha256: str
    result: dict[str, Any] | None


def do(work: Work) -> Done:
    """Measure a record, unless that was done. A record that cannot be read gives a result that says so.

    Raises RelaxListenError on a worker whose code is not that of whoever asks: its results would be kept as something else.
    """
    if work.code != code_hash():
        message = "The cluster's workers have another version of RelaxListen, numpy or scipy: install the same everywhere."
        raise RelaxListenError(message)
    try:
        sha256 = file_hash(work.file)
    except OSError as fault:
        reason = f"it cannot be read ({fault.strerror or fault})"
        return Done(file=work.file, sha256="", result=_unreadable(reason))
    if remembered(work.cache, sha256, work.code) is not None:
        return Done(file=work.file, sha256=sha256, result=None)
    return Done(file=work.file, sha256=sha256, result=_measure(work.file))


def _measure(file: Path) -> dict[str, Any]:
    try:
        with lines_of(file) as lines:
            reading = read(lines, file.name)
    except (OSError, UsageError) as fault:
        return _unreadable(f"it cannot be read ({fault})")
    if reading.header is None and not reading.beats:
        return _unreadable("it holds no line of a record")
    return measured(reading)


def _unreadable(reason: str) -> dict[str, Any]:
    return {"session": {"unreadable": reason}, "phases": [], "ratings": {}}


def file_hash(file: Path) -> str:
    """SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(_HASHED_AT_ONCE):
            digest.update(block)
    return digest.hexdigest()


@functools.cache
def code_hash() -> str:
    """Of all that a result depends on: the code that measures, and the libraries that it calculates with."""
    digest = hashlib.sha256()
    root = Path(__file__).parent.parent
    for file in sorted(file for pattern in _CODE for file in root.glob(pattern)):
        digest.update(file.read_bytes())
    for library in ("numpy", "scipy"):
        digest.update(metadata.version(library).encode())
    return digest.hexdigest()[:16]


# ---- the cache ----


def place(cache: Path, sha256: str, code: str) -> Path:
    """Where a result lies."""
    return cache / sha256[:2] / f"{sha256}-{code}.json"


def remembered(cache: Path, sha256: str, code: str) -> dict[str, Any] | None:
    """A result that is there; None where there is none, or where it is damaged."""
    try:
        found = parse_json(place(cache, sha256, code).read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.keys() >= {"session", "phases", "ratings"} else None


def remember(cache: Path, sha256: str, code: str, result: dict[str, Any]) -> None:
    """Keep a result. Raises OSError where it cannot be written."""
    file = place(cache, sha256, code)
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, json.dumps(result, separators=(",", ":")).encode())
