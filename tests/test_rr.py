"""The public functions: `clean_rr` and `hrv`."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import relaxlisten
from relaxlisten.errors import UsageError
from relaxlisten.physiology import time_domain
from relaxlisten.rr import COLUMNS
from tests.bench.physiology.scenes import SCENES, synthetic_rr_ms

DATA = Path(__file__).parent / "data"
REST_RR_MS = np.loadtxt(DATA / "rest_rr_ms.txt")


def metric(rr_ms: object, name: str) -> float:
    return float(relaxlisten.hrv(rr_ms)[name])


def test_a_table_has_one_row_a_beat_and_the_columns_that_the_program_prints() -> None:
    beats = relaxlisten.clean_rr([800.0] * 10 + [1600.0] + [800.0] * 5)
    assert beats.dtype.names == COLUMNS
    assert beats.index.tolist() == list(range(17))
    assert beats.quality[10:13].tolist() == ["missed", "missed", "normal"]
    assert math.isnan(beats.rr_ms[10])
    assert beats["nn_ms"][10:12].tolist() == [800.0, 800.0]
    assert beats.time_s[[0, 10, 11, 16]].tolist() == pytest.approx([0.8, 8.8, 9.6, 13.6])


def test_clean_data_give_the_definitions_to_the_last_digit() -> None:
    rng = np.random.default_rng(1)
    rr_ms = 900.0 + 40.0 * np.sin(np.arange(400) / 4.0) + rng.normal(0.0, 8.0, 400)
    assert set(relaxlisten.clean_rr(rr_ms).quality) == {"normal"}
    difference = np.diff(rr_ms)
    assert metric(rr_ms, "rmssd_ms") == pytest.approx(np.sqrt(np.mean(difference**2)), rel=1e-12)
    assert metric(rr_ms, "sdnn_ms") == pytest.approx(np.std(rr_ms, ddof=1), rel=1e-12)
    assert metric(rr_ms, "pnn50_percent") == pytest.approx(100.0 * np.mean(np.abs(difference) > 50.0))
    assert metric(rr_ms, "sd1_ms") == pytest.approx(np.std(difference, ddof=1) / math.sqrt(2.0), rel=1e-12)
    assert metric(rr_ms, "heart_rate_bpm") == pytest.approx(60_000.0 / rr_ms.mean(), rel=1e-12)


def test_artefacts_hardly_change_what_is_said() -> None:
    rr_ms = REST_RR_MS[:300].tolist()
    spoiled = [*rr_ms[:60], rr_ms[60] + rr_ms[61], *rr_ms[62:150], 0.4 * rr_ms[150], 0.6 * rr_ms[150], *rr_ms[151:]]
    assert metric(spoiled, "rmssd_ms") == pytest.approx(metric(rr_ms, "rmssd_ms"), rel=0.03)
    assert time_domain.rmssd(np.array(spoiled), np.ones(len(spoiled), dtype=np.bool_)) > 1.5 * metric(rr_ms, "rmssd_ms")


def test_the_cleaner_is_causal() -> None:
    rr_ms = np.loadtxt(DATA / "exercise_rr_ms.txt")[1400:1800]
    whole = relaxlisten.clean_rr(rr_ms)
    for seen in (50, 157, 300):
        part = relaxlisten.clean_rr(rr_ms[:seen])
        settled = part.time_s < part.time_s[-1] - 3.5  # three beats of look-ahead, at 100 a minute
        assert str(part[settled].tolist()) == str(whole[: settled.sum()].tolist())  # as text, so that nan equals nan


def test_offline_knows_from_the_first_beat_how_the_heart_varies() -> None:
    lively = next(scene for scene in SCENES if scene.name == "high HRV")
    hearts = [synthetic_rr_ms(lively, seed) for seed in range(20)]
    causal, offline = (
        sum(int((relaxlisten.clean_rr(rr_ms, offline=ahead).quality[:30] != "normal").sum()) for rr_ms in hearts)
        for ahead in (False, True)
    )
    assert offline <= causal
    assert offline <= 0.005 * 30 * len(hearts)


def test_short_and_irregular_records_say_why_nothing_is_said() -> None:
    short = relaxlisten.hrv([800.0] * 20)
    assert short["rmssd_ms"].value is None
    assert short["rmssd_ms"].reason == "16 s of 30 s of clean beats"
    assert short["heart_rate_bpm"].value == pytest.approx(75.0)
    irregular = relaxlisten.hrv(np.random.default_rng(2).normal(700.0, 160.0, 600).clip(300.0))
    assert "irregular" in (irregular["rmssd_ms"].reason or "")
    assert irregular["heart_rate_bpm"].value is not None


def test_only_what_is_wanted_is_told_and_it_is_the_same() -> None:
    beats = relaxlisten.clean_rr(REST_RR_MS)
    assert relaxlisten.hrv(beats, only=["hf_ms2", "rmssd_ms"]) == {
        name: found for name, found in relaxlisten.hrv(beats).items() if name in ("hf_ms2", "rmssd_ms")
    }
    with pytest.raises(UsageError, match='"rmsd" is not a metric'):
        relaxlisten.hrv(beats, only=["rmsd"])


def test_no_metric_is_taken_across_a_gap() -> None:
    rr_ms = [*[800.0, 820.0] * 100, 20_000.0, *[1000.0, 1020.0] * 100]
    assert metric(rr_ms, "rmssd_ms") == pytest.approx(20.0, rel=1e-6)


@pytest.mark.parametrize(
    ("rr_ms", "said"),
    [
        ([], "one list"),
        ([[800.0]], "one list"),
        ([800.0, -1.0], "interval 2 is -1"),
        ([800.0, math.nan], "interval 2 is nan"),
        ([0.8, 0.81], "seconds"),
    ],
)
def test_what_is_no_series_of_intervals_is_refused_with_a_sentence(rr_ms: list[float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        relaxlisten.clean_rr(rr_ms)


@given(st.lists(st.floats(11.0, 60_000.0), min_size=1, max_size=200))
def test_every_metric_is_a_number_or_has_its_reason(rr_ms: list[float]) -> None:
    if float(np.median(rr_ms)) < 10.0:
        return
    for name, found in relaxlisten.hrv(rr_ms).items():
        assert (found.value is None) == (found.reason is not None), name
        assert found.value is None or math.isfinite(found.value), name
        assert 0.0 <= found.valid_fraction <= 1.0


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, relaxlisten; print([name for name in ('numpy', 'scipy', 'PySide6') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    code = "import sys, relaxlisten; relaxlisten.hrv([800.0] * 300); print('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"
