from __future__ import annotations

import dataclasses
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.sensor.person import Draws, Heard, Person, PersonSettings, draw, new_person, next_beat

CALM = PersonSettings(
    drift_sd_bpm=0.0, rsa_ms=0.0, settled_rsa_ms=0.0, mayer_ms=0.0, slow_ms=0.0, noise_ms=0.0, ectopic_share=0.0
)
NO_CHANCE = Draws(drift=0.0, noise=0.0, wander=0.0, ectopic=1.0)
SEVENTY_FIVE = Person(beat_s=0.0, rr_ms=800.0, resting_bpm=75.0)


def after(seconds, heard, settings=CALM):
    person = SEVENTY_FIVE
    while person.beat_s < seconds:
        person = next_beat(person, NO_CHANCE, heard, settings)
    return person


def test_without_chance_and_music_the_heart_beats_like_a_clock():
    person = after(59.9, Heard())

    assert person.rr_ms == pytest.approx(800.0)
    assert person.beat_s == pytest.approx(60.0)


def test_music_without_a_pulse_settles_the_heart_by_the_stated_amount():
    assert after(1200.0, Heard(audible=True)).heart_rate_bpm == pytest.approx(75.0 - CALM.settle_bpm, abs=0.01)


def test_after_one_time_constant_63_percent_of_the_way_is_gone():
    moved_bpm = 75.0 - after(CALM.follow_s, Heard(audible=True)).heart_rate_bpm

    assert moved_bpm == pytest.approx(CALM.settle_bpm * 0.632, abs=0.06)  # within a beat


@pytest.mark.parametrize("octave", [0.5, 1.0, 2.0])
def test_a_tempo_within_reach_draws_the_heart_half_of_the_way_in_any_octave(octave):
    heart_bpm = after(1200.0, Heard(audible=True, tempo_bpm=66.0 * octave)).heart_rate_bpm

    assert heart_bpm == pytest.approx((71.0 + 66.0) / 2, abs=0.01)  # half of the way from where the sound alone leaves it


def test_a_tempo_out_of_reach_draws_nothing_more_than_its_sound():
    assert after(1200.0, Heard(audible=True, tempo_bpm=104.0)).heart_rate_bpm == pytest.approx(71.0, abs=0.01)


def test_silence_lets_the_heart_return():
    person = dataclasses.replace(SEVENTY_FIVE, followed_bpm=-6.0, settled=1.0)
    while person.beat_s < 900.0:
        person = next_beat(person, NO_CHANCE, Heard(), CALM)

    assert person.heart_rate_bpm == pytest.approx(75.0, abs=0.01)
    assert person.settled < 0.01


def test_an_ectopic_beat_comes_early_and_its_pause_conserves_time():
    settings = dataclasses.replace(CALM, ectopic_share=0.5)
    early = next_beat(SEVENTY_FIVE, dataclasses.replace(NO_CHANCE, ectopic=0.1), Heard(), settings)
    late = next_beat(early, NO_CHANCE, Heard(), settings)

    assert early.rr_ms == pytest.approx(544.0)  # 0.68 * 800
    assert early.rr_ms + late.rr_ms == pytest.approx(1600.0)


def test_a_settled_person_breathes_slower_and_deeper():
    settings = dataclasses.replace(CALM, rsa_ms=22.0, settled_rsa_ms=40.0)

    def swing_ms(settled):
        person, rr_ms = dataclasses.replace(SEVENTY_FIVE, settled=settled), []
        for _ in range(200):
            person = dataclasses.replace(next_beat(person, NO_CHANCE, Heard(), settings), settled=settled)
            rr_ms.append(person.rr_ms)
        return max(rr_ms) - min(rr_ms)

    assert swing_ms(0.0) == pytest.approx(44.0, abs=1.5)
    assert swing_ms(1.0) == pytest.approx(80.0, abs=2.0)


@given(st.integers(0, 2**32))
def test_every_person_beats_plausibly_from_the_first_second(seed):
    rng = random.Random(seed)
    person = new_person(rng, PersonSettings())
    assert 0.0 <= person.beat_s < 0.3
    for _ in range(30):
        person = next_beat(person, draw(rng), Heard(), PersonSettings())
        assert 400.0 < person.rr_ms < 1500.0
