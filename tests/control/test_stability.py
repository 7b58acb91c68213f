"""The promises of docs/control.md on the worst cases that the grid has found, and on a sample of it."""

import pytest

from tests.bench.control.grid import grid, run
from tests.bench.control.hearts import HeartSettings

LISTENERS = grid()


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
