"""What a person chooses before a session, as the window hands it on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChoices:
    """sensor: "simulated", "ble", "ble:ADDRESS" or "file:PATH". music: "builtin", a folder or a playlist. volume: 0 to 1."""

    sensor: str
    music: str
    protocol: str
    volume: float
