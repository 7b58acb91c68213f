"""From packets to metrics: the rooms `sensor`, `beats` and `physiology`, composed.

Decision: packets inform, ticks report. A packet gives its measurement and the beats that have become certain; once a second the
trailing windows are measured. A sensor that stops streaming ends the run of beats: nothing is ever paired across its absence.
"""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from relaxlisten.beats import artifacts, beat_times, smoothing
from relaxlisten.errors import MalformedPayload
from relaxlisten.messages import HeartRateMeasurement, Notice
from relaxlisten.physiology import window
from relaxlisten.sensor.heart_rate_service import parse_measurement
from relaxlisten.terms import SensorPhase, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import Beat, Derived, Notification, SensorState

# One malformed packet is a curiosity, a stream of them is told of no more often than this.
BETWEEN_MALFORMED_S = 60.0
# This many packets, and never an interval: the sensor sends none.
_SILENT_PACKETS = 12


class HeartListener:
    """What is known of the heart so far."""

    def __init__(self) -> None:
        self._placer = beat_times.PlacerState()
        self._cleaner = artifacts.CleanerState()
        self._window = window.BeatWindow()
        self._packets: collections.deque[HeartRateMeasurement] = collections.deque(maxlen=_SILENT_PACKETS)
        self._intervals_seen = False
        self._malformed_s: float | None = None

    def notification(self, packet: Notification) -> list[Derived]:
        """The measurement in a packet, and the beats that have become certain with it."""
        try:
            measurement = parse_measurement(packet.time_s, packet.payload)
        except MalformedPayload as fault:
            return self._malformed(packet.time_s, fault)
        self._packets.append(measurement)
        self._intervals_seen = self._intervals_seen or bool(measurement.rr_1024)
        self._placer, placed = beat_times.place(self._placer, measurement)
        return [measurement, *self._clean(placed)]

    def sensor_state(self, state: SensorState) -> list[Derived]:
        """The beats that become certain because no more will come now."""
        if state.phase is SensorPhase.STREAMING:
            return []
        self._placer = beat_times.lost(self._placer)
        self._cleaner, beats = artifacts.flush(self._cleaner)
        return self._keep(beats)

    def tick(self, time_s: float) -> list[Derived]:
        """The beats that time has made certain, and the metrics now."""
        self._placer, placed = beat_times.tick(self._placer, time_s)
        beats = self._clean(placed)
        return [*beats, self._measure(time_s)]

    def _measure(self, time_s: float) -> Derived:
        sends_none = len(self._packets) == _SILENT_PACKETS and not self._intervals_seen
        if sends_none:
            rate = smoothing.packet_heart_rate(tuple(self._packets), time_s)
        else:
            rate = smoothing.heart_rate(self._window.beats, time_s)
        known = window.KnownHeartRate(**dataclasses.asdict(rate))
        return window.measure(
            self._window, time_s, known, no_intervals="this sensor sends no beat intervals" if sends_none else None
        )

    def _clean(self, placed: Sequence[beat_times.PlacedInterval]) -> list[Derived]:
        certain: list[Beat] = []
        for interval in placed:
            self._cleaner, beats = artifacts.clean(self._cleaner, interval)
            certain += beats
        return self._keep(certain)

    def _keep(self, beats: Sequence[Beat]) -> list[Derived]:
        self._window = window.append(self._window, beats)
        return list(beats)

    def _malformed(self, time_s: float, fault: MalformedPayload) -> list[Derived]:
        if self._malformed_s is not None and time_s - self._malformed_s < BETWEEN_MALFORMED_S:
            return []
        self._malformed_s = time_s
        text = f"The sensor sent a packet that breaks its standard ({fault}); it was left out, the session goes on."
        return [Notice(time_s=time_s, severity=Severity.WARNING, code="malformed_packet", text=text)]
