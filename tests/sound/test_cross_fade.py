"""Two pieces with a pulse, one after the other: beat on beat, at one tempo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from relaxlisten.music.beat_grid import BeatGrid, EvenGrid, PathGrid
from relaxlisten.music.beat_path import beat_path
from relaxlisten.sound.mixing import LOOK_AHEAD
from relaxlisten.sound.renderer import Renderer
from relaxlisten.terms import Alignment
from tests.sound.making import RATE_HZ, Opened, plan, tone

if TYPE_CHECKING:
    from relaxlisten.units import AudioArray, FloatArray

SECONDS = 40.0


def clicks(tempo_bpm: float, first_beat_s: float, side: int, beats_per_bar: int = 4) -> tuple[AudioArray, BeatGrid]:
    """A click on every beat, on one side only; twice as loud on the first of a bar."""
    sound = np.zeros((round(SECONDS * RATE_HZ), 2), np.float32)
    shape = np.exp(-np.arange(60) / 12.0) * (-1.0) ** np.arange(60)
    for number, beat_s in enumerate(np.arange(first_beat_s, SECONDS - 0.1, 60.0 / tempo_bpm)):
        at = round(beat_s * RATE_HZ)
        sound[at : at + 60, side] += (0.4 if number % beats_per_bar == 0 else 0.2) * shape
    return sound, EvenGrid(first_beat_s=first_beat_s, period_s=60.0 / tempo_bpm, beats_per_bar=beats_per_bar)


def click_times_s(one_side: AudioArray) -> FloatArray:
    sharp = np.abs(np.diff(one_side.astype(np.float64), 2))
    loud = np.flatnonzero(sharp > 0.01)
    return loud[np.diff(loud, prepend=-RATE_HZ) > 0.2 * RATE_HZ] / RATE_HZ


def play(renderer: Renderer, seconds: float) -> AudioArray:
    return renderer.render(round(seconds * RATE_HZ))


def both(leaving: float, coming: float, *, first_s: float = 0.7, beats_per_bar: int = 4) -> Renderer:
    pieces = {"a": clicks(leaving, 0.5, 0), "b": clicks(coming, first_s, 1, beats_per_bar)}
    opened = Opened({name: piece[0] for name, piece in pieces.items()}, {name: piece[1] for name, piece in pieces.items()})
    return Renderer(RATE_HZ, opened)


def nearest(times_s: FloatArray, to_s: FloatArray) -> FloatArray:
    return np.array([np.abs(to_s - at_s).min() for at_s in times_s])


@pytest.mark.parametrize(
    ("leaving", "coming", "first_s"), [(60.0, 64.0, 0.7), (66.0, 62.0, 0.05), (60.0, 60.0, 3.9), (57.0, 118.0, 1.1)]
)
def test_the_beats_of_both_pieces_fall_together_all_through_the_fade(leaving: float, coming: float, first_s: float) -> None:
    renderer = both(leaving, coming, first_s=first_s)
    renderer.apply(plan("a", fade_s=0.1))
    before = play(renderer, 9.3)
    shared = coming / (leaving if coming / leaving < 1.5 else 2.0 * leaving)
    renderer.apply(plan("b", turn=2, time_ratio=shared, fade_s=8.0, align=Alignment.BAR))
    sound = np.concatenate([before, play(renderer, 14.0)])
    left_s, right_s = click_times_s(sound[:, 0]), click_times_s(sound[:, 1])
    together_s = left_s[(left_s > right_s[0] - 0.1)]
    assert len(together_s) >= 5
    assert nearest(together_s, right_s).max() < 0.001


def test_bar_lines_fall_on_bar_lines() -> None:
    renderer = both(60.0, 63.0)
    renderer.apply(plan("a", fade_s=0.1))
    before = play(renderer, 7.2)
    renderer.apply(plan("b", turn=2, time_ratio=1.05, fade_s=8.0, align=Alignment.BAR))
    sound = np.concatenate([before, play(renderer, 13.0)])
    right_s = click_times_s(sound[:, 1])
    right_s = right_s[right_s > 12.0]  # before, the fade makes each click louder than the last
    peaks = [np.abs(sound[round(at_s * RATE_HZ) : round(at_s * RATE_HZ) + 80, 1]).max() for at_s in right_s]
    strong_s = [at_s for at_s, peak in zip(right_s, peaks, strict=True) if peak > 0.75 * max(peaks)]
    bars_s = 0.5 + 4.0 * np.arange(10) + LOOK_AHEAD / RATE_HZ
    assert len(strong_s) >= 2
    assert nearest(np.array(strong_s), bars_s).max() < 0.001


def test_beats_stay_together_while_the_tempo_moves_before_and_in_the_fade() -> None:
    renderer = both(60.0, 64.0)
    renderer.apply(plan("a", fade_s=0.1))
    parts = [play(renderer, 6.0)]
    for second in range(14):
        ratio = (64.0 / 60.0) * 1.0017**second  # the fastest drift that any protocol may ask for
        renderer.apply(plan("b", turn=2, time_ratio=ratio, fade_s=8.0, align=Alignment.BAR))
        parts.append(play(renderer, 1.0))
    sound = np.concatenate(parts)
    left_s, right_s = click_times_s(sound[:, 0]), click_times_s(sound[:, 1])
    together_s = left_s[left_s > right_s[0] - 0.1]
    assert len(together_s) >= 6
    assert nearest(together_s, right_s).max() < 0.002


def drifting(side: int, percent_per_s: float) -> tuple[AudioArray, BeatGrid]:
    """Clicks that get quicker all the time, from 60 BPM on."""
    beats_s = [0.5]
    while beats_s[-1] < SECONDS - 2.0:
        beats_s.append(beats_s[-1] + 1.0 / (1.0 + percent_per_s / 100.0 * beats_s[-1]))
    sound = np.zeros((round(SECONDS * RATE_HZ), 2), np.float32)
    shape = np.exp(-np.arange(60) / 12.0) * (-1.0) ** np.arange(60)
    for beat_s in beats_s:
        sound[round(beat_s * RATE_HZ) : round(beat_s * RATE_HZ) + 60, side] += 0.4 * shape
    path = beat_path(beats_s)
    assert path is not None
    return sound, PathGrid(path=path, beats_per_bar=4)


@pytest.mark.parametrize("leaves", [True, False])
def test_a_piece_that_drifts_meets_the_other_by_its_real_beats_and_stays_with_it(leaves: bool) -> None:
    even, wandering = clicks(62.0, 0.7, 0 if not leaves else 1), drifting(1 if not leaves else 0, 0.15)
    first, second = (wandering, even) if leaves else (even, wandering)
    renderer = Renderer(RATE_HZ, Opened({"a": first[0], "b": second[0]}, {"a": first[1], "b": second[1]}))
    renderer.apply(plan("a", fade_s=0.1))
    before = play(renderer, 12.3)
    renderer.apply(plan("b", turn=2, time_ratio=1.0, fade_s=8.0, align=Alignment.BAR))
    sound = np.concatenate([before, play(renderer, 14.0)])
    left_s, right_s = click_times_s(sound[:, 0]), click_times_s(sound[:, 1])
    together_s = left_s[left_s > right_s[0] - 0.1]
    assert len(together_s) >= 5
    assert nearest(together_s, right_s).max() < 0.025  # knots are true to 10 ms; a glide of the ratio takes a second


def test_who_skips_waits_for_a_beat_at_most() -> None:
    renderer = both(60.0, 64.0)
    renderer.apply(plan("a", fade_s=0.1))
    play(renderer, 6.2)
    renderer.apply(plan("b", turn=2, time_ratio=64.0 / 60.0, fade_s=2.0, align=Alignment.BEAT))
    play(renderer, 2.1)
    assert renderer.position_at(8.25 * RATE_HZ).track_id == "b"  # in the second half of the fade


def test_a_piece_without_a_pulse_does_not_wait() -> None:
    sound, grid = clicks(60.0, 0.5, 0)
    renderer = Renderer(RATE_HZ, Opened({"a": sound, "b": tone(330.0, 20.0)}, {"a": grid}))
    renderer.apply(plan("a", fade_s=0.1))
    play(renderer, 3.1)
    renderer.apply(plan("b", turn=2, fade_s=1.0, align=Alignment.BAR))
    play(renderer, 0.7)
    assert renderer.position_at(3.7 * RATE_HZ).track_id == "b"


def test_a_piece_that_ends_while_the_next_one_waits_is_not_waited_for() -> None:
    short, grid = clicks(60.0, 0.5, 0)
    renderer = Renderer(
        RATE_HZ, Opened({"a": short[: 4 * RATE_HZ], "b": clicks(64.0, 0.7, 1)[0]}, {"a": grid, "b": clicks(64.0, 0.7, 1)[1]})
    )
    renderer.apply(plan("a", fade_s=0.1))
    play(renderer, 3.6)
    renderer.apply(plan("b", turn=2, time_ratio=64.0 / 60.0, fade_s=0.5, align=Alignment.BAR))
    play(renderer, 2.0)
    assert renderer.position_at(5.5 * RATE_HZ).track_id == "b"


def test_a_pause_while_the_next_piece_waits_does_not_let_it_begin() -> None:
    renderer = both(60.0, 64.0)
    renderer.apply(plan("a", fade_s=0.1))
    play(renderer, 4.7)
    renderer.apply(plan("b", turn=2, time_ratio=64.0 / 60.0, fade_s=2.0, align=Alignment.BAR))
    renderer.apply(plan("b", turn=2, time_ratio=64.0 / 60.0, fade_s=0.2, align=Alignment.BAR, playing=False))
    play(renderer, 1.0)
    assert not play(renderer, 8.0).any()
    renderer.apply(plan("b", turn=2, time_ratio=64.0 / 60.0, fade_s=0.2, align=Alignment.BAR))
    play(renderer, 7.0)
    assert renderer.position_at(20.5 * RATE_HZ).track_id == "b"


def test_a_piece_that_cannot_be_played_is_refused_and_the_one_before_goes_on() -> None:
    renderer = Renderer(RATE_HZ, Opened({"a": tone(440.0, 20.0)}))
    renderer.apply(plan("a", fade_s=0.1))
    play(renderer, 2.0)
    renderer.apply(plan("missing", turn=2, fade_s=1.0))
    assert np.abs(play(renderer, 2.0)[-RATE_HZ:]).max() == pytest.approx(0.25, rel=0.01)
    assert renderer.refused_turn == 2
