from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.sensor.heart_rate_service import parse_measurement
from relaxlisten.sensor.packets import packets, payloads, rr_to_1024


def decoded(rr_ms):
    return [parse_measurement(packet.time_s, packet.payload) for packet in packets(rr_ms)]


def test_each_second_carries_the_intervals_that_ended_in_it():
    # beats at 0.8, 1.6, 2.0 (not later than the packet of 2 s), 2.7 s
    sent = decoded([800.0, 800.0, 400.0, 700.0])

    assert [(m.time_s, m.rr_1024) for m in sent] == [(1.0, (819,)), (2.0, (819, 410)), (3.0, (717,))]
    assert [m.heart_rate_bpm for m in sent] == [75, 100, 86]  # 60000/800, 2*60000/1200, 60000/700


def test_a_second_without_a_beat_has_a_packet_without_intervals_and_nothing_is_sent_before_the_first_beat():
    sent = decoded([1500.0, 2500.0])  # beats at 1.5 and 4.0 s

    assert [(m.time_s, m.rr_1024, m.heart_rate_bpm) for m in sent] == [(2.0, (1536,), 40), (3.0, (), 40), (4.0, (2560,), 24)]


@given(st.lists(st.floats(150.0, 63999.0), min_size=1, max_size=40))
def test_every_interval_is_sent_once_in_order_and_after_it_ended(rr_ms):
    sent = decoded(rr_ms)

    assert [rr for m in sent for rr in m.rr_1024] == [rr_to_1024(rr) for rr in rr_ms]
    counts = [len(m.rr_1024) for m in sent]
    for at, measured in enumerate(sent):
        assert measured.time_s * 1000.0 >= sum(rr_ms[: sum(counts[: at + 1])]) - 1e-6


def test_more_intervals_than_a_packet_carries_go_into_several():
    sent = payloads([100.0] * 20, 100.0)

    assert [len(parse_measurement(0.0, payload).rr_1024) for payload in sent] == [8, 8, 4]


@pytest.mark.parametrize(("rr_ms", "rr_1024"), [(1000.0, 1024), (812.0, 831), (0.01, 1), (63999.0, 65535), (999.4, 1023)])
def test_an_interval_is_carried_as_the_nearest_1024th(rr_ms, rr_1024):
    assert rr_to_1024(rr_ms) == rr_1024
