"""The measures on sounds whose figure is known beforehand."""

from __future__ import annotations

import math

import numpy as np
import pyloudnorm
import pytest

from tests.bench.stretch import measures, music, signals
from tests.bench.stretch.clips import LUFS, equally_loud
from tests.bench.stretch.tables import Column, behind, misses, table
from tests.sound.making import RATE_HZ, tone

TIME_S = np.arange(2 * RATE_HZ) / RATE_HZ


def noise(level, frames=2 * RATE_HZ, seed=1):
    """Of exactly this RMS."""
    sound = np.random.default_rng(seed).standard_normal(frames)
    return level * sound / np.sqrt(np.mean(sound**2))


@pytest.mark.parametrize("level_db", [-20.0, -60.0, -100.0])
def test_noise_under_tones_is_left_at_its_level(level_db):
    sound = 0.3 * np.sin(2 * np.pi * 440.3 * TIME_S) + 0.1 * np.cos(2 * np.pi * 601.0 * TIME_S)
    level = np.sqrt(np.mean(sound**2)) * 10 ** (level_db / 20)
    assert measures.residual_db(sound + noise(level), (440.3, 601.0)) == pytest.approx(level_db, abs=0.1)


def test_the_amplitudes_of_tones_are_found_whatever_their_phase():
    sound = 0.3 * np.sin(2 * np.pi * 220.0 * TIME_S + 1.0) + 0.1 * np.cos(2 * np.pi * 331.0 * TIME_S)
    sizes, left = measures.fit(sound, (220.0, 331.0))
    assert sizes == pytest.approx([0.3, 0.1], abs=1e-9)
    assert np.abs(left).max() < 1e-9


def test_a_sound_that_is_as_wanted_differs_by_nothing_and_one_of_ten_percent_more_by_20_db():
    sound = noise(0.1)
    assert measures.difference_db(sound, sound) == measures.LEAST_DB
    assert measures.difference_db(1.1 * sound, sound) == pytest.approx(-20.0, abs=1e-6)


def test_90_percent_of_a_decay_lasts_from_its_first_5_to_its_last():
    energy = np.exp(-np.arange(RATE_HZ) / 441.0)  # falls to 1/e in 10 ms
    expected_ms = 10.0 * (math.log(1 / 0.05) - math.log(1 / 0.95))
    assert measures.width_ms(energy) == pytest.approx(expected_ms, abs=0.05)


def test_clicks_that_were_not_touched_are_where_they_are_due_short_and_unannounced():
    sound, due = signals.clicks(6, 0.5)
    places = measures.click_places(sound[:, 0], due)
    assert places.tolist() == due.tolist()
    assert measures.smear_ms(sound[:, 0], places) == pytest.approx(0.68, abs=0.01)
    assert measures.pre_echo_db(sound[:, 0], places) == measures.LEAST_DB


def test_clicks_are_found_as_well_over_a_pad():
    sound, due = signals.clicks(6, 0.5)
    sound = sound + signals.pad(len(sound) / RATE_HZ)
    places = measures.click_places(sound[:, 0], due)
    assert np.abs(places - due).max() <= 1
    assert measures.pre_echo_db(sound[:, 0], places) < -80.0


def test_an_echo_before_the_click_has_the_level_that_it_was_given():
    sound, due = signals.clicks(6, 0.5)
    early = np.roll(sound[:, 0], -round(0.020 * RATE_HZ))
    assert measures.pre_echo_db(sound[:, 0] + 0.01 * early, due) == pytest.approx(-40.0, abs=0.1)


def test_clicks_that_are_late_are_counted_without_a_delay_that_all_have():
    due = np.array([1000.0, 2000.0, 3000.0, 4000.0])
    late = due + 500.0 + np.array([0.0, 0.0, 44.1, 0.0])
    assert measures.worst_deviation_ms(late, due) == pytest.approx(1.0)
    assert measures.interval_errors_ms(late, due) == pytest.approx([0.0, 1.0, -1.0])


@pytest.mark.parametrize("share", [0.1, 0.01])
def test_a_source_that_is_heard_on_the_wrong_side_leaks_as_much_as_it_is(share):
    gains = (signals.LEFT, signals.RIGHT)
    sound = signals.two_places(2.0).astype(np.float64)
    sound[:, 1] += share * signals.RIGHT * signals.harmonic(2.0)[:, 0]
    leak_db = measures.leak_db(sound, gains, signals.HARMONIC_HZ, signals.BETWEEN_HZ)
    assert leak_db == pytest.approx(20.0 * math.log10(share), abs=0.1)


def test_two_sources_in_their_places_leak_nothing():
    gains = (signals.LEFT, signals.RIGHT)
    assert measures.leak_db(signals.two_places(2.0), gains, signals.HARMONIC_HZ, signals.BETWEEN_HZ) < -120.0


def test_a_constant_that_stays_is_kept_and_one_that_turns_is_not():
    steady, turning = np.full(len(TIME_S), 0.3), 0.3 * np.cos(2 * np.pi * 3.0 * TIME_S)
    assert measures.offset_db(steady, 0.3) < -100.0
    assert measures.offset_db(turning, 0.3) == pytest.approx(10.0 * math.log10(1.5), abs=0.1)  # mean of (cos - 1)²


def beats():
    """Noise that begins suddenly four times, 20 dB above the noise before, and where."""
    sound, places = noise(0.01, 4 * RATE_HZ), [20_000, 60_000, 100_000, 140_000]
    for number, at in enumerate(places):
        sound[at : at + 8_000] += noise(0.1, 8_000, seed=number + 2)
    return np.stack([sound, sound], axis=1).astype(np.float32), np.array(places)


def test_attacks_are_where_noise_begins():
    sound, places = beats()
    assert np.abs(music.attacks(sound) - places).max() < 0.0005 * RATE_HZ


def test_attacks_that_come_late_and_softer_are_told_so():
    sound, places = beats()
    off_ms, lost_db = music.attack_changes(sound, np.roll(sound, 88, axis=0), 1.0)
    assert off_ms == pytest.approx([88 / 44.1] * len(places))
    assert lost_db == pytest.approx([0.0] * len(places), abs=0.01)
    smeared = sound.copy()
    for at in places:
        smeared[at - 2_000 : at] *= 10 ** (6 / 20)
    assert music.attack_changes(sound, smeared, 1.0)[1] == pytest.approx([6.0] * len(places), abs=0.3)


def test_a_change_of_level_and_of_width_is_told_in_db():
    sound = np.stack([noise(0.1), noise(0.1, seed=2)], axis=1)
    assert music.level_changes_db(sound, 0.5 * sound, 1.0) == pytest.approx(-6.02, abs=0.01)
    assert music.width_changes_db(sound, 0.5 * sound, 1.0) == pytest.approx(0.0, abs=1e-6)
    middle, side = sound.sum(axis=1) / 2, (sound[:, 0] - sound[:, 1]) / 2
    wider = np.stack([middle + 2 * side, middle - 2 * side], axis=1)
    assert music.width_changes_db(sound, wider, 1.0) == pytest.approx(6.02, abs=0.01)


def test_a_spectrum_of_ten_percent_more_is_20_db_away():
    sound = tone(440.0, 2.0) + tone(550.0, 2.0)
    assert music.spectrum_change_db(sound, 1.1 * sound, 1.0) == pytest.approx(-20.0, abs=0.01)


def test_what_cannot_be_heard_does_not_count():
    offset = music.audible(tone(440.0, 2.0) + np.float32(0.3))
    assert np.abs(offset - tone(440.0, 2.0))[RATE_HZ // 2 : -RATE_HZ // 2].max() < 0.001


def test_versions_of_a_piece_are_as_loud_as_each_other_and_never_over_full_scale():
    meter = pyloudnorm.Meter(RATE_HZ)
    even = equally_loud({"quiet": 0.01 * tone(1000.0, 2.0), "loud": tone(1000.0, 2.0)})
    assert [meter.integrated_loudness(sound) for sound in even.values()] == pytest.approx([LUFS, LUFS], abs=0.05)
    peaky = {"peaky": signals.clicks(3, 0.5)[0], "even": tone(1000.0, 2.0)}
    assert max(np.abs(sound).max() for sound in equally_loud(peaky).values()) <= 1.0


def test_a_table_shows_its_bars_and_names_what_misses_them():
    columns = (Column(key="a", title="a, dB", digits=0, most=-80.0), Column(key="b", title="speed", digits=1, least=50.0))
    rows = {
        ("0.9", "ours"): {"a": -90.0, "b": 42.0},
        ("0.9", "theirs"): {"a": measures.LEAST_DB, "b": math.nan},
    }
    assert list(table(columns, ("ratio", "engine"), rows)) == [
        "| ratio | engine | a, dB | speed |",
        "|---|---|---|---|",
        "| our bar |  | ≤ -80 | ≥ 50 |",
        "| 0.9 | ours | -90 | 42.0 |",
        "| 0.9 | theirs | none | - |",
    ]
    assert "- 0.9: speed 42.0, bar ≥ 50" in misses(columns, rows, "ours")
    assert "theirs meets the bar in every cell." in misses(columns, rows, "theirs")


def test_where_one_is_behind_all_others_is_named():
    columns = (Column(key="a", title="a, dB", digits=0), Column(key="b", title="b, ms", digits=0))
    rows = {
        ("0.9", "ours"): {"a": -10.0, "b": 1.0},
        ("0.9", "first"): {"a": -20.0, "b": 2.0},
        ("0.9", "second"): {"a": -11.0, "b": 0.0},
        ("1.1", "ours"): {"a": -9.0, "b": math.nan},
        ("1.1", "first"): {"a": -9.5, "b": 0.0},
    }
    assert [line for line in behind(columns, rows, "ours") if line.startswith("-")] == ["- a, dB: at 0.9, 1.1"]
    assert list(behind(columns, {("0.9", "ours"): {"a": 0.0, "b": 0.0}}, "ours")) == [""]
