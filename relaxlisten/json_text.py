"""JSON that anybody may have written, read so that every fault is one; `toml_text` does the same for TOML.

Decision: the standard reader is kept, and what it lets through although no JSON holds it (RFC 8259, 6: NaN, numbers beyond every
float), or what it cannot bear (lists within lists deeper than it can follow, numbers of thousands of digits), is a fault too.
Records have a reader of their own (`session/scan`), which knows what one damaged line may still be worth.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn


class NotJson(ValueError):
    """A text that is no JSON; what is wrong, with the place where it is known."""


def parse_json(text: str | bytes) -> Any:
    """The data of a text (bytes: in UTF-8, -16 or -32). Raises NotJson."""
    try:
        return json.loads(text, parse_constant=_refused, parse_float=_finite, parse_int=_whole)
    except json.JSONDecodeError as fault:
        message = f"{fault.msg} in line {fault.lineno}"
        raise NotJson(message) from fault
    except RecursionError as fault:
        raise NotJson("lists stand within each other deeper than can be meant") from fault
    except UnicodeDecodeError as fault:
        raise NotJson("it is no text") from fault


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refused(text)


def _whole(text: str) -> int:
    _finite(text)
    return int(text)


def _refused(text: str) -> NoReturn:
    message = f"{text[:20]} is no number that can be meant"
    raise NotJson(message)
