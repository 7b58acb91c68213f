"""Small helpers for the tables of a record (`session/tables.py`): numbers that may be unknown, and texts from anywhere."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.session.tables import Table
    from relaxlisten.units import FloatArray

# What no page can show: controls but tab and line feed, halves of characters, and code points that are none.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]|[\U0001fffe\U0001ffff]")
# Marks that turn the direction of the text after them round.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def text_of(value: object) -> str:
    """Any value as text that can be printed: "" for None; what cannot be shown becomes the replacement character."""
    return "" if value is None else _TURNING.sub("", _UNPRINTABLE.sub("\ufffd", str(value)))


def number(value: Any) -> float | None:
    """A number, or None where it is not known or is none."""
    if value is None or isinstance(value, str | bool):
        return None
    try:
        plain = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return plain if math.isfinite(plain) else None


def floats(table: Table, name: str) -> FloatArray:
    """A column as numbers, NaN where one is not known or is none; all NaN where there is no such column."""
    column = table.get(name)
    if column is None:
        return np.full(table["time_s"].shape, np.nan)
    if column.dtype != np.object_:
        return column.astype(np.float64)
    found = [number(value) for value in column]
    return np.array([math.nan if value is None else value for value in found], dtype=np.float64)


def words(table: Table, name: str) -> list[str]:
    """A column as texts; empty where there is no such column."""
    column = table.get(name)
    return [""] * int(table["time_s"].size) if column is None else [text_of(value) for value in column.tolist()]


def known(value: float) -> float | None:
    """None for NaN."""
    return None if math.isnan(value) else float(value)
