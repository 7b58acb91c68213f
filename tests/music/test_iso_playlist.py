"""The way down: what it costs, that the cheapest is found, and that it says what the library cannot do."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaxlisten.key_circle import fifths_apart
from relaxlisten.music.iso_cost import end_cost, step_costs
from relaxlisten.music.iso_playlist import build, cheapest_of, plan_playlist
from relaxlisten.music.iso_search import cheapest_way, cost_of
from relaxlisten.music.iso_table import Shelf, tabulate
from relaxlisten.music.metrical_level import nearest_level
from relaxlisten.music.playlist_entry import PLAN
from relaxlisten.music.playlist_jspf import parse_jspf, write_jspf
from tests.music.iso_making import at_random, every_order, greedy, library, piece, wish

# ---- keys and metrical levels ----


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("C major", "C major", 0),
        ("C major", "A minor", 0),
        ("C major", "G major", 1),
        ("C major", "F major", 1),
        ("C major", "D minor", 1),  # F major's relative
        ("C major", "F# major", 6),
        ("Bb major", "A# major", 0),
        ("Eb minor", "F# major", 0),
        ("E major", "A lydian", 0),
        ("D dorian", "G mixolydian", 0),
        ("E phrygian", "F major", 1),
        ("C major", None, None),
        ("C major", "H moll", None),
        ("", "C major", None),
    ],
)
def test_keys_are_apart_by_steps_on_the_circle_of_fifths(one, other, steps):
    assert fifths_apart(one, other) == steps
    assert fifths_apart(other, one) == steps


@pytest.mark.parametrize(
    ("own_bpm", "wish_bpm", "heard", "factor"),
    [
        (66.0, 64.0, (), 1.0),
        (132.0, 64.0, (), 0.5),
        (33.0, 64.0, (), 2.0),
        (40.0, 120.0, (), 2.0),  # nobody heard it at 120
        (40.0, 120.0, (119.0,), 3.0),
        (180.0, 61.0, (60.5,), 1.0 / 3.0),
        (16.0, 64.0, (), 2.0),  # four times is no level
    ],
)
def test_a_piece_is_felt_at_the_level_nearest_to_the_wish(own_bpm, wish_bpm, heard, factor):
    assert nearest_level(own_bpm, wish_bpm, heard) == factor


# ---- what a way costs ----


def test_a_piece_that_is_at_the_path_all_along_costs_nothing_but_its_end():
    table = tabulate([piece("a", 60.0, 10.0)], wish(60.0, 60.0, 10.0))
    assert cheapest_way(table).cost == pytest.approx(0.0, abs=1e-12)


def test_a_minute_at_the_limit_costs_one():
    table = tabulate([piece("a", 60.0, 10.0)], wish(64.8, 64.8, 10.0))  # 8 % faster
    minutes = 10.0 / 1.08
    assert table.fit[0, 0] == pytest.approx(minutes, rel=1e-9)
    assert table.first_miss[0, 0] == pytest.approx(0.0, abs=1e-12)


def test_two_per_cent_that_are_missing_cost_two_a_minute_beside_the_full_stretch():
    table = tabulate([piece("a", 60.0, 10.0)], wish(64.8 * math.exp(0.02), 64.8 * math.exp(0.02), 10.0))
    assert table.fit[0, 0] == pytest.approx(10.0 / 1.08 * 3.0, rel=1e-9)
    assert table.first_miss[0, 0] == pytest.approx(-0.02)


def test_a_piece_without_a_pulse_costs_less_the_later_it_comes():
    table = tabulate([piece("pad", None, 5.0)], wish(60.0, 50.0, 20.0))
    assert np.all(np.diff(table.fit[:, 0]) <= 0.0)
    assert table.fit[0, 0] == pytest.approx(5.0 * 4.0 * (1.0 - 0.125) ** 2)


def test_steps_between_pieces_cost_as_stated():
    facts = [
        piece("a", 60.0, 5.0, key="C major", energy=0.0, artist="X"),
        piece("same artist", 60.0, 5.0, key="C major", energy=0.0, artist="x"),
        piece("far key", 60.0, 5.0, key="F# major", energy=0.0, artist="Y"),
        piece("rises", 60.0, 5.0, key="A minor", energy=2.0),
        piece("too fast", 60.0 * 1.0201 / 0.92, 5.0, key="C major", energy=0.0),
        piece("no pulse", None, 5.0, key="C major", energy=0.0),
    ]
    table = tabulate(facts, wish(60.0, 60.0, 20.0))
    costs = step_costs(table, 0, 0, 30, after_silence=False)
    assert costs == pytest.approx([10.0, 10.0, 0.5, 1.2, 0.5 * (math.log(1.0201) / 0.02) ** 2, 0.0])
    assert step_costs(table, 0, 0, 30, after_silence=True) == pytest.approx([10.0, 10.0, 0.0, 0.0, 0.0, 0.0])


def test_the_end_costs_one_at_five_per_cent_and_much_beyond():
    table = tabulate([piece("a", 60.0)], wish(60.0, 60.0, 20.0))  # 120 cells of 10 s
    assert [float(end_cost(table, cell, 0)) for cell in (120, 114, 126, 108)] == pytest.approx([0.0, 1.0, 1.0, 201.0])
    assert float(end_cost(table, 120, 2)) == pytest.approx(40.0)


@given(seed=st.integers(0, 1000), factor=st.floats(0.5, 2.0))
def test_only_ratios_of_tempo_count(seed, factor):
    pieces = library(6, seed)
    faster = [one._replace(tempo_bpm=one.tempo_bpm and one.tempo_bpm * factor) for one in pieces]
    before = tabulate(pieces, wish(78.0, 56.0, 15.0))
    after = tabulate(faster, wish(78.0 * factor, 56.0 * factor, 15.0))
    assert np.allclose(before.fit, after.fit, rtol=1e-6)


# ---- the cheapest is found ----


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 5), quiet=st.sampled_from([(), (60.0,), (60.0, 120.0)]))
def test_on_small_libraries_the_way_is_the_best_of_all_that_there_are(seed, count, quiet):
    table = tabulate(library(count, seed), wish(80.0, 58.0, 12.0, *quiet))
    found = cheapest_way(table)
    assert found.gap == 0.0
    assert found.cost == pytest.approx(min(way.cost for way in every_order(table, count)), abs=1e-9)
    assert cost_of(table, [(step.piece, step.silence is not None) for step in found.steps]).cost == pytest.approx(found.cost)


def test_the_best_next_piece_is_not_the_best_way():
    # At 68.2 BPM b is where the first third of the path is, so that who looks no further begins with it. But it is the only one
    # that can also be slowed to the second third, and a, at 71, can be nothing but the first.
    pieces = [piece("a", 71.0, 5.0), piece("b", 68.2, 5.0), piece("c", 61.6, 5.0)]
    table = tabulate(pieces, wish(70.0, 60.0, 15.0))
    assert greedy(table).steps[0].piece == 1
    assert [step.piece for step in cheapest_way(table).steps] == [0, 1, 2]
    assert greedy(table).cost > 2.0 * cheapest_way(table).cost


def test_greedy_and_random_ways_cost_more_on_ordinary_libraries():
    tables = [tabulate(library(40, seed), wish()) for seed in range(8)]
    best = [cheapest_way(table).cost for table in tables]
    by_greed = [greedy(table).cost for table in tables]
    by_chance = [at_random(table, 1).cost for table in tables]
    assert all(ours <= theirs + 1e-9 for ours, theirs in zip(best, by_greed, strict=True))
    assert sum(best) < 0.85 * sum(by_greed)
    assert all(3.0 * ours < theirs for ours, theirs in zip(best, by_chance, strict=True))


def test_five_thousand_pieces_give_the_best_way_and_prove_it():
    shelf = Shelf(library(5000, 1), wish())
    found, among_all = cheapest_of(shelf), cheapest_way(shelf.table(np.arange(5000)))
    assert found.gap == 0.0
    assert found.cost == pytest.approx(among_all.cost, abs=1e-9)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), ends=st.tuples(st.floats(50.0, 90.0), st.floats(45.0, 90.0)))
def test_no_piece_costs_less_at_any_place_than_its_bound(seed, ends):
    shelf = Shelf(library(60, seed), wish(*ends))
    cheapest = shelf.table(np.arange(60)).fit.min(axis=0)
    assert np.all(shelf.least_costs().min(axis=0) <= cheapest + 1e-9)
    assert np.any(shelf.least_costs().min(axis=0) > 0.1 * cheapest)


# ---- the plan ----


def test_a_rich_library_gives_a_way_down_within_all_limits():
    plan = build(library(400, 3), wish(78.0, 56.0, 25.0, 120.0))
    assert plan.length_s == pytest.approx(1500.0, rel=0.05)
    assert plan.notes == ()
    assert plan.largest_stretch <= 0.08
    names = [pick.piece.name for pick in plan.picks]
    assert len(set(names)) == len(names)
    assert all(
        one.piece.artist != other.piece.artist for one, other in itertools.pairwise(plan.picks) if one.piece.artist is not None
    )
    assert sum(pick.silence_before_s for pick in plan.picks) == 120.0
    heard_bpm = [bpm for pick in plan.picks if pick.heard_bpm for bpm in pick.heard_bpm]
    assert all(later <= earlier * 1.005 for earlier, later in itertools.pairwise(heard_bpm))
    assert heard_bpm[0] == pytest.approx(78.0, rel=0.01)
    energies = [pick.piece.energy for pick in plan.picks if pick.piece.energy is not None]
    assert energies[0] > energies[-1]


@given(seed=st.integers(0, 1000), count=st.integers(0, 30))
@settings(max_examples=30)
def test_no_plan_stretches_beyond_the_limit_or_repeats_and_each_pick_says_why(seed, count):
    plan = build(library(count, seed), wish(80.0, 55.0, 20.0))
    for pick in plan.picks:
        assert all(-0.08 - 1e-9 <= stretch <= 0.08 + 1e-9 for stretch in pick.stretches)
        assert pick.reason.endswith(".")
        assert ("No pulse" in pick.reason) is (pick.piece.tempo_bpm is None)
    ends = [(pick.begin_s, pick.begin_s + pick.heard_s) for pick in plan.picks]
    assert all(begin == pytest.approx(end) for (_, end), (begin, _) in itertools.pairwise(ends))
    assert len({pick.piece.name for pick in plan.picks}) == len(plan.picks)


def test_a_piece_without_a_pulse_comes_last():
    pieces = [piece("pad", None, 5.0), piece("a", 70.0, 5.0), piece("b", 64.0, 5.0)]
    assert [pick.piece.name for pick in build(pieces, wish(72.0, 58.0, 15.0)).picks] == ["a", "b", "pad"]


def test_energy_and_brightness_lead_down_where_tempo_says_nothing():
    facts = [(0.0, 1000.0), (1.0, 2000.0), (-1.0, 500.0)]
    pieces = [piece(f"{energy}", 60.0, 5.0, energy=energy, brightness_hz=bright) for energy, bright in facts]
    plan = build(pieces, wish(60.0, 60.0, 15.0))
    assert [pick.piece.energy for pick in plan.picks] == [1.0, 0.0, -1.0]


def test_a_gap_of_the_library_is_named_with_its_numbers():
    pieces = [piece("Quick", 76.0, 5.0), piece("Slow", 56.0, 5.0)]
    plan = build(pieces, wish(76.0, 54.0, 10.0))
    assert [pick.piece.name for pick in plan.picks] == ["Quick", "Slow"]
    (step,) = [note for note in plan.notes if note.startswith("The step")]
    # Quick is slowed by 8 % at most, to 69.9; Slow quickened by 8 %, to 60.5.
    assert step == "The step from Quick to Slow is -14 %: the library has no piece between 60 and 70 BPM."
    assert any(note.startswith("Quick is heard at 69.9 BPM where the path asks for") for note in plan.notes)
    assert any("it may be stretched by 8 % at most" in note for note in plan.notes)


def test_too_little_music_is_said():
    plan = build([piece("a", 60.0, 5.0)], wish(60.0, 60.0, 20.0))
    assert plan.notes[0] == "The way lasts 5.0 min where 20.0 min were asked for: the library holds only 5.0 min."


def test_an_artist_twice_in_a_row_is_said():
    pieces = [piece("a", 61.0, 5.0, artist="X"), piece("b", 59.0, 5.0, artist="x"), piece("c", 90.0, 5.0, artist="Y")]
    plan = build(pieces, wish(62.0, 58.0, 10.0))
    assert "X comes twice in a row (a, b): all other ways cost more." in plan.notes
    assert build(pieces[:2], wish(62.0, 58.0, 10.0)).notes == ("The library has one artist only, X.",)


def test_the_length_comes_before_the_fit():
    # Nothing lies near the path; a way of nothing would cost nothing for its pieces.
    plan = build([piece("a", 84.0, 5.0), piece("b", 86.0, 5.0), piece("c", 85.0, 5.0)], wish(62.0, 58.0, 90.0))
    assert len(plan.picks) == 3
    assert any("may be stretched by 8 % at most" in note for note in plan.notes)


def test_a_silence_that_finds_no_place_is_said():
    plan = build([piece("a", 60.0, 10.0)], wish(60.0, 60.0, 10.0, 60.0))
    assert plan.notes == ("1 of 1 silences found no place between two pieces.",)


def test_an_empty_library_is_said_and_gives_no_picks():
    plan = build([piece("jingle", 60.0, 0.1)], wish())
    assert plan.picks == ()
    assert plan.notes[0].startswith("The way lasts 0.0 min")


def test_the_plan_as_a_playlist_carries_targets_ratios_and_reasons():
    plan = build(library(200, 5), wish())
    playlist = parse_jspf(write_jspf(plan_playlist(plan, lambda name: f"music/{name}")))
    for entry, pick in zip(playlist.entries, plan.picks, strict=True):
        assert entry.location == f"music/{pick.piece.name}"
        assert entry.note == pick.reason
        (facts,) = entry.extension[PLAN]
        assert facts["time_ratio"] == pytest.approx(pick.heard_s / pick.piece.duration_s, abs=1e-4)
        assert facts["reason"] == pick.reason
        if pick.heard_bpm:
            assert facts["target_bpm"] == pytest.approx(pick.heard_bpm, abs=0.01)
