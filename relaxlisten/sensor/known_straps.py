"""Which straps were heard on this computer, and what to say when one is not what it seems.

Decision: a strap's name is no proof of anything (any device can send it), so it is its address that is remembered. Nothing is
ever refused: a new strap, a second one of the same model and a battery change at the factory look the same as somebody else's
device; the listener is told, once for each, and decides. A name that has answered from many addresses belongs to a model that
changes its address by itself, and says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_STRAPS = 50  # the oldest are forgotten
_ROAMS_FROM = 4  # addresses under one name: it changes them by itself


@dataclass(frozen=True, slots=True)
class KnownStraps:
    """Names by address, as the straps sent them; the one heard last stands last."""

    names: Mapping[str, str] = field(default_factory=dict)


def with_strap(known: KnownStraps, name: str, address: str) -> KnownStraps:
    """The same with a strap that is heard now."""
    others = {at: of for at, of in known.names.items() if at != address}
    kept = dict(list(others.items())[-(MOST_STRAPS - 1) :])
    return KnownStraps({**kept, address: name})


def warning(known: KnownStraps, name: str, address: str) -> str | None:
    """A sentence about a strap that is heard now, None where there is nothing to say."""
    if address in known.names or not known.names:
        return None
    namesakes = sum(of == name for of in known.names.values())
    if namesakes >= _ROAMS_FROM:
        return None
    if namesakes:
        return (
            f"This {name} has another address than the one heard before ({address}): if you have not changed straps, it may "
            "be somebody else's; look at its heart rate, and give yours with --sensor ble:ADDRESS."
        )
    last = list(known.names.values())[-1]
    return f"{name} was never heard on this computer before; the last strap was {last}. If it is not yours, end the session."


def to_data(known: KnownStraps) -> dict[str, object]:
    """Plain data; `from_data` is its inverse."""
    return {"straps": [{"address": address, "name": name} for address, name in known.names.items()]}


def from_data(data: object) -> KnownStraps:
    """Known straps from plain data; nothing for what is none."""
    straps = data.get("straps") if isinstance(data, dict) else None
    entries = [one for one in straps if isinstance(one, dict)] if isinstance(straps, list) else []
    pairs = [(one.get("address"), one.get("name")) for one in entries[-MOST_STRAPS:]]
    return KnownStraps({at: of for at, of in pairs if isinstance(at, str) and isinstance(of, str)})
