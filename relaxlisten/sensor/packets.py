"""Beats packed as a strap packs them: about one packet a second, with the intervals that ended since the last one.

Decision: the simulated heart, RR files and the test strap all speak real 0x2A37 payloads, so that nothing behind the sensor can
tell them from a strap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.sensor.heart_rate_service import encode_measurement
from relaxlisten.units import MS_PER_MIN, MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# "Approximately 1 time per second", Heart Rate Service 1.0, section 3.1.1.5.
PACKET_EVERY_S = 1.0
LARGEST_FIELD = 0xFFFF
# One fewer than fit: a heart rate above 255 takes a byte more.
MOST_RR = 8
LONGEST_RR_MS = LARGEST_FIELD * MS_PER_S / 1024.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """A payload and when it is sent, in seconds since the first beat's interval began."""

    time_s: float
    payload: bytes


def rr_to_1024(rr_ms: float) -> int:
    """RR in ms as the nearest 1/1024 s that a packet can carry (1 to 65535)."""
    return min(max(round(rr_ms * 1024.0 / MS_PER_S), 1), LARGEST_FIELD)


def payloads(rr_ms: Sequence[float], last_rr_ms: float, *, contact: bool | None = None) -> list[bytes]:
    """The payloads for the intervals that ended since the last packet; one without RR where none did.

    last_rr_ms: the newest interval of all, which the heart rate is told from where no newer one ended.
    """
    groups = [rr_ms[first : first + MOST_RR] for first in range(0, len(rr_ms), MOST_RR)] or [()]
    return [
        encode_measurement(_heart_rate_bpm(group or (last_rr_ms,)), tuple(map(rr_to_1024, group)), contact=contact)
        for group in groups
    ]


def packets(rr_ms: Sequence[float]) -> Iterator[Packet]:
    """All packets for a series of intervals in ms, a second apart; the first when the first interval has ended."""
    second, beat_s, ended = 1, 0.0, list[float]()
    last_rr_ms = 0.0
    for interval_ms in rr_ms:
        beat_s += interval_ms / MS_PER_S
        while beat_s > second * PACKET_EVERY_S:
            if last_rr_ms:
                yield from _at(second * PACKET_EVERY_S, ended, last_rr_ms)
            second, ended = second + 1, []
        ended.append(interval_ms)
        last_rr_ms = interval_ms
    yield from _at(second * PACKET_EVERY_S, ended, last_rr_ms)


def _at(time_s: float, rr_ms: Sequence[float], last_rr_ms: float) -> list[Packet]:
    return [Packet(time_s=time_s, payload=payload) for payload in payloads(rr_ms, last_rr_ms)]


def _heart_rate_bpm(rr_ms: Sequence[float]) -> int:
    return min(round(MS_PER_MIN * len(rr_ms) / sum(rr_ms)), LARGEST_FIELD)
