"""What a session is to do beyond its protocol: its arm, what is remembered of the person, and the donor of a yoked session.

Decision: all of it stands in the header of the record, so that a session replays from its own file. In a concealed study it
stands there sealed: packed so that no eye reads the arm by accident. That is no secret from somebody who unpacks it on purpose;
a study that needs more keeps its files away from its raters.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from relaxlisten.control.donor import DonorPlan, donor_from_data
from relaxlisten.control.memory import Memory, memory_from_data, memory_to_data
from relaxlisten.json_text import parse_json
from relaxlisten.terms import Arm

if TYPE_CHECKING:
    from collections.abc import Mapping

SEALED = "sealed"
MOST_BYTES = 64 * 2**20  # of what is packed: a memory of ten thousand sessions; a few packed bytes could stand for far more


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSetup:
    """hour: of the day when the session began, 0 to 24. concealed: the label shown instead of the arm; empty where it is open.

    told: what each piece is worth, where a simulation knows the truth (an oracle to compare with); nothing is learned then.
    avoid: pieces that are never played (avoiding.py).
    """

    arm: Arm = Arm.ADAPTIVE
    memory: Memory = field(default_factory=Memory)
    donor: tuple[DonorPlan, ...] = ()
    hour: float = 12.0
    concealed: str = ""
    told: dict[str, float] = field(default_factory=dict)
    avoid: tuple[str, ...] = ()


def setup_to_data(setup: ControlSetup) -> dict[str, Any]:
    """Plain data for a session header, sealed where the session is concealed."""
    data = {
        "arm": setup.arm.value,
        "memory": memory_to_data(setup.memory),
        "donor": [dataclasses.asdict(plan) for plan in setup.donor],
        "hour": setup.hour,
        "concealed": setup.concealed,
        "told": setup.told,
        "avoid": list(setup.avoid),
    }
    return {SEALED: seal(data)} if setup.concealed else data


def setup_from_data(data: Mapping[str, Any]) -> ControlSetup:
    """What a header says; of a record from before arms, the ordinary.

    Raises KeyError, TypeError or ValueError where it is damaged.
    """
    if not data:
        return ControlSetup()
    if SEALED in data:
        data = unseal(str(data[SEALED]))
    return ControlSetup(
        arm=Arm(data["arm"]),
        memory=memory_from_data(data["memory"]),
        donor=donor_from_data(data["donor"]),
        hour=float(data["hour"]),
        concealed=str(data["concealed"]),
        told=dict(data.get("told", {})),
        avoid=tuple(str(one) for one in data.get("avoid", ())),
    )


def seal(data: Mapping[str, Any]) -> str:
    """Data as text that says nothing to the eye."""
    return base64.b85encode(zlib.compress(json.dumps(data, sort_keys=True).encode())).decode("ascii")


def unseal(text: str) -> dict[str, Any]:
    """What was sealed. Raises ValueError where it is damaged."""
    try:
        opener = zlib.decompressobj()
        packed = opener.decompress(base64.b85decode(text), MOST_BYTES)
        if not opener.eof:
            raise ValueError("it is cut off, or too large")
        data: dict[str, Any] = parse_json(packed)
    except (ValueError, zlib.error, binascii.Error) as fault:
        message = f"damaged seal ({fault})"
        raise ValueError(message) from fault
    return data
