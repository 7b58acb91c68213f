"""The tables of a session as Parquet files, one a kind of event: types are kept, and what is not known is null.

Decision: pyarrow is optional (`relaxlisten[study]`). The record's header goes into each file's own metadata as JSON, under the
key "relaxlisten", so that a table that has lost its neighbours still says whose it is, and whether the heart was simulated.
"""

from __future__ import annotations

import dataclasses
import io
import json
from typing import TYPE_CHECKING, Any

from relaxlisten.errors import UsageError
from relaxlisten.json_text import parse_json

if TYPE_CHECKING:
    from relaxlisten.session.tables import LoadedSession, Table

METADATA = b"relaxlisten"
MISSING = 'Parquet files need pyarrow, which is missing: pip install "relaxlisten[study]", or use csv.'


def parquet_files(session: LoadedSession) -> dict[str, bytes]:
    """A file for each kind of event that occurs, by its name. Raises UsageError where pyarrow is missing."""
    header = {} if session.header is None else dataclasses.asdict(session.header)
    told = {METADATA: json.dumps(header).encode()}
    return {f"{kind}.parquet": _file(table, told) for kind, table in session.tables.items() if table["time_s"].size}


def read_parquet(content: bytes, name: str) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """The session header that a file carries (empty where it carries none) and its columns. Raises UsageError."""
    pyarrow, parquet = _library()
    try:
        table = parquet.read_table(io.BytesIO(content))
        header = parse_json((table.schema.metadata or {}).get(METADATA, b"{}"))
    except (pyarrow.ArrowException, ValueError, OSError) as fault:
        message = f"{name} cannot be read as Parquet ({str(fault).splitlines()[0]})."
        raise UsageError(message) from fault
    return header, table.to_pydict()


def _library() -> tuple[Any, Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as fault:
        raise UsageError(MISSING) from fault
    return pyarrow, parquet


def _file(table: Table, told: dict[bytes, bytes]) -> bytes:
    pyarrow, parquet = _library()
    columns = {name: pyarrow.array(_values(column.tolist())) for name, column in table.items()}
    out = io.BytesIO()
    parquet.write_table(pyarrow.table(columns).replace_schema_metadata(told), out)
    return out.getvalue()


def _values(values: list[Any]) -> list[Any]:
    """A column's values of one type; where a field holds numbers and words, all are written as words. NaN is not known: None."""
    known = [None if value is None or value != value else value for value in values]
    kinds = {type(value) for value in known if value is not None}
    if len(kinds) > 1 and not kinds <= {int, float}:
        return [None if value is None else str(value) for value in known]
    return [list(value) if isinstance(value, tuple) else value for value in known]
