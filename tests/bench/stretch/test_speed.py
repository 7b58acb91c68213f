"""How fast the stretch is, beside a plain resampling of the same sound (`pytest tests/bench --benchmark-enable`)."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import resample_poly

from relaxlisten.sound.stretch import PhaseVocoder
from tests.sound.making import RATE_HZ

SECONDS = 10


@pytest.fixture
def samples():
    return (0.1 * np.random.default_rng(0).standard_normal((SECONDS * RATE_HZ, 2))).astype(np.float32)


def test_the_stretch(benchmark, samples):
    def run():
        vocoder = PhaseVocoder()
        for at in range(0, len(samples), 512):
            vocoder.feed(samples[at : at + 512], 1.05)

    benchmark.pedantic(run, rounds=3)
    benchmark.extra_info["times real time"] = SECONDS / benchmark.stats.stats.median


def test_plain_resampling_for_comparison(benchmark, samples):
    benchmark.pedantic(lambda: resample_poly(samples, 21, 20, axis=0), rounds=3)
    benchmark.extra_info["times real time"] = SECONDS / benchmark.stats.stats.median
