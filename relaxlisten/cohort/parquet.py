"""The tables of a study as Parquet, for programs that prefer it. Needs `pip install "relaxlisten[study]"`.

Decision: made from the CSV files, batch by batch, so that both say the same and neither needs the memory of the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.cohort.tables import kind_of
from relaxlisten.errors import RelaxListenError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MISSING = 'Parquet needs pyarrow, which is missing: install it with pip install "relaxlisten[study]".'


def check_parquet() -> None:
    """Raises RelaxListenError where Parquet cannot be written."""
    try:
        import pyarrow  # noqa: F401  # only whether it is there
    except ImportError:
        raise RelaxListenError(_MISSING) from None


def write_parquet(file: Path) -> Path:
    """A CSV table of a study as a Parquet file beside it."""
    from pyarrow import csv, parquet

    with file.open(encoding="utf-8") as text:
        columns = text.readline().rstrip("\n").split(",")
    target = file.with_suffix(".parquet")
    with csv.open_csv(file, convert_options=_types(columns)) as batches, parquet.ParquetWriter(target, batches.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return target


def _types(columns: Sequence[str]) -> object:
    import pyarrow as pa
    from pyarrow import csv

    kinds = {"text": pa.string(), "flag": pa.bool_(), "number": pa.float64()}
    return csv.ConvertOptions(
        column_types={column: kinds[kind_of(column)] for column in columns}, null_values=[""], strings_can_be_null=True,
        true_values=["TRUE"], false_values=["FALSE"],
    )  # fmt: skip
