from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.music.key_names import PITCHES, normal_key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Am", "A minor"), ("A minor", "A minor"), ("a min", "A minor"), ("A", "A major"), ("C maj", "C major"),
        ("CM", "C major"),
        ("Cm", "C minor"), ("C#m", "C# minor"), ("Dbm", "C# minor"), ("B♭ major", "A# major"), ("Ebm", "D# minor"),
        ("F♯", "F# major"), ("h moll", None), ("c-moll", "C minor"), ("Cb", "B major"), ("E#m", "F minor"),
        ("8A", "A minor"), ("8B", "C major"), ("9a", "E minor"), ("12B", "E major"), ("1A", "G# minor"), ("05A", "C minor"),
        ("1m", "A minor"), ("1d", "C major"), ("2D", "G major"), ("12m", "D minor"),
        ("13A", None), ("0A", None), ("", None), ("o", None), ("H", None), ("Amazing", None), ("off key", None),
    ],
)  # fmt: skip
def test_keys_are_understood_in_every_form_that_taggers_use(written, key):
    assert normal_key(written) == key
    assert normal_key(f"  {written} ") == key


def test_both_wheels_go_through_all_twelve_keys_by_fifths():
    for first, letter, second in (("A", "m", "minor"), ("B", "d", "major")):
        camelot = [normal_key(f"{hour}{first}") for hour in range(1, 13)]
        assert len(set(camelot)) == 12
        roots = [PITCHES.index(key.split()[0]) for key in camelot]
        assert all((after - before) % 12 == 7 for before, after in itertools.pairwise(roots))
        assert all(key.endswith(second) for key in camelot)
        # Open Key's hours are Camelot's, turned by seven.
        assert [normal_key(f"{(hour - 8) % 12 + 1}{letter}") for hour in range(1, 13)] == camelot


@given(st.text(max_size=12))
def test_any_text_is_a_key_or_none(text):
    key = normal_key(text)
    assert key is None or (key.split()[0] in PITCHES and key.split()[1] in ("major", "minor"))


@given(st.sampled_from(PITCHES), st.sampled_from(["major", "minor"]))
def test_a_normal_key_stays_what_it_is(pitch, mode):
    assert normal_key(f"{pitch} {mode}") == f"{pitch} {mode}"
