"""Hearts and radios whose truth is known: beat times, and the packets that a strap would send of them."""

from __future__ import annotations

import dataclasses
import itertools
import math
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.beats import beat_times
from relaxlisten.beats.corrected import Corrector
from relaxlisten.messages import HeartRateMeasurement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relaxlisten.messages import Beat

DATA = Path(__file__).parent.parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Radio:
    """How packets travel. drift: by how much the strap's clock runs fast (sum of RR over elapsed time, less one)."""

    jitter_s: float = 0.02
    stall_share: float = 0.0
    stall_s: float = 1.5
    lost: frozenset[int] = frozenset()
    drift: float = 0.0
    period_s: float = 1.0
    seed: int = 0


def real_rr_ms(name: str) -> list[float]:
    return [float(line) for line in (DATA / name).read_text().split()]


def breathing_rr_ms(count: int, *, mean_ms: float, swing: float, per_min: float) -> list[float]:
    """RR that swing by `swing` of their mean, peak to trough, once a breath."""
    rr_ms: list[float] = []
    at_s = 0.0
    for _ in range(count):
        rr_ms.append(mean_ms * (1.0 + swing / 2.0 * math.sin(2.0 * math.pi * per_min / 60.0 * at_s)))
        at_s += rr_ms[-1] / 1000.0
    return rr_ms


def resting_rr_ms(count: int, seed: int, mean_ms: float = 900.0) -> list[float]:
    rng = random.Random(seed)
    swing = breathing_rr_ms(count, mean_ms=mean_ms, swing=0.08, per_min=14.0)
    return [rr + rng.gauss(0.0, 12.0) for rr in swing]


def packets(rr_ms: Sequence[float], radio: Radio) -> tuple[list[HeartRateMeasurement], list[float]]:
    """The packets a strap would send, in order of arrival, and the true time of each beat.

    A packet leaves every period_s with the beats since the last; it arrives up to jitter_s late, or stall_s, never overtaking.
    """
    rng = random.Random(radio.seed)
    rr_1024 = [round(rr * 1.024) for rr in rr_ms]
    beat_s = list(itertools.accumulate((rr / 1024.0 / (1.0 + radio.drift) for rr in rr_1024), initial=0.0))[1:]
    sent: list[HeartRateMeasurement] = []
    index, arrival_s = 0, 0.0
    for number in range(math.ceil(beat_s[-1] / radio.period_s) + 1):
        leaves_s = number * radio.period_s
        late_s = radio.stall_s if rng.random() < radio.stall_share else rng.uniform(0.0, radio.jitter_s)
        arrival_s = max(arrival_s, leaves_s + late_s)
        end = index
        while end < len(beat_s) and beat_s[end] <= leaves_s:
            end += 1
        if number not in radio.lost:
            sent.append(measurement(arrival_s, tuple(rr_1024[index:end])))
        index = end
    return sent, beat_s


def measurement(time_s: float, rr_1024: tuple[int, ...], heart_rate_bpm: int = 60) -> HeartRateMeasurement:
    return HeartRateMeasurement(time_s=time_s, heart_rate_bpm=heart_rate_bpm, contact=None, energy_kj=None, rr_1024=rr_1024)


def place_all(sent: Iterable[HeartRateMeasurement]) -> list[beat_times.PlacedInterval]:
    """Everything that comes of these packets, with a tick each second and a long wait at the end."""
    state = beat_times.PlacerState()
    placed: list[beat_times.PlacedInterval] = []
    tick_s, last_s = 0.5, 0.0
    for packet in sent:
        while tick_s < packet.time_s:
            state, some = beat_times.tick(state, tick_s)
            placed += some
            tick_s += 1.0
        state, some = beat_times.place(state, packet)
        placed += some
        last_s = packet.time_s
    while state.held:  # what is held may, once its first is placed, be held again
        last_s += 10.0
        state, some = beat_times.tick(state, last_s)
        placed += some
    return placed


def intervals(rr_ms: Iterable[float], *, start_s: float = 0.0) -> list[beat_times.PlacedInterval]:
    """Intervals as they are placed where nothing is lost; the first is marked as following one that was seen."""
    at_s, placed = start_s, []
    for rr in rr_ms:
        at_s += rr / 1000.0
        placed.append(beat_times.PlacedInterval(time_s=at_s, rr_ms=rr, after_gap=False))
    return placed


def after_gap(interval: beat_times.PlacedInterval) -> beat_times.PlacedInterval:
    return dataclasses.replace(interval, after_gap=True)


def clean_all(placed: Iterable[beat_times.PlacedInterval]) -> list[Beat]:
    corrector = Corrector()
    return [*(beat for interval in placed for beat in corrector.take(interval)), *corrector.flush()]
