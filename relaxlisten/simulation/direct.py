"""A simulated heart whose beats are known without a strap: no packets, no cleaning, no spectra. For thousands of sessions.

Decision: the person is the one that the simulated strap is worn by (`sensor/person.py`); only the way from beats to the two
figures that control uses is short: the heart rate of the last ten seconds, and ln RMSSD of the last minute. What artefacts do
to a session is not seen here; `relaxlisten simulate` without --fast goes the whole way.
"""

from __future__ import annotations

import collections
import itertools
import math
import random
from typing import TYPE_CHECKING

from relaxlisten.messages import Physiology
from relaxlisten.sensor.person import Heard, PersonSettings, PieceEffect, draw, new_person, next_beat
from relaxlisten.units import MS_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from relaxlisten.messages import Derived, Notice, Notification, RrInterval, SensorState, SoundState
    from relaxlisten.ports import Clock

RATE_S, VARIABILITY_S, LEAST_BEATS = 10.0, 60.0, 20
_LONGEST_DIFFERENCE_MS = 250.0  # an ectopic beat and the pause after it, which a cleaner would have undone


class DirectHeart:
    """ports.Sensor and ports.Hearing in one."""

    def __init__(self, seed: int, settings: PersonSettings, effects: Mapping[str, PieceEffect]) -> None:
        self._settings, self._effects = settings, effects
        self._rng = random.Random(seed)
        self._person = new_person(self._rng, settings)
        self._heard = Heard()
        self._beats: collections.deque[tuple[float, float]] = collections.deque()

    def start(self, clock: Clock) -> None:
        """Nothing has to be started."""

    def poll(self, now_s: float) -> Sequence[Notification | SensorState | Notice]:
        """Live up to now_s; nothing is sent."""
        while self._person.beat_s <= now_s:
            self._person = next_beat(self._person, draw(self._rng), self._heard, self._settings)
            self._beats.append((self._person.beat_s, self._person.rr_ms))
        while self._beats and self._beats[0][0] < now_s - VARIABILITY_S:
            self._beats.popleft()
        return []

    def hear(self, state: SoundState) -> None:
        """Music reaches the ear."""
        self._heard = Heard(audible=state.audible, tempo_bpm=state.tempo_bpm, piece=self._effects.get(state.track_id or ""))

    def stop(self) -> None:
        """Nothing has to be stopped."""

    def notification(self, packet: Notification | RrInterval) -> list[Derived]:
        """There are no packets."""
        return []

    def sensor_state(self, state: SensorState) -> list[Derived]:
        """There is no strap."""
        return []

    def tick(self, time_s: float, *, baseline: bool) -> list[Derived]:
        """The figures of this second."""
        recent_ms = [rr_ms for beat_s, rr_ms in self._beats if beat_s >= time_s - RATE_S]
        ln_rmssd = self._ln_rmssd()
        heart_bpm = MS_PER_MIN * len(recent_ms) / sum(recent_ms) if len(recent_ms) > 3 else None
        return [
            Physiology(
                time_s=time_s,
                window_s=VARIABILITY_S,
                heart_rate_bpm=heart_bpm,
                heart_rate_sd_bpm=None,
                heart_rate_window_s=RATE_S,
                heart_rate_delay_s=RATE_S / 2.0,
                heart_rate_now_bpm=None,
                heart_rate_now_sd_bpm=None,
                rmssd_ms=None if ln_rmssd is None else math.exp(ln_rmssd),
                sdnn_ms=None,
                valid_fraction=1.0,
                last_beat_age_s=max(time_s - self._beats[-1][0], 0.0) if self._beats else None,
                metrics={} if ln_rmssd is None else {"ln_rmssd": ln_rmssd},
            )
        ]

    def _ln_rmssd(self) -> float | None:
        beats_ms = [rr_ms for _, rr_ms in self._beats]
        squares = [
            (after - before) ** 2
            for before, after in itertools.pairwise(beats_ms)
            if abs(after - before) < _LONGEST_DIFFERENCE_MS
        ]
        return 0.5 * math.log(sum(squares) / len(squares)) if len(squares) >= LEAST_BEATS else None
