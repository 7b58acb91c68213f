from __future__ import annotations

import math

import pytest

from relaxlisten.music.arousal import arousals
from tests.music.pieces import beatless, piece


def library(**columns):
    count = len(next(iter(columns.values())))
    return [piece(**{name: values[index] for name, values in columns.items()}) for index in range(count)]


def test_under_five_pieces_say_nothing():
    assert arousals(library(loudness_lufs=[-30.0, -20.0, -10.0, -5.0])) == [None] * 4
    assert arousals([]) == []


def test_it_is_the_mean_of_five_z_scores():
    # Only loudness varies: -30 and -10 around a mean of -20 with a standard deviation of sqrt(2 * 100 / 5); the other four are 0.
    found = arousals(library(loudness_lufs=[-30.0, -20.0, -20.0, -20.0, -10.0]))
    z = 10.0 / math.sqrt(40.0)
    assert found == pytest.approx([-z / 5, 0.0, 0.0, 0.0, z / 5])


def test_tempo_counts_only_where_a_piece_is_pulsed():
    pieces = [*library(loudness_lufs=[-30.0, -20.0, -20.0, -20.0]), beatless(loudness_lufs=-10.0)]
    z = 10.0 / math.sqrt(40.0)
    assert arousals(pieces)[-1] == pytest.approx(z / 4)  # four features, not five


@pytest.mark.parametrize(
    ("name", "calm", "stirring"),
    [("loudness_lufs", -30.0, -12.0), ("onsets_per_s", 0.5, 4.0), ("centroid_hz", 300.0, 3000.0), ("flux_ln", -5.0, -2.0),
     ("tempo_bpm", 50.0, 110.0)],
)  # fmt: skip
def test_louder_denser_brighter_rougher_and_faster_is_more(name, calm, stirring):
    found = arousals(library(**{name: [calm, calm, calm, stirring, stirring]}))
    assert min(found[3:]) > max(found[:3])


def test_a_louder_playback_of_the_whole_collection_changes_nothing():
    levels = [-30.0, -25.0, -20.0, -18.0, -12.0]
    assert arousals(library(loudness_lufs=levels)) == pytest.approx(
        arousals(library(loudness_lufs=[level + 9.0 for level in levels]))
    )


def test_a_silent_piece_is_judged_by_what_it_has():
    silent = beatless(loudness_lufs=None, centroid_hz=0.0, flux_ln=-math.inf, onsets_per_s=0.0)
    found = arousals([*library(onsets_per_s=[1.0, 2.0, 3.0, 4.0]), silent])
    assert found[-1] == pytest.approx(-2.0 / math.sqrt(2.0))  # of 0 to 4: two below the mean, and only that is known
