from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.messages import Beat
from relaxlisten.physiology import time_domain
from relaxlisten.physiology.rolling import RollingTimeDomain
from relaxlisten.terms import Quality


@given(
    steps=st.lists(st.tuples(st.floats(300.0, 2000.0), st.sampled_from(Quality), st.booleans()), min_size=1, max_size=150),
    window_s=st.floats(5.0, 90.0),
)
def test_it_says_at_every_beat_what_the_whole_window_says(steps: list[tuple[float, Quality, bool]], window_s: float) -> None:
    rolling = RollingTimeDomain(window_s)
    beats: list[Beat] = []
    at_s = 0.0
    for nn_ms, quality, follows in steps:
        at_s += nn_ms / 1000.0
        before = beats[-1].quality if beats else None
        follows = follows and quality is Quality.NORMAL and before is Quality.NORMAL
        beats.append(Beat(time_s=at_s, rr_ms=nn_ms, nn_ms=nn_ms, quality=quality, confidence=1.0, follows=follows))
        rolling.add(beats[-1])
    values = rolling.values()
    inside = [b for b in beats if b.time_s > at_s - window_s and b.quality is Quality.NORMAL]
    nn = np.array([b.nn_ms for b in inside])
    assert values.sdnn_ms == pytest.approx(time_domain.sdnn(nn), abs=1e-6, nan_ok=True)
    assert values.clean_s == pytest.approx(nn.sum() / 1000.0)
    pairs = [(a.nn_ms, b.nn_ms) for a, b in itertools.pairwise(beats) if b.follows and b in inside]
    differences = np.array([b - a for a, b in pairs])
    assert values.rmssd_ms == pytest.approx(np.sqrt(np.mean(differences**2)) if pairs else math.nan, abs=1e-6, nan_ok=True)
    assert values.pnn50_percent == pytest.approx(100.0 * np.mean(np.abs(differences) > 50.0) if pairs else math.nan, nan_ok=True)


def test_a_day_of_beats_leaves_no_rounding_behind() -> None:
    rolling, exact = RollingTimeDomain(60.0), np.random.default_rng(1).normal(900.0, 40.0, 20_000)
    ends_s = np.cumsum(exact) / 1000.0
    for nn_ms, at_s in zip(exact, ends_s, strict=True):
        rolling.add(Beat(time_s=at_s, rr_ms=nn_ms, nn_ms=nn_ms, quality=Quality.NORMAL, confidence=1.0, follows=True))
    inside = exact[ends_s > ends_s[-1] - 60.0]
    assert rolling.values().sdnn_ms == pytest.approx(np.std(inside, ddof=1), rel=1e-10)
    assert rolling.values().mean_nn_ms == pytest.approx(inside.mean(), rel=1e-12)


def test_a_doubtful_beat_counts_in_nothing() -> None:
    rolling = RollingTimeDomain(60.0)
    for number, (nn_ms, sure) in enumerate([(800.0, 1.0), (820.0, 1.0), (1200.0, 0.55), (800.0, 1.0), (820.0, 1.0)]):
        at_s = float(number)
        rolling.add(Beat(time_s=at_s, rr_ms=nn_ms, nn_ms=nn_ms, quality=Quality.NORMAL, confidence=sure, follows=number > 0))
    assert rolling.values().rmssd_ms == pytest.approx(20.0)
    assert rolling.values().clean_s == pytest.approx(3.24)
