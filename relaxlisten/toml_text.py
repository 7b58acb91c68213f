"""TOML that anybody may have written, read so that every fault is one.

Decision: the standard reader is kept, and three things that it lets through are faults here too: lists within lists deeper than
it can follow, numbers of thousands of digits, and whole numbers beyond the 64 bits that TOML 1.0 asks for (no float holds them,
and some cannot even be printed).
"""

from __future__ import annotations

import tomllib
from typing import Any

_MOST = 2**63


class NotToml(ValueError):
    """A text that is no TOML; what is wrong, with the place where it is known, as the standard reader says it."""


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a text. Raises NotToml."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise NotToml(str(fault)) from fault
    except RecursionError as fault:
        raise NotToml("lists or tables stand within each other deeper than can be meant") from fault
    except ValueError as fault:  # Python's own bound on the digits of a number
        raise NotToml("a number has more digits than can be meant") from fault
    _check_numbers(found)
    return found


def _check_numbers(found: dict[str, Any]) -> None:
    waiting: list[object] = [found]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, int) and not -_MOST <= value < _MOST:
            raise NotToml("a whole number has more than 64 bits")
