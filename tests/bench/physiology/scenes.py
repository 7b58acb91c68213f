"""Hearts without artefacts: synthetic scenes of known truth, and clean stretches of real recordings.

A synthetic heart is an integral pulse frequency modulator: its rate wanders (1/f), waves slowly (Mayer waves at 0.1 Hz), follows
the breath (RSA), and each beat has a little jitter of its own; intervals are quantised to 1/1024 s as a strap does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

GRID_HZ = 50.0
TICK_MS = 1000.0 / 1024.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """rr_s: mean interval. Shares are relative amplitudes of the rate: slow (1/f), mayer (0.1 Hz), rsa (at breaths_per_min).

    level, breaths_per_min: functions of the share of the record that has passed (0 to 1). jitter_ms: white, a beat.
    """

    name: str
    rr_s: float
    slow: float
    mayer: float
    rsa: float
    jitter_ms: float
    level: Callable[[FloatArray], FloatArray] = np.ones_like
    breaths_per_min: Callable[[FloatArray], FloatArray] = lambda share: np.full_like(share, 14.0)


def _steady(breaths: float) -> Callable[[FloatArray], FloatArray]:
    return lambda share: np.full_like(share, breaths)


SCENES = (
    Scene(name="rest", rr_s=0.92, slow=0.02, mayer=0.02, rsa=0.025, jitter_ms=4.0),
    Scene(name="low HRV", rr_s=0.78, slow=0.01, mayer=0.006, rsa=0.006, jitter_ms=2.0, breaths_per_min=_steady(16.0)),
    Scene(name="high HRV", rr_s=1.08, slow=0.03, mayer=0.035, rsa=0.075, jitter_ms=8.0, breaths_per_min=_steady(13.0)),
    Scene(name="6 breaths/min", rr_s=0.9, slow=0.015, mayer=0.01, rsa=0.12, jitter_ms=5.0, breaths_per_min=_steady(6.0)),
    Scene(name="4.5 breaths/min", rr_s=0.95, slow=0.015, mayer=0.01, rsa=0.15, jitter_ms=5.0, breaths_per_min=_steady(4.5)),
    Scene(
        name="guided 16 to 6", rr_s=0.88, slow=0.015, mayer=0.012, rsa=0.07, jitter_ms=4.0,
        breaths_per_min=lambda share: 16.0 - 10.0 * np.clip(1.25 * share, 0.0, 1.0),
    ),
    Scene(
        name="recovery", rr_s=0.8, slow=0.015, mayer=0.01, rsa=0.015, jitter_ms=3.0,
        level=lambda share: 1.0 + 0.75 * np.exp(-4.0 * share), breaths_per_min=lambda share: 24.0 - 8.0 * share,
    ),
)  # fmt: skip


def synthetic_rr_ms(scene: Scene, seed: int, minutes: float = 5.0) -> FloatArray:
    """The scene's RR intervals, shape (n,), in ms."""
    return breathing_heart(scene, seed, minutes)[0]


def breathing_heart(scene: Scene, seed: int, minutes: float = 5.0) -> tuple[FloatArray, FloatArray]:
    """The scene's RR intervals in ms, and how many breaths had been taken at the end of each; both of shape (n,)."""
    random = np.random.default_rng([seed, sum(map(ord, scene.name))])
    time_s = np.arange(0.0, minutes * 60.0 + 5.0, 1.0 / GRID_HZ)
    share = np.clip(time_s / (minutes * 60.0), 0.0, 1.0)
    breath = np.cumsum(scene.breaths_per_min(share) * (1.0 + 0.06 * _wander(random, time_s.size, 0.02)) / 60.0) / GRID_HZ
    depth = 1.0 + 0.25 * _wander(random, time_s.size, 0.03)
    mayer = np.cumsum(0.1 * (1.0 + 0.1 * _wander(random, time_s.size, 0.02))) / GRID_HZ
    wave = (
        scene.slow * _wander(random, time_s.size, 0.02)
        + scene.mayer * (1.0 + 0.4 * _wander(random, time_s.size, 0.02)) * np.sin(2.0 * np.pi * (mayer + random.random()))
        + scene.rsa * depth * np.sin(2.0 * np.pi * (breath + random.random()))
    )
    rate_hz = scene.level(share) * (1.0 + wave) / scene.rr_s
    count = np.cumsum(rate_hz) / GRID_HZ
    beats_s = np.interp(np.arange(1, int(count[-1])), count, time_s)
    beats_s = beats_s[beats_s <= minutes * 60.0]
    beats_s = beats_s + random.normal(0.0, scene.jitter_ms / 1000.0 / np.sqrt(2.0), beats_s.size)
    return np.round(np.diff(beats_s) * 1000.0 / TICK_MS) * TICK_MS, np.interp(beats_s[1:], time_s, breath)


def _wander(random: np.random.Generator, size: int, corner_hz: float) -> FloatArray:
    """Noise of unit standard deviation that changes little faster than corner_hz."""
    frequencies = np.fft.rfftfreq(size, 1.0 / GRID_HZ)
    spectrum = random.normal(size=frequencies.size) + 1j * random.normal(size=frequencies.size)
    spectrum *= 1.0 / (1.0 + (frequencies / corner_hz) ** 2)
    spectrum[0] = 0.0
    noise = np.fft.irfft(spectrum, size)
    return noise / np.std(noise)


def clean_stretches(rr_ms: FloatArray, minutes: float = 5.0) -> list[FloatArray]:
    """The stretches of so many minutes, one after another, without anything that looks like an artefact to a look in hindsight.

    The rule is none of the detectors compared: no interval departs from the median of the eleven around it by more than 22 %.
    """
    out: list[FloatArray] = []
    start = 0
    ends_s = np.cumsum(rr_ms) / 1000.0
    while start < rr_ms.size:
        stop = int(np.searchsorted(ends_s, (ends_s[start - 1] if start else 0.0) + minutes * 60.0))
        if stop >= rr_ms.size:
            break
        piece = rr_ms[start:stop]
        around = np.lib.stride_tricks.sliding_window_view(np.pad(piece, 5, mode="reflect"), 11)
        odd = np.flatnonzero(np.abs(piece / np.median(around, axis=1) - 1.0) > 0.22)
        if odd.size == 0:
            out.append(piece)
            start = stop
        else:
            start += int(odd[-1]) + 1
    return out
