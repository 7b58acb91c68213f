from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.errors import MalformedPayload
from relaxlisten.sensor.heart_rate_service import (
    BODY_LOCATIONS,
    LONGEST_PAYLOAD_BYTES,
    encode_measurement,
    parse_battery,
    parse_body_location,
    parse_measurement,
)

U16 = st.integers(0, 0xFFFF)
CONTACT = st.sampled_from([None, True, False])


@pytest.mark.parametrize(
    ("payload", "heart_rate_bpm", "contact", "energy_kj", "rr_1024"),
    [
        ("00 48", 72, None, None, ()),
        ("01 48 00", 72, None, None, ()),
        ("01 2c 01", 300, None, None, ()),
        ("10 3e b1 03", 62, None, None, (945,)),  # 0x03B1
        ("10 3e b1 03 de 03", 62, None, None, (945, 990)),  # oldest first, as sent
        ("06 48", 72, True, None, ()),
        ("04 48", 72, False, None, ()),  # supported, not detected
        ("02 48", 72, None, None, ()),  # "detected" means nothing where contact is not supported
        ("16 48 00 04", 72, True, None, (1024,)),
        ("08 48 ff ff", 72, None, 0xFFFF, ()),
        ("1f 2c 01 05 00 00 04 01 00", 300, True, 5, (1024, 1)),
        ("e0 48", 72, None, None, ()),  # reserved bits are ignored
        ("10 00 00 00", 0, None, None, (0,)),  # no beat found
    ],
)
def test_decodes_every_field_where_the_flags_put_it(payload, heart_rate_bpm, contact, energy_kj, rr_1024):
    measured = parse_measurement(4.5, bytes.fromhex(payload))

    assert (measured.time_s, measured.heart_rate_bpm, measured.contact) == (4.5, heart_rate_bpm, contact)
    assert (measured.energy_kj, measured.rr_1024) == (energy_kj, rr_1024)


@pytest.mark.parametrize(
    ("payload", "field", "length"),
    [
        ("", "flags", "0 bytes"),
        ("00", "heart rate", "1 bytes"),
        ("01 48", "heart rate", "2 bytes"),
        ("08 48", "energy expended", "2 bytes"),
        ("08 48 01", "energy expended", "3 bytes"),
        ("10 48", "RR", "2 bytes"),
        ("10 48 00", "RR", "3 bytes"),
        ("10 48 00 04 00", "RR", "5 bytes"),
        ("18 48 00 04", "RR", "4 bytes"),
        ("00 48 00", "last field", "3 bytes"),
    ],
)
def test_a_malformed_packet_is_refused_with_field_and_length(payload, field, length):
    with pytest.raises(MalformedPayload) as fault:
        parse_measurement(0.0, bytes.fromhex(payload))

    assert field in str(fault.value)
    assert length in str(fault.value)


@given(st.binary(max_size=64))
def test_any_bytes_give_a_measurement_or_a_malformed_payload(payload):
    try:
        measured = parse_measurement(1.0, payload)
    except MalformedPayload:
        return
    used = 1 + (2 if payload[0] & 1 else 1) + (2 if payload[0] & 8 else 0) + 2 * len(measured.rr_1024)
    assert used == len(payload)


def packets():
    return st.tuples(U16, st.lists(U16, max_size=7).map(tuple), CONTACT, st.one_of(st.none(), U16))


@given(packets())
def test_what_is_encoded_is_decoded(packet):
    heart_rate_bpm, rr_1024, contact, energy_kj = packet
    payload = encode_measurement(heart_rate_bpm, rr_1024, contact=contact, energy_kj=energy_kj)
    measured = parse_measurement(2.0, payload)

    assert len(payload) <= LONGEST_PAYLOAD_BYTES
    assert (measured.heart_rate_bpm, measured.rr_1024) == (heart_rate_bpm, rr_1024)
    assert (measured.contact, measured.energy_kj) == (contact, energy_kj)


@given(packets())
def test_every_prefix_of_a_packet_is_a_shorter_packet_or_malformed(packet):
    heart_rate_bpm, rr_1024, contact, energy_kj = packet
    payload = encode_measurement(heart_rate_bpm, rr_1024, contact=contact, energy_kj=energy_kj)
    for length in range(len(payload)):
        try:
            measured = parse_measurement(0.0, payload[:length])
        except MalformedPayload:
            continue
        assert measured.heart_rate_bpm == heart_rate_bpm
        assert measured.rr_1024 == rr_1024[: len(measured.rr_1024)]
        assert 0 < len(measured.rr_1024) < len(rr_1024)


@pytest.mark.parametrize(
    ("heart_rate_bpm", "energy_kj", "most"),
    [(72, None, 9), (72, 1, 8), (300, None, 8), (300, 1, 7)],
)
def test_a_packet_of_the_default_mtu_carries_so_many_intervals_and_no_more(heart_rate_bpm, energy_kj, most):
    assert len(encode_measurement(heart_rate_bpm, (900,) * most, energy_kj=energy_kj)) <= 20
    with pytest.raises(ValueError, match="do not fit"):
        encode_measurement(heart_rate_bpm, (900,) * (most + 1), energy_kj=energy_kj)


@pytest.mark.parametrize(("heart_rate_bpm", "rr_1024"), [(-1, ()), (0x10000, ()), (72, (-1,)), (72, (0x10000,))])
def test_a_number_that_does_not_fit_its_field_is_refused(heart_rate_bpm, rr_1024):
    with pytest.raises(ValueError, match="out of range"):
        encode_measurement(heart_rate_bpm, rr_1024)


def test_the_heart_rate_is_wide_only_above_255():
    assert encode_measurement(255, ()) == bytes([0x00, 255])
    assert encode_measurement(256, ()) == bytes([0x01, 0x00, 0x01])


def test_body_locations_are_named_and_reserved_ones_are_not():
    assert [parse_body_location(bytes([number])) for number in range(7)] == list(BODY_LOCATIONS)
    assert parse_body_location(b"\x07") is None
    with pytest.raises(MalformedPayload, match="body sensor location"):
        parse_body_location(b"")


def test_battery_is_a_percentage_or_unknown():
    assert parse_battery(b"\x57") == 87
    assert parse_battery(b"\x00") == 0
    assert parse_battery(b"\xff") is None
    with pytest.raises(MalformedPayload, match="battery"):
        parse_battery(b"")
