"""The JSON Schema of protocol files, for editors that check and complete TOML while one types.

Decision: made from the rule tables, never written by hand; the copy that ships (playlists/protocol.schema.json) is compared
with it by a test.
"""

from __future__ import annotations

from typing import Any

from relaxlisten.control.protocol_rules import TABLES, TOP
from relaxlisten.control.toml_rules import Day, Flag, Number, Rule, Table, Text, Texts, Word

DRAFT = "http://json-schema.org/draft-07/schema#"


def protocol_schema() -> dict[str, Any]:
    """The schema as plain data."""
    whole = _table(TOP)
    whole["properties"] |= {name: _array(table) if table.repeated else _table(table) for name, table in TABLES.items()}
    return {"$schema": DRAFT, "title": "RelaxListen protocol", **whole, "required": ["phase"]}


def _array(table: Table) -> dict[str, Any]:
    return {"type": "array", "items": _table(table)} | ({"minItems": 1} if "minutes" in table.keys else {})


def _table(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "description": table.meaning,
        "properties": {key: _rule(rule) for key, rule in table.keys.items()},
        "additionalProperties": False,
    }
    return schema | ({"required": list(table.required)} if table.required else {})


def _rule(rule: Rule) -> dict[str, Any]:
    match rule:
        case Number():
            return {"type": "number", "minimum": rule.low, "maximum": rule.high, "description": rule.meaning}
        case Text():
            return {"type": "string", "minLength": 1, "maxLength": rule.most_characters, "description": rule.meaning}
        case Word():
            return {"enum": list(rule.words), "description": rule.meaning}
        case Flag():
            return {"type": "boolean", "description": rule.meaning}
        case Texts():
            items = {"type": "string", "minLength": 1, "maxLength": rule.most_characters}
            return {"type": "array", "maxItems": rule.most, "items": items, "description": rule.meaning}
        case Day():
            return {"type": "string", "format": "date", "description": rule.meaning}
