"""Makes new records out of old ones on the disk: a stretch, parts put together, or one without names.

Decision: a source is only read. The new record says in its header what was done to which file (by its SHA-256), can be read by
its owner only, is written whole or not at all, and nothing that exists is overwritten.
"""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING, Any

from relaxlisten import __version__
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.session import anonymising, cutting
from relaxlisten.session.cutting import Source, read_source
from relaxlisten.session.format import (
    ANONYMISE,
    RECORD_NAME,
    SCHEMA,
    Derivation,
    SessionHeader,
    data_line,
    header_data,
    header_line,
    key_of_header,
    read_header,
)
from relaxlisten.session.load import lines_of, record_file
from relaxlisten.session.private import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from relaxlisten.session.anonymising import Keep


def source_of(session: Path) -> Source:
    """A record to work on. Raises UsageError where it cannot be read."""
    file = record_file(session)
    try:
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        with lines_of(file) as lines:
            return read_source(lines, str(session), sha256)
    except OSError as fault:
        message = f"The session {session} cannot be read ({fault.strerror or fault}): check the name."
        raise UsageError(message) from fault


def trimmed(session: Path, from_s: float, to_s: float, out: Path) -> Derivation:
    """Write a stretch of a session as a record of its own."""
    source = source_of(session)
    derivation, lines = cutting.trim(source, from_s, to_s, __version__)
    _write(out, source.header, derivation, lines)
    return derivation


def merged(sessions: Sequence[Path], out: Path) -> Derivation:
    """Write the parts of a session as one record."""
    header, derivation, lines = cutting.merge([source_of(session) for session in sessions], __version__)
    _write(out, header, derivation, lines)
    return derivation


def anonymised(session: Path, keep: frozenset[Keep], days: int, out: Path, *, own_protocol: bool) -> Derivation:
    """Write a session without what says who it is of."""
    source = source_of(session)
    header, lines = anonymising.anonymised(header_data(source.header), source.lines, keep, days, own_protocol=own_protocol)
    renamed = read_header(header, str(session))
    if renamed is None:
        message = f"{session} could not be anonymised: its header does not read back, so nothing was written."
        raise RelaxListenError(message)
    kept = f" Kept as they were: {', '.join(sorted(keep))}." if keep else ""
    unknown = len(source.lines) - len(lines)
    left_out = f" {unknown} lines of another version were left out." if unknown else ""
    note = f"Names, places, titles, devices, dates and free texts taken out.{kept}{left_out}"
    derivation = Derivation(what=ANONYMISE, sources=(source.sha256,), note=note, version=__version__)
    _write(out, renamed, derivation, lines)
    return derivation


def _write(out: Path, header: SessionHeader, derivation: Derivation, lines: Sequence[dict[str, Any]]) -> None:
    """The new record, whole or not at all."""
    file = out / RECORD_NAME
    if file.exists():
        message = f"{out} holds a session already: choose another folder with --out."
        raise UsageError(message)
    try:
        write_whole(file, "".join(_text(header, derivation, lines)).encode())
    except OSError as fault:
        message = f"The new record cannot be written to {out} ({fault.strerror or fault}): choose another folder with --out."
        raise RelaxListenError(message) from fault


def _text(header: SessionHeader, derivation: Derivation, lines: Sequence[dict[str, Any]]) -> Iterator[str]:
    made = (*header.derived_from, derivation)
    new = dataclasses.replace(header, schema=SCHEMA, derived_from=made, seal_key=derivation.sources[0][:8])
    yield header_line(new)
    for number, line in enumerate(lines, start=1):
        yield data_line(line, number, key_of_header(new))
