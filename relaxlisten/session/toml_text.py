"""Plain data as TOML that a person can read and change."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def toml_lines(data: Mapping[str, Any]) -> list[str]:
    """One line a key; a key without a value (None, or an empty list) has no line."""
    return [f"{key} = {_value(value)}" for key, value in data.items() if value is not None and value != ()]


def toml_tables(name: str, tables: Sequence[Mapping[str, Any]]) -> list[str]:
    """[[name]], as often as there is one."""
    return [line for table in tables for line in ("", f"[[{name}]]", *toml_lines(table))]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str):
        return _text(value)
    return "[" + ", ".join(_value(one) for one in value) + "]"


def _text(text: str) -> str:
    """A basic string; JSON's escapes are TOML's, but for one character that TOML also wants escaped."""
    whole = text.encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")
