"""What a person chooses before a session, as the window hands it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relaxlisten.terms import Bed


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChoices:
    """sensor: "simulated", "ble", "ble:ADDRESS" or "file:PATH". music: "builtin", a folder or a playlist.

    volume: 0 to 1, never above volume_cap. bed: a sound of nature under pieces without a pulse.
    """

    sensor: str
    music: str
    protocol: str
    volume: float
    volume_cap: float = 1.0
    bed: Bed | None = None
