"""The JSON Schema of a record's lines, made from the messages themselves.

Decision: written by code and shipped as schemas/session.schema.json; a test says that the two agree.
    python -m relaxlisten.session.schema > schemas/session.schema.json
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from enum import StrEnum
from typing import Any

from relaxlisten.session.format import EVENT_TYPES, HINTS, SCHEMA, SessionHeader

_PLAIN: dict[Any, dict[str, Any]] = {
    float: {"type": "number"},
    int: {"type": "integer"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    types.NoneType: {"type": "null"},
    object: {},
    bytes: {"type": "string", "pattern": "^([0-9a-f]{2})*$", "description": "bytes in hexadecimal"},
}
_CHECKSUM = {"type": "string", "pattern": "^[0-9a-f]{8}$", "description": "CRC-32 of the line's bytes before this field"}
_SOURCE = "https://json-schema.org/draft/2020-12/schema"


def record_schema() -> dict[str, Any]:
    """The schema of one line of a record."""
    header = _object(SessionHeader, {"event": {"const": "SessionHeader"}, "crc": _CHECKSUM})
    header["properties"]["schema"] = {"const": SCHEMA}
    lines = {cls.__name__: _object(cls, _frame(cls)) for cls in EVENT_TYPES.values()}
    return {
        "$schema": _SOURCE,
        "title": f"One line of a RelaxListen record, schema {SCHEMA}",
        "description": "Numbers carry their units in their names; time_s is in seconds since the session was opened.",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in ("SessionHeader", *lines)],
        "$defs": {"SessionHeader": header, **lines},
    }


def _frame(cls: type[Any]) -> dict[str, Any]:
    return {
        "event": {"const": cls.__name__},
        "derived": {"type": "boolean", "description": "made by the pipeline from the inputs above it"},
        "n": {"type": "integer", "minimum": 1, "description": "place in the record"},
        "crc": _CHECKSUM,
    }


def _object(cls: type[Any], more: dict[str, Any]) -> dict[str, Any]:
    """A message; fields with a default may be absent from lines of an older version."""
    optional = {
        field.name
        for field in dataclasses.fields(cls)
        if field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
    }
    return {
        "type": "object",
        "properties": {**more, **{name: _typed(hint) for name, hint in HINTS[cls].items()}},
        "required": [*more, *(name for name in HINTS[cls] if name not in optional)],
    }


def _typed(hint: Any) -> dict[str, Any]:
    if isinstance(hint, types.UnionType):
        return {"anyOf": [_typed(member) for member in hint.__args__]}
    if hint in HINTS:
        return _object(hint, {})
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"enum": [member.value for member in hint]}
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin is dict:
        return {"type": "object", "additionalProperties": _typed(inside[1])}
    if origin is tuple and inside[-1] is Ellipsis:
        return {"type": "array", "items": _typed(inside[0])}
    if origin is tuple:
        return {"type": "array", "prefixItems": [_typed(member) for member in inside], "items": False, "minItems": len(inside)}
    return _PLAIN[hint]


def schema_text() -> str:
    """The schema as the file holds it."""
    return json.dumps(record_schema(), indent=1) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")  # noqa: T201  # its one purpose
