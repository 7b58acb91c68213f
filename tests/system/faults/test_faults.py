"""The fault table on the running program; the page about it; and the ruler by which it measures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.system.faults.measure import first_sound_s, last_fade_s, last_sound_s, longest_silence_s, loudness
from tests.system.faults.page import all_rows, bounds_of, load, page
from tests.system.soundcard.virtual import missing_programs

if TYPE_CHECKING:
    from tests.system.faults.rows import Row

RATE_HZ = 1_000
ROWS = tuple(all_rows())


def _case(row: Row) -> object:
    marks = [pytest.mark.system] if row.quick else [pytest.mark.soak]
    return pytest.param(row, id=row.id, marks=marks)


@pytest.mark.timeout(400)
@pytest.mark.skipif(bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}")
@pytest.mark.parametrize("row", [_case(row) for row in ROWS])
def test_a_fault_is_as_its_row_says(row: Row) -> None:
    from tests.system.faults.judge import run_row

    if why_not := row.needs():
        pytest.skip(f"cannot be injected here: {why_not}")
    run = run_row(row)
    assert not run.wrong, run


# ---- the page ----


def test_the_page_says_what_the_rows_say_and_what_was_measured() -> None:
    assert Path("docs/reliability.md").read_text(encoding="utf-8") == page(load())


def test_every_row_was_run_three_times_and_every_run_was_as_it_should_be() -> None:
    runs = load()
    assert {row.id for row in ROWS} == set(runs)
    for row in ROWS:
        assert len(runs[row.id]) == 3, row.id
        for run in runs[row.id]:
            assert not run.wrong, row.id
            assert all(run.measured[name] <= bound for name, bound in bounds_of(row).items()), row.id


# ---- the ruler ----


def tone(seconds: float, level: float = 0.5) -> np.ndarray:
    wave = level * np.sin(2.0 * np.pi * 100.0 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def still(seconds: float) -> np.ndarray:
    return np.zeros((round(seconds * RATE_HZ), 2), np.float32)


def test_silences_are_measured_to_the_window_and_only_where_one_looks() -> None:
    heard = loudness([(100.0, np.concatenate([tone(2.0), still(0.3), tone(2.0), still(1.0)]))], RATE_HZ)
    assert longest_silence_s(heard, 100.0, 104.0) == pytest.approx(0.3)
    assert longest_silence_s(heard, 100.0, 102.1) == pytest.approx(0.1)
    assert longest_silence_s(heard, 102.5, 104.0) == 0.0
    assert longest_silence_s(heard, 100.0, 106.0) == pytest.approx(1.0)


def test_between_two_recordings_it_is_silent_and_of_two_at_once_the_louder_counts() -> None:
    heard = loudness([(10.0, tone(1.0)), (12.5, tone(1.0))], RATE_HZ)
    assert longest_silence_s(heard, 10.0, 13.5) == pytest.approx(1.5)
    both = loudness([(10.0, np.concatenate([tone(1.0), still(2.0)])), (11.0, tone(2.0))], RATE_HZ)
    assert longest_silence_s(both, 10.0, 13.0) == 0.0


def test_the_first_and_the_last_sound() -> None:
    heard = loudness([(5.0, np.concatenate([still(1.0), tone(1.0), still(1.0), tone(0.5), still(2.0)]))], RATE_HZ)
    assert first_sound_s(heard, 5.0) == pytest.approx(6.0)
    assert first_sound_s(heard, 7.0) == pytest.approx(8.0)
    assert first_sound_s(heard, 9.0) is None
    assert last_sound_s(heard) == pytest.approx(8.5)
    assert last_sound_s(loudness([(0.0, still(1.0))], RATE_HZ)) is None


def test_a_fade_is_told_from_a_break() -> None:
    faded = tone(2.0) * np.linspace(1.0, 0.0, 2 * RATE_HZ, dtype=np.float32)[:, None]
    gentle = loudness([(0.0, np.concatenate([tone(5.0), faded, still(1.0)]))], RATE_HZ)
    broken = loudness([(0.0, np.concatenate([tone(5.0), still(1.0)]))], RATE_HZ)
    assert last_fade_s(gentle, 5.0) == pytest.approx(1.0, abs=0.05)  # from half its level to nothing
    assert last_fade_s(broken, 5.0) == 0.0
