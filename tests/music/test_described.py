from __future__ import annotations

import pytest

from relaxlisten.music.beat_levels import Beats
from relaxlisten.music.described import Known, Overrides, beats_of, describe, gain_db, judge_tempo_tag, to_track
from relaxlisten.music.sidecar import Sidecar
from relaxlisten.music.tags import Tags
from relaxlisten.terms import Pulse, TagVerdict, TempoSource
from tests.music.pieces import beatless, piece


def known(analysis=None, tags=None, sidecar=None, overrides=None):
    return Known(
        tags=tags or Tags(), sidecar=sidecar or Sidecar(), overrides=overrides or Overrides(), analysis=analysis or piece()
    )


def track(known):
    return to_track(known, "file:a.wav", "a")


# ---- the rule of trust for tempo tags ----


@pytest.mark.parametrize(
    ("tag_bpm", "verdict", "taken_bpm"),
    [
        (None, TagVerdict.ABSENT, None),
        (61.0, TagVerdict.AGREES, 60.0),  # within 4 %: the ear is finer than a whole number
        (120.0, TagVerdict.AGREES, 120.0),
        (31.0, TagVerdict.AGREES, 30.0),
        (180.0, TagVerdict.AGREES, 180.0),
        (20.0, TagVerdict.AGREES, 20.0),
        (90.0, TagVerdict.AGREES, 90.0),  # the second candidate
        (45.0, TagVerdict.AGREES, 45.0),  # its half
        (75.0, TagVerdict.CONTRADICTED, None),
        (80.0, TagVerdict.CONTRADICTED, None),  # a candidate that was hardly heard
        (240.0, TagVerdict.CONTRADICTED, None),
    ],
)
def test_a_tempo_tag_is_trusted_where_the_ear_heard_that_tempo_on_some_level(tag_bpm, verdict, taken_bpm):
    assert judge_tempo_tag(tag_bpm, piece()) == (verdict, taken_bpm)


@pytest.mark.parametrize("heard", [beatless(), piece(pulse=Pulse.WEAK)])
def test_where_no_clear_beat_was_heard_a_tag_is_neither_confirmed_nor_contradicted(heard):
    assert judge_tempo_tag(75.0, heard) == (TagVerdict.UNCHECKED, None)


def test_a_contradicted_tag_is_not_used():
    found = describe(known(tags=Tags(tempo_bpm=75.0)))
    assert (found.tempo_bpm, found.tempo_source, found.tempo_tag) == (60.0, TempoSource.ESTIMATE, TagVerdict.CONTRADICTED)


def test_a_tag_says_which_level_is_meant_and_the_ear_where_the_beats_are():
    found = known(tags=Tags(tempo_bpm=31.0))
    assert (describe(found).tempo_bpm, describe(found).tempo_source) == (30.0, TempoSource.TAG)
    assert beats_of(found, 30.0).times_s[:3] == (0.5, 2.5, 4.5)
    assert describe(found).beats_per_bar == 2  # four heard beats are two of these
    assert describe(known(tags=Tags(tempo_bpm=20.0))).beats_per_bar == 4  # no whole number of them: nothing is made of it


# ---- who goes before whom ----


def test_the_listener_goes_before_the_sidecar_that_before_the_tag_and_that_before_the_ear():
    overrides = Overrides(tempo_bpm=62.0, first_beat_s=1.0, beats_per_bar=3)
    sidecar = Sidecar(tempo_bpm=33.0, first_beat_s=7.5, beats_per_bar=2, title="Mine")
    tags = Tags(tempo_bpm=120.0, title="Evening", artist="Somebody")
    told = track(known(tags=tags, sidecar=sidecar, overrides=overrides))
    assert (told.tempo_bpm, told.tempo_source, told.first_beat_s, told.beats_per_bar) == (62.0, TempoSource.LISTENER, 1.0, 3)
    assert told.title == "Mine"
    beside = track(known(tags=tags, sidecar=sidecar))
    assert (beside.tempo_bpm, beside.tempo_source, beside.first_beat_s, beside.beats_per_bar) == (
        33.0, TempoSource.SIDECAR, 7.5, 2,
    )  # fmt: skip
    tagged = track(known(tags=tags))
    assert (tagged.tempo_bpm, tagged.tempo_source, tagged.title) == (pytest.approx(120.0), TempoSource.TAG, "Somebody: Evening")
    heard = track(known())
    assert (heard.tempo_bpm, heard.tempo_source, heard.title) == (pytest.approx(60.0), TempoSource.ESTIMATE, "a")


def test_a_piece_without_a_beat_is_never_given_a_tempo_by_a_tag():
    found = known(beatless(), tags=Tags(tempo_bpm=62.0))
    assert (track(found).tempo_bpm, track(found).tempo_source) == (None, TempoSource.NONE)
    assert describe(found).pulse is Pulse.BEATLESS


def test_a_piece_without_a_heard_beat_is_pulsed_once_the_listener_says_so():
    found = known(beatless(), overrides=Overrides(tempo_bpm=62.0))
    assert describe(found).pulse is Pulse.PULSED
    assert track(found).tempo_bpm == 62.0


def test_a_weak_beat_is_followed_only_where_somebody_speaks_for_it():
    weak = piece(pulse=Pulse.WEAK)
    assert track(known(weak)).tempo_bpm is None
    assert describe(known(weak)).tempo_bpm == 60.0  # it is shown all the same
    assert track(known(weak, tags=Tags(tempo_bpm=60.0))).tempo_bpm == pytest.approx(60.0)
    assert track(known(weak, tags=Tags(tempo_bpm=75.0))).tempo_bpm is None
    assert track(known(weak, sidecar=Sidecar(tempo_bpm=60.0))).tempo_bpm == 60.0


def test_before_a_piece_was_heard_its_tag_counts():
    found = Known(tags=Tags(tempo_bpm=71.0, duration_s=100.0, loudness_lufs=-18.0))
    told = track(found)
    assert (told.tempo_bpm, told.tempo_source, told.duration_s, told.gain_db) == (71.0, TempoSource.TAG, 100.0, -5.0)
    assert describe(found).tempo_tag is TagVerdict.UNCHECKED


# ---- beats ----


def test_the_grid_of_a_track_lies_on_the_beats_and_begins_with_a_bar():
    told = track(known())
    assert told.tempo_bpm == pytest.approx(60.0)
    assert told.first_beat_s == pytest.approx(2.5)  # beat 2 at 0.5 + 2 s begins a bar of four
    assert track(known(piece(first_downbeat=None))).first_beat_s == pytest.approx(0.5)


def test_a_stated_first_beat_near_a_heard_one_means_that_one():
    near = known(overrides=Overrides(first_beat_s=3.56))
    assert beats_of(near, 60.0) == Beats(piece().beats_s, 3)
    between = known(overrides=Overrides(first_beat_s=3.9))
    assert beats_of(between, 60.0).times_s[:3] == pytest.approx((0.9, 1.9, 2.9))


def test_a_stated_tempo_that_was_not_heard_has_an_even_grid_from_the_first_heard_beat():
    found = beats_of(known(overrides=Overrides(tempo_bpm=75.0)), 75.0)
    assert found.times_s[:3] == pytest.approx((0.5, 1.3, 2.1))
    assert track(known(overrides=Overrides(tempo_bpm=75.0))).first_beat_s == pytest.approx(0.5)


# ---- key and loudness ----


@pytest.mark.parametrize(
    ("tag", "heard", "key", "verdict"),
    [
        (None, "A minor", "A minor", TagVerdict.ABSENT),
        ("A minor", "A minor", "A minor", TagVerdict.AGREES),
        ("C major", "A minor", "A minor", TagVerdict.CONTRADICTED),
        ("C major", None, "C major", TagVerdict.UNCHECKED),
    ],
)
def test_a_key_tag_counts_where_no_key_was_heard(tag, heard, key, verdict):
    found = describe(known(piece(key=heard), tags=Tags(key=tag)))
    assert (found.key, found.key_tag) == (key, verdict)


def test_a_loudness_tag_counts_until_the_piece_was_heard():
    tags = Tags(loudness_lufs=-18.0)
    assert describe(Known(tags=tags)).loudness_lufs == -18.0
    assert describe(known(tags=tags)).loudness_lufs == -20.0


@pytest.mark.parametrize(
    ("loudness_lufs", "expected_db"), [(-18.0, -5.0), (-8.0, -15.0), (-50.0, 12.0), (-23.0, 0.0), (None, 0.0), (9.0, -24.0)]
)
def test_pieces_are_brought_to_minus_23_and_boosted_no_more_than_12_db(loudness_lufs, expected_db):
    assert gain_db(loudness_lufs) == expected_db


def test_a_session_knows_the_key_of_a_piece():
    assert track(known(piece(key="A minor"))).key == "A minor"
    assert track(known(piece(key=None), tags=Tags(key="E major"))).key == "E major"


def test_a_stated_tempo_with_a_stated_first_beat_is_an_even_grid_whatever_was_heard():
    drifting = piece(beats_s=tuple(0.5 + 1.0 * n + 0.002 * n**2 for n in range(120)))
    stated = track(known(drifting, sidecar=Sidecar(tempo_bpm=60.0, first_beat_s=0.5)))
    assert (stated.tempo_bpm, stated.first_beat_s, stated.beat_path) == (60.0, 0.5, None)
