"""Readings of a session's clocks: when they are due, what they hold, and what they say afterwards."""

import dataclasses

import numpy as np
import pytest

from relaxlisten.clock_facts import EVERY_S, ClockFacts
from relaxlisten.messages import Clocks, SoundState
from relaxlisten.session.clock_story import clock_story
from relaxlisten.session.format import HINTS
from relaxlisten.session.tables import Table

STARTED = "2026-01-01T00:00:00+00:00"
STARTED_S = 1767225600.0


class Hands:
    """Two clocks; each look at the session's takes a while, the third look the least."""

    def __init__(self) -> None:
        self.session_s, self.wall_ahead_s, self.looks = 0.0, 0.25, 0

    def session(self) -> float:
        self.looks += 1
        self.session_s += 0.002 if self.looks in (5, 6) else 0.008
        return self.session_s

    def wall(self) -> float:
        return STARTED_S + self.session_s + self.wall_ahead_s


def test_a_reading_is_due_at_the_start_and_once_a_minute() -> None:
    facts = ClockFacts(STARTED, lambda: 0.0, lambda: STARTED_S)
    due = [second for second in range(200) if facts.due(float(second))]
    assert due == [0, int(EVERY_S), int(2 * EVERY_S), int(3 * EVERY_S)]


def test_the_closest_of_a_few_looks_counts_and_says_how_close_it_was() -> None:
    hands = Hands()
    reading = ClockFacts(STARTED, hands.session, hands.wall).read()
    assert reading.uncertainty_s == pytest.approx(0.001)
    # the wall was looked at between two looks at the session's clock, of which the reading's time is the middle
    assert abs(reading.wall_s - reading.time_s - hands.wall_ahead_s) <= reading.uncertainty_s + 1e-6
    assert (reading.ear_later_s, reading.card_drift_ppm) == (None, None)


def test_the_sound_s_clock_is_told_as_the_sound_told_it_last() -> None:
    facts = ClockFacts(STARTED, lambda: 10.0, lambda: STARTED_S + 10.0)
    state = SoundState(
        time_s=9.5, dac_time_s=9.625, track_id=None, source_s=0.0, time_ratio=1.0, tempo_bpm=None, beat_index=None, audible=False,
        buffered_s=1.0, breaks=0, underflow_frames=0, turn=0, card_drift_ppm=-12.5,
    )  # fmt: skip
    facts.receive(dataclasses.replace(state, dac_time_s=99.0), derived=False)
    facts.receive(state, derived=False)
    assert facts.read() == Clocks(time_s=10.0, wall_s=10.0, uncertainty_s=0.0, ear_later_s=0.125, card_drift_ppm=-12.5)


def table(wall_s: list[float], times_s: list[float]) -> Table:
    columns = {name: np.full(len(times_s), np.nan) for name in HINTS[Clocks]}
    return columns | {"time_s": np.array(times_s), "wall_s": np.array(wall_s), "uncertainty_s": np.full(len(times_s), 2e-6)}


def test_a_steady_pair_of_clocks_is_told_by_its_drift() -> None:
    """0.006 s in 600 s are 10 ppm."""
    said = clock_story(table([0.25, 300.253, 600.256], [0.0, 300.0, 600.0]))
    assert said[0].startswith("Second 0 was +0.250 s from the start")
    assert said[1:] == ["Until 10:00 it went +10.0 ppm against the session's clock."]


def test_a_machine_that_slept_shows_as_a_jump_with_its_place() -> None:
    said = clock_story(table([0.0, 60.0, 150.0], [0.0, 60.0, 120.0]))
    assert said[1:] == ["Between 01:00 and 02:00 the wall clock moved by +30.00 s: it was set, or the machine slept."]


def test_a_record_without_readings_says_nothing_of_clocks() -> None:
    assert clock_story(table([], [])) == []
