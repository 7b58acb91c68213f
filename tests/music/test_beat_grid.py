from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.messages import Track
from relaxlisten.music.beat_grid import beat_grid
from relaxlisten.terms import TempoSource


def piece(tempo_bpm: float | None, first_beat_s: float = 0.25, beats_per_bar: int = 3) -> Track:
    return Track(
        track_id="file:a.wav",
        title="A",
        duration_s=200.0,
        tempo_bpm=tempo_bpm,
        tempo_source=TempoSource.SIDECAR,
        first_beat_s=first_beat_s,
        beats_per_bar=beats_per_bar,
    )


def test_a_piece_without_a_pulse_has_no_grid():
    assert beat_grid(piece(None)) is None


@pytest.mark.parametrize(
    ("source_s", "index", "bar_and_beat"),
    [
        (0.0, -1, (-1, 2)),  # the upbeat
        (0.25, 0, (0, 0)),
        (1.2, 0, (0, 0)),
        (1.25, 1, (0, 1)),
        (3.25, 3, (1, 0)),
        (-3.0, -4, (-2, 2)),
    ],
)
def test_beats_and_bars_at_60_bpm_in_three(source_s, index, bar_and_beat):
    grid = beat_grid(piece(60.0))
    assert grid.index(source_s) == index
    assert grid.bar_and_beat(source_s) == bar_and_beat


def test_the_next_beat_and_bar_may_be_now():
    grid = beat_grid(piece(120.0, first_beat_s=1.0, beats_per_bar=4))
    assert grid.next_beat_s(1.0) == 1.0
    assert grid.next_beat_s(1.01) == 1.5
    assert grid.next_bar_s(1.01) == 3.0
    assert grid.next_bar_s(3.0) == 3.0


@given(st.floats(20, 300), st.floats(0, 60), st.floats(-10, 4000))
def test_time_and_beat_are_each_others_inverse(tempo_bpm, first_beat_s, source_s):
    grid = beat_grid(piece(tempo_bpm, first_beat_s))
    assert grid.time_s(grid.beat(source_s)) == pytest.approx(source_s, abs=1e-6)
    assert grid.next_beat_s(source_s) - source_s < 60.0 / tempo_bpm + 1e-6
