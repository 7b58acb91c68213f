"""Straps in reach, as somebody who chooses one sees them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenStrap:
    """rssi_dbm, battery_percent, heart_rate_bpm: None where not known (yet). heart_rate_bpm: the newest that it sent."""

    address: str
    name: str
    rssi_dbm: int | None = None
    battery_percent: int | None = None
    heart_rate_bpm: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What is known now. looking: whether more may turn up. straps: strongest first. problem: why none can be reached, or ""."""

    looking: bool
    straps: tuple[SeenStrap, ...] = ()
    problem: str = ""
