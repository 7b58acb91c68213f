"""The Heart Rate Service's packets: bytes to measurement and back.

Decision: a packet is taken whole or refused whole. Every legal length gives a measurement; anything else raises
`MalformedPayload` with the field and the length, because half a packet would put beats where there were none. Reserved flag
bits are ignored.
Source: Bluetooth SIG, Heart Rate Service 1.0, section 3.1 (0x2A37) and 3.2 (0x2A38); all numbers are little-endian.
"""

from __future__ import annotations

import struct
from enum import IntFlag

from relaxlisten.errors import MalformedPayload
from relaxlisten.messages import HeartRateMeasurement


class Flag(IntFlag):
    """Bits of the first byte. CONTACT_DETECTED says something only together with CONTACT_SUPPORTED."""

    WIDE_HEART_RATE = 0x01
    CONTACT_DETECTED = 0x02
    CONTACT_SUPPORTED = 0x04
    ENERGY = 0x08
    RR = 0x10


MTU_BYTES = 23
# A notification's own header takes three bytes of the MTU.
LONGEST_PAYLOAD_BYTES = MTU_BYTES - 3

BODY_LOCATIONS = ("other", "chest", "wrist", "finger", "hand", "ear lobe", "foot")


def parse_measurement(time_s: float, payload: bytes) -> HeartRateMeasurement:
    """Decode one 0x2A37 value that arrived at time_s. Raises MalformedPayload."""
    flags = _number(payload, 0, 1, "flags")
    heart_rate_bytes = 2 if flags & Flag.WIDE_HEART_RATE else 1
    heart_rate_bpm = _number(payload, 1, heart_rate_bytes, "heart rate")
    at = 1 + heart_rate_bytes
    energy_kj = None
    if flags & Flag.ENERGY:
        energy_kj = _number(payload, at, 2, "energy expended")
        at += 2
    return HeartRateMeasurement(
        time_s=time_s,
        heart_rate_bpm=heart_rate_bpm,
        contact=_contact(flags),
        energy_kj=energy_kj,
        rr_1024=_rr_intervals(payload, at) if flags & Flag.RR else _nothing_more(payload, at),
    )


def encode_measurement(
    heart_rate_bpm: int,
    rr_1024: tuple[int, ...],
    *,
    contact: bool | None = None,
    energy_kj: int | None = None,
) -> bytes:
    """The 0x2A37 value that a strap would send; the wide form of the heart rate only where it is needed.

    Raises ValueError for a number that does not fit its field, or more RR than a packet of the default MTU carries
    (9, or 8 with energy or a wide heart rate, or 7 with both).
    """
    wide = heart_rate_bpm > 0xFF
    flags = (Flag.WIDE_HEART_RATE if wide else 0) | _contact_bits(contact)
    flags |= (Flag.ENERGY if energy_kj is not None else 0) | (Flag.RR if rr_1024 else 0)
    energy = () if energy_kj is None else (energy_kj,)
    try:
        payload = struct.pack(f"<B{'H' if wide else 'B'}{len(energy) + len(rr_1024)}H", flags, heart_rate_bpm, *energy, *rr_1024)
    except struct.error as fault:
        message = f"a field of the heart rate measurement is out of range: {fault}"
        raise ValueError(message) from fault
    if len(payload) > LONGEST_PAYLOAD_BYTES:
        message = f"{len(rr_1024)} RR intervals do not fit into {LONGEST_PAYLOAD_BYTES} bytes"
        raise ValueError(message)
    return payload


def parse_body_location(payload: bytes) -> str | None:
    """Where the sensor is worn (0x2A38); None for a value that the specification reserves. Raises MalformedPayload."""
    location = _number(payload, 0, 1, "body sensor location")
    return BODY_LOCATIONS[location] if location < len(BODY_LOCATIONS) else None


def parse_battery(payload: bytes) -> int | None:
    """Battery level in % (0x2A19); None for a value above 100, which says nothing. Raises MalformedPayload."""
    percent = _number(payload, 0, 1, "battery level")
    return percent if percent <= 100 else None


def _number(payload: bytes, at: int, size: int, field: str) -> int:
    value = payload[at : at + size]
    if len(value) < size:
        message = f"The {field} field needs {size} byte(s) from byte {at} on, but the packet has {len(payload)} bytes in all."
        raise MalformedPayload(message)
    return int.from_bytes(value, "little")


def _rr_intervals(payload: bytes, at: int) -> tuple[int, ...]:
    rr_bytes = len(payload) - at
    if rr_bytes < 2 or rr_bytes % 2:
        message = (
            f"The RR field needs pairs of bytes, at least one pair, but has {rr_bytes} of the packet's {len(payload)} bytes."
        )
        raise MalformedPayload(message)
    return struct.unpack_from(f"<{rr_bytes // 2}H", payload, at)


def _nothing_more(payload: bytes, at: int) -> tuple[int, ...]:
    if len(payload) > at:
        message = f"After the last field that the flags announce (byte {at}) the packet goes on to {len(payload)} bytes."
        raise MalformedPayload(message)
    return ()


def _contact(flags: int) -> bool | None:
    return bool(flags & Flag.CONTACT_DETECTED) if flags & Flag.CONTACT_SUPPORTED else None


def _contact_bits(contact: bool | None) -> int:
    if contact is None:
        return 0
    return Flag.CONTACT_SUPPORTED | (Flag.CONTACT_DETECTED if contact else 0)
