"""Listeners for the tempo law: a heart rate a second, from gain, delay, noise and a signal that comes and goes. No beats are
made."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from relaxlisten.messages import Derived, Notification, Physiology, SensorState

DRIFT_S = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartSettings:
    """gain: share of the way to the tempo that the heart goes (negative: away from it), after delay_s.

    noise_bpm: sd of what the smoothed heart rate has on top. dropout_share: of the time without a trustworthy signal.
    jump_bpm: a start at a random moment, that fades within a minute or two.
    """

    gain: float
    delay_s: float
    noise_bpm: float
    dropout_share: float
    jump_bpm: float = 0.0
    resting_bpm: float = 72.0
    settle_bpm: float = 3.0
    drift_sd_bpm: float = 1.2
    wave_bpm: float = 1.0


@dataclass(slots=True)
class SimpleHeart:
    """What ports.Hearing asks for, on one number. `hears` is told the tempo."""

    settings: HeartSettings
    seed: int
    _rng: random.Random = field(init=False)
    _tempo_bpm: float | None = None
    _drawn_bpm: float = 0.0
    _drift_bpm: float = 0.0
    _noise_bpm: float = 0.0
    _away_until_s: float = -1.0
    _jump_s: float = 0.0
    _age_s: float = 0.0

    def __post_init__(self) -> None:
        self._rng = random.Random(self.seed)
        self._jump_s = self._rng.uniform(200.0, 1000.0)

    def hears(self, tempo_bpm: float | None) -> None:
        self._tempo_bpm = tempo_bpm

    def notification(self, packet: Notification) -> list[Derived]:
        return []

    def sensor_state(self, state: SensorState) -> list[Derived]:
        return []

    def tick(self, time_s: float, *, baseline: bool) -> list[Derived]:
        heart_bpm = self._beat(time_s)
        lost = self._lost(time_s)
        self._age_s = self._age_s + 1.0 if lost else 0.5
        known = self._age_s <= 10.0
        return [
            Physiology(
                time_s=time_s,
                window_s=60.0,
                heart_rate_bpm=heart_bpm if known else None,
                heart_rate_sd_bpm=0.5,
                heart_rate_window_s=10.0,
                heart_rate_delay_s=5.0,
                heart_rate_now_bpm=None,
                heart_rate_now_sd_bpm=None,
                rmssd_ms=30.0 if known else None,
                sdnn_ms=None,
                valid_fraction=0.4 if lost else 1.0,
                last_beat_age_s=self._age_s,
            )
        ]

    def _beat(self, time_s: float) -> float:
        s, rng = self.settings, self._rng
        keep = math.exp(-1.0 / DRIFT_S)
        self._drift_bpm = keep * self._drift_bpm + math.sqrt(1.0 - keep**2) * s.drift_sd_bpm * rng.gauss(0.0, 1.0)
        # the smoothed heart rate of this second is much like that of the last: half of the noise goes within 5 s
        self._noise_bpm = 0.87 * self._noise_bpm + math.sqrt(1.0 - 0.87**2) * s.noise_bpm * rng.gauss(0.0, 1.0)
        own_bpm = s.resting_bpm + self._drift_bpm - s.settle_bpm * (1.0 - math.exp(-time_s / 150.0))
        pull_bpm = 0.0
        if self._tempo_bpm:
            tempo_bpm = self._tempo_bpm * 2.0 ** round(math.log2(own_bpm / self._tempo_bpm))
            pull_bpm = s.gain * (tempo_bpm - own_bpm)
        self._drawn_bpm += (pull_bpm - self._drawn_bpm) * (1.0 - math.exp(-1.0 / s.delay_s))
        since_s = time_s - self._jump_s
        jump_bpm = s.jump_bpm * math.exp(-since_s / 60.0) if since_s >= 0.0 else 0.0
        wave_bpm = s.wave_bpm * math.sin(2.0 * math.pi * 0.017 * time_s + self.seed)
        return min(max(own_bpm + self._drawn_bpm + self._noise_bpm + wave_bpm + jump_bpm, 36.0), 180.0)

    def _lost(self, time_s: float) -> bool:
        share = self.settings.dropout_share
        if time_s >= self._away_until_s and share and self._rng.random() < share / 20.0 / (1.0 - share):
            self._away_until_s = time_s + self._rng.expovariate(1.0 / 20.0)
        return time_s < self._away_until_s
