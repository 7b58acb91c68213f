"""The promises of docs/control.md on the worst cases that the grid has found, and on a sample of it."""

import pytest

from tests.bench.control.grid import grid, most_in_window, run
from tests.bench.control.hearts import HeartSettings

LISTENERS = grid()
# Of the grid, by gain, delay, noise, share of lost signal, and seed.
TURNED_MOST = ((0.0, 15.0, 4.0, 0.3, 5), (0.0, 30.0, 4.0, 0.3, 5), (0.25, 90.0, 0.3, 0.05, 3), (-0.5, 90.0, 4.0, 0.0, 1))


def keeps_its_promises(settings: HeartSettings, seed: int) -> None:
    trial = run(settings, seed)
    assert trial.most_stretch <= 0.08 + 1e-6
    assert trial.fastest_percent_per_beat <= 0.05 + 1e-4
    assert trial.most_turns <= 2
    assert trial.moved_in_the_dark_bpm <= 1e-6


@pytest.mark.parametrize(
    ("settings", "seed"), LISTENERS[::157], ids=lambda value: "" if isinstance(value, int) else f"{value.gain:g}"
)
def test_a_sample_of_the_grid_keeps_its_promises(settings: HeartSettings, seed: int) -> None:
    keeps_its_promises(settings, seed)


# Listeners who made the tempo turn round most often in the grid, as docs/control.md lists them, and others who did so while the
# law was made: a heart that goes the other way, one that does not care, under much noise, and one that goes the whole way late.
WORST = [
    *(one for one in LISTENERS if (one[0].gain, one[0].delay_s, one[0].noise_bpm, one[0].dropout_share, one[1]) in TURNED_MOST),
    (HeartSettings(gain=-0.5, delay_s=90.0, noise_bpm=4.0, dropout_share=0.05), 2),
    (HeartSettings(gain=0.0, delay_s=15.0, noise_bpm=4.0, dropout_share=0.05), 2),
    (HeartSettings(gain=1.0, delay_s=15.0, noise_bpm=4.0, dropout_share=0.05), 2),
    (HeartSettings(gain=1.0, delay_s=90.0, noise_bpm=4.0, dropout_share=0.05), 1),
    (HeartSettings(gain=1.2, delay_s=180.0, noise_bpm=4.0, dropout_share=0.3, jump_bpm=12.0), 3),
]


@pytest.mark.parametrize(("settings", "seed"), WORST, ids=range(len(WORST)))
def test_the_worst_listeners_of_the_grid_do_not_break_a_promise(settings: HeartSettings, seed: int) -> None:
    keeps_its_promises(settings, seed)


def test_turns_are_counted_in_any_five_minutes() -> None:
    assert most_in_window([10.0, 100.0, 309.0, 310.0]) == 3  # 10, 100 and 309; 100, 309 and 310
    assert most_in_window([10.0, 311.0, 612.0]) == 1
    assert most_in_window([]) == 0
