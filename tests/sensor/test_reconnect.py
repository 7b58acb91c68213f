from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.sensor.reconnect import (
    BACKOFF_S,
    TABLE,
    Absence,
    Link,
    LinkAction,
    LinkEvent,
    heard_packet,
    pause_s,
    silence,
    step,
)
from relaxlisten.terms import SensorPhase, Severity

E = LinkEvent
# What each action can end in, as the shell does them.
OUTCOMES = {
    LinkAction.SCAN: [E.FOUND, E.NOT_FOUND, E.FAILED, E.NO_BLUETOOTH],
    LinkAction.CONNECT: [E.SUBSCRIBED, E.FAILED, E.NO_BLUETOOTH],
    LinkAction.LISTEN: [E.LOST, E.FAILED, E.NO_BLUETOOTH],
    LinkAction.PAUSE: [E.DUE],
}


def run(*events):
    link, action = Link(), LinkAction.SCAN
    for event in events:
        link, action = step(link, event)
    return link, action


def test_from_the_search_to_the_heartbeat():
    assert run(E.FOUND) == (Link(phase=SensorPhase.CONNECTING), LinkAction.CONNECT)
    assert run(E.FOUND, E.SUBSCRIBED) == (Link(phase=SensorPhase.STREAMING), LinkAction.LISTEN)


def test_after_a_loss_the_strap_is_searched_for_anew_after_the_shortest_pause():
    link, action = run(E.FOUND, E.SUBSCRIBED, E.LOST)
    assert (link.phase, action, pause_s(link)) == (SensorPhase.WAITING, LinkAction.PAUSE, BACKOFF_S[0])
    assert run(E.FOUND, E.SUBSCRIBED, E.LOST, E.DUE) == (Link(phase=SensorPhase.SCANNING), LinkAction.SCAN)


def test_pauses_grow_with_faults_in_a_row_to_half_a_minute_and_stay_there():
    links = [run(*[E.NOT_FOUND, E.DUE] * count, E.NOT_FOUND)[0] for count in range(9)]
    assert [pause_s(link) for link in links] == [1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 30.0, 30.0, 30.0]


def test_a_connection_without_a_packet_counts_as_a_fault_and_one_with_packets_clears_them():
    flapping = run(*[E.FOUND, E.SUBSCRIBED, E.FAILED, E.DUE] * 3, E.FOUND, E.SUBSCRIBED)[0]
    assert flapping.faults == 3
    assert step(flapping, E.LOST)[0].faults == 0


def test_no_bluetooth_is_shown_as_such_and_searched_through_again():
    link, action = run(E.NO_BLUETOOTH)
    assert (link.phase, action) == (SensorPhase.UNAVAILABLE, LinkAction.PAUSE)
    assert step(link, E.DUE)[1] is LinkAction.SCAN


@given(st.lists(st.integers(0, 3), max_size=60))
def test_whatever_happens_there_is_always_a_next_thing_to_do(choices):
    link, action = Link(), LinkAction.SCAN
    for choice in choices:
        outcomes = OUTCOMES[action]
        link, action = step(link, outcomes[choice % len(outcomes)])
        assert action in OUTCOMES
        assert link.phase is not SensorPhase.ENDED


@pytest.mark.parametrize("phase", list(SensorPhase))
def test_only_stopping_ends_it_and_it_does_so_from_everywhere(phase):
    assert step(Link(phase=phase), E.STOPPED)[1] is LinkAction.QUIT
    assert [event for (at, event), (to, _) in TABLE.items() if at is phase and to is SensorPhase.ENDED] == [E.STOPPED]


def test_after_ninety_seconds_of_silence_it_is_told_once_and_again_only_after_a_return():
    absence = Absence(since_s=10.0)
    absence, early = silence(absence, 99.9)
    absence, told = silence(absence, 100.0)
    absence, again = silence(absence, 500.0)
    absence, back = heard_packet(absence, 510.0)
    absence, next_packet = heard_packet(absence, 511.0)
    _, second = silence(absence, 601.0)

    assert (early, again, next_packet) == (None, None, None)
    assert told is not None
    assert (told.code, told.severity, told.time_s) == ("plain_listening", Severity.WARNING, 100.0)
    assert told.text.startswith("No heartbeat for 90 s: the session goes on as plain listening; the strap is still looked for")
    assert back is not None
    assert (back.code, back.time_s) == ("heartbeat_back", 510.0)
    assert second is not None
