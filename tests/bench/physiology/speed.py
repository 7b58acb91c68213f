"""How long it takes, ours and NeuroKit2's in one run, as ratios: the machine does not matter then."""

from __future__ import annotations

import time
import warnings
from typing import TYPE_CHECKING

import numpy as np

import relaxlisten
from relaxlisten.beats.beat_times import PlacedInterval
from relaxlisten.beats.corrected import Corrector
from relaxlisten.physiology.record import UNITS
from relaxlisten.physiology.rolling import RollingTimeDomain
from tests.bench.physiology.scenes import SCENES, synthetic_rr_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.physiology.scenes import FloatArray


def best_s(work: Callable[[], object], times: int) -> float:
    """The shortest of several runs: what the work costs when nothing else runs."""
    spent = []
    for _ in range(times):
        start_s = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start_s)
    return min(spent)


def live_beat_s() -> float:
    """Cleaning and all rolling metrics, for one beat."""
    rr_ms = synthetic_rr_ms(SCENES[0], 1, minutes=30.0)
    ends_s = np.cumsum(rr_ms) / 1000.0
    placed = [PlacedInterval(time_s=float(e), rr_ms=float(r), after_gap=False) for e, r in zip(ends_s, rr_ms, strict=True)]

    def work() -> None:
        corrector, rolling = Corrector(), RollingTimeDomain(60.0)
        for interval in placed:
            for beat in corrector.take(interval):
                rolling.add(beat)
            rolling.values()

    return best_s(work, 5) / rr_ms.size


def neurokit_live_beat_s() -> float:
    """The same with NeuroKit2: correct the last five minutes and compute the last minute's metrics anew for each beat."""
    import neurokit2

    rr_ms = synthetic_rr_ms(SCENES[0], 1)
    peaks = np.round(np.concatenate([[0.0], np.cumsum(rr_ms)])).astype(int)

    def work() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _, corrected = neurokit2.signal_fixpeaks(peaks, sampling_rate=1000, iterative=True, method="kubios")
            neurokit2.hrv_time(np.asarray(corrected, dtype=int)[-70:], sampling_rate=1000)

    return best_s(work, 5)


# What NeuroKit2 has no counterpart for.
OURS_ONLY = ("coherence", "breathing_per_min", "rsa_swing_bpm")


def record_s(rr_ms: FloatArray) -> tuple[float, float, float]:
    """Cleaning, the metrics that NeuroKit2 has too, and every metric, of a whole record."""
    beats = relaxlisten.clean_rr(rr_ms)
    shared = [name for name in UNITS if name not in OURS_ONLY]
    return (
        best_s(lambda: relaxlisten.clean_rr(rr_ms), 10),
        best_s(lambda: relaxlisten.hrv(beats, only=shared), 10),
        best_s(lambda: relaxlisten.hrv(beats), 10),
    )


def neurokit_record_s(rr_ms: FloatArray) -> tuple[float, float]:
    """The same with NeuroKit2: correction, then its time, frequency and non-linear metrics."""
    import neurokit2

    peaks = np.round(np.concatenate([[0.0], np.cumsum(rr_ms)])).astype(int)

    def correct() -> None:
        neurokit2.signal_fixpeaks(peaks, sampling_rate=1000, iterative=True, method="kubios")

    def measure() -> None:
        neurokit2.hrv_time(peaks, sampling_rate=1000)
        neurokit2.hrv_frequency(peaks, sampling_rate=1000)
        neurokit2.hrv_nonlinear(peaks, sampling_rate=1000)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return best_s(correct, 3), best_s(measure, 3)
