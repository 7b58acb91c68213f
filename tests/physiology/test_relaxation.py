import pytest

from relaxlisten.physiology.relaxation import LEAST_SD, baseline, relaxation


def test_the_change_is_the_mean_of_the_changes_in_baseline_units() -> None:
    # Mean 70 and sd 2 (n - 1): twenty each of 68.0256 and 71.9744 would be messy, so the sd is computed by hand below.
    start = baseline({"heart_rate_bpm": [69.0, 71.0] * 20, "ln_rmssd": [3.0] * 40, "breathing_per_min": [14.0] * 40})
    sd_bpm = (40 / 39) ** 0.5
    now = {"heart_rate_bpm": 66.0, "ln_rmssd": 3.24, "breathing_per_min": 13.0}
    expected = (4.0 / sd_bpm + 0.24 / LEAST_SD["ln_rmssd"] + 1.0 / LEAST_SD["breathing_per_min"]) / 3.0
    assert relaxation(now, start) == pytest.approx(expected)


def test_nothing_changed_is_zero_and_the_opposite_is_negative() -> None:
    start = baseline({"heart_rate_bpm": [70.0] * 30, "ln_rmssd": [3.5] * 30})
    assert relaxation({"heart_rate_bpm": 70.0, "ln_rmssd": 3.5}, start) == 0.0
    up, down = ({"heart_rate_bpm": 70.0 - way, "ln_rmssd": 3.5 + way} for way in (1.0, -1.0))
    assert relaxation(up, start) == pytest.approx(-(relaxation(down, start) or 0.0))


def test_one_measure_alone_says_nothing() -> None:
    start = baseline({"heart_rate_bpm": [70.0] * 30, "ln_rmssd": [3.5] * 19})
    assert set(start.means) == {"heart_rate_bpm"}
    assert relaxation({"heart_rate_bpm": 60.0, "ln_rmssd": 4.0}, start) is None
