from __future__ import annotations

import dataclasses
import itertools
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.beats import beat_times
from tests.beats.making import Radio, breathing_rr_ms, measurement, packets, place_all, real_rr_ms, resting_rr_ms

REST = resting_rr_ms(600, seed=1)
HEARTS = {
    "rest": REST,
    "real rest": real_rr_ms("rest_rr_ms.txt"),
    "real exercise": real_rr_ms("exercise_rr_ms.txt")[:1500],
    "deep breathing": breathing_rr_ms(600, mean_ms=950.0, swing=0.4, per_min=5.0),
}
SETTLED_S = 60.0  # by then the running minimum has seen a beat right before its packet


def errors_s(rr_ms: list[float], radio: Radio) -> list[float]:
    sent, beat_s = packets(rr_ms, radio)
    placed = place_all(sent)
    assert len(placed) == len(beat_s)
    return [interval.time_s - true_s for interval, true_s in zip(placed, beat_s, strict=True) if true_s > SETTLED_S]


@pytest.mark.parametrize("heart", HEARTS)
def test_beats_are_placed_to_a_few_hundredths_of_a_second(heart: str) -> None:
    errors = errors_s(HEARTS[heart], Radio())
    # The smallest delay is a packet's wait for its last beat, and the radio's jitter (20 ms at most): never early.
    assert min(errors) > -0.001
    assert statistics.pstdev(errors) < 0.015
    assert 0.0 < statistics.mean(errors) < 0.04


@pytest.mark.parametrize("drift", [50e-6, -50e-6])
def test_a_quartz_strap_that_drifts_is_followed(drift: float) -> None:
    errors = errors_s(REST, Radio(drift=drift))
    assert statistics.pstdev(errors) < 0.02
    assert abs(statistics.mean(errors)) < 0.05


def test_a_strap_whose_clock_runs_one_percent_fast_is_followed() -> None:
    # It gains 10 ms a second, 5 s in all; between two packets with a beat right before them pass some 20 s: 0.2 s.
    assert max(map(abs, errors_s(REST, Radio(drift=0.01)))) < 0.4


def test_the_mean_placement_of_a_strap_one_percent_slow_does_not_fall_behind() -> None:
    # Over 9 min it loses 5.4 s. The minimum of 90 s alone would be 0.9 s behind.
    errors = errors_s(REST, Radio(drift=-0.01))
    assert abs(statistics.mean(errors)) < 0.3


@pytest.mark.parametrize("heart", HEARTS)
def test_a_late_packet_is_no_gap_and_keeps_its_times(heart: str) -> None:
    sent, beat_s = packets(HEARTS[heart], Radio())
    late = [
        dataclasses.replace(packet, time_s=sent[index + 1].time_s) if index % 40 == 39 and index < len(sent) - 5 else packet
        for index, packet in enumerate(sent)
    ]
    placed = place_all(late)
    assert [interval.after_gap for interval in placed].count(True) == 1
    assert max(abs(p.time_s - t) for p, t in zip(placed, beat_s, strict=True) if t > SETTLED_S) < 0.1


@pytest.mark.parametrize("stall_packets", [3, 6, 20])
def test_a_long_stall_that_ends_in_a_burst_is_no_gap(stall_packets: int) -> None:
    sent, _ = packets(REST, Radio())
    burst_s = sent[100 + stall_packets].time_s
    stalled = [
        dataclasses.replace(packet, time_s=burst_s) if 100 <= index < 100 + stall_packets else packet
        for index, packet in enumerate(sent)
    ]
    placed = place_all(stalled)
    assert [interval.after_gap for interval in placed].count(True) == 1
    assert [p.time_s for p in placed] == pytest.approx([p.time_s for p in place_all(sent)], abs=0.05)


@pytest.mark.parametrize("heart", HEARTS)
def test_three_lost_packets_make_a_gap_at_the_very_interval(heart: str) -> None:
    rr_ms = HEARTS[heart]
    full, beat_s = packets(rr_ms, Radio())
    first_lost = sum(len(packet.rr_1024) for packet in full[:120])
    lost_beats = sum(len(packet.rr_1024) for packet in full[120:123])
    placed = place_all(packets(rr_ms, Radio(lost=frozenset({120, 121, 122})))[0])
    assert [index for index, interval in enumerate(placed) if interval.after_gap] == [0, first_lost]
    # Its time is right to within the wait of one packet.
    assert placed[first_lost].time_s == pytest.approx(beat_s[first_lost + lost_beats], abs=1.3)


@pytest.mark.parametrize("heart", HEARTS)
def test_a_single_lost_packet_is_noticed_within_seconds(heart: str) -> None:
    rr_ms = HEARTS[heart]
    full, _ = packets(rr_ms, Radio())
    found = 0
    lost_numbers = range(100, 400, 23)
    for number in lost_numbers:
        first_lost = sum(len(packet.rr_1024) for packet in full[:number])
        placed = place_all(packets(rr_ms, Radio(lost=frozenset({number})))[0])
        found += any(interval.after_gap for interval in placed[first_lost : first_lost + 12])
    lost_with_beats = sum(1 for number in lost_numbers if full[number].rr_1024)
    assert found >= 0.8 * lost_with_beats


def test_what_no_burst_follows_is_a_gap_when_time_says_so() -> None:
    state = beat_times.PlacerState()
    for second in range(1, 20):
        state, _ = beat_times.place(state, measurement(float(second), (1024,)))
    state, placed = beat_times.place(state, measurement(30.0, (1024,)))
    assert placed == ()
    state, placed = beat_times.tick(state, 31.4)
    assert placed == ()
    state, placed = beat_times.tick(state, 31.5)
    assert [(p.time_s, p.rr_ms, p.after_gap) for p in placed] == [(30.0, 1000.0, True)]
    assert beat_times.tick(state, 40.0) == (state, ())


def test_a_connection_that_was_lost_is_a_gap_even_if_it_was_short() -> None:
    state, _ = beat_times.place(beat_times.PlacerState(), measurement(1.0, (1024, 1024)))
    _, placed = beat_times.place(beat_times.lost(state), measurement(2.0, (1024, 512)))
    assert [p.after_gap for p in placed] == [True, False]


def test_rr_is_exact_and_several_in_a_packet_end_at_its_arrival() -> None:
    _, placed = beat_times.place(beat_times.PlacerState(), measurement(10.0, (1000, 900, 512)))
    assert [p.rr_ms for p in placed] == [976.5625, 878.90625, 500.0]
    assert [p.time_s for p in placed] == pytest.approx([10.0 - 0.5 - 0.87890625, 9.5, 10.0], abs=1e-12)


def test_a_sensor_without_intervals_gives_none() -> None:
    state = beat_times.PlacerState()
    for second in range(30):
        state, placed = beat_times.place(state, measurement(float(second), (), heart_rate_bpm=70 if second % 3 else 0))
        assert placed == ()
    assert state == beat_times.PlacerState()


@given(shift_s=st.integers(-100_000, 1_000_000))
def test_shifting_time_shifts_beats_and_nothing_else(shift_s: int) -> None:
    sent, _ = packets(REST[:80], Radio(stall_share=0.05, lost=frozenset({30, 31})))
    moved = [dataclasses.replace(packet, time_s=packet.time_s + shift_s) for packet in sent]
    state, placed = beat_times.PlacerState(), []
    for packet in moved:
        state, some = beat_times.place(state, packet)
        placed += some
    reference_state, reference = beat_times.PlacerState(), []
    for packet in sent:
        reference_state, some = beat_times.place(reference_state, packet)
        reference += some
    assert [(p.rr_ms, p.after_gap) for p in placed] == [(p.rr_ms, p.after_gap) for p in reference]
    assert [p.time_s - shift_s for p in placed] == pytest.approx([p.time_s for p in reference], abs=1e-6)


@pytest.mark.parametrize("period_s", [0.5, 2.0])
def test_other_packets_of_the_same_beats_give_the_same_times(period_s: float) -> None:
    one = place_all(packets(REST, Radio())[0])
    other = place_all(packets(REST, Radio(period_s=period_s))[0])
    assert [p.rr_ms for p in one] == [p.rr_ms for p in other]
    assert [p.after_gap for p in one].count(True) == 1
    settled = [(a.time_s, b.time_s) for a, b in zip(one, other, strict=True) if a.time_s > SETTLED_S]
    assert max(abs(a - b) for a, b in settled) < 0.1


@given(
    st.lists(
        st.tuples(
            st.floats(-0.05, 3.0),
            st.lists(st.integers(0, 65_535), max_size=9).map(tuple),
            st.integers(0, 255),
        ),
        max_size=40,
    )
)
def test_any_packets_in_any_order_give_ordered_beats(steps: list[tuple[float, tuple[int, ...], int]]) -> None:
    time_s, sent = 0.0, []
    for step_s, rr_1024, rate in steps:
        time_s += step_s
        sent += [measurement(time_s, rr_1024, rate)] * (1 + rate % 2)  # every other one is repeated
    placed = place_all(sent)
    assert len(placed) == sum(len(packet.rr_1024) for packet in sent)
    assert all(before.time_s <= after.time_s for before, after in itertools.pairwise(placed))
    assert all(interval.time_s - interval.time_s == 0.0 for interval in placed)  # neither NaN nor infinite
