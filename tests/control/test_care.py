"""Exits of phases, the comfort range and prompts."""

import pytest

from relaxlisten.control import comfort, exits
from relaxlisten.control.comfort import ComfortWatch
from relaxlisten.control.exits import ExitWatch
from relaxlisten.control.protocol import Comfort, Phase
from relaxlisten.terms import PhaseKind, Until

RANGE = Comfort(heart_rate_low_bpm=50.0, heart_rate_high_bpm=100.0, for_s=20.0)


def said(rates: list[float | None], limits: Comfort = RANGE) -> list[tuple[int, str]]:
    state, sentences = ComfortWatch(), []
    for second, rate in enumerate(rates):
        state, sentence = comfort.watch(state, limits, rate, float(second))
        sentences += [(second, sentence)] if sentence else []
    return sentences


def test_nothing_is_said_inside_the_range_nor_without_one() -> None:
    assert said([99.0] * 100) == []
    assert said([180.0] * 100, Comfort()) == []


def test_outside_for_long_enough_one_sentence_with_its_numbers() -> None:
    [(second, sentence)] = said([90.0] * 10 + [104.0] * 40)
    assert second == 30
    assert "above the 100 bpm" in sentence
    assert "20 s" in sentence
    assert "now 104" in sentence


@pytest.mark.parametrize("word", ["alarm", "danger", "warning", "doctor", "patient", "abnormal"])
def test_the_sentence_speaks_of_comfort(word: str) -> None:
    assert word not in said([40.0] * 40)[0][1].lower()


def test_a_heart_that_comes_back_or_is_not_known_starts_the_count_anew() -> None:
    assert said(([104.0] * 15 + [95.0]) * 5) == []
    assert said(([104.0] * 15 + [None]) * 5) == []


def test_after_a_pause_it_takes_a_minute_before_it_speaks_again() -> None:
    assert [second for second, _ in said([104.0] * 200)] == [20, 100, 180]


def lead(until: Until, **changes: float) -> Phase:
    return Phase(name="Lead", kind=PhaseKind.LEAD, minutes=9.0, until=until, until_within_bpm=2.0, until_for_s=30.0, **changes)


def left_at(phase: Phase, rates: list[float | None], goal_bpm: float | None = 60.0) -> int | None:
    state = ExitWatch()
    for second, rate in enumerate(rates):
        state, sentence = exits.watch(state, phase, 2, float(second), rate, goal_bpm, float(second))
        if sentence:
            assert sentence.startswith("Lead is over")
            return second
    return None


def test_a_heart_that_stays_near_the_goal_ends_the_phase() -> None:
    assert left_at(lead(Until.HEART_NEAR_GOAL), [66.0] * 50 + [61.9] * 60) == 80


def test_a_heart_that_does_not_come_near_never_does() -> None:
    assert left_at(lead(Until.HEART_NEAR_GOAL), [66.0] * 500) is None
    assert left_at(lead(Until.HEART_NEAR_GOAL), [60.0] * 500, goal_bpm=None) is None


def test_a_steady_heart_ends_the_phase_wherever_it_is() -> None:
    # falling by half a beat a second it leaves every band of 2 after 5 s, last at 20 s
    assert left_at(lead(Until.HEART_STEADY), [80.0 - 0.5 * second for second in range(20)] + [70.0, 71.5] * 40) == 50
    assert left_at(lead(Until.HEART_STEADY), [70.0, 73.0] * 100) is None


def test_no_phase_ends_before_its_least_length_nor_on_a_doubtful_heart() -> None:
    assert left_at(lead(Until.HEART_STEADY, least_minutes=2.0), [70.0] * 200) == 120
    assert left_at(lead(Until.HEART_STEADY), ([70.0] * 20 + [None]) * 10) is None
